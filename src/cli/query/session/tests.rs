//! What a session remembers.

use std::sync::Arc;

use super::*;
use crate::query::Piece;

#[test]
fn a_limit_is_a_number_or_all() {
    assert_eq!(Limit::parse("10_000"), Ok(Limit::Rows(10_000)));
    assert_eq!(Limit::parse("all"), Ok(Limit::All));
    for wrong in ["", "-1", "ten", "1.5", "99999999999999999999999"] {
        assert!(Limit::parse(wrong).is_err(), "{wrong}");
    }
}

fn quoted(sql: &str, at: (u64, u64)) -> Option<String> {
    let pieces =
        vec![Piece { line: 2, lines: 9, origin: "statement".to_owned(), filled: Vec::new() }];
    let query = BoundQuery {
        pieces,
        ..BoundQuery::of_sql("statement", format!("WITH x AS (\n{sql}"), Arc::default())
    };
    let error =
        EngineError { refused: true, code: None, message: String::new(), at: Some(at), hint: None };
    quote_of(&error, &query)
}

#[test]
fn the_mark_stands_below_the_place() {
    assert_eq!(quoted("SELECT\n\t'王' , wrong", (3, 8)).unwrap(), "   '王' , wrong\n          ^");
    assert_eq!(quoted("SELECT 1 +", (2, 11)).unwrap(), "  SELECT 1 +\n            ^");
    assert_eq!(quoted("SELECT 1", (1, 1)), None);
    assert_eq!(quoted("SELECT 1", (7, 1)), None);
    assert_eq!(quoted("SELECT 1", (2, 0)), None);
}
