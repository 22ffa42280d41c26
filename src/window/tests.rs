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
        collected_at: at("23T12:00"),
        until: collected.iter().map(|minute| at(minute)).max(),
        logs: logs.map(|log| (log.key, log.delivered)).collect(),
        ..WindowRecord::default()
    };
    let mut ledger = Ledger::default();
    ledger.add_window(&Entry { window, findings: Vec::new() });
    ledger
}

const HOURS: Duration = Duration::from_secs(3600);

#[test]
fn takes_what_is_not_collected_however_late() {
    let ledger = ledger(&["20T08:00", "23T12:00"]);
    let logs = vec![log("20T08:00", 1), log("20T08:01", 1), log("23T12:00", 1), log("23T12:05", 1)];
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
    let limits =
        Limits { since: Some(at("22T00:00")), until: Some(at("23T00:00")), ..Limits::default() };
    let logs = vec![log("21T23:59", 1), log("22T00:00", 1), log("22T23:59", 1), log("23T00:00", 1)];
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
        let name = format!("1_CloudTrail_eu-west-1_20261123T12{minute:02}Z_abcdefghijkl.json.gz");
        Log { address: format!("s3://b/{folder}/{name}"), ..log(&format!("23T12:{minute:02}"), 1) }
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
    let logs = vec![log("20T08:00", 1), log("22T08:00", 1), log("23T12:00", 1), log("23T13:00", 1)];
    ledger.set_until(at("22T00:00"));
    let window = chosen(logs.clone(), &ledger, &Limits::default());
    assert_eq!(names(&window), ["22T08:00", "23T12:00", "23T13:00"]);
    ledger.set_until(at("23T12:30"));
    assert_eq!(names(&chosen(logs, &ledger, &Limits::default())), ["23T13:00"]);
}
