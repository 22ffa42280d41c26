//! Which logs a run covers. Pure.
//!
//! A window is a set of logs, not a span of event time: those that are there, were not collected
//! yet, and were not delivered too long ago.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use chrono::{DateTime, DurationRound as _, TimeDelta, Utc};

use crate::engine::Room;
use crate::ledger::{Ledger, Unfinished, before};
use crate::logs::{Log, LogKey, Span};

/// What limits a window.
#[derive(Debug, Clone, Copy, Default)]
pub struct Limits {
    /// How far back before the latest collected log late ones are looked for; `None` is for ever.
    pub overlap: Option<Duration>,
    /// How far back the first run looks; `None` is everything.
    pub first: Option<Duration>,
    /// Only logs delivered at this minute or later.
    pub since: Option<DateTime<Utc>>,
    /// Only logs delivered before this minute.
    pub until: Option<DateTime<Utc>>,
    /// Most bytes, as stored, that are collected at once, where the engine would take more.
    pub part_bytes: Option<u64>,
}

/// The logs a run has to look at, in parts.
#[derive(Debug, Default)]
pub struct Window {
    /// Those that an engine works on already, then the others in order of delivery.
    pub parts: Vec<Part>,
    /// What an engine works on although its logs are not all there any more.
    pub stale: Vec<Unfinished>,
    /// Logs that were collected before.
    pub known: usize,
    /// When the last of these was delivered.
    pub reached: Option<DateTime<Utc>>,
    /// Logs that the limits leave out.
    pub outside: usize,
    /// Whether `since` or `until` left out logs that a later run should still take.
    pub gap: bool,
}

/// Logs that are collected at once: a run that is stopped has not worked in vain, and a query does
/// not get longer than its engine takes.
#[derive(Debug, Default)]
pub struct Part {
    /// In order of delivery. At least one, unless there is a span.
    pub logs: Vec<Log>,
    /// The minutes of delivery to look at, where nobody lists logs.
    pub span: Option<Span>,
    /// What an earlier run has begun of it.
    pub unfinished: Option<Unfinished>,
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

/// Chooses from `logs`, which are in order of delivery, parts for which an engine has `room`.
pub fn choose(logs: Vec<Log>, ledger: &Ledger, limits: &Limits, room: Room) -> Window {
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
    let begun = begun(&logs, &collected, ledger, &mut window);
    let mut filling = Filling::new(Room {
        bytes: limits.part_bytes.map_or(room.bytes, |most| most.min(room.bytes)),
        ..room
    });
    for log in logs {
        if collected.contains(&log.key) {
            window.known += 1;
            window.reached = window.reached.max(Some(log.delivered));
        } else if let Some(part) = begun.get(&log.key) {
            window.parts[*part].logs.push(log);
        } else if too_old(&log) {
            window.outside += 1;
        } else if unwanted(&log) {
            window.outside += 1;
            window.gap = true;
        } else if let (true, Some(part)) = (filling.takes(&log), window.parts.last_mut()) {
            part.logs.push(log);
        } else {
            window.parts.push(Part { logs: vec![log], ..Part::default() });
        }
    }
    window
}

/// Chooses the minutes of delivery from `overlap` before the last run's to `now`, for where nobody
/// lists logs. What an engine works on goes on besides.
pub fn minutes(ledger: &Ledger, limits: &Limits, now: DateTime<Utc>) -> Window {
    let mut window = Window::default();
    let mut reached = ledger.until;
    for unfinished in &ledger.unfinished {
        let left_alone = |span: &Span| {
            // The ledger may have been moved past it since.
            span.until.zip(ledger.floor).is_some_and(|(until, floor)| until <= floor)
        };
        match &unfinished.span {
            Some(span) if !left_alone(span) => {
                reached = reached.max(span.until);
                let span = Some(span.clone());
                let unfinished = Some(unfinished.clone());
                window.parts.push(Part { span, unfinished, ..Part::default() });
            }
            _ => window.stale.push(unfinished.clone()),
        }
    }
    let late = limits.overlap.and_then(|overlap| Some(before(reached?, overlap)));
    let wanted = late.max(ledger.floor);
    let since = wanted.max(limits.since);
    window.gap = since > wanted;
    // A minute that is not over may get more logs.
    let over = now.duration_trunc(TimeDelta::minutes(1)).unwrap_or(now);
    let until = limits.until.map_or(over, |until| until.min(over));
    if since.is_none_or(|since| since < until) && reached.is_none_or(|reached| reached < until) {
        let span = Span { since, until: Some(until), ..Span::default() };
        window.parts.push(Part { span: Some(span), ..Part::default() });
    }
    window
}

/// The parts that an engine works on, without their logs yet; gives which log belongs to which.
fn begun(
    logs: &[Log],
    collected: &HashSet<LogKey>,
    ledger: &Ledger,
    window: &mut Window,
) -> HashMap<LogKey, usize> {
    let mut begun = HashMap::new();
    if ledger.unfinished.is_empty() {
        return begun;
    }
    let wanted = |log: &&Log| {
        // The ledger may have been moved past it since.
        let left_alone = ledger.floor.is_some_and(|floor| log.delivered <= floor);
        !left_alone && !collected.contains(&log.key)
    };
    let there: HashSet<LogKey> = logs.iter().filter(wanted).map(|log| log.key).collect();
    for unfinished in &ledger.unfinished {
        let part = window.parts.len();
        // Those of spans are of a time when nobody listed logs.
        let of_logs = unfinished.span.is_none();
        if of_logs && unfinished.logs().all(|key| there.contains(key) && !begun.contains_key(key)) {
            begun.extend(unfinished.logs().map(|key| (*key, part)));
            let unfinished = Some(unfinished.clone());
            window.parts.push(Part { unfinished, ..Part::default() });
        } else {
            window.stale.push(unfinished.clone());
        }
    }
    begun
}

/// How full a part is.
struct Filling {
    room: Room,
    left: Option<Room>,
    folders: HashSet<String>,
}

impl Filling {
    fn new(room: Room) -> Self {
        Self { room, left: None, folders: HashSet::new() }
    }

    /// Takes a log into the part that is being filled; `false` begins a new part with it.
    fn takes(&mut self, log: &Log) -> bool {
        let text = self.text(log);
        if let Some(left) = &mut self.left
            && let Some(bytes) = left.bytes.checked_sub(log.bytes)
            && let Some(text) = left.text.checked_sub(text)
        {
            (left.bytes, left.text) = (bytes, text);
            self.folders.insert(log.folder().to_owned());
            return true;
        }
        self.folders = HashSet::from([log.folder().to_owned()]);
        self.left = Some(Room {
            bytes: self.room.bytes.saturating_sub(log.bytes),
            text: self.room.text.saturating_sub(text),
            ..self.room
        });
        false
    }

    /// No less than what a condition takes that names this log: an engine writes the paths of a
    /// folder, or the first, the last, and what tells them apart.
    fn text(&self, log: &Log) -> usize {
        let path = 2 * log.address.len();
        let name = log.address.len() - log.folder().len();
        match (log.delivery_minute().is_some(), self.folders.contains(log.folder())) {
            (true, true) => name,
            (true, false) => path + name + OF_FOLDER,
            (false, _) => path,
        }
    }
}

/// What a condition takes for a folder besides its paths, the values of its partition included.
const OF_FOLDER: usize = 256;

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests;
