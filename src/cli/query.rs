//! `clickops query`.

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use clap::{Args, ValueEnum};

use super::print::{Format, Printer};
use super::progress::Progress;
use super::table::TableArgs;
use super::{Moment, Source, remark, unwritable};
use crate::app::App;
use crate::engine::{EngineError, Rows};
use crate::error::{Error, Exit};
use crate::logs::Log;
use crate::query::BoundQuery;

/// Ask a question of the logs, in Athena's SQL
///
/// A view or a shipped query by name, or SQL of your own, which may select from every view:
///
///   clickops query console_changes --logs examples/logs
///   clickops query --sql "SELECT eventname, count(*) AS n FROM cloudtrail GROUP BY eventname"
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(super) struct QueryArgs {
    /// A view or a query; `clickops sql list` shows all
    #[arg(required_unless_present_any = ["sql", "file"], conflicts_with_all = ["sql", "file"])]
    name: Option<String>,
    /// A statement
    #[arg(long, value_name = "TEXT", conflicts_with = "file")]
    sql: Option<String>,
    /// A file that holds a statement
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// A value for `:name` in the SQL; may be given several times
    #[arg(long = "param", value_name = "NAME=VALUE", value_parser = param)]
    params: Vec<(String, String)>,
    #[command(flatten)]
    source: Source,
    #[command(flatten)]
    table: TableArgs,
    /// Only logs delivered since then: a length of time or RFC 3339
    #[arg(long, value_name = "TIME", value_parser = Moment::parse)]
    since: Option<Moment>,
    /// Only logs delivered before then
    #[arg(long, value_name = "TIME", value_parser = Moment::parse)]
    until: Option<Moment>,
    /// What runs the query
    #[arg(long, value_enum, default_value = "local")]
    engine: EngineName,
    /// How rows are written
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
}

/// The engines there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum EngineName {
    /// The embedded one, on this machine
    Local,
}

fn param(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("write it as name=value")?;
    Ok((name.trim().to_lowercase(), value.to_owned()))
}

pub(super) async fn run(mut app: App, args: QueryArgs) -> Result<Exit, Error> {
    args.source.apply(&mut app.config)?;
    args.table.apply(&mut app.config)?;
    let since = args.since.map(|moment| moment.from(app.now));
    let until = args.until.map(|moment| moment.from(app.now));
    let mut logs = app.some_logs()?;
    logs.retain(|log| {
        since.is_none_or(|since| log.delivered >= since)
            && until.is_none_or(|until| log.delivered < until)
    });
    let logs: Arc<[Log]> = logs.into();
    let values: BTreeMap<String, String> = args.params.into_iter().collect();
    let assembler = app.assembler()?;
    let query = match (&args.name, &args.sql, &args.file) {
        (Some(name), _, _) => assembler.named(name, &values, logs)?,
        (_, Some(text), _) => assembler.text("--sql", text, &values, logs)?,
        (_, _, Some(path)) => {
            let text = std::fs::read_to_string(path)
                .map_err(|source| crate::query::QueryError::File { path: path.clone(), source })?;
            assembler.text(&path.display().to_string(), &text, &values, logs)?
        }
        (None, None, None) => return Ok(Exit::Usage),
    };
    let bytes = query.logs.iter().map(|log| log.bytes).sum();
    let progress = Progress::new(query.logs.len() as u64, bytes);
    let failed = |error: EngineError| Error::engine(&error, &query);
    let engine = match args.engine {
        EngineName::Local => app.engine()?,
    };
    let mut rows = engine.rows(&query).await.map_err(failed)?;
    progress.follow(&rows.scan);
    match print(&mut rows, args.format, &query).await {
        Ok(()) => {}
        Err(Ended::Engine(error)) => return Err(error),
        Err(Ended::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => {
            return Ok(Exit::Done);
        }
        Err(Ended::Output(error)) => return Err(unwritable(&error)),
    }
    drop(progress);
    let damaged = rows.scan.damaged();
    for log in &damaged {
        remark(&format!("warning: {}: {}", log.log, log.reason));
    }
    Ok(match damaged.len() {
        0 => Exit::Done,
        all if all == query.logs.len() => Exit::Nothing,
        _ => Exit::Partly,
    })
}

enum Ended {
    Engine(Error),
    Output(io::Error),
}

impl From<io::Error> for Ended {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

async fn print(rows: &mut Rows, format: Format, query: &BoundQuery) -> Result<(), Ended> {
    let failed = |error: EngineError| Ended::Engine(Error::engine(&error, query));
    // The first page is waited for, so that a query that fails at once prints nothing else.
    let mut page = rows.page().await.map_err(failed)?;
    let mut printer = Printer::new(format, &rows.columns)?;
    while let Some(rows_of_page) = page {
        for row in &rows_of_page {
            printer.row(row)?;
        }
        page = rows.page().await.map_err(failed)?;
    }
    Ok(printer.finish()?)
}
