//! The full event of a finding, fetched from its log, without secrets.
//!
//! Only logs that hold findings are opened, each once.

use std::collections::HashMap;
use std::io::{self, Read};
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use serde_json::Value;
use serde_json::value::RawValue;

use crate::finding::Finding;
use crate::logs::Log;
use crate::logs::records::{self, Next};

/// What takes the place of a secret.
pub const REDACTED: &str = "[redacted]";

/// How often a log is read that breaks off: it was read to its end before, and a way to S3 may be
/// bad for a moment.
const TRIES: u32 = 3;

/// Findings by the id of their event: places in the list of findings.
type Events<'a> = HashMap<&'a str, Vec<usize>>;

/// Attaches its event to each finding that has none yet. A finding whose log cannot be read again,
/// or whose event has no id, stays without.
pub fn attach<R: Read>(
    findings: &mut [Finding],
    logs: &[Log],
    open: impl Fn(&Log) -> io::Result<R> + Sync,
) {
    let mut wanted: HashMap<&str, Events<'_>> = HashMap::new();
    for (place, finding) in findings.iter().enumerate() {
        if let (Some(log), None) = (&finding.log_file, &finding.raw) {
            let events = wanted.entry(log).or_default();
            events.entry(&finding.event_id).or_default().push(place);
        }
    }
    let work: Vec<(&Log, Events<'_>)> =
        logs.iter().filter_map(|log| Some((log, wanted.remove(log.address.as_str())?))).collect();
    let next = AtomicUsize::new(0);
    let fetch_some = || {
        let mut found = Vec::new();
        while let Some((log, events)) = work.get(next.fetch_add(1, Ordering::Relaxed)) {
            found.extend(fetch(log, events, &open));
        }
        found
    };
    let threads = thread::available_parallelism().map_or(1, usize::from).min(work.len());
    let found: Vec<_> = thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(fetch_some)).collect();
        workers
            .into_iter()
            .flat_map(|worker| worker.join().unwrap_or_else(|panic| resume_unwind(panic)))
            .collect()
    });
    for (place, raw) in found {
        findings[place].raw = Some(raw);
    }
}

/// The records of the events that one log holds.
fn fetch<R: Read>(
    log: &Log,
    events: &Events<'_>,
    open: impl Fn(&Log) -> io::Result<R>,
) -> HashMap<usize, Box<RawValue>> {
    let mut found = HashMap::new();
    let wanted: usize = events.values().map(Vec::len).sum();
    for _ in 0..TRIES {
        let Ok(file) = open(log) else { continue };
        // What was read before a damage counts; the damage itself was reported by the scan.
        let read = records::read(file, |record| {
            if let Some(places) = event_id(record).and_then(|id| events.get(id.as_str()))
                && let Some(raw) = redacted(record)
            {
                found.extend(places.iter().map(|place| (*place, raw.clone())));
            }
            if found.len() == wanted { Next::Stop } else { Next::More }
        });
        if read.is_ok() || found.len() == wanted {
            break;
        }
    }
    found
}

/// Finds the event with this id in `logs`, in their order, and gives its log and its record as it
/// stands there. The first eight characters of an id, which messages show, are enough.
pub fn find<'a, R: Read>(
    logs: impl IntoIterator<Item = &'a Log>,
    id: &str,
    open: impl Fn(&Log) -> io::Result<R>,
) -> Option<(&'a Log, String)> {
    logs.into_iter().find_map(|log| {
        let mut found = None;
        // A log that cannot be read, or not to its end, holds at least nothing else.
        let _ = records::read(open(log).ok()?, |record| {
            // The text is searched first: parsing every record would take far longer.
            let here = memchr::memmem::find(record.as_bytes(), id.as_bytes()).is_some();
            if here && event_id(record).is_some_and(|whole| is_meant(&whole, id)) {
                found = Some(record.to_owned());
                return Next::Stop;
            }
            Next::More
        });
        Some((log, found?))
    })
}

/// How much of an id messages show, and people have to give.
pub const SHORT_ID: usize = 8;

/// Whether `id` names the event `whole`: by its id, or by the beginning that messages show.
pub fn is_meant(whole: &str, id: &str) -> bool {
    whole == id || id.len() >= SHORT_ID && whole.starts_with(id)
}

/// The `eventID` of a record.
pub fn event_id(record: &str) -> Option<String> {
    let id: sonic_rs::LazyValue<'_> = sonic_rs::get(record, ["eventID"]).ok()?;
    sonic_rs::from_str(id.as_raw_str()).ok()
}

