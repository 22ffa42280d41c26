//! `clickops run`.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use clap::Args;

use super::ledger::StoreArgs;
use super::progress::Progress;
use super::table::TableArgs;
use super::{Moment, Source, color, output, remark, time};
use crate::app::{self, App};
use crate::collect::{Collect, Collected, collect, up_to_date};
use crate::config::{Channel, Place, Report};
use crate::error::{Error, Exit};
use crate::ledger::Ledger;
use crate::logs::places::Silent;
use crate::logs::{Log, Span};
use crate::render::Look;
use crate::report::{Reporting, register, report};
use crate::sink::Sink;
use crate::sink::terminal::Terminal;
use crate::store::Store;
use crate::store::memory::MemoryStore;
use crate::window::{self, Limits};

/// How far back runs look in S3 when nobody says: there is no end of logs in a bucket.
const LATELY: Duration = Duration::from_secs(24 * 60 * 60);

const MINUTE: TimeDelta = TimeDelta::minutes(1);

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
    #[command(flatten)]
    table: TableArgs,
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
    args.table.apply(&mut app.config)?;
    args.store.apply(&mut app)?;
    let reports = chosen(&app.config.reports, &args.reports)?;
    let limits = limits(&app, &args)?;

    // Replayed rows are no logs: nothing of them may be taken for collected.
    let trial = args.dry_run || app.config.replay.is_some();
    let _turn = if trial { None } else { app.turn()? };
    let store: Box<dyn Store> =
        if trial { Box::new(MemoryStore::over(app.store()?)) } else { app.store()? };
    let mut loaded = up_to_date(store.as_ref(), &limits, app.now).await?;
    register(store.as_ref(), &mut loaded, &app.config.reports).await?;

    // Reports go out whatever became of collecting: they say so.
    let looked = look(&app, store.as_ref(), limits, &loaded.ledger).await;
    let sent = send_all(&app, store.as_ref(), &reports, &args, &looked).await;
    if args.dry_run {
        remark("dry run: nothing was kept");
    }
    Ok(looked?.exit().max(sent?))
}

fn limits(app: &App, args: &RunArgs) -> Result<Limits, Error> {
    let since = args.since.map(|moment| moment.from(app.now));
    if since.zip(args.until).is_some_and(|(since, until)| since >= until) {
        return Err(Error::usage("--since is not before --until", "Exchange the two."));
    }
    let lately = matches!(app.config.logs, Some(Place::S3(_))).then_some(LATELY);
    // Whoever says since when means it, unless the config says something else.
    let first = match since {
        Some(since) => lately.map(|_| (app.now - since + MINUTE).to_std().unwrap_or_default()),
        None => lately,
    };
    Ok(Limits {
        overlap: app.config.overlap.or(lately),
        first: app.config.first.or(first),
        since,
        until: args.until,
        ..Limits::default()
    })
}

/// What a run has looked at.
struct Looked {
    collected: Collected,
    /// Logs and folders that could not be read, with the reason.
    unread: BTreeMap<String, String>,
}

impl Looked {
    fn exit(&self) -> Exit {
        let read_any = self.collected.logs > 0 || self.collected.known > 0;
        match (self.unread.is_empty(), read_any) {
            (true, _) => Exit::Done,
            (false, true) => Exit::Partly,
            (false, false) => Exit::Nothing,
        }
    }

    /// Why there is nothing to report.
    fn nothing_new(&self) -> String {
        let Collected { known, outside, .. } = self.collected;
        let mut text = match (known, outside) {
            (0, 0) => "Nothing new.".to_owned(),
            (known, 0) => format!("Nothing new: {} collected by an earlier run.", logs(known)),
            (0, outside) => {
                format!("Nothing to look at: {} outside the limits of this run.", logs(outside))
            }
            (known, outside) => format!(
                "Nothing new: {} collected by an earlier run, {outside} more are outside the limits of this one.",
                logs(known)
            ),
        };
        if !self.unread.is_empty() {
            text.push_str(&format!(" {} not be read.", could(self.unread.len())));
        }
        format!("{text}\n`clickops ledger show` tells how far collecting is.\n")
    }
}

fn logs(count: usize) -> String {
    if count == 1 { "1 log was".to_owned() } else { format!("{count} logs were") }
}

