//! The condition that keeps a query to its logs, written so that Athena opens no others: on partition
//! columns, and on `"$path"`.
//!
//! All values here are literals: whether partitions are left out for a `?` is nowhere documented.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};

use crate::engine::EngineError;
use crate::logs::{Log, Span};
use crate::query::BoundQuery;
use crate::query::table::{ACCOUNT, REGION};
use crate::query::value;
use crate::sql::ty::SqlType;
use crate::table::content::Content;
use crate::table::{Partition, TableShape};

/// The delivery minute in the name of a log, as a group of a pattern for its address.
const MINUTE: &str = "_([0-9]{8}T[0-9]{4})Z_[^/]*$";

/// What tells a log from the others of its folder, if CloudTrail named it.
const TAIL: &str = "[^_/]*$";

/// A log's name and its folder may disagree about the day when one of them was written around
/// midnight; by more than this they never do.
const DISAGREEMENT: TimeDelta = TimeDelta::hours(1);

/// More days than this are a range.
const MOST_DAYS: usize = 400;

/// The condition under which the relation `cloudtrail` takes a row; `None` where the query does not
/// select from it.
///
/// # Errors
/// [`EngineError`] for logs that are not in S3.
pub(super) fn restriction(
    query: &BoundQuery,
    table: &TableShape,
    now: DateTime<Utc>,
) -> Result<Option<String>, EngineError> {
    if query.scan.is_none() {
        return Ok(None);
    }
    let conditions = match &query.span {
        Some(span) => of_span(span, table, now),
        None => of_logs(&query.logs, table)?,
    };
    Ok((!conditions.is_empty()).then(|| conditions.join("\nAND ")))
}

/// Exactly these logs.
fn of_logs(logs: &[Log], table: &TableShape) -> Result<Vec<String>, EngineError> {
    if let Some(elsewhere) = logs.iter().find(|log| !log.address.starts_with("s3://")) {
        return Err(EngineError {
            refused: true,
            code: None,
            message: format!("{} is not in S3, where Athena could read it", elsewhere.address),
            at: None,
            hint: Some(
                "Logs of a folder are for the embedded engine: set source.engine to \"local\"."
                    .to_owned(),
            ),
        });
    }
    if logs.is_empty() {
        return Ok(vec!["false".to_owned()]);
    }
    let mut values = vec![Some(BTreeSet::new()); table.partitions.len()];
    let mut folders: BTreeMap<(&str, bool), Vec<&str>> = BTreeMap::new();
    for log in logs {
        let of_log = table.partition_values(log);
        for (values, value) in values.iter_mut().zip(of_log) {
            // One log that does not tell, and the column says nothing of all.
            match value {
                Some(value) => values.as_mut().map(|values| values.insert(value)),
                None => values.take().map(|_| false),
            };
        }
        let named = log.delivery_minute().is_some();
        folders.entry((log.folder(), named)).or_default().push(&log.address);
    }
    let mut conditions: Vec<String> = table
        .partitions
        .iter()
        .zip(values)
        .filter_map(|(partition, values)| one_of_values(partition, &values?))
        .collect();
    let paths: Vec<String> =
        folders.into_iter().map(|((_, named), paths)| of_folder(paths, named)).collect();
    conditions.push(format!("({})", paths.join("\nOR ")));
    Ok(conditions)
}

/// Logs of one folder: their paths, or if CloudTrail named them a range of paths and what tells them
/// apart in it, whichever is shorter.
fn of_folder(mut paths: Vec<&str>, named: bool) -> String {
    paths.sort_unstable();
    let exact = one_of("\"$path\"", &paths);
    let (Some(first), Some(last), true) = (paths.first(), paths.last(), named) else {
        return exact;
    };
    let tails: Vec<&str> = paths.iter().map(|path| tail(path)).collect();
    let range = format!(
        "(\"$path\" BETWEEN {} AND {} AND {})",
        value::quoted(first),
        value::quoted(last),
        one_of(&format!("regexp_extract(\"$path\", '{TAIL}')"), &tails)
    );
    if range.len() < exact.len() { range } else { exact }
}

fn tail(path: &str) -> &str {
    path.rsplit(['_', '/']).next().unwrap_or(path)
}

