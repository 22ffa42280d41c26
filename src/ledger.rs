//! The ledger: what has been collected and what has been delivered. The only mutable state.
//!
//! It is one small blob, written with compare-and-swap. Logs and findings are remembered by the
//! first 64 bits of a hash, grouped by day, so that old ones can be forgotten.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::time::Duration;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

pub use self::counts::Counts;
use self::counts::Tally;
pub use self::delivery::{Back, ChannelState, Held, Trouble};
pub use self::names::{names, takes};
pub use self::sight::{Blind, Gap};
pub use self::unfinished::Unfinished;
use crate::finding::Finding;
use crate::journal::Entry;
use crate::logs::LogKey;
use crate::store::{Expected, Store, StoreError, Version};

mod counts;
mod delivery;
mod names;
mod seen;
pub mod sight;
mod unfinished;

/// Key of the blob.
pub const KEY: &str = "ledger.json";

/// Findings are remembered for so long at least. CloudTrail tries for 30 days to deliver to a bucket
/// that refuses, so an event can come twice that far apart.
pub(crate) const REMEMBER_FINDINGS: Duration = Duration::from_secs(35 * 24 * 60 * 60);

/// What has been collected and delivered.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Ledger {
    /// Number of the next window; all below it are in the journal.
    pub next_window: u64,
    /// Latest delivery minute of a collected log.
    pub until: Option<DateTime<Utc>>,
    /// Logs delivered at this minute or before are left alone.
    pub floor: Option<DateTime<Utc>>,
    /// Collected logs by day of delivery.
    collected: BTreeMap<NaiveDate, Keys>,
    /// Findings in the journal by day of collection.
    findings: BTreeMap<NaiveDate, Keys>,
    /// How far each report has come.
    pub reports: BTreeMap<String, ReportState>,
    /// How channels are of which there is something to say.
    pub channels: BTreeMap<String, ChannelState>,
    /// The last time that a run looked at all logs.
    pub looked: Option<DateTime<Utc>>,
    /// Why runs since then could not.
    pub blind: Option<Blind>,
    /// What an engine works on.
    pub unfinished: Vec<Unfinished>,
    /// Who did what before.
    seen: seen::Seen,
    /// Findings by window and detection, until every report has gone through them.
    waiting: BTreeMap<u64, BTreeMap<String, Tally>>,
}

/// How far a report has come.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ReportState {
    /// The first window that it has not reported.
    pub next_window: u64,
    /// The time it last ran for.
    pub last: Option<DateTime<Utc>>,
    /// Changes it last reported.
    pub changes: Option<u64>,
    /// When nobody looked at the logs, where it has not said so yet.
    pub gaps: Vec<Gap>,
    /// A report whose messages are on their way.
    pub sending: Option<Sending>,
}

/// A report on its way: fixed before the first message goes out, so that a run after a crash sends
/// the rest of the same messages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sending {
    /// First window that it does not report.
    pub end: u64,
    /// The time it runs for.
    pub at: DateTime<Utc>,
    /// Scheduled times before `at` that nobody ran for.
    pub missed: usize,
    /// Keys of the messages that were delivered.
    pub delivered: BTreeSet<String>,
    /// What the other side calls the first of them: the others belong under it.
    #[serde(default)]
    pub thread: Option<String>,
    /// When nobody looked at the logs, which it says.
    #[serde(default)]
    pub gaps: Vec<Gap>,
    /// Whether nobody can look at the logs, which it says.
    #[serde(default)]
    pub blind: Option<Blind>,
}

/// Keys, as one text of sixteen hexadecimal digits each: a ledger of a big organisation holds a
/// hundred thousand.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
struct Keys(BTreeSet<LogKey>);

impl From<Keys> for String {
    fn from(keys: Keys) -> Self {
        keys.0.iter().map(LogKey::to_string).collect()
    }
}

impl TryFrom<String> for Keys {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let keys = text
            .as_bytes()
            .chunks(16)
            .map(|key| std::str::from_utf8(key).map_err(|error| error.to_string())?.parse());
        keys.collect::<Result<_, _>>().map(Self)
    }
}

/// Why the ledger cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// The blob is there but makes no sense.
    #[error("the ledger is damaged: {0}")]
    Damaged(String),
    /// The store failed, or another run was faster.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A ledger and the version it had in the store.
#[derive(Debug)]
pub struct Loaded {
    /// The ledger.
    pub ledger: Ledger,
    expected: Expected,
}

