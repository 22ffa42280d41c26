//! The examples of the dialect's specification.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use datafusion::arrow::array::ArrayRef;
use datafusion::error::Result;
use datafusion::prelude::{SessionConfig, SessionContext};

use crate::engine::local::text;

/// What a statement's only value is written as; NULL as a dash.
async fn value(sql: &str) -> Result<String> {
    let mut config = SessionConfig::new();
    config.options_mut().sql_parser.map_string_types_to_utf8view = false;
    let context = SessionContext::new_with_config(config);
    for function in super::functions() {
        context.register_udf(function);
    }
    let batches = context.sql(sql).await?.collect().await?;
    let column: &ArrayRef = batches[0].column(0);
    Ok(text::value(column, 0)?.unwrap_or_else(|| "-".to_owned()))
}

/// Calls functions with constants.
async fn check(cases: &[(&str, &str, &str)]) {
    for (function, arguments, expected) in cases {
        let answer = value(&format!("SELECT {function}({arguments})")).await;
        assert_eq!(answer.unwrap(), *expected, "{function}({arguments})");
    }
}

#[tokio::test]
async fn json_extract_scalar() {
    for (json, path, expected) in [
        (r#"{"a":1.10}"#, "$.a", "1.10"),
        (r#"{"a":{}}"#, "$.a", "-"),
        (r#"{"a":[1]}"#, "$.a", "-"),
        (r#"{"a":null}"#, "$.a", "-"),
        (r#"{"a":true}"#, "$.a", "true"),
        (r#"{"a":""}"#, "$.a", ""),
        (r#"{"a":"x\"\u00e9\/"}"#, "$.a", "x\"é/"),
        (r#"{"a":1} junk"#, "$.a", "1"),
        (r#"{"a":1, junk"#, "$.a", "1"),
        (r#"{"a":1"#, "$.b", "-"),
        (r#"{"b" 2,"a":1}"#, "$.a", "-"),
        (r#"{"b":01,"a":1}"#, "$.a", "-"),
        (r#"{"a":1x}"#, "$.a", "-"),
        (r#"{"a":1,"a":2}"#, "$.a", "1"),
        (r#"{"A":1}"#, "$.a", "-"),
        ("not json", "$.a", "-"),
        ("", "$", "-"),
        ("\"x\"", "$", "x"),
        (" 12 ", "$", "12"),
        ("[1,[2,3]]", "$[1][0]", "2"),
        ("[1,[2,3]]", "$[1][2]", "-"),
        ("[1,[2,3]]", "$[2]", "-"),
        ("[]", "$[0]", "-"),
        ("[1,[2,3]]", "$.1.0", "2"),
        (r#"["a"]"#, r#"$["0"]"#, "a"),
        (r#"{"0":"k"}"#, "$[0]", "k"),
        (r#"{"a":"x"}"#, "$.a.b", "-"),
        (r#"{"x-y":{"a.b":1}}"#, r#"$["x-y"]["a.b"]"#, "1"),
        (r#"{"a\"b":1}"#, r#"$["a\"b"]"#, "1"),
        (r#"{"a:b_1":1}"#, "$.a:b_1", "1"),
        (r#"{"a":{"b":{"c":[{"d":"e"}]}}}"#, "$.a.b[c][0].d", "e"),
    ] {
        let constants = format!("SELECT json_extract_scalar('{json}', '{path}')");
        let columns =
            format!("SELECT json_extract_scalar(j, p) FROM (VALUES ('{json}', '{path}')) t(j, p)");
        for sql in [constants, columns] {
            assert_eq!(value(&sql).await.unwrap(), expected, "{sql}");
        }
    }
    for path in [
        "",
        "a",
        "a$",
        "$a",
        "$.",
        "$..a",
        "$.*",
        "$[*]",
        "$.a-b",
        "$.x-amz-copy-source",
        "$ .a",
        "$.a ",
        "$[-1]",
        "$['a']",
        "$[]",
        "$[\"a\"",
        "$[\"\\n\"]",
        "$.a[?(@.b)]",
        "$[a:b]",
    ] {
        let quoted = path.replace('\'', "''");
        let error = value(&format!("SELECT json_extract_scalar('{{}}', '{quoted}')")).await;
        let error = error.unwrap_err().to_string();
        assert!(error.contains(&format!("Invalid JSON path: '{path}'")), "{error}");
    }
    check(&[
        ("json_extract_scalar", "NULL, '$.a'", "-"),
        ("json_extract_scalar", "'{}', NULL", "-"),
    ])
    .await;
}

#[tokio::test]
async fn text() {
    check(&[
        ("split_part", "'a/b','/',2", "b"),
        ("split_part", "'a/b','/',3", "-"),
        ("split_part", "'a','/',2", "-"),
        ("split_part", "'','/',1", ""),
        ("split_part", "'a//b','/',2", ""),
        ("split_part", "'äb','',1", "ä"),
        ("split_part", "'äb','',3", "-"),
        ("split_part", "NULL,'/',1", "-"),
        ("split_part", "'a',NULL,1", "-"),
        ("split_part", "'a','/',NULL", "-"),
        ("concat", "'a', 'b', 'c'", "abc"),
        ("concat", "'a', NULL", "-"),
        ("concat", "'a', CAST(NULL AS varchar)", "-"),
    ])
    .await;
}

#[tokio::test]
async fn regular_expressions() {
    check(&[
        ("regexp_like", r"'1a 2b','\d+b'", "true"),
        ("regexp_like", "'abc','^b'", "false"),
        ("regexp_like", "'ABC','(?i)b'", "true"),
        ("regexp_like", "NULL,'b'", "-"),
        ("regexp_like", "'b',NULL", "-"),
        ("regexp_extract", r"'1a 2b','\d+'", "1"),
        ("regexp_extract", r"'1a 2b','(\d+)([a-z])',2", "a"),
        ("regexp_extract", "'x','y'", "-"),
        ("regexp_extract", "'x','(y)?x',1", "-"),
        ("regexp_extract", "'x','x',NULL", "-"),
        ("regexp_replace", r"'a.b.c','\.','-'", "a-b-c"),
        ("regexp_replace", "'aaa','a','b'", "bbb"),
        ("regexp_replace", "'aXb','X'", "ab"),
        ("regexp_replace", r"'x1','(\d)','$1a'", "x1a"),
        ("regexp_replace", r"'x1','(\d)','[$0]'", "x[1]"),
        ("regexp_replace", r"'x1','(?<n>\d)','${n}!'", "x1!"),
        ("regexp_replace", r"'x1','(\d)','$12'", "x12"),
        ("regexp_replace", r"'x1','(\d)','\$1'", "x$1"),
        ("regexp_replace", r"'x1','(\d)','\\'", r"x\"),
        ("regexp_replace", "'x','y','$9'", "x"),
        ("regexp_replace", "'x','x',NULL", "-"),
    ])
    .await;
}

#[tokio::test]
async fn arrays_and_maps() {
    check(&[
        ("element_at", "ARRAY['a','b'],-1", "b"),
        ("element_at", "ARRAY['a','b'],1", "a"),
        ("element_at", "ARRAY['a','b'],3", "-"),
        ("element_at", "ARRAY['a','b'],-3", "-"),
        ("element_at", "ARRAY['a',NULL],2", "-"),
        ("element_at", "ARRAY[1],2", "-"),
        ("element_at", "ARRAY[1],NULL", "-"),
        ("element_at", "map(ARRAY['a','b'], ARRAY[1,2]),'b'", "2"),
        ("element_at", "map(ARRAY['a','b'], ARRAY[1,2]),'c'", "-"),
        ("contains", "ARRAY[1,2],2", "true"),
        ("contains", "ARRAY[1,2],3", "false"),
        ("contains", "ARRAY[1,NULL],1", "true"),
        ("contains", "ARRAY[1,NULL],2", "-"),
        ("contains", "ARRAY['a'],'a'", "true"),
        ("contains", "ARRAY['a'],NULL", "-"),
        ("cardinality", "ARRAY[ARRAY[1,2]]", "1"),
        ("cardinality", "ARRAY[1,NULL,2]", "3"),
        ("cardinality", "map(ARRAY['a','b'], ARRAY[1,2])", "2"),
    ])
    .await;
    let sql = "SELECT array_agg(element_at(a, i)) FROM \
               (VALUES (ARRAY['a','b'], 2), (ARRAY['c'], 2), (ARRAY['d'], -1)) t(a, i)";
    assert_eq!(value(sql).await.unwrap(), "[b, null, d]");
    let sql = "SELECT array_agg(contains(a, i)) FROM \
               (VALUES (ARRAY['a','b'], 'b'), (ARRAY['c'], 'b'), (ARRAY['b'], NULL)) t(a, i)";
    assert_eq!(value(sql).await.unwrap(), "[true, false, null]");
}

#[tokio::test]
async fn conditions() {
    check(&[
        ("greatest", "1, NULL", "-"),
        ("greatest", "1, 3, 2", "3"),
        ("least", "3, 1, 2", "1"),
        ("least", "'b', 'a'", "a"),
        ("greatest", "'é', 'z'", "é"),
        ("greatest", "DATE '2026-01-01', DATE '2026-01-02'", "2026-01-02"),
        ("if", "NULL, 1, 2", "2"),
        ("if", "true, 1, 2", "1"),
        ("if", "1 > 2, 'a', 'b'", "b"),
        ("if", "false, 'a'", "-"),
        ("if", "true, 1, 1 / 0", "1"),
    ])
    .await;
    let sql = "SELECT array_agg(greatest(a, b)) FROM (VALUES (1, 2), (3, NULL), (4, 0)) t(a, b)";
    assert_eq!(value(sql).await.unwrap(), "[2, null, 4]");
}

#[tokio::test]
async fn bad_arguments_are_errors() {
    for (sql, message) in [
        ("split_part('a','/',0)", "Index must be greater than zero"),
        ("split_part('a','/',-1)", "Index must be greater than zero"),
        ("element_at(ARRAY[1],0)", "SQL array indices start at 1"),
        ("regexp_like('a','(')", "pattern '(' cannot be used: unclosed group"),
        ("regexp_extract('a','(a)',2)", "Pattern has 1 groups. Cannot access group 2"),
        ("regexp_extract('a','(a)',-1)", "Group cannot be negative"),
        ("regexp_replace('a','a','$1')", "unknown group"),
        ("regexp_replace('a','a','$x')", "unknown group"),
        ("regexp_like('a','a','i')", "Unexpected parameters (varchar, varchar, varchar)"),
        ("contains('abc','b')", "Unexpected parameters (varchar, varchar) for function contains"),
        ("contains(ARRAY['a'], 1)", "Unexpected parameters (array(varchar), bigint)"),
        ("greatest(1, 'a')", "Unexpected parameters (bigint, varchar) for function greatest"),
        ("if(true, 1, 'a')", "Unexpected parameters (boolean, bigint, varchar) for function if"),
        ("if('x', 1)", "Unexpected parameters (varchar, bigint) for function if"),
        ("concat('a', 1)", "Unexpected parameters (varchar, bigint) for function concat"),
        ("concat('a')", "Expected: concat(varchar, varchar, ...)"),
        ("json_extract_scalar(1, '$')", "Unexpected parameters (bigint, varchar)"),
    ] {
        let error = value(&format!("SELECT {sql}")).await.unwrap_err().to_string();
        assert!(error.contains(message), "{sql}: {error}");
    }
}
