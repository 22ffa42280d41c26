//! `clickops diff`: what an edit of the detection would have done.

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use clap::{ArgGroup, Args, ValueEnum};

use self::compared::{Compared, Side};
use super::filter::{Filter, FilterArgs};
use super::print::{Format, Printer};
use super::progress::Progress;
use super::table::TableArgs;
use super::{Source, output, remark, unwritable};
use crate::app::App;
use crate::config::{Config, DETECTION};
use crate::engine::{Engine, EngineError};
use crate::error::{Error, Exit};
use crate::finding::rows::Columns;
use crate::logs::Log;
use crate::query::BoundQuery;
use crate::query::assemble::Assembler;
use crate::{exclusion, nearest};

mod compared;
mod shown;

/// Show what an edit of the detection would have done
///
/// Judges the same logs twice, as it is and as edited, and shows the findings that reports would
/// have lost and gained, and those whose verdict, rule or exclusion would be another one. Nothing
/// is kept.
///
///   clickops diff --sql verdicts.sql --logs examples/logs
///   clickops diff --exclusions entry.toml --since 30d --logs logs --config clickops.toml
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
#[command(group = ArgGroup::new("edit").required(true).multiple(true))]
pub(super) struct DiffArgs {
    /// A view, in the place of the one that its header names, or a folder laid out like sql/
    #[arg(long, value_name = "FILE|DIR", group = "edit")]
    sql: Option<PathBuf>,
    /// [[exclusion]] entries to add to the config's; one takes the place of that of its name
    #[arg(long, value_name = "FILE", group = "edit")]
    exclusions: Option<PathBuf>,
    /// An exclusion to do without, the config's or a shipped one; may be given several times
    #[arg(long, value_name = "NAME", group = "edit")]
    without: Vec<String>,
    #[command(flatten)]
    source: Source,
    #[command(flatten)]
    table: TableArgs,
    #[command(flatten)]
    filter: FilterArgs,
    /// Most examples of each kind of difference
    #[arg(long, value_name = "N", default_value_t = 3)]
    examples: usize,
    /// How differences are written
    #[arg(long, value_enum, default_value = "table")]
    format: DiffFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum DiffFormat {
    /// Counts and examples, for reading
    Table,
    /// Every finding that differs, one object a line
    Ndjson,
}

pub(super) async fn run(mut app: App, args: DiffArgs) -> Result<Exit, Error> {
    args.source.apply(&mut app.config)?;
    args.table.apply(&mut app.config)?;
    let before = app.assembler()?;
    let after = edited(&app, &args)?;
    let logs = logs(&app, &args.filter).await?;
    let none = BTreeMap::new();
    let before = before.named(DETECTION, &none, Arc::clone(&logs))?;
    let after = after.named(DETECTION, &none, Arc::clone(&logs))?;
    if before.sql == after.sql {
        remark(&format!("warning: {DETECTION} selects from nothing that the edit changes"));
    }

    let engine = app.embedded()?;
    let mut compared = Compared::default();
    let mut damaged = BTreeMap::new();
    let bytes = logs.iter().map(|log| log.bytes).sum::<u64>();
    let progress = Progress::new(2 * logs.len() as u64, 2 * bytes);
    for (query, side) in [(&before, Side::Before), (&after, Side::After)] {
        read(engine.as_ref(), query, side, &mut compared, &mut damaged, &progress).await?;
    }
    drop(progress);
    for (log, reason) in &damaged {
        remark(&format!("warning: {log}: {reason}"));
    }
    if damaged.len() == logs.len() {
        return Err(Error::nothing(
            "none of the logs could be read to its end",
            "Give logs that can be, with --logs.",
        ));
    }
    match args.format {
        DiffFormat::Table => output(&shown::text(&compared, logs.len() as u64, args.examples))?,
        DiffFormat::Ndjson => print(&compared).or_else(|error| match error.kind() {
            io::ErrorKind::BrokenPipe => Ok(()),
            _ => Err(unwritable(&error)),
        })?,
    }
    Ok(if damaged.is_empty() { Exit::Done } else { Exit::Partly })
}

/// Makes statements as the edit would have them.
fn edited(app: &App, args: &DiffArgs) -> Result<Assembler, Error> {
    let mut config = app.config.clone();
    // First, so that an entry can be taken away and another one of its name be added.
    for name in &args.without {
        take_away(&mut config, name)?;
    }
    if let Some(path) = &args.exclusions {
        config.add_exclusions(path)?;
    }
    let catalogue = config.catalogue()?;
    let catalogue = match &args.sql {
        Some(path) if path.is_dir() => catalogue.with_folder(path)?,
        Some(path) => catalogue.with_file(path)?,
        None => catalogue,
    };
    Ok(Assembler::new(catalogue, app.table()?, exclusion::relation(&config.exclusions)))
}

fn take_away(config: &mut Config, name: &str) -> Result<(), Error> {
    let names: Vec<_> = config.exclusions.iter().map(|entry| entry.name.clone()).collect();
    if !names.iter().any(|known| known == name) {
        let hint = match nearest(name, &names) {
            Some(nearest) => format!("Did you mean '{nearest}'?"),
            None => "Digests, the config and sql/exclusions.toml have the names.".to_owned(),
        };
        return Err(Error::usage(format!("--without: no exclusion is called '{name}'"), hint));
    }
    config.exclusions.retain(|entry| entry.name != name);
    Ok(())
}

/// The logs to judge, of which there have to be some.
async fn logs(app: &App, filter: &FilterArgs) -> Result<Arc<[Log]>, Error> {
    let mut filter = Filter::of(filter, &app.config, app.now)?;
    filter.keep_small(app)?;
    let (logs, remarks) = filter.chosen(&app.some_logs(filter.span()).await?);
    for text in remarks {
        remark(&format!("warning: {text}"));
    }
    if logs.is_empty() {
        return Err(Error::nothing(
            "there is no log to judge",
            "Choose more with --since, --until, --account and --region.",
        ));
    }
    Ok(logs.into())
}

/// Reads what one side of the comparison finds.
async fn read(
    engine: &dyn Engine,
    query: &BoundQuery,
    side: Side,
    compared: &mut Compared,
    damaged: &mut BTreeMap<String, String>,
    progress: &Progress,
) -> Result<(), Error> {
    let failed = |error: EngineError| Error::engine(&error, query);
    let mut rows = engine.rows(query).await.map_err(failed)?;
    progress.follow(&rows.scan);
    let columns = Columns::of(&rows.columns)?;
    while let Some(page) = rows.page().await.map_err(failed)? {
        for row in page {
            compared.add(side, columns.finding(DETECTION, row)?);
        }
    }
    damaged.extend(rows.scan.damaged().into_iter().map(|log| (log.log, log.reason)));
    Ok(())
}

fn print(compared: &Compared) -> io::Result<()> {
    let columns: Vec<_> = shown::COLUMNS.iter().map(|name| (*name).to_owned()).collect();
    let mut printer = Printer::stdout(Format::Ndjson, &columns)?;
    for difference in compared.differences() {
        printer.write(&[shown::row(&difference)])?;
    }
    printer.finish()
}