/// Reads the ledger; a store without one has an empty one.
///
/// # Errors
/// [`LedgerError`].
pub async fn load(store: &dyn Store) -> Result<Loaded, LedgerError> {
    match store.get(KEY).await? {
        None => Ok(Loaded { ledger: Ledger::default(), expected: Expected::Absent }),
        Some((bytes, version)) => Ok(Loaded {
            ledger: serde_json::from_slice(&bytes)
                .map_err(|error| LedgerError::Damaged(error.to_string()))?,
            expected: Expected::Version(version),
        }),
    }
}

/// Moves the point up to which logs are left alone, see [`Ledger::set_until`].
///
/// # Errors
/// [`LedgerError`].
pub async fn set_until(store: &dyn Store, until: DateTime<Utc>) -> Result<(), LedgerError> {
    let mut loaded = load(store).await?;
    loaded.ledger.set_until(until);
    loaded.save(store).await
}

impl Loaded {
    /// Writes the ledger if nobody else has since it was read.
    ///
    /// # Errors
    /// [`StoreError::Changed`] when somebody has: load it again and look anew.
    pub async fn save(&mut self, store: &dyn Store) -> Result<(), LedgerError> {
        let bytes = serde_json::to_vec(&self.ledger)
            .map_err(|error| LedgerError::Damaged(error.to_string()))?;
        let version: Version = store.put(KEY, &bytes, self.expected.clone()).await?;
        self.expected = Expected::Version(version);
        Ok(())
    }
}

impl Ledger {
    /// How far a report has come.
    pub fn state(&self, name: &str) -> ReportState {
        self.reports.get(name).cloned().unwrap_or_default()
    }

    /// Every collected log that is remembered.
    pub fn collected(&self) -> HashSet<LogKey> {
        self.collected.values().flat_map(|keys| &keys.0).copied().collect()
    }

    /// Whether the journal holds this finding.
    pub fn knows(&self, finding: &Finding) -> bool {
        let wanted = names(finding);
        self.findings.values().any(|keys| wanted.iter().any(|key| keys.0.contains(key)))
    }

    /// Notes a window that is in the journal.
    pub fn add_window(&mut self, entry: &Entry) {
        let window = &entry.window;
        self.next_window = window.number + 1;
        let logs = Keys(window.logs.iter().map(|(key, _)| *key).collect());
        self.end(&Unfinished::covering(logs, window.span.clone()));
        for (key, delivered) in &window.logs {
            self.collected.entry(delivered.date_naive()).or_default().0.insert(*key);
        }
        self.until = self.until.max(window.until);
        self.add_waiting(entry);
        self.add_seen(&entry.findings, window.collected_at);
        if !entry.findings.is_empty() {
            let keys = self.findings.entry(window.collected_at.date_naive()).or_default();
            keys.0.extend(entry.findings.iter().flat_map(takes));
        }
    }

    /// Forgets what no run will ask for any more. Without an `overlap` every run may ask for
    /// anything.
    pub fn forget(&mut self, overlap: Option<Duration>) {
        let (Some(overlap), Some(until)) = (overlap, self.until) else {
            return;
        };
        let oldest = before(until, overlap).date_naive();
        self.collected.retain(|day, _| *day >= oldest);
        let oldest = before(until, overlap.max(REMEMBER_FINDINGS)).date_naive();
        self.findings.retain(|day, _| *day >= oldest);
    }

    /// Moves the point up to which logs are left alone. Logs delivered after it are looked at
    /// again; findings that the journal holds are not reported again.
    pub fn set_until(&mut self, until: DateTime<Utc>) {
        self.floor = Some(until);
        self.until = Some(until);
        self.give_up_minutes();
        self.collected.retain(|day, _| *day < until.date_naive());
    }

    /// Forgets that logs of this day and later ones were collected, and leaves none of them alone
    /// that was delivered after this time. What was delivered before keeps being waited for.
    pub fn look_again(&mut self, since: DateTime<Utc>) {
        self.floor = self.floor.map(|floor| floor.min(since));
        self.until = self.until.map(|until| until.min(since));
        self.give_up_minutes();
        self.collected.retain(|day, _| *day < since.date_naive());
    }

    /// Number of collected logs that are remembered.
    pub fn logs(&self) -> usize {
        self.collected.values().map(|keys| keys.0.len()).sum()
    }

    /// Number of names of findings in the journal that are remembered.
    pub fn finding_count(&self) -> usize {
        self.findings.values().map(|keys| keys.0.len()).sum()
    }
}

