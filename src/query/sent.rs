//! A bound query as a service gets it: values travel apart from the text, and a restriction of the
//! table stands in it.

use std::ops::Range;

use super::BoundQuery;
use crate::sql::refusal::line_and_column;
use crate::sql::token;

/// The longest value that Athena takes apart from the text, in characters. A longer one stays in the
/// text, as the literal that it is there.
const MOST_CHARACTERS: usize = 1024;

/// A statement and its values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// The statement, with a `?` for each value that travels apart from it.
    pub text: String,
    /// These values as SQL literals, in the order of their `?`.
    pub parameters: Vec<String>,
    /// What differs from the bound statement: its bytes there, and here.
    edits: Vec<(Range<usize>, Range<usize>)>,
}

impl BoundQuery {
    /// The statement with a `?` for each value that can travel apart from it, and with `restriction`
    /// as the condition under which the relation `cloudtrail` takes a row.
    pub fn sent(&self, restriction: Option<&str>) -> Sent {
        let (takes_values, clause) =
            (takes_values(&self.sql), restriction.map(|condition| format!("WHERE {condition}\n")));
        let short = |at: &&Range<usize>| {
            takes_values && self.sql[(*at).clone()].chars().count() <= MOST_CHARACTERS
        };
        let values = self.parameters.iter().filter(short).map(|at| (at.clone(), None));
        let clause = self.scan.zip(clause).map(|(at, clause)| (at..at, Some(clause)));
        let mut changes: Vec<_> = values.chain(clause).collect();
        changes.sort_by_key(|(at, _)| at.start);

        let mut sent = Sent {
            text: String::with_capacity(self.sql.len()),
            parameters: Vec::new(),
            edits: Vec::new(),
        };
        let mut from = 0;
        for (at, change) in changes {
            sent.text.push_str(&self.sql[from..at.start]);
            let start = sent.text.len();
            match change {
                Some(clause) => sent.text.push_str(&clause),
                None => {
                    sent.text.push('?');
                    sent.parameters.push(self.sql[at.clone()].to_owned());
                }
            }
            from = at.end;
            sent.edits.push((at, start..sent.text.len()));
        }
        sent.text.push_str(&self.sql[from..]);
        sent
    }
}

/// Whether Athena takes values apart from a statement of this kind.
fn takes_values(sql: &str) -> bool {
    let tokens = token::tokens(sql).unwrap_or_default();
    tokens.first().is_some_and(|first| ["with", "select"].iter().any(|word| first.is_word(word)))
}

impl Sent {
    /// Line and column in the bound statement `sql` of a place in this text.
    pub fn place(&self, sql: &str, (line, column): (u64, u64)) -> Option<(u64, u64)> {
        let here = byte_of(&self.text, line, column)?;
        let edit = self.edits.iter().take_while(|(_, edited)| edited.start <= here).last();
        let there = match edit {
            None => here,
            Some((bound, edited)) if here < edited.end => bound.start,
            Some((bound, edited)) => bound.end + (here - edited.end),
        };
        Some(line_and_column(sql, there))
    }
}