/// Whatever was delivered in a span.
fn of_span(span: &Span, table: &TableShape, now: DateTime<Utc>) -> Vec<String> {
    let mut conditions = Vec::new();
    let mut has = [false; 2];
    for partition in &table.partitions {
        conditions.extend(match &partition.content {
            Content::Account => {
                has[0] = true;
                one_of_values(partition, &span.accounts)
            }
            Content::Region => {
                has[1] = true;
                one_of_values(partition, &span.regions)
            }
            Content::Date(_) => of_days(partition, span, now),
            Content::Organisation | Content::Other => None,
        });
    }
    let wanted = [(ACCOUNT, &span.accounts), (REGION, &span.regions)];
    for (in_columns, (pattern, values)) in has.into_iter().zip(wanted) {
        if !in_columns && !values.is_empty() {
            let values: Vec<&str> = values.iter().map(String::as_str).collect();
            conditions.push(unless_unknown(&of_path(pattern), |group| one_of(group, &values)));
        }
    }
    let minute = |time: DateTime<Utc>| {
        // A name tells no seconds: a log of this minute was delivered at its beginning.
        let up = time + TimeDelta::nanoseconds(59_999_999_999);
        value::quoted(&up.format("%Y%m%dT%H%M").to_string())
    };
    let bounds = [(">=", span.since), ("<", span.until)];
    for (operator, time) in bounds.into_iter().filter_map(|(what, time)| Some((what, time?))) {
        conditions.push(unless_unknown(&of_path(MINUTE), |group| {
            format!("{group} {operator} {}", minute(time))
        }));
    }
    conditions
}

fn of_path(pattern: &str) -> String {
    format!("regexp_extract(\"$path\", '{pattern}', 1)")
}

/// A log that does not tell is taken, as it is from a folder.
fn unless_unknown(group: &str, condition: impl FnOnce(&str) -> String) -> String {
    format!("coalesce({}, true)", condition(group))
}

/// The folders of the days of a span.
fn of_days(partition: &Partition, span: &Span, now: DateTime<Utc>) -> Option<String> {
    let first = (span.since? - DISAGREEMENT).date_naive();
    let last = (span.until.unwrap_or(now) + DISAGREEMENT).date_naive();
    let days = || first.iter_days().take_while(|day| *day <= last);
    if days().take(MOST_DAYS + 1).count() <= MOST_DAYS {
        let values: Option<BTreeSet<String>> = days().map(|day| partition.of_day(day)).collect();
        if let Some(values) = values {
            return one_of_values(partition, &values);
        }
    }
    let Content::Date(format) = &partition.content else {
        return None;
    };
    // In these formats times are in the order of their texts.
    if !partition.ty.is_text() || !format.is_ordered() {
        return None;
    }
    let text =
        |day: NaiveDate| value::quoted(&format.of_time(day.and_time(chrono::NaiveTime::MIN)));
    let after = last.checked_add_days(Days::new(1))?;
    let column = column(partition);
    Some(format!("{column} >= {} AND {column} < {}", text(first), text(after)))
}

fn column(partition: &Partition) -> String {
    format!("\"{}\"", partition.name.replace('"', "\"\""))
}

/// Whether a partition column has one of these values; `None` where there are none, or this cannot
/// be said in its type.
fn one_of_values(partition: &Partition, values: &BTreeSet<String>) -> Option<String> {
    let literal = |text: &String| match &partition.ty {
        SqlType::Date => Some(format!("DATE {}", value::quoted(text))),
        ty if ty.is_text() => Some(value::quoted(text)),
        ty if ty.is_integer() => Some(text.parse::<i64>().ok()?.to_string()),
        _ => None,
    };
    let literals: Option<Vec<String>> = values.iter().map(literal).collect();
    let literals = literals.filter(|literals| !literals.is_empty())?;
    Some(format!("{} IN ({})", column(partition), literals.join(", ")))
}

fn one_of(expression: &str, values: &[&str]) -> String {
    let literals: Vec<String> = values.iter().map(|text| value::quoted(text)).collect();
    format!("{expression} IN ({})", literals.join(", "))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
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
        let logs: Vec<Log> =
            (0..9).map(|n| log(&format!("s3://b/exports/{n}_it's.json"))).collect();
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
        assert!(
            years.starts_with("\"day\" >= '2020/01/01' AND \"day\" < '2026/11/25'\n"),
            "{years}"
        );
    }
}
