//! Where logs lie and where the store is: a folder, a prefix of a bucket, or nowhere.

use std::fmt;
use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::str::FromStr;

use super::ConfigError;
use crate::logs;

/// Where something is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A folder (or, for logs, one file).
    Dir(PathBuf),
    /// In S3.
    S3(S3Place),
    /// Nowhere: gone when the process ends.
    Memory,
}

/// What begins like this is in S3.
const SCHEME: &str = "s3://";

/// The longest key that S3 takes, in bytes of UTF-8.
const LONGEST_KEY: usize = 1024;

/// A bucket, and what the keys in it begin with: a folder (or, for logs, one object).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct S3Place {
    /// The bucket.
    pub bucket: String,
    /// Folders without a slash at either end; empty for the whole bucket.
    pub prefix: String,
}

impl S3Place {
    /// Keys of what lies there begin like this: with a slash at the end, or with nothing.
    pub fn folder(&self) -> String {
        if self.prefix.is_empty() { String::new() } else { format!("{}/", self.prefix) }
    }

    /// Whether it is one log, or the folder of a year, month or day.
    pub fn is_of_a_time(&self) -> bool {
        let folder = self.folder();
        let trail = logs::Place::trail(&folder);
        logs::is_log_name(&self.prefix) || trail.is_some_and(|trail| trail.len() < folder.len())
    }

    /// Whether an address is one in S3.
    pub fn is_address(text: &str) -> bool {
        text.starts_with(SCHEME)
    }
}

impl fmt::Display for S3Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{SCHEME}{}/{}", self.bucket, self.prefix)
    }
}

/// Reads `s3://bucket/prefix`; the error says what is wrong with it.
impl FromStr for S3Place {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let rest = text.strip_prefix(SCHEME).ok_or("is no address in S3")?;
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        if !is_bucket(bucket) {
            return Err("has no name of a bucket after s3://");
        }
        let prefix = prefix.trim_matches('/');
        if prefix.chars().any(char::is_control) {
            return Err("has a character that no key may have");
        }
        if prefix.len() > LONGEST_KEY {
            return Err("is longer than a key may be");
        }
        Ok(Self { bucket: bucket.to_owned(), prefix: prefix.to_owned() })
    }
}

/// The rules of S3 for general purpose buckets.
fn is_bucket(name: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let good = |byte: u8| inner(byte) || matches!(byte, b'.' | b'-');
    (3..=63).contains(&name.len())
        && name.bytes().all(good)
        && name.bytes().next().is_some_and(inner)
        && name.bytes().last().is_some_and(inner)
        && !name.contains("..")
        && name.parse::<Ipv4Addr>().is_err()
}

/// Reads where something is kept; `key` names the setting in errors.
///
/// # Errors
/// [`ConfigError::Value`] for addresses of an unknown kind, and for names that no bucket can have.
pub fn place(text: &str, key: &str) -> Result<Place, ConfigError> {
    let wrong = |reason: String, hint: &str| ConfigError::Value {
        key: key.to_owned(),
        reason,
        hint: hint.to_owned(),
    };
    let shown = text.escape_debug();
    if text == "memory" {
        return Ok(Place::Memory);
    }
    if S3Place::is_address(text) {
        let place = text.parse().map_err(|reason| {
            wrong(format!("'{shown}' {reason}"), "Write it as s3://bucket/prefix.")
        });
        return place.map(Place::S3);
    }
    if let Some((scheme, _)) = text.split_once("://") {
        let reason = format!("'{}://' is no kind of place", scheme.escape_debug());
        return Err(wrong(reason, "Give a folder, or s3://bucket/prefix."));
    }
    Ok(Place::Dir(PathBuf::from(text)))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    #[test]
    fn addresses_in_s3_have_a_bucket_and_a_folder() {
        for (text, bucket, folder) in [
            ("s3://logs", "logs", ""),
            ("s3://logs/", "logs", ""),
            ("s3://my.logs-1/a/b", "my.logs-1", "a/b/"),
            ("s3://logs//a b/", "logs", "a b/"),
        ] {
            let place: S3Place = text.parse().unwrap();
            assert_eq!((place.bucket.as_str(), place.folder().as_str()), (bucket, folder));
        }
    }

    #[test]
    fn some_prefixes_are_of_a_time() {
        let trail = "s3://logs/AWSLogs/111122223333/CloudTrail/eu-west-1";
        for (text, of_a_time) in [
            ("s3://logs/AWSLogs", false),
            (trail, false),
            (&format!("{trail}/2026"), true),
            ("s3://logs/events.json", true),
        ] {
            assert_eq!(text.parse::<S3Place>().unwrap().is_of_a_time(), of_a_time, "{text}");
        }
    }

    #[test]
    fn what_no_bucket_can_be_called_is_refused_with_its_key() {
        for text in [
            "s3://",
            "s3:///x",
            "s3://ab/x",
            "s3://Logs/x",
            "s3://my_logs/x",
            "s3://-logs/x",
            "s3://logs./x",
            "s3://a..b/x",
            "s3://192.168.0.1/x",
            "s3://logs/a\nb",
            "https://logs/x",
        ] {
            let refused = place(text, "store.at").unwrap_err().to_string();
            assert!(refused.starts_with("store.at: '"), "{text}: {refused}");
            assert!(!refused.contains('\n'), "{refused:?}");
        }
    }
}