/// So long before a time; as long ago as there is time at all, if that is too long.
pub fn before(time: DateTime<Utc>, span: Duration) -> DateTime<Utc> {
    let span = chrono::Duration::from_std(span).ok();
    span.and_then(|span| time.checked_sub_signed(span)).unwrap_or(DateTime::<Utc>::MIN_UTC)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;
    use crate::journal::WindowRecord;

    fn finding(event: &str, account: &str, more: serde_json::Value) -> Finding {
        let mut value = serde_json::json!({
            "detection": "d", "event_id": event, "event_time": "", "event_source": "",
            "event_name": "", "verdict": "clickops", "account_id": account,
        });
        value.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        serde_json::from_value(value).unwrap()
    }

    fn with(findings: Vec<Finding>) -> Ledger {
        let day = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let window = WindowRecord {
            collected_at: day("2026-11-23T12:00:00Z"),
            until: Some(day("2026-11-23T11:00:00Z")),
            logs: vec![(LogKey::of(&[b"old"]), day("2026-11-20T00:00:00Z"))],
            ..WindowRecord::default()
        };
        let mut ledger = Ledger::default();
        ledger.add_window(&Entry { window, findings });
        ledger
    }

    #[test]
    fn an_event_is_known_by_its_id_and_account_and_by_what_it_repeats() {
        let none = serde_json::json!({});
        let ledger = with(vec![finding("e", "1", none.clone())]);
        assert!(ledger.knows(&finding("e", "1", none.clone())));
        assert!(!ledger.knows(&finding("e", "2", none.clone())));
        assert!(!ledger.knows(&finding("f", "1", none)));
        let addendum = serde_json::json!({"extra": {"original_event_id": "e"}});
        assert!(ledger.knows(&finding("f", "1", addendum)));
    }

    #[test]
    fn only_a_reported_copy_of_the_caller_stands_for_the_others() {
        let copy = |event: &str, account: &str, reported: bool| {
            finding(
                event,
                account,
                serde_json::json!({
                    "shared_event_id": "s", "reported": reported, "extra": {"actor_account": "1"},
                }),
            )
        };
        assert!(with(vec![copy("a", "1", true)]).knows(&copy("b", "2", true)));
        assert!(!with(vec![copy("a", "1", false)]).knows(&copy("b", "2", true)));
        assert!(!with(vec![copy("b", "2", true)]).knows(&copy("a", "1", true)));
    }

    #[test]
    fn each_finding_is_sent_hidden_or_pending() {
        let shown = |id: &str| finding(id, "1", serde_json::json!({"reported": true}));
        let hidden = finding("h", "1", serde_json::json!({"reported": false}));
        let mut ledger = with(vec![shown("a"), shown("b"), hidden]);
        let counts = |ledger: &mut Ledger, next: Option<u64>| {
            let Counts { findings, sent, hidden, pending } = ledger.count(|_| next);
            [findings, sent, hidden, pending]
        };
        // The report has not come to window 0 yet.
        assert_eq!(counts(&mut ledger, Some(0)), [3, 0, 0, 3]);
        assert_eq!(counts(&mut ledger.clone(), None), [3, 0, 3, 0]);
        assert_eq!(counts(&mut ledger, Some(1)), [3, 2, 1, 0]);
        assert_eq!(counts(&mut ledger, Some(1)), [0; 4]);
    }

    #[test]
    fn looking_again_gives_up_nothing_that_is_still_waited_for() {
        let mut ledger = with(vec![finding("e", "1", serde_json::json!({}))]);
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        ledger.look_again(at("2026-11-21T00:00:00Z"));
        assert_eq!((ledger.floor, ledger.logs(), ledger.finding_count()), (None, 1, 1));
        ledger.floor = Some(at("2026-11-20T12:00:00Z"));
        ledger.look_again(at("2026-11-20T08:00:00Z"));
        let early = Some(at("2026-11-20T08:00:00Z"));
        assert_eq!((ledger.floor, ledger.until, ledger.logs()), (early, early, 0));
    }

    #[test]
    fn forgets_only_what_no_run_asks_for() {
        let mut ledger = with(vec![finding("e", "1", serde_json::json!({}))]);
        ledger.forget(None);
        assert_eq!((ledger.logs(), ledger.finding_count()), (1, 1));
        let day = Duration::from_secs(24 * 60 * 60);
        ledger.forget(Some(day));
        assert_eq!((ledger.logs(), ledger.finding_count()), (0, 1));
        ledger.forget(Some(Duration::MAX));
        assert_eq!(ledger.finding_count(), 1);
    }

    #[test]
    fn survives_being_written_down() {
        let mut ledger = with(vec![finding("e", "1", serde_json::json!({}))]);
        ledger.set_until("2026-11-01T00:00:00Z".parse().unwrap());
        let text = serde_json::to_string(&ledger).unwrap();
        assert_eq!(serde_json::from_str::<Ledger>(&text).unwrap(), ledger);
        assert!(
            serde_json::from_str::<Ledger>(&text.replace("\"findings\":{\"", "\"findings\":{\"x"))
                .is_err()
        );
    }
}
