//! What an object is, by its keys: an event, a wrapped event, or something else of AWS's.

use super::scanner::{Found, Scanner};
use super::{DEEPEST, Other};

/// The record that a JSON string holds.
pub(super) fn inner_record(string: &str) -> Option<String> {
    let record = serde_json::from_str::<String>(string).ok()?;
    let mut scanner = Scanner::default();
    let whole = record.starts_with('{')
        && scanner.feed(record.as_bytes()) == Found::End(record.trim_end().len());
    (whole && scanner.depth() <= DEEPEST).then_some(record)
}

/// Whether only CloudTrail events have the key.
pub(super) fn is_event_key(key: &[u8]) -> bool {
    let keys: [&[u8]; 7] = [
        b"eventversion",
        b"eventtime",
        b"eventname",
        b"eventsource",
        b"eventid",
        b"eventtype",
        b"useridentity",
    ];
    keys.iter().any(|known| known.eq_ignore_ascii_case(key))
}

/// The other kind of file that has the key.
pub(super) fn looks_like(key: &[u8]) -> Option<Other> {
    match key {
        b"digestS3Bucket" | b"digestS3Object" | b"digestStartTime" => Some(Other::Digest),
        b"insightDetails" => Some(Other::Insight),
        b"timeWindow" => Some(Other::Aggregated),
        b"configurationItems" | b"configSnapshotId" | b"configurationItemVersion" => {
            Some(Other::Config)
        }
        _ => None,
    }
}
