#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::*;
use crate::sql::parse;
use crate::table::ddl;

fn said_of(sql: &str, shape: &TableShape, bare: bool) -> Vec<String> {
    let statement = parse::statement(sql).unwrap();
    remarks(&statement, sql, LogTable { shape, bare })
        .into_iter()
        .map(|remark| format!("{}: {}; {}", remark.at.1, remark.text, remark.instead))
        .collect()
}

fn said(sql: &str) -> Vec<String> {
    said_of(sql, &TableShape::cloudtrail(None), true)
}

#[test]
fn costly_and_doubtful_statements_are_remarked_on() {
    for (sql, start) in [
        ("SELECT 1 FROM cloudtrail WHERE eventname = 'x'", "15: on Athena this reads every log"),
        ("SELECT 1 FROM default.cloudtrail t", "23: on Athena this reads every log"),
        ("SELECT * FROM cloudtrail WHERE day = '2026/11/23'", "8: * gives whatever columns"),
        ("SELECT 1 FROM t WHERE \"$path\" LIKE '%x.gz'", "23: \"$path\" LIKE '%...' opens every"),
        ("SELECT any_value(x) FROM t", "8: any_value is newer"),
        (r"SELECT x LIKE 'a\_b' FROM t", "15: a backslash"),
        ("SELECT 1 FROM t WHERE x NOT IN (SELECT y FROM u)", "25: NOT IN is never true"),
        ("SELECT 1 FROM t AS a JOIN t AS b ON a.x = b.x", "27: t is read 2 times"),
        ("WITH c AS (SELECT x FROM t) SELECT 1 FROM c a, c b", "48: c is read 2 times"),
        ("SELECT * FROM (SELECT x FROM t ORDER BY x)", "41: an ORDER BY in a query inside"),
        ("SELECT * FROM t CROSS JOIN UNNEST(x) AS u", "28: columns of an UNNEST"),
        (
            "SELECT CASE WHEN a THEN b END, CASE WHEN c THEN d WHEN a THEN b END FROM t",
            "32: two CASEs",
        ),
        ("SELECT 1 FROM t WHERE readonly <> 'true'", "23: rows whose readonly is NULL"),
        ("SELECT 1 FROM t WHERE NOT t.errorcode LIKE 'x%'", "27: rows whose errorcode is NULL"),
        ("SELECT 1 FROM t WHERE readonly = 'False'", "34: readonly is compared with 'False'"),
        ("SELECT 1 FROM t WHERE eventtime > '2026-11-23 09:00:00'", "35: eventtime is compared"),
        (
            "SELECT 1 FROM t WHERE event_time BETWEEN '2026/11/23' AND '2026-11-24'",
            "42: event_time",
        ),
        ("SELECT 1 FROM cloudtrail WHERE day >= '2026-11-23'", "39: day is compared"),
        ("SELECT 1 FROM cloudtrail WHERE account IN ('1111')", "44: account is compared"),
    ] {
        let said = said(sql);
        assert_eq!(said.len(), 1, "{sql}: {said:?}");
        assert!(said[0].starts_with(start), "{sql}: {said:?}");
    }
}

#[test]
fn nothing_is_said_of_careful_statements() {
    for sql in [
        "SELECT 1 FROM cloudtrail WHERE day = '2026/11/23'",
        "SELECT 1 FROM cloudtrail WHERE day >= '2026/11'",
        "SELECT 1 FROM cloudtrail c JOIN t ON c.account = t.account",
        r"SELECT x LIKE 'a\_b' ESCAPE '\' FROM t ORDER BY 1",
        "SELECT CASE WHEN a THEN b END, CASE WHEN a THEN c END FROM (SELECT a FROM t ORDER BY a LIMIT 1)",
        "WITH c AS (VALUES 1, 2) SELECT 1 FROM c a, c b, exclusions x, exclusions y",
        "SELECT 1 FROM t WHERE coalesce(readonly, '') <> 'true'",
        "SELECT 1 FROM t WHERE errorcode <> ''",
        "SELECT 1 FROM t WHERE errorcode IS NULL OR errorcode <> 'x'",
        "SELECT 1 FROM t WHERE eventtime >= '2026-11-23' AND readonly = 'false'",
        "SELECT 1 FROM t WHERE \"$path\" LIKE 's3://logs/%'",
        "SELECT count(*) FROM t WHERE day = 'Monday'",
    ] {
        assert_eq!(said(sql), Vec::<String>::new(), "{sql}");
    }
}

#[test]
fn the_relation_of_the_tables_name_is_restricted_already() {
    let shape = TableShape::cloudtrail(None);
    assert_eq!(said_of("SELECT * FROM cloudtrail", &shape, false), Vec::<String>::new());
    assert_eq!(said_of("SELECT 1 FROM default.cloudtrail", &shape, false).len(), 1);
    let wrong = said_of("SELECT 1 FROM cloudtrail WHERE day = '2026-11-23'", &shape, false);
    assert!(wrong[0].contains("write it as '2026/11/23'"), "{wrong:?}");
}

#[test]
fn a_table_of_ones_own_is_known_by_its_own_partitions() {
    let ddl = "CREATE EXTERNAL TABLE audit.trail (eventname string) PARTITIONED BY (org string, dt string) \
               TBLPROPERTIES ('projection.dt.format'='yyyy-MM-dd')";
    let shape = ddl::parse(ddl, "t.sql").unwrap().table;
    let said = |sql: &str| said_of(sql, &shape, true);
    assert_eq!(said("SELECT 1 FROM audit.trail WHERE dt = '2026-11-23'"), Vec::<String>::new());
    assert!(said("SELECT 1 FROM trail")[0].ends_with("add conditions on org, dt"));
    assert!(said("SELECT 1 FROM trail WHERE dt = '2026/11/23'")[0].ends_with("as '2026-11-23'"));
    assert_eq!(said("SELECT 1 FROM other.trail"), Vec::<String>::new());
}
