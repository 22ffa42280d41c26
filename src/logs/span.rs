//! A span of logs, for where nobody lists them: when they were delivered, and of what.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::Place;

/// Which logs. Empty sets take all.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Span {
    /// Only logs delivered then or later.
    pub since: Option<DateTime<Utc>>,
    /// Only logs delivered before then.
    pub until: Option<DateTime<Utc>>,
    /// Only logs of these accounts: twelve digits each.
    pub accounts: BTreeSet<String>,
    /// Only logs of these regions, `eu-west-1`.
    pub regions: BTreeSet<String>,
}

impl Span {
    /// Whether it has a log of this minute.
    pub fn has_minute(&self, delivered: DateTime<Utc>) -> bool {
        self.since.is_none_or(|since| delivered >= since)
            && self.until.is_none_or(|until| delivered < until)
    }

    /// Whether it has logs of this account and region.
    pub fn has_place(&self, place: &Place) -> bool {
        (self.accounts.is_empty() || self.accounts.contains(&place.account))
            && (self.regions.is_empty() || self.regions.contains(&place.region))
    }
}

/// Whether it could be a region's name: words and at the end a number, `us-gov-west-1`. AWS adds
/// regions, so there is no list of them here.
pub fn is_region(name: &str) -> bool {
    let mut parts = name.split('-').rev();
    let number = parts.next().unwrap_or_default();
    let words: Vec<&str> = parts.collect();
    (1..=2).contains(&number.len())
        && number.bytes().all(|byte| byte.is_ascii_digit())
        && words.len() >= 2
        && words.iter().all(|word| {
            word.len() >= 2 && word.len() <= 16 && word.bytes().all(|b| b.is_ascii_lowercase())
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_look_like_regions() {
        for name in
            ["eu-west-1", "us-gov-west-1", "ap-southeast-12", "us-isob-east-1", "eusc-de-east-1"]
        {
            assert!(is_region(name), "{name}");
        }
        for name in ["", "eu-west", "eu-west-1a", "west-1", "eu--1", "eu-west-1'", "eu-west-123"] {
            assert!(!is_region(name), "{name}");
        }
    }
}
