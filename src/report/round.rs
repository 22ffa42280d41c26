//! All that goes out in a run: to every channel at once, to each in its order.

use std::collections::BTreeSet;

use futures::future::join_all;

use super::{Reported, Reporting, held, news, report};
use crate::config::Report;
use crate::error::Error;
use crate::ledger::Ledger;

/// What is to go out.
pub struct Round<'a> {
    /// The reports to send.
    pub reports: &'a [Report],
    /// All reports of the config.
    pub known: &'a [Report],
    /// The channel that hears what is the matter with others.
    pub default_channel: &'a str,
    /// Whether a channel writes to the terminal, where all is to stay in order.
    pub in_order: &'a (dyn Fn(&str) -> bool + Sync),
    /// Whether all channels are only tried: then nothing that waits for the real ones goes out.
    pub trial: bool,
    /// Is told what people should know, as it happens.
    pub tell: &'a (dyn Fn(&str) + Sync),
}

/// What a round has sent.
#[derive(Debug, Default)]
pub struct Sent {
    /// Messages delivered.
    pub messages: usize,
    /// Whether no report had anything new or was due.
    pub idle: bool,
    /// Whether every channel took every message.
    pub complete: bool,
}

/// What has come of a part of a round.
struct Outcome {
    sent: Sent,
    failed: Option<Error>,
}

impl Outcome {
    fn new() -> Self {
        Self { sent: Sent { messages: 0, idle: true, complete: true }, failed: None }
    }

    fn add(&mut self, other: Self) {
        self.sent.messages += other.sent.messages;
        self.sent.idle &= other.sent.idle;
        self.sent.complete &= other.sent.complete;
        self.failed = other.failed.or(self.failed.take());
    }

    /// Notes how it went with one thing, and gives whether the channel may get another one. A thing
    /// that fails must not keep the others from going out.
    fn note(&mut self, what: &str, round: &Round<'_>, done: Result<Reported, Error>) -> bool {
        match done {
            Ok(reported) => {
                self.sent.messages += reported.delivered;
                self.sent.idle &= reported.nothing_new;
                self.sent.complete &= reported.complete;
                for note in &reported.notes {
                    (round.tell)(&format!("{what}: {note}"));
                }
                !reported.stopped
            }
            Err(error) => {
                self.sent.idle = false;
                self.failed = Some(error);
                true
            }
        }
    }
}

/// Sends what is due, what earlier runs left, and what people have to know of channels.
///
/// # Errors
/// [`Error`] of something that failed, after all the rest was tried. A channel that takes nothing
/// is no error, but leaves [`Sent::complete`] unset.
pub async fn round(run: &Reporting<'_>, round: &Round<'_>) -> Result<Sent, Error> {
    let mut all = Outcome::new();
    if !round.trial
        && let Err(error) = held::orphans(run, round.default_channel).await
    {
        all.failed = Some(error);
    }
    let lanes = lanes(round).into_iter().map(|lane| serve(run, round, lane));
    join_all(lanes).await.into_iter().for_each(|outcome| all.add(outcome));
    if !round.trial {
        unnamed(run, round, &mut all).await;
        match news::channels(run, round).await {
            Ok(said) => {
                for (ear, reported) in said {
                    // People who are told something are not told that there is nothing.
                    all.note(&format!("notice to '{ear}'"), round, Ok(reported));
                }
            }
            Err(error) => all.failed = Some(error),
        }
    }
    all.failed.map_or(Ok(all.sent), Err)
}

/// Tries what waits for channels that no report of the round goes to.
async fn unnamed(run: &Reporting<'_>, round: &Round<'_>, all: &mut Outcome) {
    let named = |name: &str| round.reports.iter().any(|of| of.channels.iter().any(|to| to == name));
    let waits = |ledger: &Ledger| -> BTreeSet<String> {
        let names = ledger.held().map(|(name, _)| name);
        let ours = |name: &&str| run.channels.contains_key(*name) && !named(name);
        names.filter(ours).map(str::to_owned).collect()
    };
    match run.post.read(run.store, waits).await {
        Ok(names) => {
            for name in names {
                let done = held::redeliver(run, &name).await;
                all.note(&format!("held for '{name}'"), round, done);
            }
        }
        Err(error) => all.failed = Some(error.into()),
    }
}

/// A report and a channel of it.
type Step<'a> = (&'a Report, &'a str);

/// What has to go one after the other: all that goes to one channel, and to one terminal.
fn lanes<'a>(round: &Round<'a>) -> Vec<Vec<Step<'a>>> {
    let mut lanes: Vec<Vec<Step<'a>>> = Vec::new();
    for report in round.reports {
        for channel in &report.channels {
            let together = |other: &str| {
                other == channel || (round.in_order)(other) && (round.in_order)(channel)
            };
            let step = (report, channel.as_str());
            match lanes.iter_mut().find(|lane| together(lane[0].1)) {
                Some(lane) => lane.push(step),
                None => lanes.push(vec![step]),
            }
        }
    }
    lanes
}

async fn serve(run: &Reporting<'_>, round: &Round<'_>, lane: Vec<Step<'_>>) -> Outcome {
    let mut outcome = Outcome::new();
    let (mut begun, mut stopped) = (BTreeSet::new(), BTreeSet::new());
    for (one, channel) in &lane {
        if begun.insert(*channel) && !round.trial {
            let mut done = held::redeliver(run, channel).await;
            if let Ok(reported) = &mut done {
                reported.nothing_new = reported.delivered == 0;
            }
            if !outcome.note(&format!("held for '{channel}'"), round, done) {
                stopped.insert(*channel);
            }
        }
        // The other messages would wait for the same answer.
        if stopped.contains(channel) {
            continue;
        }
        let done = report(run, one, channel).await;
        if !outcome.note(&format!("report '{}' to '{channel}'", one.name), round, done) {
            stopped.insert(*channel);
        }
    }
    for (one, channel) in &lane {
        if begun.remove(channel) && !stopped.contains(channel) {
            let mut done = news::outage(run, one, channel).await;
            if let Ok(reported) = &mut done {
                reported.nothing_new = reported.delivered == 0;
            }
            outcome.note(&format!("notice to '{channel}'"), round, done);
        }
    }
    outcome
}