/// The record as JSON text with its secrets replaced; `None` if it is no JSON.
pub fn redacted(record: &str) -> Option<Box<RawValue>> {
    let mut value: Value = serde_json::from_str(record).ok()?;
    redact(&mut value);
    serde_json::value::to_raw_value(&value).ok()
}

fn redact(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            // Lists of settings write a name and a value next to each other.
            let names_secret = fields.iter().any(|(key, name)| {
                NAMES.iter().any(|end| key.to_ascii_lowercase().ends_with(end))
                    && name.as_str().is_some_and(is_secret)
            });
            for (key, field) in fields {
                let beside = names_secret && key.to_ascii_lowercase().ends_with("value");
                if beside || is_secret(key) { hide(field) } else { redact(field) }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(redact),
        _ => {}
    }
}

/// Hides every text and number of a value, however deep. Whether something is set may be known.
fn hide(value: &mut Value) {
    match value {
        Value::Object(fields) => fields.values_mut().for_each(hide),
        Value::Array(items) => items.iter_mut().for_each(hide),
        Value::String(_) | Value::Number(_) => *value = Value::from(REDACTED),
        Value::Bool(_) | Value::Null => {}
    }
}

/// Ends of the fields that name a setting whose value stands beside them.
const NAMES: [&str; 2] = ["name", "key"];

/// Whether a field of this name holds something that opens a door. Names of secrets are none.
fn is_secret(name: &str) -> bool {
    const PARTS: [&str; 11] = [
        "password",
        "passwd",
        "passphrase",
        "privatekey",
        "secret",
        "sessiontoken",
        "authtoken",
        "accesstoken",
        "oauthtoken",
        "apikey",
        "userdata",
    ];
    const HARMLESS: [&str; 11] = [
        "secretid",
        "secretarn",
        "secretname",
        "secretlist",
        "secretversion",
        "secrettype",
        "secretbinding",
        "passwordpolicy",
        "passwordlastused",
        "passwordreset",
        "passwordlength",
    ];
    let name: String =
        name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    PARTS.iter().any(|part| name.contains(part)) && !HARMLESS.iter().any(|part| name.contains(part))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    #[test]
    fn secrets_go_and_everything_else_stays_as_it_was() {
        let record = r#"{"eventID":"e","requestParameters":{"masterUserPassword":"hunter2","secretString":"s3",
            "secretId":"prod/db","nested":[{"sessionToken":"t0k","dBPort":5432.10}]},
            "responseElements":{"accessKey":{"accessKeyId":"AKIA1","secretAccessKey":"zzz"}},
            "passwords":["k1",{"x":"k2"}],"environment":[{"name":"DB_PASSWORD","value":"k3"},
            {"name":"COLOUR","value":"blue"}],"apiKey":"k4","passwordResetRequired":false,"x":"a\u00e9"}"#;
        let text = redacted(record).unwrap().get().to_owned();
        for secret in ["hunter2", "s3", "t0k", "zzz", "k1", "k2", "k3", "k4"] {
            assert!(!text.contains(secret), "{text}");
        }
        for kept in
            ["\"secretId\":\"prod/db\"", "AKIA1", "5432.1", "\"passwordResetRequired\":false", "aé"]
        {
            assert!(text.contains(kept), "{kept} in {text}");
        }
        assert!(redacted("no json").is_none());
    }

    #[test]
    fn a_log_that_breaks_off_is_read_again() {
        let text = br#"{"Records": [{"eventID": "a", "x": 1}, {"eventID": "b", "x": 2}]}"#;
        let log = Log::unlisted("trail.json", chrono::DateTime::UNIX_EPOCH);
        for (breaks, found) in [(0, true), (TRIES - 1, true), (TRIES, false)] {
            let finding = serde_json::json!({
                "detection": "d", "event_id": "b", "event_time": "", "event_source": "",
                "event_name": "", "verdict": "clickops", "log_file": "trail.json",
            });
            let mut findings = vec![serde_json::from_value::<Finding>(finding).unwrap()];
            let opened = AtomicUsize::new(0);
            attach(&mut findings, std::slice::from_ref(&log), |_| {
                let broken = opened.fetch_add(1, Ordering::Relaxed) < breaks as usize;
                Ok(&text[..if broken { 20 } else { text.len() }])
            });
            assert_eq!(findings[0].raw.is_some(), found, "{breaks}");
        }
    }
}