fn could(count: usize) -> String {
    if count == 1 { "1 log could".to_owned() } else { format!("{count} logs could") }
}

/// Lists the logs and collects what is new in them.
async fn look(
    app: &App,
    store: &dyn Store,
    limits: Limits,
    ledger: &Ledger,
) -> Result<Looked, Error> {
    let span = Span { since: window::oldest(ledger, &limits), ..Span::default() };
    let (listing, places) = app.new_logs(&span, limits.overlap, store).await?;
    let reason = |error: &io::Error| match error.raw_os_error() {
        Some(_) => format!("{error}; check its permissions"),
        None => error.to_string(),
    };
    let unreadable = listing.unreadable.iter();
    let mut unread: BTreeMap<String, String> =
        unreadable.map(|(address, error)| (address.clone(), reason(error))).collect();
    // Folders that no log came to of late are no wrong address.
    if listing.logs.is_empty() && unread.is_empty() && places.is_empty() {
        return Err(app::no_logs(app.config.logs.as_ref()));
    }
    for Silent { account, last } in places.silent(app.now) {
        remark(&format!(
            "warning: account {account} delivered no log since {last}; is its trail on?"
        ));
    }
    let collected = collect_all(app, store, limits, listing.logs).await?;
    unread.extend(collected.damaged.clone());
    for (log, reason) in &unread {
        remark(&format!("warning: {log}: {reason}"));
    }
    if !unread.is_empty() {
        let count = could(unread.len());
        remark(&format!("warning: {count} not be read to the end; the next run tries again"));
    }
    Ok(Looked { collected, unread })
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
    let different: BTreeSet<&String> = names.iter().collect();
    different.into_iter().map(named).collect()
}

async fn collect_all(
    app: &App,
    store: &dyn Store,
    limits: Limits,
    logs: Vec<Log>,
) -> Result<Collected, Error> {
    let detections: Vec<_> = app.config.detections(&app.config.catalogue()?)?.into_iter().collect();
    let progress = Progress::new(logs.len() as u64, logs.iter().map(|log| log.bytes).sum());
    let engine = app.engine()?;
    let run = Collect {
        engine: engine.as_ref(),
        store,
        access: &app.access(),
        assembler: &app.assembler()?,
        detections: &detections,
        limits,
        now: app.now,
        watch: &|scan: &Arc<_>| progress.follow(scan),
    };
    let collected = collect(&run, logs).await;
    engine.close().await;
    Ok(collected?)
}

async fn send_all(
    app: &App,
    store: &dyn Store,
    reports: &[Report],
    args: &RunArgs,
    looked: &Result<Looked, Error>,
) -> Result<Exit, Error> {
    let sink = |channel: &Channel| -> Box<dyn Sink> {
        match channel {
            Channel::Terminal => Box::new(Terminal::stdout()),
        }
    };
    let channels: BTreeMap<_, _> =
        app.config.channels.iter().map(|(name, channel)| (name.clone(), sink(channel))).collect();
    let trouble = looked.as_ref().err().map(ToString::to_string);
    let none = BTreeMap::new();
    let run = Reporting {
        store,
        accounts: &app.config.accounts,
        catalogue: &app.config.catalogue()?,
        exclusions: &app.config.exclusions,
        renderer: &app.renderer(),
        channels: &channels,
        now: app.now,
        look: Look::of_stdout(color()),
        engine: app.engine_name(),
        forced: !args.reports.is_empty(),
        unread: looked.as_ref().map_or(&none, |looked| &looked.unread),
        trouble: trouble.as_deref(),
    };
    let mut exit = Exit::Done;
    let mut idle = true;
    let mut failed = None;
    for one in reports {
        for channel in &one.channels {
            // One report that fails must not keep the others from going out.
            match report(&run, one, channel).await {
                Ok(reported) => {
                    idle &= reported.nothing_new;
                    for note in &reported.notes {
                        remark(&format!("warning: report '{}' to '{channel}': {note}", one.name));
                    }
                    if !reported.complete {
                        exit = Exit::Partly;
                    }
                }
                Err(error) => {
                    idle = false;
                    failed = Some(error);
                }
            }
        }
    }
    if let (true, Ok(looked)) = (idle, looked) {
        output(&looked.nothing_new())?;
    }
    failed.map_or(Ok(exit), Err)
}
