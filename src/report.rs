//! The second straight line: schedule -> journal -> route -> digest -> render -> deliver -> ledger.
//!
//! A report is fixed in the ledger before its first message goes out, and each message is marked
//! once it is delivered. So a run after a crash sends what is left of the same report; at worst the
//! one message that was on its way goes out twice, and none is lost.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use crate::config::{Account, Mode, Report};
use crate::deliver::deliver;
use crate::digest::{About, Detail, Digest, RunStats};
use crate::engine::Damaged;
use crate::error::Error;
use crate::finding::Finding;
use crate::journal::{self, JournalError, WindowRecord};
use crate::ledger::{self, Loaded, Sending};
use crate::message::Message;
use crate::render::Renderer;
use crate::route;
use crate::sink::Sink;
use crate::store::Store;

/// What a run reports with.
pub struct Reporting<'a> {
    /// Holds journal and ledger.
    pub store: &'a dyn Store,
    /// Known accounts.
    pub accounts: &'a BTreeMap<String, Account>,
    /// Makes messages.
    pub renderer: &'a Renderer,
    /// Channels by name.
    pub channels: &'a BTreeMap<String, Box<dyn Sink>>,
    /// The time of the run.
    pub now: DateTime<Utc>,
    /// Whether messages may have colour.
    pub color: bool,
    /// Whether reports go out although their time has not come.
    pub forced: bool,
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
    /// Channels that did not get everything; the next run tries again.
    pub failed: Vec<String>,
}

/// What goes out, before it is rendered for a channel.
struct Content {
    digest: Digest,
    events: Vec<Detail>,
}

