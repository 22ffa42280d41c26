//! Logs: CloudTrail files, where they are, and what their address tells.
//!
//! [`dir`] lists a folder; [`records`] reads one log, record by record, whatever its form.

use std::fmt;
use std::io::{self, Read};
use std::str::FromStr;

use chrono::{DateTime, NaiveDateTime, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

pub mod dir;
pub mod records;
mod span;

pub use span::{Span, is_region};

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

/// Partition values of a log, read from CloudTrail's folder layout
/// `AWSLogs/[o-id/]<account>/CloudTrail/<region>/<yyyy>/<MM>/<dd>/`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Twelve digits.
    pub account: String,
    /// `eu-west-1`.
    pub region: String,
    /// Day of delivery, UTC, as the table's partition writes it: `2026/11/23`.
    pub day: String,
}

impl Place {
    /// Reads the layout from the last folders of an address; `None` where it is laid out otherwise.
    pub fn of(address: &str) -> Option<Self> {
        let mut parts = address.rsplit(['/', '\\']).skip(1);
        let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
        let (region, folder, account) = (parts.next()?, parts.next()?, parts.next()?);
        let digits =
            |text: &str, len| text.len() == len && text.bytes().all(|b| b.is_ascii_digit());
        let layout = folder == "CloudTrail"
            && digits(account, 12)
            && digits(year, 4)
            && digits(month, 2)
            && digits(day, 2);
        layout.then(|| Self {
            account: account.to_owned(),
            region: region.to_owned(),
            day: format!("{year}/{month}/{day}"),
        })
    }
}

/// Opens a log for reading, wherever it is.
///
/// # Errors
/// When it vanished or may not be read.
pub fn open(log: &Log) -> io::Result<impl Read + Send + use<>> {
    dir::open(log)
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
