//! Which exclusions of the config cover nothing: somebody may want to remove them.

use chrono::NaiveDate;

use crate::digest::Unused;
use crate::exclusion::{Exclusion, Until};
use crate::finding::Finding;

/// The exclusions that have covered nothing yet.
pub(super) struct Idle<'a>(Vec<&'a Exclusion>);

impl<'a> Idle<'a> {
    /// All that people wrote. Nobody has to look after the shipped ones.
    pub(super) fn of(exclusions: &'a [Exclusion]) -> Self {
        Self(exclusions.iter().filter(|entry| !entry.shipped).collect())
    }

    /// Takes out those that cover any of the findings, whichever exclusion it is that hides them,
    /// and also after their last day: what they would cover is back and said elsewhere.
    pub(super) fn see(&mut self, findings: &[Finding]) {
        self.0.retain(|entry| !findings.iter().any(|finding| entry.covers(finding)));
    }

    /// What is left.
    pub(super) fn unused(&self, today: NaiveDate) -> Vec<Unused> {
        let unused = |entry: &&Exclusion| Unused {
            name: entry.name.clone(),
            until: entry.until.map(|Until(last)| last.to_string()),
            ended: entry.ended(today),
        };
        self.0.iter().map(unused).collect()
    }
}
