//! The second straight line: schedule -> journal -> route -> digest -> render -> deliver -> ledger.
//!
//! A report is fixed in the ledger before its first message goes out, and each message is marked
//! once it is delivered. So a run after a crash sends what is left of the same report; at worst the
//! one message that was on its way goes out twice, and none is lost.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};

use crate::config::{self, Account, Mode, Report};
use crate::deliver::{Allowed, deliver};
use crate::digest::{About, Detail, Digest, Finds, Portal, RunStats};
use crate::engine::Damaged;
use crate::error::Error;
use crate::exclusion::Exclusion;
use crate::finding::Finding;
use crate::journal::{self, JournalError, WindowRecord};
use crate::ledger::{self, Counts, LedgerError, Loaded, ReportState, Sending};
use crate::message::Message;
use crate::query::catalogue::Catalogue;
use crate::render::{Look, Renderer};
use crate::route;
use crate::sink::{Sink, SinkError};
use crate::store::Store;

mod choose;
mod idle;
mod register;

use choose::{Chosen, tells};
use idle::Idle;
pub use register::register;

/// What a run reports with.
pub struct Reporting<'a> {
    /// Holds journal and ledger.
    pub store: &'a dyn Store,
    /// Known accounts.
    pub accounts: &'a BTreeMap<String, Account>,
    /// The views, which say what their findings are called.
    pub catalogue: &'a Catalogue,
    /// The exclusions, of which those of the config are looked after.
    pub exclusions: &'a [Exclusion],
    /// The access portal that links to the console go by.
    pub portal: Option<&'a Portal>,
    /// Makes messages.
    pub renderer: &'a Renderer,
    /// Channels by name.
    pub channels: &'a BTreeMap<String, Box<dyn Sink>>,
    /// The time of the run.
    pub now: DateTime<Utc>,
    /// How text is laid out where it is read.
    pub look: Look,
    /// What people call the engine that found.
    pub engine: &'a str,
    /// Whether reports go out although their time has not come.
    pub forced: bool,
    /// What the run could not look at: logs and folders, with the reason.
    pub unread: &'a BTreeMap<String, String>,
    /// Why the run could not look at anything, if it could not.
    pub trouble: Option<&'a str>,
    /// Until when this run may send.
    pub allowed: Allowed<'a>,
}

/// How a report went.
#[derive(Debug, Default)]
pub struct Reported {
    /// Messages delivered.
    pub delivered: usize,
    /// Nothing was collected since the report last ran, and it has no schedule to keep.
    pub nothing_new: bool,
    /// What people should know: templates that failed, channels that refused.
    pub notes: Vec<String>,
    /// Whether the channel took every message.
    pub complete: bool,
}

/// What goes out, before it is rendered for a channel.
struct Content {
    digest: Digest,
    /// Findings, of which each gets a message of its own.
    events: Vec<Detail>,
    /// Those that are too many for that, where the digest does not go out.
    rest: Option<Digest>,
}

/// Reports of less than this do not list exclusions that covered nothing: once a day is enough. A
/// day on which clocks are put forward has no more hours.
const A_DAY: TimeDelta = TimeDelta::hours(23);

/// The name under which the ledger knows a report on one of its channels: a channel that fails
/// does not hold up the others.
fn name(report: &Report, channel: &str) -> String {
    format!("{} to {channel}", report.name)
}

/// Counts what has become of the findings that the run had at hand.
///
/// # Errors
/// [`LedgerError`].
pub async fn count(store: &dyn Store, reports: &[Report]) -> Result<Counts, LedgerError> {
    let mut loaded = ledger::load(store).await?;
    let before = loaded.ledger.clone();
    let next = |detection: &str| {
        let of_it = reports.iter().filter(|report| report.detection == detection);
        let names = of_it.flat_map(|report| report.channels.iter().map(|to| name(report, to)));
        names.map(|name| before.reports.get(&name).map_or(0, |state| state.next_window)).min()
    };
    let counts = loaded.ledger.count(next);
    if loaded.ledger != before {
        loaded.save(store).await?;
    }
    Ok(counts)
}

