//! What is refused, in which words, and where.

use super::*;

#[tokio::test]
async fn refusals_have_code_place_and_hint() {
    let archive = Archive::new();
    let column = |name: &str| format!("Column '{name}' cannot be resolved");
    for (sql, code, message, at, hint) in [
        (
            "SELECT eventnam FROM cloudtrail",
            "COLUMN_NOT_FOUND",
            column("eventnam"),
            Some((1, 8)),
            Some("did you mean eventname?"),
        ),
        (
            "SELECT\n  c.evnttime FROM cloudtrail c",
            "COLUMN_NOT_FOUND",
            column("c.evnttime"),
            Some((2, 3)),
            Some("did you mean eventtime?"),
        ),
        (
            "SELECT * FROM cloudtrial",
            "TABLE_NOT_FOUND",
            "Table 'awsdatacatalog.default.cloudtrial' does not exist".to_owned(),
            Some((1, 15)),
            Some("did you mean cloudtrail?"),
        ),
        (
            "SELECT json_extract_scaler('a', '$')",
            "FUNCTION_NOT_FOUND",
            "Function 'json_extract_scaler' not registered".to_owned(),
            Some((1, 8)),
            Some("did you mean json_extract_scalar?"),
        ),
        (
            "SELECT split_part('a', 1, 1)",
            "FUNCTION_NOT_FOUND",
            "Unexpected parameters (varchar(1), integer, integer) for function split_part. \
             Expected: split_part(varchar(x), varchar, bigint)"
                .to_owned(),
            Some((1, 8)),
            None,
        ),
        (
            "SELECT json_extract_scalar(eventname, '$.x-y') FROM cloudtrail",
            "INVALID_FUNCTION_ARGUMENT",
            "Invalid JSON path: '$.x-y'".to_owned(),
            None,
            None,
        ),
        (
            "SELECT json_value(eventname, 'lax $.a ? (@ > 1)') FROM cloudtrail",
            "NOT_SUPPORTED",
            "the embedded engine does not have filters in JSON paths".to_owned(),
            Some((1, 39)),
            None,
        ),
        (
            "SELECT json_value(eventname, '$.a') FROM cloudtrail",
            "SYNTAX_ERROR",
            "a JSON path begins with lax or strict".to_owned(),
            Some((1, 31)),
            Some("json_value(x, 'lax $.name[0]')"),
        ),
        (
            "SELECT 1; SELECT 2",
            "SYNTAX_ERROR",
            "a second statement begins here".to_owned(),
            Some((1, 11)),
            Some("run statements one by one, as Athena does"),
        ),
        (
            "SELECT eventname, count(*) FROM cloudtrail c JOIN cloudtrail d ON true",
            "AMBIGUOUS_NAME",
            "Column 'eventname' is ambiguous".to_owned(),
            Some((1, 8)),
            Some("write the table's name or alias before it"),
        ),
    ] {
        let error = archive.error(sql).await;
        assert!(error.refused, "{sql}");
        assert_eq!(error.code.as_deref(), Some(code), "{sql}: {error}");
        assert_eq!(error.message, message, "{sql}");
        assert_eq!(error.at, at, "{sql}");
        assert_eq!(error.hint.as_deref(), hint, "{sql}");
    }
}

#[tokio::test]
async fn hints_are_near_or_none() {
    let archive = Archive::new();
    let missing = Some("Athena knows it, the embedded engine does not");
    for (sql, hint) in [
        ("SELECT frobnicate(1)", None),
        ("SELECT regexp_lik('a', 'b')", Some("did you mean regexp_like?")),
        ("SELECT checksum(eventname) FROM cloudtrail", missing),
        ("SELECT XXHash64(X'61')", missing),
        (
            "WITH events AS (SELECT 1), b AS (SELECT * FROM evnts) SELECT * FROM b",
            Some("did you mean events?"),
        ),
        (
            "SELECT * FROM (WITH events AS (SELECT 1) SELECT * FROM evnts)",
            Some("did you mean events?"),
        ),
        ("WITH events AS (SELECT 1) SELECT * FROM cloudtral", Some("did you mean cloudtrail?")),
        (
            "SELECT * FROM nothing",
            Some("the log table here is called cloudtrail; --as gives it another name"),
        ),
    ] {
        let error = archive.error(sql).await;
        assert_eq!(error.hint.as_deref(), hint, "{sql}: {error}");
    }
}

