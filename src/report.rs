//! The second straight line: schedule -> journal -> route -> digest -> render -> deliver -> ledger.
//!
//! A report is fixed in the ledger before its first message goes out, and each message is marked
//! once it is delivered. So a run after a crash sends what is left of the same report; at worst the
//! one message that was on its way to each channel goes out twice, and none is lost.
//!
//! [`round()`] serves all channels at once, so that one that is broken holds up no other. What a
//! channel refuses is held (`held`) and tried again by each run, and another channel says so
//! (`news`).

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;

use crate::config::{self, Account, Mode, Report};
use crate::deliver::Allowed;
use crate::digest::{self, About, Detail, Digest, Finds, Portal, RunStats};
use crate::engine::Damaged;
use crate::error::Error;
use crate::exclusion::Exclusion;
use crate::finding::Finding;
use crate::journal::{self, JournalError, WindowRecord};
use crate::ledger::{Blind, Ledger, ReportState, Sending};
use crate::message::Message;
use crate::query::catalogue::Catalogue;
use crate::render::{Look, Renderer};
use crate::route;
use crate::sink::Sink;
use crate::store::Store;

mod books;
mod choose;
mod held;
mod idle;
mod news;
mod post;
mod register;
mod round;
mod send;

pub use books::{count, note_look};
use choose::{Chosen, tells};
use idle::Idle;
pub use post::Post;
pub use register::register;
pub use round::{Round, Sent, round};
use send::Lane;

/// What a run reports with.
pub struct Reporting<'a> {
    /// Holds journal and ledger.
    pub store: &'a dyn Store,
    /// The ledger while messages go out, and how fast each channel takes them.
    pub post: &'a Post,
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
    /// Whether there is no use in trying further messages in this run.
    pub stopped: bool,
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
    let lane = Lane::of(run, channel)?;
    let name = name(report, channel);
    loop {
        // Most of the time nothing is due, and then nothing is written.
        let idle = |ledger: &Ledger| due(run, report, &ledger.state(&name), ledger).is_none();
        if run.post.read(run.store, idle).await? {
            reported.nothing_new = reported.delivered == 0 && report.schedule.is_none();
            return Ok(reported);
        }
        let begin = |ledger: &mut Ledger| begin(run, report, &name, ledger);
        let Some(Begun { before, sending, left_over }) = run.post.change(run.store, begin).await?
        else {
            return Ok(reported);
        };
        let (messages, changes, says) = {
            // The findings of a report take much memory, and channels are served at once.
            let _alone = run.post.alone().await;
            let content = content(run, report, &before, &sending).await?;
            let notes = &mut reported.notes;
            let messages = messages(run, report, channel, &sending, &content, lane.sink, notes)?;
            let changes = content.digest.counts.changes;
            (messages, changes, news::says_outage(report, channel, &sending, changes == 0))
        };
        let about =
            send::About { name: &name, report, from: before.next_window, sending: &sending };
        if !send::send(run, &lane, &about, &messages, &mut reported).await? {
            return Ok(reported);
        }
        let end = |ledger: &mut Ledger| {
            let state = ledger.reports.entry(name.clone()).or_default();
            state.next_window = sending.end;
            state.last = state.last.max(Some(sending.at));
            state.changes = Some(changes);
            state.sending = None;
            if let Some(blind) = ledger.blind.as_mut().filter(|_| says) {
                blind.told.insert(channel.to_owned(), run.now);
            }
        };
        run.post.change(run.store, end).await?;
        if !left_over {
            return Ok(reported);
        }
    }
}

/// A report that is fixed in the ledger.
struct Begun {
    /// How far it had come.
    before: ReportState,
    sending: Sending,
    /// Whether an earlier run fixed it.
    left_over: bool,
}

/// Fixes what is to be sent now, if anything is.
fn begin(run: &Reporting<'_>, report: &Report, name: &str, ledger: &mut Ledger) -> Option<Begun> {
    let before = ledger.state(name);
    let left_over = before.sending.is_some();
    let sending = due(run, report, &before, ledger)?;
    let state = ledger.reports.entry(name.to_owned()).or_default();
    if !left_over {
        state.gaps.clear();
    }
    state.sending = Some(sending.clone());
    Some(Begun { before: state.clone(), sending, left_over })
}

/// What is to be sent now: the rest of what was begun, or all that is new if the time has come.
fn due(
    run: &Reporting<'_>,
    report: &Report,
    state: &ReportState,
    ledger: &Ledger,
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
        None if state.next_window == ledger.next_window => return None,
        None => (run.now, 0),
    };
    Some(Sending {
        end: ledger.next_window,
        at,
        missed,
        delivered: BTreeSet::new(),
        thread: None,
        gaps: state.gaps.clone(),
        blind: ledger.blind.clone(),
    })
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
    let mut notices = notices(sending, report.timezone, (from, to));
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

/// What people must know of how the report came about.
fn notices(sending: &Sending, zone: Tz, period: (DateTime<Utc>, DateTime<Utc>)) -> Vec<String> {
    let mut notices: Vec<String> = sending
        .gaps
        .iter()
        .map(|gap| digest::outage::gap(zone, period, (gap.from, gap.to)))
        .map(|text| format!("nobody was looking from {text}; caught up now"))
        .collect();
    if sending.missed > 0 && sending.gaps.is_empty() {
        let times = digest::words::plural(sending.missed as u64, "scheduled time", None);
        notices.push(format!("nothing was sent for {times} before this one; all of it is in here"));
    }
    if let Some(Blind { error, partly, .. }) = &sending.blind {
        let what = if *partly { "all of the logs" } else { "the logs" };
        notices.push(format!("this run could not look at {what}: {error}"));
    }
    notices
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

/// The messages of a report in the form that a sink takes.
fn messages(
    run: &Reporting<'_>,
    report: &Report,
    channel: &str,
    sending: &Sending,
    content: &Content,
    sink: &dyn Sink,
    notes: &mut Vec<String>,
) -> Result<Vec<Message>, Error> {
    let mut messages = Vec::new();
    let quiet = content.digest.counts.changes == 0;
    let blind = quiet && news::is_blind(sending);
    let outage = news::of_sending(run, report, channel, sending, quiet);
    if let Some(outage) = &outage {
        let rendered = run.renderer.render_or_shipped(sink.form(), "failure", outage, run.look)?;
        notes.extend(rendered.notice);
        messages.extend(rendered.messages);
    }
    // "Nothing was changed" would not be true: nobody knows.
    if report.mode != Mode::Events && !blind && tells(report, &content.digest) {
        let template = if quiet { "quiet" } else { "digest" };
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
