//! Who did what in which account before, so that the first time is marked.
//!
//! People change a few things often and many things never. The day on which somebody deletes their
//! first database is worth a mark, but a ledger that has only begun would mark everything.

use std::collections::{BTreeMap, HashSet};

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::{Keys, Ledger};
use crate::finding::Finding;
use crate::logs::LogKey;

/// The column that tells of a first time.
const COLUMN: &str = "first_time";

/// How long a ledger learns before it marks anything.
const LEARN: TimeDelta = TimeDelta::days(14);

/// How long the last time is remembered, at least: after that, it is a first time again.
const REMEMBER: TimeDelta = TimeDelta::days(90);

/// What was seen.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Seen {
    /// The first day of it.
    since: Option<NaiveDate>,
    /// People with action and account, by the month in which they were last seen.
    months: BTreeMap<NaiveDate, Keys>,
}

impl Ledger {
    /// Marks, of the findings that reports show, those that are the first of their kind by their
    /// person, unless the detection itself says so or not.
    pub fn mark_first_times(&self, findings: &mut [Finding], now: DateTime<Utc>) {
        if self.seen.since.is_none_or(|since| now.date_naive() - since < LEARN) {
            return;
        }
        let mut marked = HashSet::new();
        for finding in findings.iter_mut().filter(|f| !f.extra.contains_key(COLUMN)) {
            let Some(key) = key(finding) else { continue };
            let known = self.seen.months.values().any(|keys| keys.0.contains(&key));
            if !known && marked.insert(key) {
                finding.extra.insert(COLUMN.to_owned(), Some("true".to_owned()));
            }
        }
    }

    /// Notes what is in a window that is in the journal.
    pub(super) fn add_seen(&mut self, findings: &[Finding], now: DateTime<Utc>) {
        let day = now.date_naive();
        self.seen.since.get_or_insert(day);
        let keys: Vec<_> = findings.iter().filter_map(key).collect();
        if keys.is_empty() {
            return;
        }
        let month = day.with_day(1).unwrap_or(day);
        for (_, earlier) in self.seen.months.iter_mut().filter(|(of, _)| **of != month) {
            earlier.0.retain(|key| !keys.contains(key));
        }
        self.seen.months.entry(month).or_default().0.extend(keys);
        // The last day of a month that is kept may be a month after its first.
        let oldest = day - REMEMBER - TimeDelta::days(31);
        self.seen.months.retain(|month, keys| *month >= oldest && !keys.0.is_empty());
    }
}

/// Person, action and account; `None` where the person is unknown, or no report shows it.
fn key(finding: &Finding) -> Option<LogKey> {
    let person = finding.actor.as_deref().or(finding.actor_arn.as_deref())?;
    let account = finding.account_id.as_deref().unwrap_or_default();
    let action = finding.action();
    let parts = [person, &action, account].map(str::as_bytes);
    finding.reported.then(|| LogKey::of(&parts))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    fn finding(actor: &str, action: &str) -> Finding {
        let value = serde_json::json!({
            "event_id": "e", "event_time": "", "event_source": "rds.amazonaws.com",
            "event_name": action, "verdict": "clickops", "account_id": "1", "actor": actor,
        });
        serde_json::from_value(value).unwrap()
    }

    fn at(text: &str) -> DateTime<Utc> {
        format!("{text}T12:00:00Z").parse().unwrap()
    }

    fn firsts(ledger: &Ledger, findings: &[Finding], day: &str) -> Vec<bool> {
        let mut findings = findings.to_vec();
        ledger.mark_first_times(&mut findings, at(day));
        findings.iter().map(|finding| finding.extra.contains_key(COLUMN)).collect()
    }

    #[test]
    fn the_first_of_a_person_is_marked_once_the_ledger_knows_people() {
        let mut ledger = Ledger::default();
        let (delete, create) = (finding("ann", "DeleteDBInstance"), finding("ann", "CreateTags"));
        let other = finding("bob", "CreateTags");
        let all = [delete.clone(), delete.clone(), create.clone(), other];
        assert_eq!(firsts(&ledger, &all, "2026-11-01"), [false; 4]);
        ledger.add_seen(&[create], at("2026-11-01"));
        assert_eq!(firsts(&ledger, &all, "2026-11-14"), [false; 4]);
        assert_eq!(firsts(&ledger, &all, "2026-11-15"), [true, false, false, true]);
        ledger.add_seen(&[delete], at("2026-11-15"));
        assert_eq!(firsts(&ledger, &all, "2026-11-15"), [false, false, false, true]);
    }

    #[test]
    fn what_was_not_done_for_months_is_a_first_time_again() {
        let mut ledger = Ledger::default();
        let (often, once) = (finding("ann", "CreateTags"), finding("ann", "DeleteDBInstance"));
        ledger.add_seen(&[often.clone(), once.clone()], at("2026-01-31"));
        for month in 2..=6 {
            ledger.add_seen(std::slice::from_ref(&often), at(&format!("2026-0{month}-01")));
        }
        assert_eq!(firsts(&ledger, &[often, once], "2026-06-02"), [false, true]);
        let text = serde_json::to_string(&ledger).unwrap();
        assert_eq!(serde_json::from_str::<Ledger>(&text).unwrap(), ledger);
    }

    #[test]
    fn what_nobody_reports_and_what_the_detection_says_is_left_alone() {
        let mut ledger = Ledger::default();
        ledger.add_seen(&[], at("2026-01-01"));
        let hidden = Finding { reported: false, ..finding("ann", "CreateTags") };
        let unknown = Finding { actor: None, ..finding("", "CreateTags") };
        assert_eq!(firsts(&ledger, &[hidden, unknown], "2026-02-01"), [false; 2]);
        let mut said = [finding("ann", "CreateTags")];
        said[0].extra.insert(COLUMN.to_owned(), Some("false".to_owned()));
        ledger.mark_first_times(&mut said, at("2026-02-01"));
        assert_eq!(said[0].extra[COLUMN].as_deref(), Some("false"));
    }
}
