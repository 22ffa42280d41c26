//! Which logs a run covers. Pure.
//!
//! A window is a set of logs, not a span of event time: those that are there, were not collected
//! yet, and were not delivered too long ago.

use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::ledger::{Ledger, before};
use crate::logs::Log;

/// A window this big is collected in several parts, so that a run needs little memory and one that
/// is stopped has not worked in vain. Bytes as stored.
pub const PART_BYTES: u64 = 32 * 1024 * 1024;

/// What limits a window.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// How far back before the latest collected log late ones are looked for; `None` is for ever.
    pub overlap: Option<Duration>,
    /// How far back the first run looks; `None` is everything.
    pub first: Option<Duration>,
    /// Only logs delivered at this minute or later.
    pub since: Option<DateTime<Utc>>,
    /// Only logs delivered before this minute.
    pub until: Option<DateTime<Utc>>,
    /// Most bytes, as stored, that are collected at once.
    pub part_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { overlap: None, first: None, since: None, until: None, part_bytes: PART_BYTES }
    }
}

/// The logs a run has to look at, in parts.
#[derive(Debug, Default)]
pub struct Window {
    /// Runs of logs, in order of delivery, of at most [`Limits::part_bytes`] or one log each.
    pub parts: Vec<Vec<Log>>,
    /// Logs that were collected before.
    pub known: usize,
    /// Logs that the limits leave out.
    pub outside: usize,
    /// Whether `since` or `until` left out logs that a later run should still take.
    pub gap: bool,
}

/// The delivery minute up to which the first run leaves logs alone.
pub fn first_floor(limits: &Limits, ledger: &Ledger, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    if ledger.floor.is_some() || ledger.next_window > 0 {
        return ledger.floor;
    }
    limits.first.map(|first| before(now, first))
}

/// The delivery minute before which no log is wanted by this run or a later one; `None` if any log
/// may be.
pub fn oldest(ledger: &Ledger, limits: &Limits) -> Option<DateTime<Utc>> {
    let overlap = match (ledger.until, limits.overlap) {
        (Some(until), Some(overlap)) => Some(before(until, overlap)),
        _ => None,
    };
    overlap.max(ledger.floor)
}

/// Chooses from `logs`, which are in order of delivery.
pub fn choose(logs: Vec<Log>, ledger: &Ledger, limits: &Limits) -> Window {
    let collected = ledger.collected();
    let oldest = oldest(ledger, limits);
    let too_old = |log: &Log| {
        oldest.is_some_and(|oldest| log.delivered < oldest)
            || ledger.floor.is_some_and(|floor| log.delivered <= floor)
    };
    let unwanted = |log: &Log| {
        limits.since.is_some_and(|since| log.delivered < since)
            || limits.until.is_some_and(|until| log.delivered >= until)
    };
    let mut window = Window::default();
    let mut room = 0;
    for log in logs {
        if collected.contains(&log.key) {
            window.known += 1;
        } else if too_old(&log) {
            window.outside += 1;
        } else if unwanted(&log) {
            window.outside += 1;
            window.gap = true;
        } else {
            match window.parts.last_mut() {
                Some(part) if log.bytes <= room => {
                    room -= log.bytes;
                    part.push(log);
                }
                _ => {
                    room = limits.part_bytes.saturating_sub(log.bytes);
                    window.parts.push(vec![log]);
                }
            }
        }
    }
    window
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;
    use crate::journal::{Entry, WindowRecord};
    use crate::logs::LogKey;

    fn at(minute: &str) -> DateTime<Utc> {
        format!("2026-11-{minute}:00Z").parse().unwrap()
    }

    fn log(minute: &str, bytes: u64) -> Log {
        Log {
            address: minute.to_owned(),
            key: LogKey::of(&[minute.as_bytes()]),
            place: None,
            delivered: at(minute),
            bytes,
        }
    }

    fn names(window: &Window) -> Vec<&str> {
        window.parts.iter().flatten().map(|log| log.address.as_str()).collect()
    }

    fn ledger(collected: &[&str]) -> Ledger {
        let logs = collected.iter().map(|minute| log(minute, 1));
        let window = WindowRecord {
            number: 0,
            collected_at: at("23T12:00"),
            until: collected.iter().map(|minute| at(minute)).max(),
            logs: logs.map(|log| (log.key, log.delivered)).collect(),
            bytes: 0,
            records: 0,
            seconds: 0.0,
            damaged: Default::default(),
        };
        let mut ledger = Ledger::default();
        ledger.add_window(&Entry { window, findings: Vec::new() });
        ledger
    }

    const HOURS: Duration = Duration::from_secs(3600);

    #[test]
    fn takes_what_is_not_collected_however_late() {
        let ledger = ledger(&["20T08:00", "23T12:00"]);
        let logs =
            vec![log("20T08:00", 1), log("20T08:01", 1), log("23T12:00", 1), log("23T12:05", 1)];
        let window = choose(logs.clone(), &ledger, &Limits::default());
        assert_eq!(names(&window), ["20T08:01", "23T12:05"]);
        assert_eq!(window.known, 2);
        let limits = Limits { overlap: Some(24 * HOURS), ..Limits::default() };
        let window = choose(logs, &ledger, &limits);
        assert_eq!(names(&window), ["23T12:05"]);
        assert_eq!(window.outside, 1);
    }

    #[test]
    fn the_first_run_looks_back_as_far_as_it_is_told() {
        let limits = Limits { first: Some(24 * HOURS), ..Limits::default() };
        let now = at("23T12:00");
        let mut fresh = Ledger::default();
        fresh.floor = first_floor(&limits, &fresh, now);
        let logs = vec![log("22T12:00", 1), log("22T12:01", 1)];
        assert_eq!(names(&choose(logs, &fresh, &limits)), ["22T12:01"]);
        assert_eq!(first_floor(&limits, &ledger(&["20T08:00"]), now), None);
    }

    #[test]
    fn since_and_until_cut_a_half_open_span() {
        let limits = Limits {
            since: Some(at("22T00:00")),
            until: Some(at("23T00:00")),
            ..Limits::default()
        };
        let logs =
            vec![log("21T23:59", 1), log("22T00:00", 1), log("22T23:59", 1), log("23T00:00", 1)];
        assert_eq!(names(&choose(logs, &Ledger::default(), &limits)), ["22T00:00", "22T23:59"]);
    }

    #[test]
    fn big_windows_come_in_parts() {
        let half = PART_BYTES / 2;
        let sizes = [half, half, 1, 2 * PART_BYTES, 1];
        let logs = (0..).zip(sizes).map(|(n, bytes)| log(&format!("20T08:0{n}"), bytes));
        let window = choose(logs.collect(), &Ledger::default(), &Limits::default());
        let parts: Vec<usize> = window.parts.iter().map(Vec::len).collect();
        assert_eq!(parts, [2, 1, 1, 1]);
    }

    #[test]
    fn moving_the_ledger_back_looks_again_and_forward_skips() {
        let mut ledger = ledger(&["20T08:00", "22T08:00", "23T12:00"]);
        let logs =
            vec![log("20T08:00", 1), log("22T08:00", 1), log("23T12:00", 1), log("23T13:00", 1)];
        ledger.set_until(at("22T00:00"));
        let window = choose(logs.clone(), &ledger, &Limits::default());
        assert_eq!(names(&window), ["22T08:00", "23T12:00", "23T13:00"]);
        ledger.set_until(at("23T12:30"));
        assert_eq!(names(&choose(logs, &ledger, &Limits::default())), ["23T13:00"]);
    }
}