/// Sends `report` to `channel` if it is due, and what a run before a crash left of it.
///
/// # Errors
/// [`Error`] when the ledger or the journal cannot be used, or a shipped template fails. A channel
/// that fails is no error here but leaves [`Reported::complete`] unset.
pub async fn report(
    run: &Reporting<'_>,
    report: &Report,
    channel: &str,
) -> Result<Reported, Error> {
    let mut reported = Reported { complete: true, ..Reported::default() };
    let sink = run.channels.get(channel).ok_or_else(|| {
        Error::usage(format!("no channel is called '{channel}'"), "Add it to the config.")
    })?;
    let name = name(report, channel);
    loop {
        let mut loaded = ledger::load(run.store).await?;
        let state = loaded.ledger.reports.entry(name.clone()).or_default();
        let left_over = state.sending.is_some();
        let Some(sending) = due(run, report, state, loaded.ledger.next_window) else {
            reported.nothing_new = reported.delivered == 0 && report.schedule.is_none();
            return Ok(reported);
        };
        let state = loaded.ledger.reports.entry(name.clone()).or_default();
        state.sending = Some(sending.clone());
        let before = state.clone();
        loaded.save(run.store).await?;
        let content = content(run, report, &before, &sending).await?;
        let messages = messages(run, report, &content, sink.as_ref(), &mut reported.notes)?;
        if !send(run, &name, sink.as_ref(), messages, &mut loaded, &mut reported).await? {
            return Ok(reported);
        }
        let state = loaded.ledger.reports.entry(name.clone()).or_default();
        state.next_window = sending.end;
        state.last = state.last.max(Some(sending.at));
        state.changes = Some(content.digest.counts.changes);
        state.sending = None;
        loaded.save(run.store).await?;
        if !left_over {
            return Ok(reported);
        }
    }
}

/// What is to be sent now: the rest of what was begun, or all that is new if the time has come.
fn due(
    run: &Reporting<'_>,
    report: &Report,
    state: &ReportState,
    next_window: u64,
) -> Option<Sending> {
    if state.sending.is_some() {
        return state.sending.clone();
    }
    let (at, missed) = match &report.schedule {
        // A clock that went back must not make a period that ends before it begins.
        Some(_) if run.forced => (state.last.unwrap_or(run.now).max(run.now), 0),
        Some(schedule) => {
            let due = schedule.due(state.last, run.now, report.timezone)?;
            (due.at, due.missed)
        }
        None if state.next_window == next_window => return None,
        None => (run.now, 0),
    };
    Some(Sending { end: next_window, at, missed, delivered: BTreeSet::new() })
}

/// Reads the report's part of the journal and makes its digest.
async fn content(
    run: &Reporting<'_>,
    report: &Report,
    state: &ReportState,
    sending: &Sending,
) -> Result<Content, Error> {
    let mut windows = Vec::new();
    let mut findings: Vec<Finding> = Vec::new();
    let mut idle = Idle::of(run.exclusions);
    for number in state.next_window..sending.end {
        let entry =
            journal::read(run.store, number).await?.ok_or_else(|| JournalError::Damaged {
                key: journal::key(number),
                line: 0,
                reason: "the file is gone".to_owned(),
            })?;
        let shown = |finding: &Finding| {
            finding.detection == report.detection && route::shows(report, run.accounts, finding)
        };
        // Only event messages show the full records, which are most of the journal.
        let lean = |finding: Finding| match report.mode {
            Mode::Digest => Finding { raw: None, ..finding },
            Mode::Events | Mode::Both => finding,
        };
        // Whom an exclusion serves is not this report's business: it counts whatever it covers.
        idle.see(&entry.findings);
        findings.extend(entry.findings.into_iter().filter(shown).map(lean));
        windows.push(entry.window);
    }
    let mut about = about(run, report, state, sending, &windows, &findings);
    if report.schedule.is_some() && about.to - about.from >= A_DAY {
        about.unused = idle.unused(run.now.date_naive());
    }
    let chosen = Chosen::of(report, &findings);
    about.notices.extend(chosen.notice(report, &about.finds));
    let events = chosen.own.iter().map(|finding| Detail::build(finding, &about)).collect();
    let rest = (report.mode == Mode::Events && !chosen.rest.is_empty()).then(|| {
        let lean = |finding: &&Finding| Finding { raw: None, ..(*finding).clone() };
        Digest::build(&chosen.rest.iter().map(lean).collect::<Vec<_>>(), &about)
    });
    Ok(Content { digest: Digest::build(&findings, &about), events, rest })
}

