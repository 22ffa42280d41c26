//! `clickops diff`: what an edit of the detection would have done.

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use clap::{ArgGroup, Args, ValueEnum};

use self::compared::{Compared, Side};
use self::coverage::Coverage;
use self::edit::Edit;
use super::filter::{Filter, FilterArgs};
use super::print::{Format, Printer};
use super::progress::Progress;
use super::table::TableArgs;
use super::{Source, output, remark, unwritable};
use crate::app::App;
use crate::config::{Config, ConfigError, DETECTION};
use crate::engine::{Engine, EngineError};
use crate::error::{Error, Exit};
use crate::finding::rows::Columns;
use crate::logs::Log;
use crate::query::assemble::Assembler;
use crate::query::catalogue::Catalogue;
use crate::query::{BoundQuery, QueryError};
use crate::render::{Look, neutral};
use crate::report::finds;

mod compared;
mod coverage;
mod edit;
mod shown;

/// Show what an edit of the detection would have done
///
/// Judges the same logs twice, as it is and as edited, and shows the findings that reports would
/// have lost and gained, and those whose verdict, rule or exclusion would be another one. These are
/// the findings of every detection that the config's reports name. Nothing is kept.
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
    /// Exclusions to add to the config's; one takes the place of that of its name
    #[arg(long, value_name = "FILE", group = "edit")]
    exclusions: Option<PathBuf>,
    /// An exclusion to do without, the config's or a shipped one; may be given several times
    #[arg(long, value_name = "NAME", group = "edit")]
    without: Vec<String>,
    /// Compare this detection, not those of the config's reports; may be given several times
    #[arg(long = "detection", value_name = "NAME")]
    detections: Vec<String>,
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
    let edit = Edit::of(&app, &args)?;
    let logs = logs(&app, &args.filter).await?;
    let before = app.embedded_assembler()?;
    let mut all = Vec::new();
    for name in detections(&app.config, edit.assembler.catalogue(), &args.detections)? {
        all.push(Detection::of(&name, &before, &edit.assembler, &logs)?);
    }
    let names: Vec<_> = all.iter().map(|detection| detection.after.name.as_str()).collect();
    for text in &edit.idle {
        warn(text);
    }
    let (touched, untouched): (Vec<_>, Vec<_>) = all.iter().partition(|one| one.is_touched());
    if touched.is_empty() {
        if let Some(text) = edit.beside(&names) {
            warn(&text);
        }
        return Ok(Exit::Done);
    }
    for detection in untouched {
        let name = &detection.after.name;
        remark(&format!("{name} is left out: it selects from nothing that the edit changes"));
    }

    let mut comparison = Comparison {
        engine: app.embedded()?,
        coverage: Coverage::of(&edit.entries),
        damaged: BTreeMap::new(),
        progress: progress(&logs, touched.len()),
    };
    let mut compared = Vec::new();
    for detection in touched {
        let finds = finds(edit.assembler.catalogue(), &detection.after.name);
        let finds = Compared::new(detection.after.name.clone(), finds);
        compared.push(comparison.compare(detection, finds).await?);
    }
    let Comparison { coverage, damaged, progress, .. } = comparison;
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
    for text in coverage.remarks(&names.join(" or "), app.now.date_naive()) {
        warn(&text);
    }
    match args.format {
        DiffFormat::Table => {
            let width = usize::from(Look::of_stdout(false).width);
            output(&shown::text(&compared, logs.len() as u64, args.examples, width))?;
        }
        DiffFormat::Ndjson => print(&compared).or_else(|error| match error.kind() {
            io::ErrorKind::BrokenPipe => Ok(()),
            _ => Err(unwritable(&error)),
        })?,
    }
    Ok(if damaged.is_empty() { Exit::Done } else { Exit::Partly })
}

