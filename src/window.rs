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

    fn chosen(logs: Vec<Log>, ledger: &Ledger, limits: &Limits) -> Window {
        choose(logs, ledger, limits, Room::default())
    }

    fn names(window: &Window) -> Vec<&str> {
        window.parts.iter().flat_map(|part| &part.logs).map(|log| log.address.as_str()).collect()
    }

    fn sizes(window: &Window) -> Vec<usize> {
        window.parts.iter().map(|part| part.logs.len()).collect()
    }

    fn ledger(collected: &[&str]) -> Ledger {
        let logs = collected.iter().map(|minute| log(minute, 1));
        let window = WindowRecord {
            number: 0,
            collected_at: at("23T12:00"),
            until: collected.iter().map(|minute| at(minute)).max(),
            span: None,
            logs: logs.map(|log| (log.key, log.delivered)).collect(),
            delivered: 0,
            bytes: 0,
            dollars: None,
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
        let window = chosen(logs.clone(), &ledger, &Limits::default());
        assert_eq!(names(&window), ["20T08:01", "23T12:05"]);
        assert_eq!(window.known, 2);
        let limits = Limits { overlap: Some(24 * HOURS), ..Limits::default() };
        let window = chosen(logs, &ledger, &limits);
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
        assert_eq!(names(&chosen(logs, &fresh, &limits)), ["22T12:01"]);
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
        assert_eq!(names(&chosen(logs, &Ledger::default(), &limits)), ["22T00:00", "22T23:59"]);
    }

    #[test]
    fn big_windows_come_in_parts() {
        let most = Room::default().bytes;
        let half = most / 2;
        let bytes = [half, half, 1, 2 * most, 1];
        let logs = (0..).zip(bytes).map(|(n, bytes)| log(&format!("20T08:0{n}"), bytes));
        let window = chosen(logs.collect(), &Ledger::default(), &Limits::default());
        assert_eq!(sizes(&window), [2, 1, 1, 1]);
    }

    #[test]
    fn what_an_engine_works_on_stays_one_part() {
        let logs = || vec![log("20T08:00", 1), log("23T12:01", 1), log("23T12:02", 1)];
        let mut ledger = ledger(&["23T12:00"]);
        let limits = Limits { overlap: Some(24 * HOURS), ..Limits::default() };
        // Too old by now, but begun.
        let begun = Unfinished::of(&[log("20T08:00", 1), log("23T12:02", 1)], None);
        ledger.begin(begun.clone());
        let window = chosen(logs(), &ledger, &limits);
        assert_eq!(names(&window), ["20T08:00", "23T12:02", "23T12:01"]);
        assert_eq!((sizes(&window), &window.stale), (vec![2, 1], &Vec::new()));
        // One of them is gone: the other is a log like any other.
        let window = chosen(logs().split_off(1), &ledger, &limits);
        assert_eq!(names(&window), ["23T12:01", "23T12:02"]);
        assert_eq!(window.stale, [begun]);
    }

    #[test]
    fn a_part_is_named_in_the_text_there_is_room_for() {
        let at = |folder: &str, minute: usize| {
            let name =
                format!("1_CloudTrail_eu-west-1_20261123T12{minute:02}Z_abcdefghijkl.json.gz");
            Log {
                address: format!("s3://b/{folder}/{name}"),
                ..log(&format!("23T12:{minute:02}"), 1)
            }
        };
        let logs: Vec<Log> = (0..60).map(|n| at(if n % 2 == 0 { "a" } else { "b" }, n)).collect();
        let room = Room { text: 1200, ..Room::default() };
        let window = choose(logs.clone(), &Ledger::default(), &Limits::default(), room);
        assert!(window.parts.len() > 2 && window.parts.len() < 10, "{}", window.parts.len());
        // However little room there is, a part has a log.
        let room = Room { text: 1, ..Room::default() };
        let window = choose(logs, &Ledger::default(), &Limits::default(), room);
        assert_eq!(window.parts.len(), 60);
    }

    #[test]
    fn minutes_overlap_and_end_before_the_one_that_goes_on() {
        let spans = |ledger: &Ledger, now: &str| -> Vec<(Option<DateTime<Utc>>, DateTime<Utc>)> {
            let limits = Limits { overlap: Some(HOURS), ..Limits::default() };
            let now = at(now) + TimeDelta::seconds(59);
            let parts = minutes(ledger, &limits, now).parts.into_iter();
            parts.map(|part| part.span.unwrap()).map(|s| (s.since, s.until.unwrap())).collect()
        };
        let mut ledger = ledger(&["23T12:00"]);
        assert_eq!(spans(&ledger, "23T12:00"), []);
        let (eleven, later) = (Some(at("23T11:00")), at("23T12:30"));
        assert_eq!(spans(&ledger, "23T12:30"), [(eleven, later)]);
        let span = Span { since: eleven, until: Some(later), ..Span::default() };
        ledger.begin(Unfinished::of(&[], Some(span)));
        assert_eq!(
            spans(&ledger, "23T13:00"),
            [(eleven, later), (Some(at("23T11:30")), at("23T13:00"))]
        );
        ledger.begin(Unfinished::of(&[log("23T12:01", 1)], None));
        assert_eq!(minutes(&ledger, &Limits::default(), at("23T13:00")).stale.len(), 1);
        // Whoever lists logs again does not come back to what was begun without.
        assert_eq!(chosen(Vec::new(), &ledger, &Limits::default()).stale.len(), 2);
    }

    #[test]
    fn moving_the_ledger_back_looks_again_and_forward_skips() {
        let mut ledger = ledger(&["20T08:00", "22T08:00", "23T12:00"]);
        let logs =
            vec![log("20T08:00", 1), log("22T08:00", 1), log("23T12:00", 1), log("23T13:00", 1)];
        ledger.set_until(at("22T00:00"));
        let window = chosen(logs.clone(), &ledger, &Limits::default());
        assert_eq!(names(&window), ["22T08:00", "23T12:00", "23T13:00"]);
        ledger.set_until(at("23T12:30"));
        assert_eq!(names(&chosen(logs, &ledger, &Limits::default())), ["23T13:00"]);
    }
}
