//! Logs: CloudTrail files, where they are, and what their address tells.
//!
//! [`dir`] lists a folder and `s3` a prefix of a bucket, of which [`places`] remembers where logs
//! come to; [`Access`] opens a log wherever it is, and [`records`] reads it, record by record,
//! whatever its form.

use std::fmt;
use std::io;
use std::str::FromStr;

use chrono::{DateTime, NaiveDateTime, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

mod access;
pub mod dir;
mod place;
pub mod places;
pub mod records;
#[cfg(feature = "aws")]
pub mod s3;
mod span;

pub use access::Access;
pub use place::Place;
pub use span::{Span, is_region};

/// What a folder or a prefix of a bucket holds.
#[derive(Debug, Default)]
pub struct Listing {
    /// The logs, by delivery and address. A log that lies there twice is listed once.
    pub logs: Vec<Log>,
    /// Addresses that may not be looked at, and why.
    pub unreadable: Vec<(String, io::Error)>,
}

impl Listing {
    /// Puts the logs in order, each once.
    fn settle(&mut self) {
        let logs = &mut self.logs;
        logs.sort_by(|a, b| (a.key, &a.address).cmp(&(b.key, &b.address)));
        logs.dedup_by_key(|log| log.key);
        logs.sort_by(|a, b| (a.delivered, &a.address).cmp(&(b.delivered, &b.address)));
    }
}

/// Names that CloudTrail writes beside its logs, and that hold no events.
const SIBLINGS: [&str; 4] = [
    "CloudTrail-Digest",
    "CloudTrail-Insight",
    "CloudTrail-NetworkActivity",
    "CloudTrail-Aggregated",
];

/// Whether a file of this name is a log.
pub fn is_log_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let name = name.strip_suffix(".gz").unwrap_or(&name);
    [".json", ".ndjson", ".jsonl"].iter().any(|extension| name.ends_with(extension))
}

/// Whether a file or folder of this name is left alone. Hive tables do not see it either.
fn is_hidden_name(name: &str) -> bool {
    name.starts_with(['.', '_'])
}

/// One CloudTrail log file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Log {
    /// Path in the file system, or `s3://bucket/key`. It is what `"$path"` holds.
    pub address: String,
    /// Tells logs apart. A log that CloudTrail named keeps its key wherever it lies; any other file
    /// gets a new one when it is moved or changed.
    pub key: LogKey,
    /// Account, region and day, where the folder layout tells them.
    pub place: Option<Place>,
    /// When CloudTrail delivered it, to the minute: from the file's name, else the file's time.
    pub delivered: DateTime<Utc>,
    /// Size as stored.
    pub bytes: u64,
}

impl Log {
    /// A log of this size at this address. `changed` is the time of its file, and `state` what tells
    /// a changed file from what it was before.
    fn at(address: String, bytes: u64, changed: DateTime<Utc>, state: &[u8]) -> Self {
        let name = address.rsplit(['/', '\\']).next().unwrap_or_default();
        let minute = delivery_minute(name);
        let key = match minute {
            // CloudTrail's names are unique and its files never change, so the log stays the same one
            // wherever it is copied to. A copy of another size is a damaged one.
            Some(_) => LogKey::of(&[name.as_bytes(), &bytes.to_le_bytes()]),
            None => LogKey::of(&[address.as_bytes(), &bytes.to_le_bytes(), state]),
        };
        let place = Place::of(&address);
        Self { key, place, delivered: minute.unwrap_or(changed), bytes, address }
    }

    /// A log that nobody listed. Its size is not known.
    pub fn unlisted(address: &str, now: DateTime<Utc>) -> Self {
        Self::at(address.to_owned(), 0, now, b"")
    }

    /// The address without the name and the `/` before it.
    pub fn folder(&self) -> &str {
        self.address.rfind(['/', '\\']).map_or("", |end| &self.address[..end])
    }

    /// When CloudTrail delivered it, if its name tells: a file's time may be that of a copy.
    pub fn delivery_minute(&self) -> Option<DateTime<Utc>> {
        delivery_minute(self.address.rsplit(['/', '\\']).next()?)
    }
}

/// The first 64 bits of a SHA-256 that names a log in the ledger, as hexadecimal text in files.
///
/// Two of a million logs have the same key with a probability of 3 in a hundred million.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct LogKey(u64);

impl LogKey {
    /// The key of a log that these parts, in this order, tell from every other.
    pub fn of(parts: &[&[u8]]) -> Self {
        let mut hash = Sha256::new();
        for part in parts {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
        let hash = hash.finalize();
        Self(hash.iter().take(8).fold(0, |key, byte| key << 8 | u64::from(*byte)))
    }
}

impl fmt::Display for LogKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl FromStr for LogKey {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        u64::from_str_radix(text, 16).map(Self).map_err(|_| format!("'{text}' is no key of a log"))
    }
}

impl From<LogKey> for String {
    fn from(key: LogKey) -> Self {
        key.to_string()
    }
}

impl TryFrom<String> for LogKey {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

/// Reads the delivery minute from a name as CloudTrail gives it:
/// `<account>_CloudTrail_<region>_<yyyyMMdd'T'HHmm'Z'>_<random>.json.gz`.
pub fn delivery_minute(file_name: &str) -> Option<DateTime<Utc>> {
    let mut parts = file_name.split('_');
    let (_account, kind, _region) = (parts.next()?, parts.next()?, parts.next()?);
    let minute = parts.next()?;
    parts.next()?;
    if kind != "CloudTrail" {
        return None;
    }
    NaiveDateTime::parse_from_str(&format!("{minute}00"), "%Y%m%dT%H%MZ%S")
        .ok()
        .map(|time| time.and_utc())
}
