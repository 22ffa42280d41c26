//! Exclusions: named entries that hide findings, and the relation they become in SQL.
//!
//! An entry is `noise` (nothing of the customer's changed) or `accepted` (a change that is fine by
//! hand). Entries are matched in SQL, by the view `console_activity`, so this module only reads,
//! checks and writes them down as rows.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::query::value::quoted;

/// The entries that are compiled in.
const SHIPPED: &str = include_str!("../sql/exclusions.toml");

/// Why a finding is hidden.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Nothing of the customer's changed.
    Noise,
    /// A change that is fine by hand.
    Accepted,
}

/// One entry, as written. A finding is hidden when every scope that is set matches it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exclusion {
    /// Names the entry in digests.
    pub name: String,
    /// Why it hides.
    pub kind: Kind,
    /// The reason, for those who ask what was hidden.
    pub reason: String,
    /// Who answers for the entry.
    #[serde(default)]
    pub owner: Option<String>,
    /// Where it was agreed, such as a ticket number.
    #[serde(default)]
    pub ticket: Option<String>,
    /// Last day (UTC) on which it hides anything.
    #[serde(default)]
    pub until: Option<Until>,
    /// Service, `logs.amazonaws.com` or `logs`; `*` stands for any text here and below.
    #[serde(default)]
    pub event_source: Patterns,
    /// API action.
    #[serde(default)]
    pub event_name: Patterns,
    /// The person's name, as findings show it.
    #[serde(default)]
    pub actor: Patterns,
    /// Account id.
    #[serde(default)]
    pub account: Patterns,
    /// Region.
    #[serde(default)]
    pub region: Patterns,
    /// Resource, as findings show it.
    #[serde(default)]
    pub resource: Patterns,
    /// User agent.
    #[serde(default)]
    pub user_agent: Patterns,
}

/// One pattern or several, of which one has to match; nothing set takes everything.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(from = "OneOrMany")]
pub struct Patterns(Option<Vec<String>>);

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl From<OneOrMany> for Patterns {
    fn from(written: OneOrMany) -> Self {
        match written {
            OneOrMany::One(pattern) => Self(Some(vec![pattern])),
            OneOrMany::Many(patterns) => Self(Some(patterns)),
        }
    }
}

/// A day, written as a TOML date or as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "TomlDate")]
pub struct Until(pub NaiveDate);

#[derive(Deserialize)]
#[serde(untagged)]
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
    /// A scope that matches nothing, or was meant to be filled in.
    #[error("exclusion '{0}' has an empty pattern or an empty list")]
    Empty(String),
    /// An entry with so many patterns that the statement would grow too long.
    #[error("exclusion '{0}' makes more than {MOST_ROWS} combinations of patterns")]
    TooMany(String),
    /// An entry that would hide everything.
    #[error("exclusion '{0}' has no scope, so it would hide everything")]
    Everything(String),
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
    parse(SHIPPED, "sql/exclusions.toml")
}

fn parse(text: &str, origin: &str) -> Result<Vec<Exclusion>, ExclusionError> {
    let file: File = toml::from_str(text).map_err(|error| ExclusionError::File {
        origin: origin.to_owned(),
        reason: error.to_string(),
    })?;
    check(&file.exclusion)?;
    Ok(file.exclusion)
}

/// More combinations of patterns than this in one entry would make the statement too long.
const MOST_ROWS: usize = 500;

/// Refuses entries that hide everything or nothing, or that are too big.
///
/// # Errors
/// [`ExclusionError`], naming the entry.
pub fn check(entries: &[Exclusion]) -> Result<(), ExclusionError> {
    for entry in entries {
        let name = || entry.name.clone();
        let scopes = entry.scopes();
        let set = || scopes.iter().filter_map(|patterns| patterns.0.as_ref());
        if set().any(|patterns| patterns.is_empty() || patterns.iter().any(String::is_empty)) {
            return Err(ExclusionError::Empty(name()));
        }
        let open = |pattern: &String| pattern.bytes().all(|byte| byte == b'*');
        if set().all(|patterns| patterns.iter().any(open)) {
            return Err(ExclusionError::Everything(name()));
        }
        if set().map(Vec::len).product::<usize>() > MOST_ROWS {
            return Err(ExclusionError::TooMany(name()));
        }
    }
    Ok(())
}

impl Exclusion {
    fn scopes(&self) -> [&Patterns; 7] {
        [
            &self.event_source,
            &self.event_name,
            &self.actor,
            &self.account,
            &self.region,
            &self.resource,
            &self.user_agent,
        ]
    }

    /// Whether the entry's end date lies before `today`.
    pub fn expired(&self, today: NaiveDate) -> bool {
        self.until.is_some_and(|Until(last)| last < today)
    }

    /// The reason with what else a reader needs to judge it: end date and ticket.
    fn explained(&self) -> String {
        let mut text = self.reason.clone();
        if let Some(Until(last)) = self.until {
            text.push_str(&format!(", until {last}"));
        }
        if let Some(ticket) = &self.ticket {
            text.push_str(&format!(", {ticket}"));
        }
        text
    }
}

