//! From an engine's rows to findings: the contract of a detection's columns.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{COLUMNS, Confidence, Finding, Verdict};

/// Columns that a detection may have beyond [`COLUMNS`], and that mean something here.
const REPORTED: &str = "reported";
const EXCLUSION: &str = "exclusion";
const EXCLUSION_KIND: &str = "exclusion_kind";

/// Where a detection's columns stand in its rows.
#[derive(Debug)]
pub struct Columns {
    places: BTreeMap<&'static str, usize>,
    extra: Vec<(String, usize)>,
    width: usize,
}

/// A row that is no finding.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RowError {
    /// The query lacks columns.
    #[error("a detection needs the columns {0}")]
    Missing(String),
    /// A row that says something unknown, or not enough.
    #[error("{problem}")]
    Value {
        /// What is wrong with it.
        problem: String,
        /// The log of its event, if it tells.
        log: Option<String>,
    },
}

impl Columns {
    /// Finds the columns by name.
    ///
    /// # Errors
    /// [`RowError::Missing`] lists those that are not there.
    pub fn of(names: &[String]) -> Result<Self, RowError> {
        let known = || COLUMNS.into_iter().chain([REPORTED, EXCLUSION, EXCLUSION_KIND]);
        let place = |wanted: &str| names.iter().position(|name| name.eq_ignore_ascii_case(wanted));
        let places: BTreeMap<_, _> =
            known().filter_map(|name| Some((name, place(name)?))).collect();
        let missing: Vec<_> =
            COLUMNS.into_iter().filter(|name| !places.contains_key(name)).collect();
        if !missing.is_empty() {
            return Err(RowError::Missing(missing.join(", ")));
        }
        let extra = names
            .iter()
            .enumerate()
            .filter(|(at, _)| !places.values().any(|place| place == at))
            .map(|(at, name)| (name.to_lowercase(), at))
            .collect();
        Ok(Self { places, extra, width: names.len() })
    }

    /// Reads one row of `detection`.
    ///
    /// # Errors
    /// [`RowError::Value`] for a row without an id, and for words that do not exist.
    pub fn finding(
        &self,
        detection: &str,
        mut row: Vec<Option<String>>,
    ) -> Result<Finding, RowError> {
        row.resize(self.width, None);
        let extra = self.extra.iter().map(|(name, at)| (name.clone(), row[*at].take())).collect();
        let mut take = |name: &str| self.places.get(name).and_then(|at| row[*at].take());
        let log_file = take("log_file");
        let wrong = |problem: String| RowError::Value { problem, log: log_file.clone() };
        let event_id = take("event_id").filter(|id| !id.is_empty());
        let event_id = event_id.ok_or_else(|| wrong("a row has no event_id".to_owned()))?;
        let unknown = |column: &str, text: Option<String>| {
            let text = text.map_or("NULL".to_owned(), |text| format!("'{text}'"));
            wrong(format!("event {event_id}: {column} is {text}"))
        };
        let verdict = take("verdict");
        let verdict = verdict
            .as_deref()
            .and_then(Verdict::named)
            .ok_or_else(|| unknown("verdict", verdict.clone()))?;
        let confidence = match take("confidence") {
            None => None,
            Some(text) => {
                Some(Confidence::named(&text).ok_or_else(|| unknown("confidence", Some(text)))?)
            }
        };
        Ok(Finding {
            detection: detection.to_owned(),
            event_time: take("event_time").unwrap_or_default(),
            account_id: take("account_id"),
            region: take("region"),
            event_source: take("event_source").unwrap_or_default(),
            event_name: take("event_name").unwrap_or_default(),
            actor: take("actor"),
            actor_type: take("actor_type"),
            actor_arn: take("actor_arn"),
            session: take("session"),
            source_ip: take("source_ip"),
            user_agent: take("user_agent"),
            signal: take("signal"),
            channel: take("channel"),
            confidence,
            verdict,
            rule: take("rule"),
            outcome: take("outcome"),
            error_code: take("error_code"),
            resource: take("resource"),
            shared_event_id: take("shared_event_id"),
            log_file,
            // A detection without the column reports all it finds.
            reported: take(REPORTED).is_none_or(|text| text == "true"),
            exclusion: take(EXCLUSION),
            exclusion_kind: take(EXCLUSION_KIND),
            delivered: None,
            extra,
            raw: None,
            event_id,
        })
    }
}

