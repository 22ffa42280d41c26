//! What the check of a view says.

use super::*;
use crate::table::TableShape;

fn file(text: &str) -> SqlFile {
    let header = header::parse(text, "q.sql").unwrap();
    SqlFile { kind: Kind::Query, origin: "q.sql".to_owned(), header, text: text.to_owned() }
}

fn said(sql: &str) -> Vec<String> {
    let shape = TableShape::cloudtrail(None);
    let notices = text(&file(sql), true, LogTable { shape: &shape, bare: false });
    let line = |notice: Notice| {
        let (line, column) = notice.at.unwrap_or_default();
        format!("{line}:{column} {:?} {}", notice.severity, notice.text)
    };
    notices.into_iter().map(line).collect()
}

const HEADER: &str = "-- name: q\n-- about: It.\n-- example: clickops query q\n";

#[test]
fn a_file_that_keeps_its_word_passes() {
    let sql = format!("{HEADER}-- param: n integer default=5 How many.\nSELECT 1 LIMIT :n;\n");
    assert_eq!(said(&sql), Vec::<String>::new());
}

#[test]
fn values_are_declared_and_used() {
    let sql = format!("{HEADER}-- param: n integer default=5 How many.\nSELECT :who, :who");
    assert_eq!(
        said(&sql),
        ["5:8 Error its header does not declare :who", "4:1 Error nothing uses :n"]
    );
}

#[test]
fn what_people_read_is_there_and_right() {
    assert_eq!(
        said("-- name: q\n-- param: who text\n-- column: a\nSELECT :who AS a"),
        [
            "1:1 Remark nothing says what it is about",
            "2:1 Remark nothing says what who means",
            "3:1 Remark nothing says what a means",
            "1:1 Remark there is no example to try",
        ]
    );
    assert_eq!(
        said(
            "-- name: q\n-- about: It.\n-- param: who text Who.\n\
             -- example: clickops query p --param whom=x\nSELECT :who"
        ),
        [
            "4:1 Error the example does not begin with `clickops query q`",
            "4:1 Error the example gives no value for who",
            "4:1 Error the example gives whom, and no parameter is called that",
        ]
    );
}

#[test]
fn places_are_those_of_the_file_whatever_the_values_are() {
    let sql = format!(
        "{HEADER}-- param: a list default=x A.\nSELECT x IN (:a), y::text FROM events WHERE z = ?"
    );
    assert_eq!(
        said(&sql)[1],
        "5:20 Error SYNTAX_ERROR: mismatched input '::'. Expecting: the end of the statement"
    );
    let sql = format!("{HEADER}SELECT 1 FROM a.cloudtrail\nWHERE x = 'open");
    assert!(said(&sql)[0].starts_with("5:1 Error "), "{:?}", said(&sql));
}

#[test]
fn nothing_is_said_of_values_that_are_not_known_yet() {
    let sql = format!(
        "{HEADER}-- param: day text default='' The day.\nSELECT 1 FROM cloudtrail WHERE day = :day"
    );
    assert_eq!(said(&sql), Vec::<String>::new());
}

#[test]
fn samples_are_those_of_the_example_or_fit() {
    let text = "-- name: q\n-- param: a text A.\n-- param: b integer B.\n-- param: c text default=x C.\n\
                -- example: clickops query q --param a=b\nSELECT :a, :b, :c, ? LIMIT ?";
    let file = file(text);
    let samples = samples(&file, &lexer::lex(text, "q").unwrap());
    let samples: Vec<_> = samples.iter().map(|(k, v)| format!("{k}={v}")).collect();
    assert_eq!(samples, ["1=NULL", "2=1", "a=b", "b=1"]);
}

#[test]
fn columns_are_those_that_come() {
    let file = file("-- name: q\n-- column: a A.\n-- column: b B.\nSELECT 1");
    let said = |returned: &[&str]| {
        let returned: Vec<String> = returned.iter().map(|name| (*name).to_owned()).collect();
        let notices = columns(&file, &returned).into_iter();
        notices.map(|notice| (notice.at.unwrap(), notice.text)).collect::<Vec<_>>()
    };
    assert!(said(&["a", "b"]).is_empty());
    assert_eq!(said(&["a", "c"])[0], ((3, 1), "it returns no column called b".to_owned()));
    assert!(said(&["a", "c"])[1].1.contains("a column c that"));
    assert!(said(&["b", "a"])[0].1.contains("another order"));
    assert!(said(&["a", "b", "b"]).is_empty());
}

#[test]
fn a_statement_that_is_too_long_is_an_error() {
    assert_eq!(length("SELECT 1"), None);
    assert_eq!(length(&"x".repeat(LONGEST - 1)).unwrap().severity, Severity::Remark);
    assert_eq!(length(&"x".repeat(LONGEST + 1)).unwrap().severity, Severity::Error);
}
