//! Conditions, as Athena gets them.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::sync::Arc;

use super::*;
use crate::logs::{LogKey, Place};
use crate::table::ddl;

const NOW: &str = "2026-11-24T09:00:00Z";

fn log(address: &str) -> Log {
    Log {
        address: address.to_owned(),
        key: LogKey::of(&[address.as_bytes()]),
        place: Place::of(address),
        delivered: NOW.parse().unwrap(),
        bytes: 1,
    }
}

fn named(account: &str, day: &str, minute: &str, tail: &str) -> Log {
    log(&format!(
        "s3://b/AWSLogs/o-1/{account}/CloudTrail/eu-west-1/{day}/\
         {account}_CloudTrail_eu-west-1_{minute}Z_{tail}.json.gz"
    ))
}

fn query(logs: Vec<Log>) -> BoundQuery {
    BoundQuery { scan: Some(0), ..BoundQuery::of_sql("q", "SELECT 1", Arc::from(logs)) }
}

fn condition(query: &BoundQuery, table: &TableShape) -> String {
    restriction(query, table, NOW.parse().unwrap()).unwrap().unwrap_or_default()
}

#[test]
fn a_few_logs_are_named_and_many_are_a_range() {
    let shipped = TableShape::cloudtrail(None);
    let one = named("111122223333", "2026/11/23", "20261123T0900", "aaaa");
    assert_eq!(
        condition(&query(vec![one.clone()]), &shipped),
        format!(
            "\"account\" IN ('111122223333')\nAND \"region\" IN ('eu-west-1')\n\
             AND \"day\" IN ('2026/11/23')\nAND (\"$path\" IN ('{}'))",
            one.address
        )
    );
    let minutes = ["20261123T0905", "20261123T0910", "20261123T0915", "20261123T0920"];
    let mut logs: Vec<Log> = minutes
        .iter()
        .zip(["b", "c", "d", "e"])
        .map(|(minute, tail)| named("111122223333", "2026/11/23", minute, tail))
        .collect();
    let (first, last) = (logs[0].address.clone(), logs[3].address.clone());
    logs.reverse();
    logs.push(named("444455556666", "2026/11/24", "20261124T0001", "f"));
    let text = condition(&query(logs), &shipped);
    let range = format!(
        "(\"$path\" BETWEEN '{first}' AND '{last}' AND regexp_extract(\"$path\", '[^_/]*$') \
         IN ('b.json.gz', 'c.json.gz', 'd.json.gz', 'e.json.gz'))\nOR \"$path\" IN ('s3://b"
    );
    assert!(text.contains(&range), "{text}");
    assert!(text.contains("\"day\" IN ('2026/11/23', '2026/11/24')"), "{text}");
}

/// A statement that is longer than Athena takes would never be collected.
#[test]
fn what_window_takes_into_a_part_has_room() {
    use crate::engine::Room;
    use crate::ledger::Ledger;
    use crate::window::{self, Limits};

    let shipped = TableShape::cloudtrail(None);
    let mut logs: Vec<Log> = Vec::new();
    for number in 0..400_u32 {
        let account = format!("11112222{:04}", number % 7);
        let minute = format!("20261123T{:02}{:02}", number / 60, number % 60);
        logs.push(named(&account, "2026/11/23", &minute, &format!("{number:016}")));
        if number % 9 == 0 {
            logs.push(log(&format!("s3://b/exports/{number}_it's.json")));
        }
    }
    for text in [2_000, 5_000, 20_000] {
        let room = Room { text, ..Room::default() };
        let window = window::choose(logs.clone(), &Ledger::default(), &Limits::default(), room);
        assert!(window.parts.len() > 1);
        for part in window.parts {
            let length = condition(&query(part.logs), &shipped).len();
            assert!(length <= text, "{length} bytes where there is room for {text}");
        }
    }
}

#[test]
fn names_that_are_not_cloudtrails_are_never_a_range() {
    let logs: Vec<Log> = (0..9).map(|n| log(&format!("s3://b/exports/{n}_it's.json"))).collect();
    let text = condition(&query(logs), &TableShape::cloudtrail(None));
    assert!(text.starts_with("(\"$path\" IN ('s3://b/exports/0_it''s.json', "), "{text}");
    assert!(!text.contains("BETWEEN") && !text.contains("\"account\""), "{text}");
}

#[test]
fn no_logs_are_no_rows_and_logs_elsewhere_are_refused() {
    let shipped = TableShape::cloudtrail(None);
    assert_eq!(condition(&query(Vec::new()), &shipped), "false");
    let refused = restriction(&query(vec![log("/tmp/x.json")]), &shipped, NOW.parse().unwrap());
    assert!(refused.unwrap_err().message.contains("/tmp/x.json is not in S3"));
    let other = BoundQuery::of_sql("q", "SELECT 1", Arc::default());
    assert_eq!(restriction(&other, &shipped, NOW.parse().unwrap()).unwrap(), None);
}