fn about(
    run: &Reporting<'_>,
    report: &Report,
    state: &ReportState,
    sending: &Sending,
    windows: &[WindowRecord],
    findings: &[Finding],
) -> About {
    let minutes =
        || windows.iter().flat_map(|window| &window.logs).map(|(_, delivered)| *delivered);
    let times = || findings.iter().filter(|finding| finding.reported).filter_map(Finding::time);
    // A report without a schedule has no period of its own: it covers what it shows.
    let (from, to) = match &report.schedule {
        Some(_) => (state.last.or_else(|| minutes().min()), Some(sending.at)),
        None => {
            (times().min().or_else(|| minutes().min()), times().max().or_else(|| minutes().max()))
        }
    };
    let (from, to) = (from.unwrap_or(sending.at), to.unwrap_or(sending.at));
    let mut notices = Vec::new();
    if sending.missed > 0 {
        let times = if sending.missed == 1 { "time" } else { "times" };
        notices.push(format!(
            "nobody was looking at {} scheduled {times} before this one; this report covers them too",
            sending.missed
        ));
    }
    if let Some(trouble) = run.trouble {
        notices.push(format!("this run could not look at the logs: {trouble}"));
    }
    let finds = finds(run.catalogue, &report.detection);
    if report.is_unmatched() {
        let many = &finds.many;
        notices
            .push(format!("no report shows these {many}: add a [[report]] whose match takes them"));
    }
    let prices = windows.iter().filter_map(|window| window.dollars);
    let dollars = prices.reduce(|sum, dollars| sum + dollars);
    About {
        report: report.name.clone(),
        sending: format!("{} {}-{}", sending.at.to_rfc3339(), state.next_window, sending.end),
        from,
        to,
        zone: report.timezone,
        accounts: config::shown(run.accounts),
        run: RunStats {
            logs: windows.iter().map(|window| window.logs.len() as u64).sum(),
            bytes: windows.iter().map(|window| window.delivered).sum(),
            scanned: dollars.map(|_| windows.iter().map(|window| window.bytes).sum()),
            seconds: windows.iter().map(|window| window.seconds).sum(),
            damaged: run.unread.iter().map(damaged).collect(),
            engine: run.engine.to_owned(),
            cost: dollars,
        },
        finds,
        before: state.changes.filter(|_| report.schedule.is_some()),
        notices,
        portal: run.portal.cloned(),
        unused: Vec::new(),
        now: run.now,
    }
}

/// What a detection's findings are called.
pub fn finds(catalogue: &Catalogue, detection: &str) -> Finds {
    match catalogue.get(detection).ok().map(|view| &view.header.finds) {
        Some(Some((one, many))) => Finds::named(one, many),
        _ => Finds::default(),
    }
}

fn damaged((log, reason): (&String, &String)) -> Damaged {
    Damaged { log: log.clone(), reason: reason.clone() }
}

/// Sends every message that is not marked yet, and marks each. Gives whether none is left to try.
async fn send(
    run: &Reporting<'_>,
    name: &str,
    sink: &dyn Sink,
    messages: Vec<Message>,
    loaded: &mut Loaded,
    reported: &mut Reported,
) -> Result<bool, Error> {
    for message in messages {
        let sending = &mut loaded.ledger.reports.entry(name.to_owned()).or_default().sending;
        let Some(sending) = sending.as_mut().filter(|s| !s.delivered.contains(&message.key)) else {
            continue;
        };
        if !(run.allowed.now)() {
            reported.complete = false;
            reported.notes.push("there was no time for all of it; the next run goes on".to_owned());
            return Ok(false);
        }
        match deliver(sink, &message, None, run.allowed).await {
            Ok(receipt) => {
                reported.delivered += 1;
                reported.notes.extend(receipt.note);
            }
            // The same message would be refused again: the others must not wait for it.
            Err(error @ SinkError::Refused { .. }) => {
                reported.complete = false;
                reported.notes.push(format!("'{}' was refused: {error}", message.title));
            }
            Err(error @ (SinkError::Retry { .. } | SinkError::Broken { .. })) => {
                reported.complete = false;
                reported.notes.push(format!("{error}; the next run tries again"));
                return Ok(false);
            }
        }
        sending.delivered.insert(message.key);
        loaded.save(run.store).await?;
    }
    Ok(true)
}

/// The messages of a report in the form that a sink takes.
fn messages(
    run: &Reporting<'_>,
    report: &Report,
    content: &Content,
    sink: &dyn Sink,
    notes: &mut Vec<String>,
) -> Result<Vec<Message>, Error> {
    let mut messages = Vec::new();
    if report.mode != Mode::Events && tells(report, &content.digest) {
        let template = if content.digest.counts.changes == 0 { "quiet" } else { "digest" };
        let rendered =
            run.renderer.render_or_shipped(sink.form(), template, &content.digest, run.look)?;
        notes.extend(rendered.notice);
        messages.extend(rendered.messages);
    }
    for event in &content.events {
        let rendered = run.renderer.render_or_shipped(sink.form(), "event", event, run.look)?;
        notes.extend(rendered.notice);
        messages.extend(rendered.messages);
    }
    if let Some(rest) = &content.rest {
        let rendered = run.renderer.render_or_shipped(sink.form(), "digest", rest, run.look)?;
        notes.extend(rendered.notice);
        messages.extend(rendered.messages);
    }
    notes.dedup();
    Ok(messages)
}
