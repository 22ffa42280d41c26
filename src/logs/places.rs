//! Where logs come to in a bucket, as earlier runs found it.
//!
//! A bucket of a big organisation has thousands of folders, one for each account and region, and
//! looking through all of them takes a request each. A run that is due every few minutes lists only
//! those that logs came to of late; new ones are looked for at an [interval](Places::due). What is
//! kept of it in the store is no more than a note: without it, a run looks through the bucket.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, Days, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::{Place, Span};
use crate::store::{Expected, Store, StoreError};

/// Key of the note in the store.
const KEY: &str = "places.json";

/// So few folders are looked through by every run: a hundred requests cost $0.0005.
const FEW: usize = 100;

/// New folders are looked for at least this often.
const LONGEST_INTERVAL: Duration = Duration::from_secs(60 * 60);

/// A folder that got a log in as many days is listed by every run.
const ACTIVE: Days = Days::new(7);

/// Every account has some call in as many days.
const QUIET: Days = Days::new(2);

/// An account that is silent for longer is closed, and nobody asks any more.
const GONE: Days = Days::new(30);

/// Where logs come to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Places {
    /// The address of what was looked through.
    root: String,
    /// When all of it was.
    discovered: Option<DateTime<Utc>>,
    /// The folders with logs, as beginnings of keys, and the latest day that was seen in each.
    folders: BTreeMap<String, Option<NaiveDate>>,
}

/// An account that delivered logs before, and does no longer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Silent {
    /// Twelve digits.
    pub account: String,
    /// The day of its last log.
    pub last: NaiveDate,
}

impl Places {
    /// What a store knows of an address. What cannot be read there is looked up anew.
    pub async fn load(store: &dyn Store, root: &str) -> Self {
        let kept = match store.get(KEY).await {
            Ok(Some((bytes, _))) => serde_json::from_slice(&bytes).ok(),
            _ => None,
        };
        let fresh = || Self { root: root.to_owned(), ..Self::default() };
        kept.filter(|kept: &Self| kept.root == root).unwrap_or_else(fresh)
    }

    /// Keeps it for the next run. That another run keeps its own is as good.
    ///
    /// # Errors
    /// [`StoreError::Failed`].
    pub async fn save(&self, store: &dyn Store) -> Result<(), StoreError> {
        let expected = match store.get(KEY).await? {
            Some((_, version)) => Expected::Version(version),
            None => Expected::Absent,
        };
        // Texts and dates always make JSON.
        let bytes = serde_json::to_vec(self).unwrap_or_default();
        match store.put(KEY, &bytes, expected).await {
            Err(StoreError::Changed(_)) => Ok(()),
            put => put.map(drop),
        }
    }

    /// Whether it is time to look through everything. A log that lies in a new folder has to be found
    /// while it is within the overlap.
    pub fn due(&self, now: DateTime<Utc>, overlap: Option<Duration>) -> bool {
        let interval =
            overlap.map_or(LONGEST_INTERVAL, |overlap| (overlap / 2).min(LONGEST_INTERVAL));
        let fresh = self
            .discovered
            .is_some_and(|then| (now - then).to_std().is_ok_and(|age| age < interval));
        !fresh || self.folders.len() <= FEW
    }

    /// The folders that logs came to of late.
    pub fn active(&self, now: DateTime<Utc>) -> impl Iterator<Item = &str> {
        let oldest = now.date_naive() - ACTIVE;
        let active = move |day: &Option<NaiveDate>| day.is_some_and(|day| day >= oldest);
        self.folders.iter().filter(move |(_, day)| active(day)).map(|(folder, _)| folder.as_str())
    }

    /// Accounts that delivered logs before, and do no longer.
    pub fn silent(&self, now: DateTime<Utc>) -> Vec<Silent> {
        let mut latest: BTreeMap<String, NaiveDate> = BTreeMap::new();
        for (folder, day) in &self.folders {
            if let (Some(place), Some(day)) = (Place::of_trail(folder), day) {
                let known = latest.entry(place.account).or_insert(*day);
                *known = (*known).max(*day);
            }
        }
        let today = now.date_naive();
        latest
            .into_iter()
            .filter(|(_, last)| *last < today - QUIET && *last >= today - GONE)
            .map(|(account, last)| Silent { account, last })
            .collect()
    }