fn span(since: &str, until: Option<&str>) -> Span {
    Span {
        since: Some(since.parse().unwrap()),
        until: until.map(|until| until.parse().unwrap()),
        ..Span::default()
    }
}

#[test]
fn an_injected_column_is_always_told_what_is_wanted() {
    let table = |columns: &str| {
        let injected = columns.split(", ").map(|column| {
            let name = column.split(' ').next().unwrap();
            format!(", 'projection.{name}.type'='injected'")
        });
        let ddl = format!(
            "CREATE TABLE t (eventid string) PARTITIONED BY ({columns}) \
             TBLPROPERTIES ('projection.enabled'='true'{})",
            injected.collect::<String>()
        );
        ddl::parse(&ddl, "t.sql").unwrap().table
    };
    let refused = |query: &BoundQuery, columns: &str| {
        let error = restriction(query, &table(columns), NOW.parse().unwrap()).unwrap_err();
        format!("{} {}", error.message, error.hint.unwrap())
    };
    let week = query(Vec::new()).over(span("2026-11-20T00:00:00Z", None));
    for (columns, told) in [
        ("account string", "'account' are wanted, and nobody said Give --account, or"),
        ("region string", "Give --region, or"),
        ("org string", "Make it an enum"),
        ("team string", "Make it an enum"),
    ] {
        let said = refused(&week, columns);
        assert!(said.contains(told), "{said}");
    }
    let years = query(Vec::new()).over(span("2020-01-01T00:00:00Z", None));
    assert!(refused(&years, "day string").contains("--since: 400 days at most"));
    let days = condition(&week, &table("day string"));
    assert!(days.starts_with("\"day\" IN ('2026/11/19', '2026/11/20', "), "{days}");

    let known = named("111122223333", "2026/11/23", "20261123T0900", "aaaa");
    let text = condition(&query(vec![known.clone()]), &table("org string, account string"));
    let start = "\"org\" IN ('o-1')\nAND \"account\" IN ('111122223333')\nAND ";
    assert!(text.starts_with(start), "{text}");
    let said = refused(&query(vec![known, log("s3://b/x.json")]), "account string");
    assert!(said.contains("where s3://b/x.json lies does not tell Let source.logs"), "{said}");
}

#[test]
fn a_span_reads_the_folders_of_its_days() {
    let mut span = span("2026-11-22T23:30:30Z", Some("2026-11-23T23:30:00Z"));
    span.accounts.insert("111122223333".to_owned());
    let text = condition(&query(Vec::new()).over(span), &TableShape::cloudtrail(None));
    let minute = "coalesce(regexp_extract(\"$path\", '_([0-9]{8}T[0-9]{4})Z_[^/]*$', 1)";
    assert_eq!(
        text,
        format!(
            "\"account\" IN ('111122223333')\n\
             AND \"day\" IN ('2026/11/22', '2026/11/23', '2026/11/24')\n\
             AND {minute} >= '20261122T2331', true)\nAND {minute} < '20261123T2330', true)"
        )
    );
}

#[test]
fn days_are_written_as_each_table_writes_them() {
    for (columns, properties, expected) in [
        ("`timestamp` string", "", "\"timestamp\" IN ('2026/11/23', '2026/11/24')"),
        ("`date` date", "", "\"date\" IN (DATE '2026-11-23', DATE '2026-11-24')"),
        (
            "year int, month int, day int",
            "",
            "\"year\" IN (2026)\nAND \"month\" IN (11)\nAND \"day\" IN (23, 24)",
        ),
        (
            "dt string",
            "'projection.dt.format'='yyyy-MM-dd-HH'",
            "\"dt\" >= '2026-11-23-00' AND \"dt\" < '2026-11-25-00'",
        ),
    ] {
        let ddl = format!(
            "CREATE TABLE t (eventid string) PARTITIONED BY ({columns}) TBLPROPERTIES ({properties})"
        );
        let table = ddl::parse(&ddl, "t.sql").unwrap().table;
        let mut span = span("2026-11-23T05:00:00Z", None);
        let text = condition(&query(Vec::new()).over(span.clone()), &table);
        assert!(text.starts_with(&format!("{expected}\nAND coalesce(")), "{columns}\n{text}");
        span.regions.insert("eu-west-1".to_owned());
        let text = condition(&query(Vec::new()).over(span), &table);
        assert!(text.contains(", 1) IN ('eu-west-1'), true)"), "{text}");
    }
    let years = condition(
        &query(Vec::new()).over(span("2020-01-02T00:00:00Z", None)),
        &TableShape::cloudtrail(None),
    );
    assert!(years.starts_with("\"day\" >= '2020/01/01' AND \"day\" < '2026/11/25'\n"), "{years}");
}
