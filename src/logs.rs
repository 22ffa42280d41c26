//! Logs: CloudTrail files, where they are, and what their address tells.
//!
//! [`dir`] lists a folder; [`records`] reads one log, record by record, whatever its form.

use chrono::{DateTime, NaiveDateTime, Utc};
use serde::{Deserialize, Serialize};

pub mod records;

/// One CloudTrail log file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Log {
    /// Path in the file system, or `s3://bucket/key`. It is what `"$path"` holds.
    pub address: String,
    /// The same log has the same key wherever it lies; a changed file is another log.
    pub key: LogKey,
    /// Account, region and day, where the folder layout tells them.
    pub place: Option<Place>,
    /// When CloudTrail delivered it, to the minute: from the file's name, else the file's time.
    pub delivered: DateTime<Utc>,
    /// Size as stored.
    pub bytes: u64,
}

/// Half of a SHA-256 that names a log in the ledger, as hexadecimal text in files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LogKey(pub u64);

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