#[tokio::test]
async fn syntax_errors_have_a_place() {
    let archive = Archive::new();
    for (sql, at) in [
        ("SELECT 1 FORM cloudtrail x", Some((1, 15))),
        ("SELECT *\nFROM cloudtrail\nWHERE (eventname = 'a'", None),
        ("SELECT `eventname` FROM cloudtrail", Some((1, 8))),
        ("", None),
    ] {
        let error = archive.error(sql).await;
        assert_eq!(error.code.as_deref(), Some("SYNTAX_ERROR"), "{sql}: {error}");
        assert!(error.refused && !error.message.contains("Line"), "{error}");
        if at.is_some() {
            assert_eq!(error.at, at, "{sql}: {error}");
        }
    }
}

#[tokio::test]
async fn other_dialects_are_refused_as_athena_does() {
    let archive = Archive::new();
    for (sql, at, hint) in [
        ("SELECT eventname::bigint FROM cloudtrail", Some((1, 17)), "CAST"),
        ("SELECT 1\nFROM cloudtrail WHERE eventname == 'a'", Some((2, 33)), "write ="),
        ("SELECT 1 FROM cloudtrail WHERE eventname ILIKE 'a'", Some((1, 42)), "lower(x)"),
        ("SELECT 1 WHERE 1 IN (SELECT 1 WHERE 'a' NOT ILIKE 'a')", Some((1, 41)), "lower(x)"),
        ("SELECT `a` FROM cloudtrail", Some((1, 8)), ""),
        ("SELECT eventname, FROM cloudtrail", None, "take the comma away"),
        ("SELECT * FROM cloudtrail LIMIT 1, 2", Some((1, 33)), "OFFSET"),
        ("SELECT * EXCLUDE (eventname) FROM cloudtrail", Some((1, 10)), ""),
        ("SELECT * EXCEPT (eventname) FROM cloudtrail", None, ""),
        (
            "SELECT eventname FROM cloudtrail QUALIFY row_number() OVER (ORDER BY eventname) = 1",
            Some((1, 42)),
            "query around",
        ),
    ] {
        let error = archive.error(sql).await;
        assert_eq!(error.code.as_deref(), Some("SYNTAX_ERROR"), "{sql}: {error}");
        if at.is_some() {
            assert_eq!(error.at, at, "{sql}: {error}");
        }
        let given = error.hint.as_deref().unwrap_or_default();
        assert!(given.contains(hint), "{sql}: {error}: {given}");
    }
    // The same words as text or names are fine.
    archive.query("SELECT '::', '==', eventname AS \"ilike\" FROM cloudtrail").await;
}

#[tokio::test]
async fn what_is_not_grouped_is_told_in_athenas_words() {
    let sql = "SELECT eventname, count(*) FROM cloudtrail GROUP BY eventsource";
    let error = Archive::new().error(sql).await;
    assert_eq!(error.code.as_deref(), Some("EXPRESSION_NOT_AGGREGATE"));
    let words = "'eventname' must be an aggregate expression or appear in GROUP BY clause";
    assert_eq!((error.message.as_str(), error.at), (words, Some((1, 8))));
}

#[tokio::test]
async fn only_queries_run() {
    let archive = Archive::new();
    for sql in [
        "DROP TABLE cloudtrail",
        "CREATE TABLE x AS SELECT 1",
        "CREATE EXTERNAL TABLE x STORED AS CSV LOCATION '/etc/passwd'",
        "INSERT INTO cloudtrail VALUES (1)",
        "DELETE FROM cloudtrail",
        "COPY (SELECT 1) TO '/tmp/x.csv'",
        "SET datafusion.execution.target_partitions = 1",
    ] {
        let error = archive.error(sql).await;
        assert!(error.refused, "{sql}");
        assert!(error.code.is_some(), "{sql}: {error}");
    }
}

#[tokio::test]
async fn failures_while_running_are_no_refusals() {
    let archive = Archive::of(r#"{"eventName":"a","errorCode":"["}"#);
    for (sql, code) in [
        ("SELECT 1 / length(eventid || eventname) FROM cloudtrail", None),
        ("SELECT 1 / (length(eventname) - 1) FROM cloudtrail", Some("DIVISION_BY_ZERO")),
        (
            "SELECT split_part(eventname, '/', length(eventname) - 1) FROM cloudtrail",
            Some("INVALID_FUNCTION_ARGUMENT"),
        ),
        (
            "SELECT regexp_like(eventname, errorcode) FROM cloudtrail",
            Some("INVALID_FUNCTION_ARGUMENT"),
        ),
        ("SELECT CAST(eventname AS bigint) FROM cloudtrail", Some("INVALID_CAST_ARGUMENT")),
    ] {
        let Some(code) = code else {
            archive.query(sql).await;
            continue;
        };
        let error = archive.error(sql).await;
        assert!(!error.refused, "{sql}");
        assert_eq!(error.code.as_deref(), Some(code), "{sql}: {error}");
    }
}
