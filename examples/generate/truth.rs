//! What a perfect detection would say of each event, known because the event
//! was made to be just that.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use crate::cast::Account;

/// The five answers to "did somebody change this by hand in the console?"
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Verdict {
    Clickops,
    Attempted,
    Chained,
    Operational,
    Not,
}

impl Verdict {
    fn name(self) -> &'static str {
        match self {
            Self::Clickops => "clickops",
            Self::Attempted => "attempted",
            Self::Chained => "chained",
            Self::Operational => "operational",
            Self::Not => "not",
        }
    }
}

/// One line of the `--truth` file.
#[derive(Clone, Serialize)]
pub(crate) struct Truth {
    pub(crate) event_id: String,
    pub(crate) account_id: Account,
    /// A word for the kind of event: how a change reached AWS, or why an
    /// event is not a change.
    pub(crate) class: &'static str,
    pub(crate) verdict: Verdict,
}

/// How many events there are of each verdict and class.
#[derive(Default)]
pub(crate) struct Tally(BTreeMap<(Verdict, &'static str), u64>);

impl Tally {
    pub(crate) fn count(&mut self, truth: &Truth) {
        *self.0.entry((truth.verdict, truth.class)).or_default() += 1;
    }

    pub(crate) fn total(&self) -> u64 {
        self.0.values().sum()
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(out, "{:<12} {:<16} {:>9}", "verdict", "class", "events")?;
        for ((verdict, class), events) in &self.0 {
            writeln!(out, "{:<12} {class:<16} {events:>9}", verdict.name())?;
        }
        write!(out, "{:<29} {:>9}", "total", self.total())
    }
}