/// The detections asked for, or those of the reports; changes come first.
fn detections(
    config: &Config,
    edited: &Catalogue,
    asked: &[String],
) -> Result<Vec<String>, ConfigError> {
    let names = match asked {
        [] => config.detections(edited)?,
        asked => asked.iter().cloned().collect(),
    };
    let mut names: Vec<_> = names.into_iter().collect();
    names.sort_by_key(|name| name != DETECTION);
    Ok(names)
}

/// A detection as it is, and as edited.
struct Detection {
    /// `None` for one that only the edit brings.
    before: Option<BoundQuery>,
    after: BoundQuery,
}

impl Detection {
    fn of(
        name: &str,
        before: &Assembler,
        after: &Assembler,
        logs: &Arc<[Log]>,
    ) -> Result<Self, Error> {
        let bound =
            |assembler: &Assembler| assembler.named(name, &BTreeMap::new(), Arc::clone(logs));
        let after = bound(after)?;
        let before = match bound(before) {
            Err(QueryError::Unknown { .. }) => None,
            before => Some(before?),
        };
        Ok(Self { before, after })
    }

    fn is_touched(&self) -> bool {
        self.before.as_ref().is_none_or(|before| before.sql != self.after.sql)
    }
}

/// What the logs are read with, and what is learned of them on the way.
struct Comparison<'a> {
    engine: Box<dyn Engine>,
    coverage: Coverage<'a>,
    /// Logs that could not be read to their end, with the reason.
    damaged: BTreeMap<String, String>,
    progress: Progress,
}

impl Comparison<'_> {
    /// Reads both sides of a detection.
    async fn compare(
        &mut self,
        detection: &Detection,
        mut compared: Compared,
    ) -> Result<Compared, Error> {
        if let Some(before) = &detection.before {
            self.read(before, Side::Before, &mut compared).await?;
        }
        self.read(&detection.after, Side::After, &mut compared).await?;
        compared.settle();
        Ok(compared)
    }

    async fn read(
        &mut self,
        query: &BoundQuery,
        side: Side,
        compared: &mut Compared,
    ) -> Result<(), Error> {
        let failed = |error: EngineError| Error::engine(&error, query);
        let mut rows = self.engine.rows(query).await.map_err(failed)?;
        self.progress.follow(&rows.scan);
        let columns = Columns::of(&rows.columns)?;
        while let Some(page) = rows.page().await.map_err(failed)? {
            for row in page {
                let finding = columns.finding(&query.name, row)?;
                if side == Side::After {
                    self.coverage.see(&finding);
                }
                compared.add(side, finding);
            }
        }
        self.damaged.extend(rows.scan.damaged().into_iter().map(|log| (log.log, log.reason)));
        Ok(())
    }
}

/// A bar for reading all logs twice for each of so many detections.
fn progress(logs: &[Log], detections: usize) -> Progress {
    let times = 2 * detections as u64;
    let bytes = logs.iter().map(|log| log.bytes).sum::<u64>();
    Progress::new(times * logs.len() as u64, times * bytes)
}

/// The logs to judge, of which there have to be some.
async fn logs(app: &App, filter: &FilterArgs) -> Result<Arc<[Log]>, Error> {
    let mut filter = Filter::of(filter, &app.config, app.now)?;
    filter.keep_small(app)?;
    let (logs, remarks) = filter.chosen(&app.some_logs(filter.span()).await?);
    for text in remarks {
        warn(&text);
    }
    if logs.is_empty() {
        return Err(Error::nothing(
            "there is no log to judge",
            "Choose more with --since, --until, --account and --region.",
        ));
    }
    Ok(logs.into())
}

/// Names of entries and files may hold anything.
fn warn(text: &str) {
    remark(&format!("warning: {}", neutral::line(text)));
}

fn print(all: &[Compared]) -> io::Result<()> {
    let columns: Vec<_> = shown::COLUMNS.iter().map(|name| (*name).to_owned()).collect();
    let mut printer = Printer::stdout(Format::Ndjson, &columns)?;
    for compared in all {
        for difference in compared.differences() {
            printer.write(&[shown::row(&compared.detection, &difference)])?;
        }
    }
    printer.finish()
}
