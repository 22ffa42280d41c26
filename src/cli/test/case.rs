//! One case: what its records have to get, and what they got.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::digest::words::{action, clip, plural};
use crate::exclusion::{self, Exclusion, Kind};
use crate::finding::{Finding, Verdict};
use crate::render::{Look, neutral, wrap};

/// Mistakes that are shown of one case; more of them tell nothing new.
const SHOWN: u64 = 5;
/// Columns before what is said of a record.
const INDENT: usize = 6;

/// What each record of a case has to get.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Expected {
    /// This verdict.
    Verdict(Verdict),
    /// To be a change, or what another detection finds, that no exclusion covers; or to be covered
    /// by one of kind `reported`.
    Reported,
    /// To be an act, or what another detection finds, that an exclusion of another kind covers.
    Hidden,
}

impl Expected {
    /// Everything that a folder can ask for.
    pub(super) fn all() -> [Self; 7] {
        let [a, b, c, d, e] = Verdict::ALL.map(Self::Verdict);
        [a, b, c, d, e, Self::Reported, Self::Hidden]
    }

    /// What a folder of this name asks for.
    pub(super) fn named(folder: &str) -> Option<Self> {
        Self::all().into_iter().find(|expected| expected.as_str() == folder)
    }

    /// The name of its folder.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Verdict(verdict) => verdict.as_str(),
            Self::Reported => "reported",
            Self::Hidden => "hidden",
        }
    }

    /// The names of all folders, for hints.
    pub(super) fn names() -> String {
        Self::all().map(Self::as_str).join(", ")
    }

    /// Whether a finding on which this exclusion decides is what was asked for. `found` is whether
    /// a detection of the reports finds it that is not about the console.
    fn is_met(self, finding: &Finding, exclusion: Option<&Exclusion>, found: bool) -> bool {
        match self {
            Self::Verdict(verdict) => finding.verdict == verdict,
            Self::Reported => match exclusion {
                Some(entry) => entry.kind == Kind::Reported,
                None => found || finding.verdict == Verdict::Clickops,
            },
            Self::Hidden => exclusion.is_some_and(|entry| entry.kind != Kind::Reported),
        }
    }
}

/// A file of records, and what became of them.
#[derive(Debug)]
pub(super) struct Case {
    /// Folder and file.
    pub(super) name: String,
    expected: Expected,
    /// Why its file could not be read to its end.
    pub(super) unreadable: Option<String>,
    /// Ids of its events that other detections find, and the first of these.
    found: BTreeMap<String, String>,
    records: u64,
    wrong: u64,
    /// What is said of the first records that are wrong.
    mistakes: Vec<String>,
}

impl Case {
    pub(super) fn new(name: String, expected: Expected) -> Self {
        let (found, mistakes) = (BTreeMap::new(), Vec::new());
        Self { name, expected, unreadable: None, found, records: 0, wrong: 0, mistakes }
    }

    /// Whether it is about what exclusions do.
    pub(super) fn asks_for_exclusions(&self) -> bool {
        matches!(self.expected, Expected::Reported | Expected::Hidden)
    }

    /// Takes what another detection finds of its events.
    pub(super) fn find(&mut self, finding: Finding) {
        self.found.entry(finding.event_id).or_insert(finding.detection);
    }

    /// Takes what the detection says of one record. Each record is judged alone, whatever other
    /// cases hold.
    pub(super) fn add(&mut self, finding: &Finding, exclusions: &[Exclusion]) {
        let found = self.found.contains_key(&finding.event_id);
        let acts = found || finding.verdict != Verdict::Not;
        let exclusion = exclusion::decides(exclusions, finding).filter(|_| acts);
        if self.expected.is_met(finding, exclusion, found) {
            self.records += 1;
        } else {
            self.fail(self.mistake(finding, exclusion));
        }
    }

    /// Takes a record that is wrong.
    pub(super) fn fail(&mut self, mistake: String) {
        self.records += 1;
        self.wrong += 1;
        if self.wrong <= SHOWN {
            self.mistakes.push(mistake);
        }
    }

    /// Whether every record is as expected, and there is one.
    pub(super) fn passes(&self) -> bool {
        self.unreadable.is_none() && self.records > 0 && self.wrong == 0
    }

    fn mistake(&self, finding: &Finding, exclusion: Option<&Exclusion>) -> String {
        let hidden = match exclusion {
            Some(Exclusion { kind: Kind::Reported, name, .. }) => {
                format!(", reported by exclusion '{name}'")
            }
            Some(entry) => format!(", hidden by exclusion '{}'", entry.name),
            None => String::new(),
        };
        let found = self.found.get(&finding.event_id);
        let found = found.map(|by| format!(", found by {by}")).unwrap_or_default();
        let about = |column: &str| finding.extra.get(column).and_then(Option::as_deref);
        format!(
            "event {} {}: expected {}, got {}{found}{hidden}; rule {}: {}",
            clip(&finding.event_id),
            action(finding),
            self.expected.as_str(),
            finding.verdict,
            finding.rule.as_deref().unwrap_or("-"),
            clip(about("reason").unwrap_or("-")),
        )
    }

    /// The lines that tell of it.
    pub(super) fn shown(&self) -> String {
        let word = if self.passes() { "pass" } else { "FAIL" };
        let mut text = format!("{word}  {}\n", neutral::line(&self.name));
        let width = usize::from(Look::of_stdout(false).width).saturating_sub(INDENT);
        let mut line = |said: &str| {
            let said = wrap(&neutral::line(said), width, INDENT);
            let _ = writeln!(text, "{:INDENT$}{said}", "");
        };
        for mistake in &self.mistakes {
            line(mistake);
        }
        if self.wrong > SHOWN {
            line(&format!("and {} more", plural(self.wrong - SHOWN, "event", None)));
        }
        match &self.unreadable {
            Some(reason) => line(reason),
            None if self.records == 0 => line("the file holds no event"),
            None => {}
        }
        text
    }
}
