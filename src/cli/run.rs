//! `clickops run`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use clap::Args;

use super::ledger::StoreArgs;
use super::progress::Progress;
use super::{Moment, Source, color, output, remark, time};
use crate::app::{self, App};
use crate::collect::{Collect, Collected, collect};
use crate::config::{Channel, Report};
use crate::error::{Error, Exit};
use crate::logs::Log;
use crate::report::{Reporting, report};
use crate::sink::Sink;
use crate::sink::terminal::Terminal;
use crate::store::Store;
use crate::store::memory::MemoryStore;
use crate::window::Limits;

/// Collect what is new in the logs, then send every report that is due
///
/// Without a config there is one report, of everything new, on this terminal. What was collected
/// and reported is kept in `.clickops/`, so a second run says only what came in between:
///
///   clickops run --logs examples/logs
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(super) struct RunArgs {
    #[command(flatten)]
    source: Source,
    /// Only logs delivered since then: a length of time such as 24h, or RFC 3339
    #[arg(long, value_name = "TIME", value_parser = Moment::parse)]
    since: Option<Moment>,
    /// Only logs delivered before then (RFC 3339)
    #[arg(long, value_name = "TIME", value_parser = time)]
    until: Option<chrono::DateTime<chrono::Utc>>,
    /// Only this report, due or not; may be given several times
    #[arg(long = "report", value_name = "NAME")]
    reports: Vec<String>,
    /// Print every message here, and keep nothing
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    store: StoreArgs,
}

pub(super) async fn run(mut app: App, args: RunArgs) -> Result<Exit, Error> {
    args.source.apply(&mut app.config)?;
    args.store.apply(&mut app)?;
    let reports = chosen(&app.config.reports, &args.reports)?;
    let mut detections: Vec<String> =
        app.config.reports.iter().map(|report| report.detection.clone()).collect();
    detections.sort();
    detections.dedup();

    let _turn = if args.dry_run { None } else { app.turn()? };
    let store: Box<dyn Store> =
        if args.dry_run { Box::new(MemoryStore::over(app.store())) } else { app.store() };
    let listing = app.logs()?;
    for (path, error) in &listing.unreadable {
        remark(&format!("warning: {}: {error}; check its permissions", path.display()));
    }
    if listing.logs.is_empty() {
        return Err(app::no_logs(app.config.logs.as_ref()));
    }
    let limits = Limits {
        overlap: app.config.overlap,
        first: app.config.first,
        since: args.since.map(|moment| moment.from(app.now)),
        until: args.until,
        ..Limits::default()
    };
    let collected = collect_all(&app, store.as_ref(), &detections, limits, listing.logs).await?;
    let mut exit = said(&collected);
    if !listing.unreadable.is_empty() {
        exit = exit.max(Exit::Partly);
    }
    let sent = send_all(&app, store.as_ref(), &reports, &args).await?;
    if args.dry_run {
        remark("dry run: nothing was kept, so the next run finds and sends the same again");
    }
    Ok(exit.max(sent))
}

/// The reports named, or all.
fn chosen(reports: &[Report], names: &[String]) -> Result<Vec<Report>, Error> {
    if names.is_empty() {
        return Ok(reports.to_vec());
    }
    let named = |name: &String| {
        reports.iter().find(|report| report.name == *name).cloned().ok_or_else(|| {
            let all: Vec<_> = reports.iter().map(|report| report.name.as_str()).collect();
            Error::usage(
                format!("no report is called '{name}'"),
                format!("There are: {}.", all.join(", ")),
            )
        })
    };
    names.iter().map(named).collect()
}

async fn collect_all(
    app: &App,
    store: &dyn Store,
    detections: &[String],
    limits: Limits,
    logs: Vec<Log>,
) -> Result<Collected, Error> {
    let progress = Progress::new(logs.len() as u64, logs.iter().map(|log| log.bytes).sum());
    let engine = app.engine()?;
    let run = Collect {
        engine: engine.as_ref(),
        store,
        assembler: &app.assembler()?,
        detections,
        limits,
        now: app.now,
        watch: &|scan: &Arc<_>| progress.follow(scan),
    };
    Ok(collect(&run, logs).await?)
}

/// Says what could not be read, and gives the exit code that goes with it.
fn said(collected: &Collected) -> Exit {
    for (log, reason) in &collected.damaged {
        remark(&format!("warning: {log}: {reason}"));
    }
    for row in &collected.odd_rows {
        remark(&format!("warning: {row}; sql/README.md lists what a detection may return"));
    }
    if !collected.damaged.is_empty() {
        let count = collected.damaged.len();
        let logs = if count == 1 { "log was" } else { "logs were" };
        remark(&format!("warning: {count} {logs} not read to the end; the next run tries again"));
    }
    match (collected.damaged.is_empty(), collected.odd_rows.is_empty()) {
        (true, true) => Exit::Done,
        (false, _) if collected.logs == 0 && collected.known == 0 => Exit::Nothing,
        _ => Exit::Partly,
    }
}

async fn send_all(
    app: &App,
    store: &dyn Store,
    reports: &[Report],
    args: &RunArgs,
) -> Result<Exit, Error> {
    let sink = |channel: &Channel| -> Box<dyn Sink> {
        match channel {
            Channel::Terminal => Box::new(Terminal::stdout()),
        }
    };
    let channels: BTreeMap<_, _> =
        app.config.channels.iter().map(|(name, channel)| (name.clone(), sink(channel))).collect();
    let run = Reporting {
        store,
        accounts: &app.config.accounts,
        renderer: &app.renderer(),
        channels: &channels,
        now: app.now,
        color: color(),
        forced: !args.reports.is_empty(),
    };
    let mut exit = Exit::Done;
    let mut idle = 0;
    for one in reports {
        let reported = report(&run, one).await?;
        idle += usize::from(reported.nothing_new);
        for note in &reported.notes {
            remark(&format!("warning: report '{}': {note}", one.name));
        }
        if !reported.failed.is_empty() {
            exit = Exit::Partly;
        }
    }
    if idle == reports.len() {
        let mut text =
            "Nothing new: every log was collected and reported by an earlier run.\n".to_owned();
        let _ = writeln!(text, "`clickops ledger show` tells how far that is.");
        output(&text)?;
    }
    Ok(exit)
}
