//! What is read, and what is not.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::super::ast::{Body, ExprKind, Item, Relation, Statement};
use super::super::refusal::line_and_column;
use super::{expression, statement};

fn reads(sql: &str) {
    if let Err(refusal) = statement(sql) {
        panic!("{sql}\n{refusal} at {:?}", refusal.at.map(|at| line_and_column(sql, at)));
    }
}

#[test]
fn queries_of_every_shape() {
    for sql in [
        "SELECT 1",
        "select a.b.c, count(*) total from db.t as x (p, q) where a = 1 and not b like 'x%' group by 1, a.b having count(*) > 1 order by total desc nulls first, 2 offset 2 rows limit 5;",
        "WITH a AS (SELECT 1), b (x, y) AS (VALUES (1, 2), (3, 4)) SELECT * FROM a, b LIMIT ALL",
        "SELECT * FROM t CROSS JOIN UNNEST(resources) WITH ORDINALITY AS u (r, n)",
        "SELECT r.arn FROM t LEFT JOIN UNNEST(resources) AS u(r) ON TRUE",
        "SELECT * FROM t, UNNEST(x, y) u (a, b)",
        "SELECT * FROM (a JOIN b ON a.x = b.x) LEFT OUTER JOIN c USING (x, y)",
        "SELECT * FROM ((SELECT 1) UNION ALL SELECT 2) AS t",
        "SELECT * FROM ((SELECT 1) AS a CROSS JOIN (SELECT 2) AS b)",
        "(SELECT 1) UNION (SELECT 2 INTERSECT SELECT 3) EXCEPT ALL SELECT 4 ORDER BY 1",
        "VALUES 1, 2",
        "TABLE cloudtrail",
        "SELECT t.*, r.* FROM t",
        "SELECT count(*) FILTER (WHERE a IS NOT NULL), array_agg(DISTINCT x ORDER BY y DESC) FROM t",
        "SELECT row_number() OVER (PARTITION BY a ORDER BY b), lag(x) IGNORE NULLS OVER w FROM t WINDOW w AS (ORDER BY y ROWS BETWEEN 1 PRECEDING AND UNBOUNDED FOLLOWING)",
        "SELECT a FROM t GROUP BY GROUPING SETS ((a, b), a, ()), CUBE (c), ROLLUP (d, e)",
        "SELECT transform(filter(xs, x -> x.a > 1), (x) -> x.b), reduce(xs, 0, (s, x) -> s + x, s -> s)",
        "SELECT CAST(x AS ARRAY(MAP(varchar, ROW(a varchar, \"B\" row(bigint, double))))), TRY_CAST('1' AS decimal(5, 2))",
        "SELECT TIMESTAMP '2026-01-02 03:04:05', DATE '2026-01-02', INTERVAL - '7' DAY, INTERVAL '1-2' YEAR TO MONTH, JSON '{}', IPADDRESS '::1', X'6A'",
        "SELECT eventtime AT TIME ZONE 'Europe/Berlin', EXTRACT(DOW FROM x), position('a' IN b), substring(x FROM 2 FOR 3), trim(BOTH 'x' FROM y), trim(x)",
        "SELECT listagg(x, ',') WITHIN GROUP (ORDER BY y) FROM t",
        "SELECT timestamp, date, day, month, year, hour, user, region, account, type, row, interval, zone FROM t WHERE timestamp >= '2026' AND date = 'x'",
        "SELECT \"split_part\"(x, ',', 1), \"$path\" FROM \"db\".\"table\"",
        "SELECT CASE a WHEN 1 THEN 'x' END, CASE WHEN a THEN b ELSE c END",
        "SELECT * FROM t WHERE (a, b) IN ((1, 2)) AND x = ALL (SELECT 1) AND EXISTS (SELECT 1) AND y NOT IN (SELECT 2) AND z BETWEEN 1 AND 2 OR q IS NOT DISTINCT FROM 3",
        "SELECT ((SELECT 1) + 1), ((SELECT max(x) FROM t))",
        "SELECT try(resources[1].arn), if(a, b, c), a || 'x' || b, -x % 2, + 3",
        "SELECT x FROM t FETCH FIRST 5 ROWS ONLY",
        "SELECT * FROM LATERAL (SELECT 1) AS t",
        "SELECT date('2026-01-01'), year(x), replace(a, 'b'), left_of, filter FROM t",
        "EXPLAIN SELECT 1",
        "SHOW TABLES",
        "DESCRIBE cloudtrail",
    ] {
        reads(sql);
    }
}

