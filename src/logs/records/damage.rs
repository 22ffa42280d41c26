//! What can be wrong with a log, and what to do about each.

use std::fmt;

use super::{DEEPEST, LARGEST};

/// Why a log could not be read to its end.
///
/// Positions are bytes of the unpacked text, so `gzip -dc LOG | tail -c +POSITION` shows the spot.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Damage {
    /// The operating system or the network failed.
    #[error("cannot be read after {records} records (byte {at}): {reason}")]
    Unreadable {
        /// The system's own words.
        reason: String,
        /// Records handed out before.
        records: u64,
        /// Where.
        at: u64,
    },
    /// Not gzip after all, or the archive is cut or altered.
    #[error("the gzip archive is cut or corrupt after {records} records (byte {at} of its text)")]
    Gzip {
        /// Records handed out before.
        records: u64,
        /// Where.
        at: u64,
    },
    /// The text is in an encoding that CloudTrail never uses, as some shells write what they
    /// redirect to a file.
    #[error("the text is UTF-16, not UTF-8")]
    Utf16,
    /// The text stops before the JSON is complete.
    #[error("the JSON ends in the middle after {records} records (byte {at})")]
    EndsInside {
        /// Records handed out before.
        records: u64,
        /// Where the text ends.
        at: u64,
    },
    /// The text is no JSON.
    #[error("no JSON after {records} records (byte {at})")]
    Syntax {
        /// Records handed out before.
        records: u64,
        /// Where.
        at: u64,
    },
    /// Some records are no JSON objects, or nest too deep; the others were handed out.
    #[error(
        "{} of {} records broken, the first in line {line} (byte {at})",
        broken, records + broken
    )]
    Broken {
        /// How many.
        broken: u64,
        /// Line of the first one.
        line: u64,
        /// Where the first one starts.
        at: u64,
        /// Good records.
        records: u64,
    },
    /// One record is larger than is kept in memory.
    #[error("a record larger than {} MiB after {records} records (byte {at})", LARGEST >> 20)]
    TooLarge {
        /// Records handed out before.
        records: u64,
        /// Where it starts.
        at: u64,
    },
    /// JSON, but no CloudTrail log.
    #[error("not a CloudTrail log: looks like {0}")]
    NotCloudTrail(Other),
}

/// JSON files that lie beside CloudTrail logs, or are taken for one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Other {
    /// A digest file, from `CloudTrail-Digest/`.
    Digest,
    /// Insight events, from `CloudTrail-Insight/`.
    Insight,
    /// Aggregated data events, from `CloudTrail-Aggregated/`.
    Aggregated,
    /// An AWS Config snapshot or history file.
    Config,
    /// Some other JSON.
    Unknown,
}

impl fmt::Display for Other {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Digest => "a CloudTrail digest file",
            Self::Insight => "CloudTrail Insights events",
            Self::Aggregated => "CloudTrail aggregated events",
            Self::Config => "an AWS Config file",
            Self::Unknown => "other JSON",
        })
    }
}

impl Damage {
    /// What to do about it.
    pub fn remedy(&self) -> String {
        match self {
            Self::Unreadable { .. } => "check that the file is there and may be read".to_owned(),
            Self::Gzip { .. } => {
                "fetch it again: it was cut or altered while being copied or written".to_owned()
            }
            Self::Utf16 => "convert it to UTF-8: `iconv -f UTF-16 -t UTF-8 LOG > NEW`".to_owned(),
            Self::EndsInside { .. } => {
                "fetch the file again: it was cut while being copied or written".to_owned()
            }
            Self::Syntax { .. } => {
                "expected .json or .json.gz from CloudTrail, one record a line, or the output of \
                 `aws cloudtrail lookup-events --output json`"
                    .to_owned()
            }
            Self::Broken { .. } => format!(
                "each record has to be a JSON object nested at most {DEEPEST} deep; correct or \
                 remove the broken ones"
            ),
            Self::TooLarge { .. } => {
                "CloudTrail writes no record over 1 MiB: check what wrote this file".to_owned()
            }
            Self::NotCloudTrail(other) => match other {
                Other::Digest | Other::Insight | Other::Aggregated => {
                    "read the folder CloudTrail/ only, not the ones beside it".to_owned()
                }
                Other::Config => "point at the folder CloudTrail/, not Config/".to_owned(),
                Other::Unknown => "expected {\"Records\": [..]} or records with eventName, \
                                   eventSource and eventTime"
                    .to_owned(),
            },
        }
    }
}
