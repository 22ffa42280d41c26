//! Exclusions: named entries that hide findings, and the relation they become in SQL.
//!
//! An entry is `noise` (nothing of the customer's changed) or `accepted` (a change that is fine by
//! hand). One that is `reported` is an exception to the others: what it covers is shown, also acts
//! that change no configuration. The last entry that covers an act decides. A run decides in SQL, by
//! the view `all_activity`, which joins the entries as a [`fn@relation`]; [`decides`] says the same
//! of a finding that is kept already.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::finding::{Finding, Verdict};

mod cover;
mod pattern;
mod relation;
mod write;

pub(crate) use pattern::names;
pub use pattern::{Pattern, Patterns};
pub use relation::relation;
pub use write::{name, text, texts};

/// The entries that are compiled in.
const SHIPPED: &str = include_str!("../sql/exclusions.toml");

/// Why a finding is hidden, or that it is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Nothing of the customer's changed.
    Noise,
    /// A change that is fine by hand.
    Accepted,
    /// An exception: reports show it.
    Reported,
}

impl Kind {
    /// The word as SQL and TOML write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Noise => "noise",
            Self::Accepted => "accepted",
            Self::Reported => "reported",
        }
    }
}

/// One entry, as written. It covers a finding when every scope that is set matches it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exclusion {
    /// Names the entry in digests.
    pub name: String,
    /// Why it hides, or that it does not.
    pub kind: Kind,
    /// The reason, for those who ask what was hidden.
    pub reason: String,
    /// Who answers for the entry.
    #[serde(default)]
    pub owner: Option<String>,
    /// Where it was agreed, such as a ticket number.
    #[serde(default)]
    pub ticket: Option<String>,
    /// Last day (UTC) whose events it hides.
    #[serde(default)]
    pub until: Option<Until>,
    /// Service, `logs.amazonaws.com` or `logs`. Each scope takes one [`Pattern`] or several.
    #[serde(default)]
    pub event_source: Patterns,
    /// API action.
    #[serde(default)]
    pub event_name: Patterns,
    /// The person's name as findings show it, or the ARN.
    #[serde(default)]
    pub actor: Patterns,
    /// Account id.
    #[serde(default)]
    pub account: Patterns,
    /// Groups of accounts, by name. They and `account` add up.
    #[serde(default, deserialize_with = "pattern::names")]
    pub group: Vec<String>,
    /// Ids of the accounts in these groups, which the config knows.
    #[serde(skip)]
    pub members: Vec<String>,
    /// Whether it comes with the program.
    #[serde(skip)]
    pub shipped: bool,
    /// Region.
    #[serde(default)]
    pub region: Patterns,
    /// Resource, as findings show it.
    #[serde(default)]
    pub resource: Patterns,
    /// User agent.
    #[serde(default)]
    pub user_agent: Patterns,
    /// What the detection says of it: `clickops`, `attempted`, `chained` or `operational`.
    #[serde(default)]
    pub verdict: Patterns,
    /// The way the person took, such as `cloudshell`.
    #[serde(default)]
    pub channel: Patterns,
    /// What to know about the action, such as `iac-root` or `data`.
    #[serde(default)]
    pub tag: Patterns,
}

/// A day, written as a TOML date or as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "TomlDate")]
pub struct Until(pub NaiveDate);

#[derive(Deserialize)]
#[serde(untagged, expecting = "this has to be a day such as 2026-12-31")]
enum TomlDate {
    Date(toml::value::Datetime),
    Text(String),
}

impl TryFrom<TomlDate> for Until {
    type Error = String;

    fn try_from(written: TomlDate) -> Result<Self, String> {
        let text = match written {
            TomlDate::Date(date) => date.to_string(),
            TomlDate::Text(text) => text,
        };
        text.parse().map(Self).map_err(|_| format!("'{text}' is no date; write it as 2026-12-31"))
    }
}

