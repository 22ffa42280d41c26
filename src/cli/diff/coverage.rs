//! What each added entry covers, and why one covers nothing.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use crate::digest::words::{action, clip, short_id};
use crate::exclusion::{Exclusion, Patterns};
use crate::finding::Finding;
use crate::nearest;

/// Different values of a scope that are remembered. Real logs have fewer of each.
const MOST_VALUES: usize = 500;
/// Patterns of one entry that are told to match nothing.
const MOST_ABSENT: usize = 4;

/// The added entries next to what is found once they are there.
#[derive(Debug)]
pub(super) struct Coverage<'a> {
    entries: Vec<Covered<'a>>,
    /// By scope, the values that findings have.
    values: BTreeMap<&'static str, BTreeSet<String>>,
    findings: u64,
}

#[derive(Debug)]
struct Covered<'a> {
    entry: &'a Exclusion,
    covers: bool,
    near: Option<Near>,
}

/// A finding that an entry does not cover for one scope.
#[derive(Debug)]
struct Near {
    rank: Rank,
    said: String,
}

/// Which finding tells most: a reported one, which has a value in that scope, the newest.
type Rank = (bool, bool, String);

impl<'a> Coverage<'a> {
    pub(super) fn of(entries: &'a [Exclusion]) -> Self {
        let entries = entries.iter().map(|entry| Covered { entry, covers: false, near: None });
        Self { entries: entries.collect(), values: BTreeMap::new(), findings: 0 }
    }

    /// Notes a finding of the edited detection.
    pub(super) fn see(&mut self, finding: &Finding) {
        self.findings += 1;
        for covered in &mut self.entries {
            covered.see(finding);
        }
        if self.entries.iter().all(|covered| covered.covers) {
            return;
        }
        let tag = finding.extra.get("tag").and_then(Option::as_deref);
        let source = finding.event_source.as_str();
        for (scope, value) in [
            // A service may be written without its domain.
            ("event_source", source.strip_suffix(".amazonaws.com")),
            ("event_source", Some(source)),
            ("event_name", Some(finding.event_name.as_str())),
            ("account", finding.account_id.as_deref()),
            ("region", finding.region.as_deref()),
            ("channel", finding.channel.as_deref()),
            ("tag", tag),
        ] {
            if !shows(finding, scope) {
                continue;
            }
            let values = self.values.entry(scope).or_default();
            if let Some(value) = value.filter(|value| !values.contains(*value))
                && values.len() < MOST_VALUES
            {
                values.insert(clip(value));
            }
        }
    }

    /// What there is to say of entries that have ended or cover nothing that `detections` found.
    pub(super) fn remarks(&self, detections: &str, today: NaiveDate) -> Vec<String> {
        let mut remarks = Vec::new();
        for Covered { entry, covers, near } in &self.entries {
            let name = &entry.name;
            if let Some(until) = entry.until.filter(|_| entry.ended(today)) {
                remarks.push(format!(
                    "exclusion '{name}' ended on {}: what happened later it leaves alone; move its \
                     `until` if it is to go on",
                    until.0
                ));
            }
            if *covers {
                continue;
            }
            let mut said =
                format!("exclusion '{name}' matches nothing in these logs that {detections} found");
            if self.findings == 0 {
                said.push_str(", which is nothing at all");
            }
            if let Some(near) = near {
                said.push_str(&format!("; it would match {}", near.said));
            }
            for absent in self.absent(entry).into_iter().take(MOST_ABSENT) {
                said.push_str(&format!("; {absent}"));
            }
            remarks.push(said);
        }
        remarks
    }

    /// Patterns that no finding has a value for.
    fn absent(&self, entry: &Exclusion) -> Vec<String> {
        let scopes: [(&'static str, &Patterns); 6] = [
            ("event_source", &entry.event_source),
            ("event_name", &entry.event_name),
            ("account", &entry.account),
            ("region", &entry.region),
            ("channel", &entry.channel),
            ("tag", &entry.tag),
        ];
        let mut absent = Vec::new();
        for (scope, patterns) in scopes {
            let Some(values) = self.values.get(scope).filter(|values| values.len() < MOST_VALUES)
            else {
                continue;
            };
            for pattern in patterns.set().unwrap_or_default() {
                if values.iter().any(|value| pattern.takes(value)) {
                    continue;
                }
                let meant = nearest(pattern.as_str(), values)
                    .map(|nearest| format!(": did you mean '{nearest}'?"));
                let meant = meant.unwrap_or_default();
                absent.push(format!("no finding has the {scope} '{}'{meant}", pattern.as_str()));
            }
        }
        absent
    }
}

impl Covered<'_> {
    fn see(&mut self, finding: &Finding) {
        // The view knows columns of an event that the finding may not show.
        let told = ["reported_by", "expired_exclusion"]
            .iter()
            .filter_map(|column| finding.extra.get(*column)?.as_ref())
            .chain(&finding.exclusion);
        self.covers = self.covers
            || self.entry.covers(finding)
            || told.into_iter().any(|name| *name == self.entry.name);
        if self.covers {
            return;
        }
        let miss = self.entry.nearly_covers(finding).filter(|miss| shows(finding, miss.scope));
        let Some(miss) = miss else { return };
        let at = format!("{} {}", finding.event_time, finding.event_id);
        let rank = (finding.reported, miss.value.is_some(), at);
        if self.near.as_ref().is_some_and(|near| near.rank >= rank) {
            return;
        }
        let value = miss.value.map_or("NULL".to_owned(), |value| format!("'{}'", clip(&value)));
        let event = format!("{} {}", short_id(&finding.event_id), action(finding));
        let said = format!("{} but for {}, which is {value}", event.trim_start(), miss.scope);
        self.near = Some(Near { rank, said });
    }
}

/// Whether a finding shows what a scope is matched against: not every detection has the column `tag`.
fn shows(finding: &Finding, scope: &str) -> bool {
    scope != "tag" || finding.extra.contains_key("tag")
}