    /// Accounts and regions that logs came from at any time.
    pub fn deliverers(&self) -> Span {
        let places = || self.folders.keys().filter_map(|folder| Place::of_trail(folder));
        Span {
            accounts: places().map(|place| place.account).collect(),
            regions: places().map(|place| place.region).collect(),
            ..Span::default()
        }
    }

    /// The folders above the accounts, as beginnings of keys, and who delivers there.
    pub fn trails(&self) -> BTreeMap<&str, Span> {
        let mut trails: BTreeMap<&str, Span> = BTreeMap::new();
        for folder in self.folders.keys() {
            let Some(Place { account, region, .. }) = Place::of_trail(folder) else { continue };
            let below = format!("{account}/CloudTrail/{region}/");
            let trail = trails.entry(folder.strip_suffix(&below).unwrap_or(folder)).or_default();
            trail.accounts.insert(account);
            trail.regions.insert(region);
        }
        trails
    }

    /// Whether there is anything to keep beyond what was known before: whoever looks through
    /// everything each time need not note when.
    pub fn is_worth_keeping(&self, before: &Self) -> bool {
        self.folders != before.folders || self.folders.len() > FEW && self != before
    }

    /// Whether there is any folder with logs.
    pub fn is_empty(&self) -> bool {
        self.folders.is_empty()
    }

    /// Begins anew at this time; what was seen in each folder comes back with it.
    #[cfg_attr(not(feature = "aws"), expect(dead_code, reason = "only buckets are looked through"))]
    pub(super) fn discover(&mut self, now: DateTime<Utc>) -> BTreeMap<String, Option<NaiveDate>> {
        self.discovered = Some(now);
        std::mem::take(&mut self.folders)
    }

    /// Notes a folder, and the latest day that was seen in it.
    #[cfg_attr(not(feature = "aws"), expect(dead_code, reason = "only buckets are looked through"))]
    pub(super) fn note(&mut self, folder: String, day: Option<NaiveDate>) {
        let known = self.folders.entry(folder).or_default();
        *known = (*known).max(day);
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;
    use crate::store::memory::MemoryStore;

    fn now() -> DateTime<Utc> {
        "2026-11-23T12:00:00Z".parse().unwrap()
    }

    fn folder(account: usize, region: &str) -> String {
        format!("AWSLogs/{account:012}/CloudTrail/{region}/")
    }

    fn day(text: &str) -> Option<NaiveDate> {
        Some(text.parse().unwrap())
    }

    #[test]
    fn many_folders_are_looked_through_at_an_interval() {
        let mut places = Places::default();
        assert!(places.due(now(), None));
        places.discover(now());
        for account in 0..FEW {
            places.note(folder(account, "eu-west-1"), day("2026-11-23"));
        }
        assert!(places.due(now(), None), "so few are looked through each time");
        places.note(folder(FEW, "eu-west-1"), None);
        let later = |minutes| now() + chrono::Duration::minutes(minutes);
        assert!(!places.due(later(59), None));
        assert!(places.due(later(60), None));
        assert!(places.due(later(15), Some(Duration::from_secs(30 * 60))));
        assert!(places.due(later(-1), None), "a clock that went back");
        assert_eq!(places.active(now()).count(), FEW);
    }

    #[test]
    fn an_account_is_silent_when_no_region_of_it_delivers() {
        let mut places = Places::default();
        places.note(folder(1, "eu-west-1"), day("2026-11-19"));
        places.note(folder(1, "us-east-1"), day("2026-11-23"));
        places.note(folder(2, "eu-west-1"), day("2026-11-20"));
        places.note(folder(2, "us-east-1"), None);
        places.note(folder(3, "eu-west-1"), day("2026-11-21"));
        places.note(folder(4, "eu-west-1"), day("2026-01-01"));
        let silent = Silent { account: format!("{:012}", 2), last: day("2026-11-20").unwrap() };
        assert_eq!(places.silent(now()), [silent]);
    }

    #[tokio::test]
    async fn it_is_kept_for_one_address() {
        let store = MemoryStore::default();
        let mut places = Places::load(&store, "s3://a/").await;
        places.discover(now());
        places.note(folder(1, "eu-west-1"), day("2026-11-20"));
        places.save(&store).await.unwrap();
        places.save(&store).await.unwrap();
        assert_eq!(Places::load(&store, "s3://a/").await, places);
        assert!(Places::load(&store, "s3://b/").await.is_empty());
    }
}