/// What is wrong with an entry.
#[derive(Debug, thiserror::Error)]
pub enum ExclusionError {
    /// The file is no TOML, or an entry lacks or misspells a key.
    #[error("{origin}: {reason}")]
    File {
        /// The file.
        origin: String,
        /// What the TOML reader says, with the line.
        reason: String,
    },
    /// Two entries that nobody could tell apart in a digest.
    #[error("there are two exclusions called '{0}'")]
    Twice(String),
    /// An entry that does not say what it is, or why.
    #[error("exclusion '{name}' has an empty {key}")]
    Blank {
        /// The entry.
        name: String,
        /// `name` or `reason`.
        key: &'static str,
    },
    /// A scope that matches nothing, or was meant to be filled in.
    #[error("exclusion '{0}' has an empty pattern or an empty list")]
    Empty(String),
    /// An entry with so many patterns that the statement would grow too long.
    #[error("exclusion '{0}' makes more than {MOST_ROWS} combinations of patterns")]
    TooMany(String),
    /// A verdict that exclusions have no say on, or that there is not.
    #[error("exclusion '{name}': no act has the verdict '{verdict}'")]
    Verdict {
        /// The entry.
        name: String,
        /// What it says.
        verdict: String,
    },
    /// An entry that would cover everything.
    #[error("exclusion '{0}' has no scope that narrows it down, so it would cover everything")]
    Everything(String),
}

impl ExclusionError {
    /// What to do about it.
    pub fn hint(&self) -> String {
        let all: Vec<_> = verdicts().map(Verdict::as_str).collect();
        match self {
            Self::Twice(_) => "Give one of them another name.".to_owned(),
            Self::Verdict { verdict, .. } => match crate::nearest(verdict, &all) {
                Some(nearest) => format!("Did you mean '{nearest}'?"),
                None => format!("Acts are {}.", all.join(", ")),
            },
            Self::Everything(_) => {
                "Say what it is for: a service, an action, a person, an account, ...".to_owned()
            }
            _ => "sql/README.md describes exclusions under 'Exclusions'.".to_owned(),
        }
    }
}

/// The verdicts that exclusions have a say on. What is `not` by hand is never reported.
fn verdicts() -> impl Iterator<Item = Verdict> {
    Verdict::ALL.into_iter().filter(|verdict| *verdict != Verdict::Not)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    exclusion: Vec<Exclusion>,
}

/// The shipped entries.
///
/// # Errors
/// [`ExclusionError`] when the shipped file is broken.
pub fn shipped() -> Result<Vec<Exclusion>, ExclusionError> {
    let mut entries = parse(SHIPPED, "sql/exclusions.toml")?;
    entries.iter_mut().for_each(|entry| entry.shipped = true);
    Ok(entries)
}

fn parse(text: &str, origin: &str) -> Result<Vec<Exclusion>, ExclusionError> {
    let file: File = toml::from_str(text).map_err(|error| ExclusionError::File {
        origin: origin.to_owned(),
        reason: error.to_string(),
    })?;
    check(&file.exclusion)?;
    Ok(file.exclusion)
}

/// How many keys an entry has to match by. `group` goes with `account`.
const SCOPES: usize = 10;

/// More combinations of patterns than this in one entry would make the statement too long.
const MOST_ROWS: usize = 500;

