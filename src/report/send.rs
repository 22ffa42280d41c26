//! The messages of one report on their way to one channel: each is marked once it is delivered.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{Reported, Reporting, held};
use crate::config::Report;
use crate::deliver::{Pace, Undelivered, deliver};
use crate::error::Error;
use crate::ledger::{ChannelState, Held, Ledger, LedgerError, Sending};
use crate::message::Message;
use crate::sink::{Receipt, Sink, SinkError};

/// A channel that has refused so many messages is taken to refuse all of them: what comes after
/// waits in the journal.
const HELD: usize = 100;

/// The way to a channel.
pub(super) struct Lane<'a> {
    /// Its name.
    pub(super) channel: &'a str,
    /// What serves it.
    pub(super) sink: &'a dyn Sink,
    pace: Arc<Pace>,
}

impl<'a> Lane<'a> {
    /// The way to the channel of this name.
    pub(super) fn of(run: &Reporting<'a>, channel: &'a str) -> Result<Self, Error> {
        let sink = run.channels.get(channel).ok_or_else(|| {
            Error::usage(format!("no channel is called '{channel}'"), "Add it to the config.")
        })?;
        Ok(Self { channel, sink: sink.as_ref(), pace: run.post.pace(channel) })
    }

    /// Delivers one message, if there is time.
    pub(super) async fn deliver(
        &self,
        run: &Reporting<'_>,
        message: &Message,
        under: Option<&str>,
    ) -> Result<Receipt, Undelivered> {
        deliver(self.sink, &self.pace, message, under, run.allowed).await
    }

    /// Changes what the ledger knows of the channel.
    pub(super) async fn note(
        &self,
        run: &Reporting<'_>,
        note: impl FnOnce(&mut ChannelState),
    ) -> Result<(), LedgerError> {
        run.post.change(run.store, |ledger| note(ledger.channel(self.channel))).await
    }

    /// Notes why nothing more goes out in this run, and how many messages wait, where that is known anew.
    pub(super) async fn stop(
        &self,
        run: &Reporting<'_>,
        why: Undelivered,
        waiting: Option<u64>,
        reported: &mut Reported,
    ) -> Result<(), LedgerError> {
        reported.complete = false;
        reported.stopped = true;
        let (reason, remedy) = match why {
            Undelivered::NoTime => {
                let note = "there was no time for all of it; the next run goes on".to_owned();
                reported.notes.push(note);
                return Ok(());
            }
            Undelivered::Failed(SinkError::Retry { reason, .. }) => (reason, None),
            Undelivered::Failed(
                SinkError::Broken { reason, remedy } | SinkError::Refused { reason, remedy },
            ) => (reason, Some(remedy)),
        };
        let mend = remedy.as_ref().map(|remedy| format!("; {remedy}")).unwrap_or_default();
        reported.notes.push(format!("{reason}{mend}; the next run tries again"));
        self.note(run, |state| state.fails(run.now, reason, remedy.as_deref(), waiting)).await
    }
}

/// What is sent.
pub(super) struct About<'a> {
    /// The name by which the ledger knows the report on this channel.
    pub(super) name: &'a str,
    pub(super) report: &'a Report,
    /// The first window that it is about.
    pub(super) from: u64,
    /// As it was when this run began with it.
    pub(super) sending: &'a Sending,
}

/// Sends every message that is not marked yet, and marks each. Gives whether none is left to try.
pub(super) async fn send(
    run: &Reporting<'_>,
    lane: &Lane<'_>,
    about: &About<'_>,
    messages: &[Message],
    reported: &mut Reported,
) -> Result<bool, Error> {
    let mut done: BTreeSet<&str> = about.sending.delivered.iter().map(String::as_str).collect();
    let mut thread = about.sending.thread.clone();
    for (at, message) in messages.iter().enumerate() {
        if done.contains(message.key.as_str()) {
            continue;
        }
        let mark = |ledger: &mut Ledger, thread: &Option<String>| {
            let state = ledger.reports.entry(about.name.to_owned()).or_default();
            if let Some(sending) = &mut state.sending {
                sending.delivered.insert(message.key.clone());
                sending.thread.clone_from(thread);
            }
        };
        match lane.deliver(run, message, thread.as_deref()).await {
            Ok(receipt) => {
                thread = thread.or(receipt.id);
                reported.delivered += 1;
                reported.notes.extend(receipt.note);
                let taken = |ledger: &mut Ledger| {
                    mark(ledger, &thread);
                    ledger.channel(lane.channel).takes(run.now);
                };
                run.post.change(run.store, taken).await?;
            }
            // The same message would be refused again: the others must not wait for it.
            Err(Undelivered::Failed(SinkError::Refused { reason, remedy }))
                if has_room(run, lane).await? =>
            {
                reported.complete = false;
                let title = &message.title;
                reported.notes.push(format!("'{title}' was refused: {reason} ({remedy})"));
                let held = Held {
                    key: message.key.clone(),
                    blob: held::keep(run, lane.channel, message).await?,
                    title: title.clone(),
                    reason,
                    remedy,
                    since: run.now,
                    under: thread.clone(),
                    detection: about.report.detection.clone(),
                    from: about.from,
                    end: about.sending.end,
                    told: false,
                };
                let keep = |ledger: &mut Ledger| {
                    mark(ledger, &thread);
                    ledger.channel(lane.channel).held.push(held);
                };
                run.post.change(run.store, keep).await?;
            }
            Err(why) => {
                let waiting = messages[at..].iter().filter(|m| !done.contains(m.key.as_str()));
                lane.stop(run, why, Some(waiting.count() as u64), reported).await?;
                return Ok(false);
            }
        }
        done.insert(&message.key);
    }
    Ok(true)
}

async fn has_room(run: &Reporting<'_>, lane: &Lane<'_>) -> Result<bool, LedgerError> {
    let held = |ledger: &Ledger| ledger.channels.get(lane.channel).map_or(0, |of| of.held.len());
    Ok(run.post.read(run.store, held).await? < HELD)
}