/// The body of the relation `exclusions`: a row for each combination of patterns of each entry that
/// has not expired, with `LIKE` patterns (escape `\`) and `NULL` for scopes that are not set.
pub fn relation(entries: &[Exclusion], today: NaiveDate) -> String {
    const COLUMNS: &str = "name, kind, reason, priority, event_source, event_name, actor, account_id, region, \
                           resource, user_agent";
    let mut rows = Vec::new();
    for (place, entry) in entries.iter().enumerate() {
        if entry.expired(today) {
            continue;
        }
        let kind = match entry.kind {
            Kind::Noise => "noise",
            Kind::Accepted => "accepted",
        };
        // Later entries are the user's own, whose reasons say more than the shipped ones.
        let priority = format!("{:06}", entries.len() - place);
        let fixed = [&entry.name, kind, &entry.explained(), &priority].map(quoted).join(", ");
        let mut combinations = vec![fixed];
        for (scope, patterns) in entry.scopes().into_iter().enumerate() {
            let like = |pattern: &String| quoted(&like_pattern(pattern, scope == 0));
            let cells: Vec<String> = match &patterns.0 {
                None => vec!["CAST(NULL AS varchar)".to_owned()],
                Some(patterns) => patterns.iter().map(like).collect(),
            };
            combinations = combinations
                .iter()
                .flat_map(|row| cells.iter().map(move |cell| format!("{row}, {cell}")))
                .collect();
        }
        rows.extend(combinations.into_iter().map(|row| format!("({row})")));
    }
    if rows.is_empty() {
        let none = COLUMNS.split(", ").map(|name| format!("CAST(NULL AS varchar) AS {name}"));
        return format!("SELECT {} WHERE false", none.collect::<Vec<_>>().join(", "));
    }
    format!("SELECT * FROM (VALUES\n{}\n) AS entries ({COLUMNS})", rows.join(",\n"))
}

/// `*` becomes `%`, everything else stands for itself. A service may be written without its domain.
fn like_pattern(pattern: &str, service: bool) -> String {
    let mut like = String::with_capacity(pattern.len());
    for ch in pattern.chars() {
        match ch {
            '*' => like.push('%'),
            '%' | '_' | '\\' => like.extend(['\\', ch]),
            _ => like.push(ch),
        }
    }
    if service && !pattern.contains('.') && pattern != "*" {
        like.push_str(".amazonaws.com");
    }
    like
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    fn entries(text: &str) -> Vec<Exclusion> {
        parse(text, "t.toml").unwrap()
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    const ONE: &str = r#"
        [[exclusion]]
        name = "log queries"
        kind = "noise"
        reason = "it's a read"
        ticket = "OPS-12"
        until = 2026-12-31
        event_source = "logs"
        event_name = ["StartQuery", "Stop_*"]
    "#;

    #[test]
    fn every_combination_is_a_row_of_quoted_patterns() {
        let sql = relation(&entries(ONE), day("2026-12-31"));
        assert_eq!(
            sql.matches("('log queries', 'noise', 'it''s a read, until 2026-12-31, OPS-12', ")
                .count(),
            2
        );
        assert!(sql.contains("'logs.amazonaws.com', 'StartQuery', CAST(NULL AS varchar)"), "{sql}");
        assert!(sql.contains(r"'logs.amazonaws.com', 'Stop\_%'"), "{sql}");
    }

    #[test]
    fn expired_entries_hide_nothing() {
        let sql = relation(&entries(ONE), day("2027-01-01"));
        assert!(sql.ends_with("WHERE false"), "{sql}");
    }

    #[test]
    fn mistakes_are_named() {
        let mistake = |text: &str| parse(text, "t.toml").unwrap_err().to_string();
        assert!(
            mistake("[[exclusion]]\nname='x'\nkind='noise'\nreason='y'\nevent='z'")
                .contains("event")
        );
        assert!(mistake(&ONE.replace("2026-12-31", "'soon'")).contains("'soon' is no date"));
        assert_eq!(
            mistake("[[exclusion]]\nname='x'\nkind='accepted'\nreason='y'"),
            "exclusion 'x' has no scope, so it would hide everything"
        );
    }

    #[test]
    fn an_entry_hides_something_but_not_everything() {
        let refused = |scopes: &str| {
            let text = format!("[[exclusion]]\nname='x'\nkind='noise'\nreason='y'\n{scopes}");
            parse(&text, "t.toml").unwrap_err().to_string()
        };
        assert!(refused("event_name = '*'").contains("would hide everything"));
        assert!(refused("account = '111122223333'\nevent_name = []").contains("empty list"));
        assert!(refused("actor = ''").contains("empty pattern"));
        let many = format!("{:?}", vec!["a"; 30]);
        assert!(refused(&format!("actor = {many}\nresource = {many}")).contains("combinations"));
    }

    #[test]
    fn the_shipped_entries_can_be_read() {
        shipped().unwrap();
    }
}