/// Refuses entries that cover everything or nothing, that are too big, or that cannot be told apart.
///
/// # Errors
/// [`ExclusionError`], naming the entry.
pub fn check(entries: &[Exclusion]) -> Result<(), ExclusionError> {
    let mut names = BTreeSet::new();
    for entry in entries {
        let name = || entry.name.clone();
        for (key, value) in [("name", &entry.name), ("reason", &entry.reason)] {
            if value.trim().is_empty() {
                return Err(ExclusionError::Blank { name: name(), key });
            }
        }
        if !names.insert(entry.name.as_str()) {
            return Err(ExclusionError::Twice(name()));
        }
        let scopes = entry.scopes();
        let set = || scopes.iter().filter_map(|patterns| patterns.set());
        let empty = |pattern: &Pattern| pattern.as_str().is_empty();
        if set().any(|patterns| patterns.is_empty() || patterns.iter().any(empty)) {
            return Err(ExclusionError::Empty(name()));
        }
        if let Some(verdict) = no_verdict(&entry.verdict) {
            return Err(ExclusionError::Verdict { name: name(), verdict });
        }
        let by_group = entry.account.set().is_none() && !entry.group.is_empty();
        if !by_group && set().all(|patterns| patterns.iter().any(Pattern::is_open)) {
            return Err(ExclusionError::Everything(name()));
        }
        if relation::row_count(entry) > MOST_ROWS {
            return Err(ExclusionError::TooMany(name()));
        }
    }
    Ok(())
}

/// A pattern that takes no verdict of acts.
fn no_verdict(patterns: &Patterns) -> Option<String> {
    let takes = |pattern: &Pattern| verdicts().any(|verdict| pattern.takes(verdict.as_str()));
    let wrong = patterns.set().unwrap_or_default().iter().find(|pattern| !takes(pattern))?;
    Some(wrong.as_str().to_owned())
}

/// The entry that decides on a finding: the last one that covers it and has not ended.
pub fn decides<'a>(entries: &'a [Exclusion], finding: &Finding) -> Option<&'a Exclusion> {
    entries.iter().rev().find(|entry| entry.in_force(finding) && entry.covers(finding))
}

/// The shipped entries and the user's own. One that is called like a shipped one takes its place.
pub fn together(shipped: Vec<Exclusion>, own: Vec<Exclusion>) -> Vec<Exclusion> {
    let names: BTreeSet<_> = own.iter().map(|entry| entry.name.clone()).collect();
    shipped.into_iter().filter(|entry| !names.contains(&entry.name)).chain(own).collect()
}

impl Exclusion {
    /// An entry without any scope yet.
    pub fn new(name: String, kind: Kind, reason: String) -> Self {
        Self {
            name,
            kind,
            reason,
            owner: None,
            ticket: None,
            until: None,
            event_source: Patterns::default(),
            event_name: Patterns::default(),
            actor: Patterns::default(),
            account: Patterns::default(),
            group: Vec::new(),
            members: Vec::new(),
            shipped: false,
            region: Patterns::default(),
            resource: Patterns::default(),
            user_agent: Patterns::default(),
            verdict: Patterns::default(),
            channel: Patterns::default(),
            tag: Patterns::default(),
        }
    }

    fn scopes(&self) -> [&Patterns; SCOPES] {
        [
            &self.event_source,
            &self.event_name,
            &self.actor,
            &self.account,
            &self.region,
            &self.resource,
            &self.user_agent,
            &self.verdict,
            &self.channel,
            &self.tag,
        ]
    }

    /// Whether it counts for events of the day on which this one happened.
    pub fn in_force(&self, finding: &Finding) -> bool {
        self.until.is_none_or(|Until(last)| {
            finding.event_time.get(..10).is_some_and(|day| day <= last.to_string().as_str())
        })
    }

    /// Whether its last day lies before `today`.
    pub fn ended(&self, today: NaiveDate) -> bool {
        self.until.is_some_and(|Until(last)| last < today)
    }

    /// Ids of accounts that it takes as they are.
    fn account_ids(&self) -> Vec<String> {
        let plain = self.account.set().unwrap_or_default().iter().filter_map(relation::plain_id);
        plain.chain(self.members.iter().cloned()).collect()
    }

    /// Where people change it.
    pub fn place(&self) -> &'static str {
        if self.shipped { "sql/exclusions.toml" } else { "[[exclusion]] of the config" }
    }

    /// The reason with where it was agreed.
    fn explained(&self) -> String {
        match &self.ticket {
            Some(ticket) => format!("{}, {ticket}", self.reason),
            None => self.reason.clone(),
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests;