#[test]
fn what_is_not_trinos_is_refused_where_it_stands() {
    for (sql, column, hint) in [
        ("SELECT a::int", 9, "CAST"),
        ("SELECT a == 1", 10, "write ="),
        ("SELECT a ILIKE 'x'", 16, ""),
        ("SELECT * EXCLUDE (a) FROM t", 10, "name the columns"),
        ("SELECT * EXCEPT (a) FROM t", 18, ""),
        ("SELECT a, FROM t", 11, "comma"),
        ("SELECT a FROM t LIMIT 5 OFFSET 2", 25, "before LIMIT"),
        ("SELECT a FROM t LIMIT 1, 2", 24, ""),
        ("FROM t SELECT a", 1, ""),
        ("SELECT [1, 2]", 8, "ARRAY"),
        ("SELECT {'a': 1}", 8, "ROW"),
        ("SELECT a IN ()", 14, ""),
        ("SELECT current_date - interval 7 day", 32, "INTERVAL '7' DAY"),
        ("SELECT INTERVAL '1' WEEK", 21, "7 days"),
        ("SELECT x AS 'name'", 13, "\"\""),
        ("SELECT a = b = c", 14, ""),
        ("SELECT order FROM t", 8, ""),
        ("SELECT a AS end FROM t", 13, "write \"end\""),
        ("SELECT 1; SELECT 2", 11, "one by one"),
        ("SELECT DISTINCT ON (a) b FROM t", 17, ""),
        ("SELECT x FROM t WHERE a IS TRUE", 28, "x = true"),
        ("DROP TABLE x", 1, "Athena console"),
        ("CREATE TABLE x AS SELECT 1", 1, "WITH"),
        ("SELECT CAST(x AS string)", 8, "varchar"),
        ("SELECT f(a => 1)", 12, "no names"),
        ("", 1, "SELECT"),
    ] {
        let refusal = statement(sql).unwrap_err();
        let place = refusal.at.map(|at| line_and_column(sql, at));
        let said = refusal.hint.clone().unwrap_or_default();
        assert_eq!(place, Some((1, column)), "{sql}: {refusal}");
        assert!(said.contains(hint), "{sql}: {said}");
    }
}

#[test]
fn not_binds_looser_than_predicates_and_tighter_than_and() {
    let ExprKind::And(terms) = expression("NOT x LIKE 'y' AND z").unwrap().kind else {
        panic!("no conjunction")
    };
    let ExprKind::Not(inner) = &terms[0].kind else { panic!("no negation") };
    assert!(matches!(inner.kind, ExprKind::Like(..)));
}

#[test]
fn arithmetic_goes_left_to_right() {
    let ExprKind::Arithmetic("-", left, _) = expression("1 - 2 * 3 - 4").unwrap().kind else {
        panic!("no subtraction")
    };
    assert!(matches!(left.kind, ExprKind::Arithmetic("-", ..)));
}

#[test]
fn a_query_in_parentheses_and_a_join_in_parentheses_are_told_apart() {
    let Statement::Query(query) =
        statement("SELECT * FROM ((SELECT 1) AS a JOIN b ON true)").unwrap()
    else {
        panic!("no query")
    };
    let Body::Select(select) = query.body else { panic!("no select") };
    assert!(matches!(select.from[0], Relation::Join { .. }));
    assert!(matches!(select.items[0], Item::All(7)));
}

#[test]
fn deep_nesting_is_refused_and_long_lists_are_not() {
    let deep = format!("SELECT {}1{}", "(".repeat(5000), ")".repeat(5000));
    assert!(statement(&deep).unwrap_err().message.contains("nested too deeply"));
    reads(&format!("SELECT {}", vec!["a = 1"; 5000].join(" OR ")));
    reads(&format!("SELECT {}", vec!["'a'"; 500].join(" || ")));
}

#[test]
fn time_does_not_double_with_each_level() {
    for (open, close) in [
        ("SELECT * FROM ((", ") JOIN b ON true)"),
        ("SELECT * FROM ((", ") JOIN b ON)"),
        ("SELECT ((", ") + 1)"),
    ] {
        let deep = format!("{}SELECT 1{}", open.repeat(25), close.repeat(25));
        let _ = statement(&deep);
    }
}

#[test]
fn no_text_makes_it_panic() {
    use proptest::prelude::*;
    const WORDS: [&str; 28] = [
        "SELECT", "FROM", "(", ")", ",", "a", "'x'", "1", "->", "CASE", "WHEN", "THEN", "END",
        "UNNEST", "JOIN", "ON", "WITH", "AS", "[", "]", ".", "*", "INTERVAL", "CAST", "ARRAY",
        "OVER", "ORDER BY", "LIMIT",
    ];
    proptest!(|(words in proptest::collection::vec(0..WORDS.len(), 0..40))| {
        let sql: Vec<_> = words.iter().map(|at| WORDS[*at]).collect();
        let _ = statement(&sql.join(" "));
    });
    proptest!(|(sql in "\\PC{0,60}")| { let _ = statement(&sql); });
}