/// The byte at a line and column, both from 1; columns count code points.
fn byte_of(text: &str, line: u64, column: u64) -> Option<usize> {
    let before = usize::try_from(line).ok()?.checked_sub(1)?;
    let start = match before {
        0 => 0,
        _ => text.match_indices('\n').nth(before - 1)?.0 + 1,
    };
    let line = text[start..].split('\n').next()?;
    let characters = usize::try_from(column).ok()?.checked_sub(1)?;
    let within = line.char_indices().nth(characters).map_or(line.len(), |(at, _)| at);
    Some(start + within)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::Arc;

    use proptest::prelude::*;

    use super::*;
    use crate::query::assemble::Assembler;
    use crate::query::catalogue::Catalogue;
    use crate::table::TableShape;

    const QUERY: &str = "-- name: q\n-- param: a text One.\n-- param: n integer Two.\n-- param: l list Three.\n\
        SELECT :a AS x, eventid FROM cloudtrail\nWHERE eventname = :a AND length(eventid) > :n AND eventid IN (:l) \
        AND wrong = 1 LIMIT :n";

    fn bound(text: &str, values: &[(&str, &str)]) -> BoundQuery {
        let table = Arc::new(TableShape::cloudtrail(None));
        let assembler = Assembler::new(Catalogue::shipped().unwrap(), table, "SELECT 'x' AS name");
        let values: BTreeMap<_, _> =
            values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        assembler.text("q.sql", text, &values, Arc::default()).unwrap()
    }

    #[test]
    fn values_of_conditions_travel_apart_and_others_stay_literals() {
        let query = bound(QUERY, &[("a", "O'Hara ?"), ("n", "-7"), ("l", "x, y?")]);
        let sent = query.sent(Some("\"day\" = '2026/11/23'"));
        assert_eq!(sent.parameters, ["'O''Hara ?'", "-7", "'x'", "'y?'"]);
        let end = "SELECT 'O''Hara ?' AS x, eventid FROM cloudtrail\nWHERE eventname = ? AND \
                   length(eventid) > ? AND eventid IN (?, ?) AND wrong = 1 LIMIT -7\n";
        assert!(sent.text.ends_with(end), "{}", sent.text);
        let scan = "\"cloudtrail\"\nWHERE \"day\" = '2026/11/23'\n)\n";
        assert!(sent.text.contains(scan), "{}", sent.text);
    }

    #[test]
    fn a_place_leads_back_over_all_that_was_changed() {
        let query = bound(QUERY, &[("a", "two\nlines"), ("n", "123456"), ("l", "王, y")]);
        let sent = query.sent(Some("true"));
        let place_of = |text: &str, what: &str| line_and_column(text, text.find(what).unwrap());
        for what in ["wrong", "LIMIT", "eventname =", "WITH", "\nWHERE eventname"] {
            let (there, here) = (place_of(&query.sql, what), place_of(&sent.text, what));
            assert_eq!(sent.place(&query.sql, here), Some(there), "{what}");
        }
        let value = place_of(&sent.text, "? AND eventid");
        assert_eq!(sent.place(&query.sql, value), Some(place_of(&query.sql, "123456 AND")));
        assert_eq!(sent.place(&query.sql, (99, 1)), None);
    }

    #[test]
    fn what_athena_cannot_take_apart_stays_in_the_text() {
        let text = "SELECT 1 FROM x.t WHERE a = :long AND b = :short";
        let (long, short) = ("y".repeat(1023), "y".repeat(1022));
        let query = bound(text, &[("long", long.as_str()), ("short", short.as_str())]);
        assert_eq!(query.sent(None).parameters, [format!("'{short}'")]);
        let explained = bound("EXPLAIN SELECT 1 FROM x.t WHERE a = :v", &[("v", "1")]);
        let sent = explained.sent(Some("never"));
        assert_eq!((sent.text, sent.parameters), (explained.sql.clone(), Vec::new()));
    }

    proptest! {
        /// No value, however hostile, changes what the statement consists of, whether it travels
        /// apart or stays; and each one that travels is one literal.
        #[test]
        fn no_value_changes_the_statement(value in ".*", spiced in "[a'\"?:;()/*\\\\ \n-]*") {
            let kinds = |text: &str| -> Vec<_> {
                let tokens = token::tokens(text).unwrap().into_iter();
                tokens.map(|token| std::mem::discriminant(&token.kind)).collect()
            };
            let plain = bound(QUERY, &[("a", "plain"), ("n", "1"), ("l", "p, q")]).sent(None);
            for hostile in [&value, &spiced] {
                let list = format!("x{}, y", hostile.replace(',', ""));
                let query = bound(QUERY, &[("a", hostile), ("n", "1"), ("l", &list)]);
                let sent = query.sent(None);
                prop_assert_eq!(kinds(&sent.text), kinds(&plain.text));
                prop_assert_eq!(sent.parameters.len(), plain.parameters.len());
                for parameter in &sent.parameters {
                    // The literal, and the end.
                    prop_assert_eq!(token::tokens(parameter).unwrap().len(), 2);
                }
            }
        }
    }
}