/// Reads a finding from a line of JSON: of the journal, or a row as `clickops query` prints it.
///
/// # Errors
/// What is wrong with the line.
pub fn from_json(line: &str) -> Result<Finding, String> {
    let object: serde_json::Map<String, Value> =
        serde_json::from_str(line).map_err(|error| error.to_string())?;
    // A row is flat and holds nothing but texts; a line of the journal has types.
    if object.values().any(|value| !matches!(value, Value::Null | Value::String(_))) {
        return serde_json::from_value(object.into()).map_err(|error| error.to_string());
    }
    let text = |value: Value| match value {
        Value::String(text) => Some(text),
        _ => None,
    };
    let (names, cells): (Vec<_>, Vec<_>) =
        object.into_iter().map(|(name, value)| (name, text(value))).unzip();
    let columns = Columns::of(&names).map_err(|error| error.to_string())?;
    columns.finding("", cells).map_err(|error| error.to_string())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    fn row(values: &[(&str, &str)], names: &[String]) -> Vec<Option<String>> {
        let value = |name: &String| {
            values.iter().find(|(key, _)| key == name).map(|(_, value)| (*value).to_owned())
        };
        names.iter().map(value).collect()
    }

    fn names(extra: &[&str]) -> Vec<String> {
        extra.iter().copied().chain(COLUMNS).map(str::to_owned).collect()
    }

    #[test]
    fn columns_are_found_by_name_and_the_rest_is_extra() {
        let names = names(&["Role", "reported"]);
        let columns = Columns::of(&names).unwrap();
        let values = [
            ("event_id", "e"),
            ("verdict", "attempted"),
            ("confidence", "high"),
            ("Role", "Admin"),
            ("reported", "false"),
        ];
        let finding = columns.finding("d", row(&values, &names)).unwrap();
        assert_eq!(finding.verdict, Verdict::Attempted);
        assert_eq!(finding.extra["role"].as_deref(), Some("Admin"));
        assert!(!finding.reported);
        assert_eq!(finding.actor, None);
    }

    #[test]
    fn missing_columns_and_unknown_words_are_named() {
        let two: Vec<String> = names(&[])
            .into_iter()
            .filter(|name| !name.starts_with("source_") && name != "rule")
            .collect();
        assert_eq!(
            Columns::of(&two).unwrap_err().to_string(),
            "a detection needs the columns source_ip, rule"
        );
        let names = names(&[]);
        let columns = Columns::of(&names).unwrap();
        let wrong = columns.finding("d", row(&[("event_id", "e"), ("verdict", "maybe")], &names));
        assert_eq!(wrong.unwrap_err().to_string(), "event e: verdict is 'maybe'");
        let null = columns.finding("d", row(&[("event_id", "e")], &names));
        assert_eq!(null.unwrap_err().to_string(), "event e: verdict is NULL");
    }

    #[test]
    fn a_row_and_a_line_of_the_journal_read_the_same() {
        let mut row: serde_json::Map<String, Value> =
            COLUMNS.map(|name| (name.to_owned(), Value::Null)).into_iter().collect();
        for (name, value) in
            [("event_id", "e"), ("verdict", "clickops"), ("reported", "false"), ("mfa", "true")]
        {
            row.insert(name.to_owned(), value.into());
        }
        let finding = from_json(&serde_json::to_string(&row).unwrap()).unwrap();
        assert!(!finding.reported);
        assert_eq!(finding.extra["mfa"].as_deref(), Some("true"));
        let line = serde_json::to_string(&finding).unwrap();
        assert_eq!(serde_json::to_string(&from_json(&line).unwrap()).unwrap(), line);
        assert!(from_json("{\"event_id\":\"e\"}").unwrap_err().contains("needs the columns"));
    }
}
