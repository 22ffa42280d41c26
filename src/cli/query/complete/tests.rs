//! What the shell completes.

use proptest::prelude::*;

use super::super::words::{Query, Table};
use super::*;
use crate::query::header::Param;
use crate::query::value::Type;

fn words() -> Words {
    let table = |name: &str, columns: &[&str]| Table {
        name: name.to_owned(),
        about: String::new(),
        columns: columns.iter().map(|name| ((*name).to_owned(), String::new())).collect(),
    };
    let owned = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    let who =
        Param { name: "who".to_owned(), kind: Type::Text, default: None, about: String::new() };
    Words {
        keywords: owned(&["SELECT", "FROM", "GROUP BY", "ORDER BY"]),
        functions: owned(&["element_at", "count"]),
        tables: vec![
            table("cloudtrail", &["eventname", "eventtime", "useridentity"]),
            table("events", &["event_name", "actor"]),
        ],
        queries: vec![Query {
            name: "who-touched".to_owned(),
            about: String::new(),
            params: vec![who],
            examples: Vec::new(),
            columns: Vec::new(),
        }],
    }
}

/// The line with the word before `|` replaced by each candidate.
fn completed(line: &str) -> Vec<String> {
    let pos = line.find('|').unwrap_or(line.len());
    let line = line.replace('|', "");
    let (start, found) = candidates(&words(), &line, pos);
    found.iter().map(|found| format!("{}{found}", &line[..start])).collect()
}

#[test]
fn relations_stand_after_from() {
    assert_eq!(completed("SELECT 1 FROM "), ["SELECT 1 FROM cloudtrail", "SELECT 1 FROM events"]);
    assert_eq!(completed("TABLE ev"), ["TABLE events"]);
    assert_eq!(completed("SELECT 1 FROM cloudtrail c, ev").len(), 1);
    assert_eq!(
        completed("WITH mine AS (SELECT 1) SELECT * FROM m"),
        ["WITH mine AS (SELECT 1) SELECT * FROM mine"]
    );
}

#[test]
fn columns_are_those_of_the_relations_that_are_mentioned() {
    assert_eq!(completed("SELECT even| FROM events"), ["SELECT event_name", "SELECT events"]);
    assert_eq!(completed("SELECT | FROM events"), ["SELECT actor", "SELECT event_name"]);
    assert_eq!(
        completed("SELECT e"),
        [
            "SELECT event_name",
            "SELECT eventname",
            "SELECT eventtime",
            "SELECT element_at(",
            "SELECT events"
        ]
    );
    assert_eq!(completed("SELECT 1; SELECT act| FROM events").len(), 1);
}

#[test]
fn fields_and_columns_stand_after_dots() {
    assert_eq!(completed("SELECT userIdentity.on"), ["SELECT userIdentity.onbehalfof"]);
    assert_eq!(
        completed("SELECT useridentity.sessioncontext.attributes.m"),
        ["SELECT useridentity.sessioncontext.attributes.mfaauthenticated"]
    );
    assert_eq!(completed("SELECT e.ac| FROM events AS e"), ["SELECT e.actor"]);
    assert_eq!(completed("SELECT e.ac| FROM events e WHERE true"), ["SELECT e.actor"]);
    assert_eq!(completed("SELECT c.useridentity.arn| FROM cloudtrail c").len(), 1);
    assert_eq!(completed("SELECT x.").len(), 0);
}

#[test]
fn keywords_keep_the_letters_of_who_types() {
    assert_eq!(completed("sel"), ["select"]);
    assert_eq!(completed("SELECT 1 FROM events GRO"), ["SELECT 1 FROM events GROUP BY"]);
}

#[test]
fn texts_and_comments_are_nobodys_business() {
    assert_eq!(completed("SELECT 'ev").len(), 0);
    assert_eq!(completed("SELECT 1 -- ev").len(), 0);
    assert_eq!(completed("SELECT 'x' = ev| FROM events").len(), 2);
}

#[test]
fn commands_complete_their_own_words() {
    assert_eq!(completed("\\ru"), ["\\run"]);
    assert_eq!(completed("\\run who"), ["\\run who-touched"]);
    assert_eq!(completed("\\run who-touched w"), ["\\run who-touched who="]);
    assert_eq!(completed("SELECT 1; \\d ev"), ["SELECT 1; \\d events"]);
    assert_eq!(completed("\\format n"), ["\\format ndjson"]);
}

#[test]
fn enter_ends_what_is_complete() {
    for text in ["", "SELECT 1;", "\\d", "help", "SELECT 1; -- done", "SELECT ';';", "a; \\q"] {
        assert!(is_complete(text), "{text}");
    }
    for text in ["SELECT 1", "SELECT ';", "SELECT 1; SELECT", "SELECT 1 -- ;", "helpers"] {
        assert!(!is_complete(text), "{text}");
    }
}

#[test]
fn colours_change_no_letter() {
    let words = words();
    let line = "select 'a' -- b\nFROM \"From\"";
    let painted = painted(&words, line);
    assert!(painted.starts_with("\x1b[1mselect\x1b[0m \x1b[32m'a'\x1b[0m "), "{painted:?}");
    assert!(painted.ends_with("\x1b[1mFROM\x1b[0m \"From\""), "{painted:?}");
}

#[test]
fn what_follows_may_begin_with_breaks() {
    let line = "AA,A\"\n王a\n,A\" ;\n\n\\王\n";
    for pos in (0..=line.len()).filter(|pos| line.is_char_boundary(*pos)) {
        assert!(candidates(&words(), line, pos).0 <= pos, "{pos}");
    }
}

proptest! {
    #[test]
    fn nothing_that_is_typed_panics(line in "[a-zA-Z .,;'\"\\\\\\-(é王\n]{0,40}", at in 0_usize..40) {
        let pos = (0..=at.min(line.len())).rev().find(|at| line.is_char_boundary(*at)).unwrap_or(0);
        let (start, _) = candidates(&words(), &line, pos);
        prop_assert!(start <= pos && line.is_char_boundary(start));
        is_complete(&line);
        let plain = painted(&words(), &line);
        let plain = plain.replace("\x1b[1m", "").replace("\x1b[2m", "");
        prop_assert_eq!(plain.replace("\x1b[32m", "").replace("\x1b[0m", ""), line);
    }
}
