//! What has become of findings: sent, hidden, or pending.

use serde::{Deserialize, Serialize};

use super::Ledger;
use crate::journal::Entry;

/// Findings of one detection in one window.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Tally {
    reported: u64,
    hidden: u64,
}

/// What has become of the findings that a run had at hand: those that it collected, and those that
/// earlier runs had left. Unless some are lost, `findings` is the sum of the others.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// All of them.
    pub findings: u64,
    /// Every report of their detection has sent them.
    pub sent: u64,
    /// Every report of their detection has gone through them and does not show them.
    pub hidden: u64,
    /// Some report has still to go through them, or a channel refused a message of their window, which
    /// waits.
    pub pending: u64,
}

impl Ledger {
    /// Notes the findings of a window that is in the journal.
    pub(super) fn add_waiting(&mut self, entry: &Entry) {
        for finding in &entry.findings {
            let window = self.waiting.entry(entry.window.number).or_default();
            let tally = window.entry(finding.detection.clone()).or_default();
            tally.reported += u64::from(finding.reported);
            tally.hidden += u64::from(!finding.reported);
        }
    }

    /// Findings that some report has still to go through, or of which a message waits.
    pub fn waiting(&self) -> u64 {
        let tallies = self.waiting.values().flat_map(|tallies| tallies.values());
        tallies.map(|tally| tally.reported + tally.hidden).sum()
    }

    /// Counts the findings at hand, and forgets those that nobody waits for any more. `next` tells
    /// the first window that some report of a detection has still to go through; `None` is a
    /// detection that is in no report.
    pub fn count(&mut self, next: impl Fn(&str) -> Option<u64>) -> Counts {
        let mut counts = Counts::default();
        let held: Vec<_> =
            self.held().map(|(_, held)| (held.detection.clone(), held.from..held.end)).collect();
        let is_held = |window: &u64, of: &String| {
            held.iter().any(|(detection, windows)| detection == of && windows.contains(window))
        };
        self.waiting.retain(|window, tallies| {
            tallies.retain(|detection, Tally { reported, hidden }| {
                counts.findings += *reported + *hidden;
                let Some(next) = next(detection) else {
                    counts.hidden += *reported + *hidden;
                    return false;
                };
                if *window >= next || is_held(window, detection) {
                    counts.pending += *reported + *hidden;
                    return true;
                }
                counts.sent += *reported;
                counts.hidden += *hidden;
                false
            });
            !tallies.is_empty()
        });
        counts
    }
}
