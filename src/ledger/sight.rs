//! Whether anybody looks at the logs, and when nobody did.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::Ledger;
use crate::schedule::Schedule;

/// A report keeps no more gaps to tell of; the oldest ones become one.
const GAPS: usize = 5;

/// A time in which nobody looked at the logs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    /// The last time before it that somebody did.
    pub from: DateTime<Utc>,
    /// The first time after it that somebody did.
    pub to: DateTime<Utc>,
}

/// That runs cannot look at the logs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Blind {
    /// The last time that one could.
    pub from: DateTime<Utc>,
    /// Runs that could not.
    pub runs: u32,
    /// Whether they can look at some of the logs.
    #[serde(default)]
    pub partly: bool,
    /// The stage that failed.
    pub stage: String,
    /// What it said.
    pub error: String,
    /// What a person can do about it.
    pub remedy: Option<String>,
    /// When each channel last heard of it.
    #[serde(default)]
    pub told: BTreeMap<String, DateTime<Utc>>,
}

/// Why a run could not look at the logs, or not at all of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// The stage that failed.
    pub stage: String,
    /// What it said.
    pub error: String,
    /// What a person can do about it.
    pub remedy: Option<String>,
    /// Whether some of the logs could be looked at.
    pub partly: bool,
}

impl Ledger {
    /// Notes that a run at `now` could not look at the logs.
    pub fn cannot_look(&mut self, now: DateTime<Utc>, trouble: Trouble) {
        let before = self.blind.take();
        let from = before.as_ref().map(|blind| blind.from);
        let from = from.or(self.looked).or(self.until).map_or(now, |from| from.min(now));
        let Trouble { stage, error, remedy, partly } = trouble;
        let runs = before.as_ref().map_or(0, |blind| blind.runs).saturating_add(1);
        let told = before.map(|blind| blind.told).unwrap_or_default();
        self.blind = Some(Blind { from, runs, partly, stage, error, remedy, told });
    }

    /// Notes that a run at `now` looked at the logs. Reports, given by the names that the ledger
    /// knows them by, are to say when nobody did: while runs failed, or where scheduled times of
    /// theirs went by without a run.
    pub fn looks<'a>(
        &mut self,
        now: DateTime<Utc>,
        reports: impl IntoIterator<Item = (String, Option<&'a Schedule>, Tz)>,
    ) {
        let failed = self.blind.take().map(|blind| Gap { from: blind.from, to: now });
        let looked = self.looked;
        for (name, schedule, zone) in reports {
            let state = self.reports.entry(name).or_default();
            let unseen = || {
                let due = schedule?.due(Some(looked?), now, zone)?;
                (due.missed > 0).then_some(Gap { from: looked?, to: now })
            };
            if let Some(gap) = failed.or_else(unseen) {
                add(&mut state.gaps, gap);
            }
        }
        self.looked = self.looked.max(Some(now));
    }
}

fn add(gaps: &mut Vec<Gap>, gap: Gap) {
    gaps.push(gap);
    if gaps.len() > GAPS {
        let first = gaps.remove(0);
        gaps[0].from = gaps[0].from.min(first.from);
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    fn at(hour: u32) -> DateTime<Utc> {
        format!("2026-11-23T{hour:02}:00:00Z").parse().unwrap()
    }

    fn fails(ledger: &mut Ledger, hour: u32) {
        let text = String::new;
        let trouble = Trouble { stage: text(), error: text(), remedy: None, partly: false };
        ledger.cannot_look(at(hour), trouble);
    }

    fn looks(ledger: &mut Ledger, hour: u32) -> Vec<(u32, u32)> {
        use chrono::Timelike as _;
        let schedule = Schedule::parse("0 * * * *").unwrap();
        ledger.looks(at(hour), [("hourly".to_owned(), Some(&schedule), Tz::UTC)]);
        let gaps = ledger.reports["hourly"].gaps.iter();
        gaps.map(|gap| (gap.from.hour(), gap.to.hour())).collect()
    }

    #[test]
    fn a_gap_is_from_the_last_look_to_the_next_one() {
        let mut ledger = Ledger::default();
        assert_eq!(looks(&mut ledger, 5), []);
        assert_eq!(looks(&mut ledger, 6), []);
        fails(&mut ledger, 7);
        fails(&mut ledger, 8);
        assert_eq!(ledger.blind.as_ref().map(|blind| (blind.from, blind.runs)), Some((at(6), 2)));
        assert_eq!(looks(&mut ledger, 9), [(6, 9)]);
        assert_eq!(ledger.blind, None);
    }

    #[test]
    fn scheduled_times_without_a_run_are_a_gap() {
        let mut ledger = Ledger::default();
        looks(&mut ledger, 6);
        assert_eq!(looks(&mut ledger, 7), []);
        assert_eq!(looks(&mut ledger, 9), [(7, 9)]);
        // Gaps that nobody has heard of become fewer, and none is left out.
        for hour in (11..23).step_by(2) {
            looks(&mut ledger, hour);
        }
        let gaps = looks(&mut ledger, 22);
        assert_eq!((gaps.len(), gaps[0].0, gaps[GAPS - 1].1), (GAPS, 7, 21));
    }
}