/// Sends `report` if it is due, and what a run before a crash left of it.
///
/// # Errors
/// [`Error`] when the ledger or the journal cannot be used. A channel that fails is no error here
/// but is named in [`Reported::failed`].
pub async fn report(run: &Reporting<'_>, report: &Report) -> Result<Reported, Error> {
    let mut reported = Reported::default();
    loop {
        let mut loaded = ledger::load(run.store).await?;
        let Some(sending) = due(run, &loaded, report, &mut reported) else {
            return Ok(reported);
        };
        let left_over =
            loaded.ledger.reports.get(&report.name).is_some_and(|state| state.sending.is_some());
        loaded.ledger.reports.entry(report.name.clone()).or_default().sending =
            Some(sending.clone());
        loaded.save(run.store).await?;
        let content = content(run, report, &loaded, &sending).await?;
        let complete = send(run, report, &content, &mut loaded, &mut reported).await?;
        if !complete {
            return Ok(reported);
        }
        let state = loaded.ledger.reports.entry(report.name.clone()).or_default();
        state.next_window = sending.end;
        state.last = Some(sending.at);
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
    loaded: &Loaded,
    report: &Report,
    reported: &mut Reported,
) -> Option<Sending> {
    let state = loaded.ledger.reports.get(&report.name).cloned().unwrap_or_default();
    if state.sending.is_some() {
        return state.sending;
    }
    let (at, missed) = match &report.schedule {
        Some(_) if run.forced => (run.now, 0),
        Some(schedule) => {
            let due = schedule.due(state.last, run.now, report.timezone)?;
            (due.at, due.missed)
        }
        None if state.next_window == loaded.ledger.next_window => {
            reported.nothing_new = reported.delivered == 0;
            return None;
        }
        None => (run.now, 0),
    };
    Some(Sending { end: loaded.ledger.next_window, at, missed, delivered: Default::default() })
}

/// Reads the report's part of the journal and makes its digest.
async fn content(
    run: &Reporting<'_>,
    report: &Report,
    loaded: &Loaded,
    sending: &Sending,
) -> Result<Content, Error> {
    let state = loaded.ledger.reports.get(&report.name).cloned().unwrap_or_default();
    let mut windows = Vec::new();
    let mut findings: Vec<Finding> = Vec::new();
    for number in state.next_window..sending.end {
        let entry =
            journal::read(run.store, number).await?.ok_or_else(|| JournalError::Damaged {
                key: journal::key(number),
                line: 0,
                reason: "the file is gone".to_owned(),
            })?;
        let shown = |finding: &Finding| {
            finding.detection == report.detection
                && route::shows(&report.matches, run.accounts, finding)
        };
        // Only event messages show the full records, which are most of the journal.
        let lean = |finding: Finding| match report.mode {
            Mode::Digest => Finding { raw: None, ..finding },
            Mode::Events | Mode::Both => finding,
        };
        findings.extend(entry.findings.into_iter().filter(shown).map(lean));
        windows.push(entry.window);
    }
    let about = about(run, report, &state, sending, &windows, &findings);
    let events = match report.mode {
        Mode::Digest => Vec::new(),
        Mode::Events | Mode::Both => {
            let mut shown: Vec<&Finding> =
                findings.iter().filter(|finding| finding.reported).collect();
            shown.sort_by(|a, b| a.event_time.cmp(&b.event_time));
            shown.into_iter().map(|finding| Detail::build(finding, &about)).collect()
        }
    };
    Ok(Content { digest: Digest::build(&findings, &about), events })
}

fn about(
    run: &Reporting<'_>,
    report: &Report,
    state: &ledger::ReportState,
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
    About {
        report: report.name.clone(),
        from,
        to,
        zone: report.timezone,
        accounts: run.accounts.clone(),
        run: RunStats {
            logs: windows.iter().map(|window| window.logs.len() as u64).sum(),
            bytes: windows.iter().map(|window| window.bytes).sum(),
            seconds: windows.iter().map(|window| window.seconds).sum(),
            damaged: windows.iter().flat_map(|window| &window.damaged).map(damaged).collect(),
            engine: "embedded engine".to_owned(),
            cost: None,
        },
        before: state.changes.filter(|_| report.schedule.is_some()),
        notices,
        now: run.now,
    }
}

fn damaged((log, reason): (&String, &String)) -> Damaged {
    Damaged { log: log.clone(), reason: reason.clone() }
}

/// Sends every message that is not marked yet, and marks each. Gives whether all are delivered.
async fn send(
    run: &Reporting<'_>,
    report: &Report,
    content: &Content,
    loaded: &mut Loaded,
    reported: &mut Reported,
) -> Result<bool, Error> {
    let mut complete = true;
    for channel in &report.channels {
        let Some(sink) = run.channels.get(channel) else {
            continue;
        };
        for message in messages(run, report, content, sink.as_ref(), &mut reported.notes)? {
            let key = format!("{channel}/{}", message.key);
            let state = loaded.ledger.reports.entry(report.name.clone()).or_default();
            let Some(sending) =
                state.sending.as_mut().filter(|sending| !sending.delivered.contains(&key))
            else {
                continue;
            };
            match deliver(sink.as_ref(), &message).await {
                Ok(receipt) => {
                    sending.delivered.insert(key);
                    reported.delivered += 1;
                    reported.notes.extend(receipt.note);
                    loaded.save(run.store).await?;
                }
                Err(error) => {
                    complete = false;
                    reported.notes.push(format!("channel '{channel}': {error}"));
                    reported.failed.push(channel.clone());
                    break;
                }
            }
        }
    }
    Ok(complete)
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
    let look = crate::render::Look::of_stdout(run.color);
    if report.mode != Mode::Events {
        let template = if content.digest.counts.changes == 0 { "quiet" } else { "digest" };
        let rendered =
            run.renderer.render_or_shipped(sink.form(), template, &content.digest, look)?;
        notes.extend(rendered.notice);
        messages.push(rendered.message.keyed("digest"));
    }
    for event in &content.events {
        let rendered = run.renderer.render_or_shipped(sink.form(), "event", event, look)?;
        notes.extend(rendered.notice);
        messages.push(rendered.message.keyed(format!("event/{}", event.event_id)));
    }
    notes.dedup();
    Ok(messages)
}
