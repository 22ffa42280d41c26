//! The condition that keeps a query to its logs, written so that Athena opens no others: on partition
//! columns, and on `"$path"`.
//!
//! All values here are literals: whether partitions are left out for a `?` is nowhere documented.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};

use self::days::{of_each_day, of_range};
use self::injected::{remedy, unsaid};
use crate::engine::EngineError;
use crate::logs::{Log, Span};
use crate::query::BoundQuery;
use crate::query::table::{ACCOUNT, REGION};
use crate::query::value;
use crate::sql::ty::SqlType;
use crate::table::content::Content;
use crate::table::{Partition, TableShape};

mod days;
mod injected;
#[cfg(test)]
mod tests;

/// The delivery minute in the name of a log, as a group of a pattern for its address.
const MINUTE: &str = "_([0-9]{8}T[0-9]{4})Z_[^/]*$";

/// What tells a log from the others of its folder, if CloudTrail named it.
const TAIL: &str = "[^_/]*$";

/// The condition under which the relation `cloudtrail` takes a row; `None` where the query does not
/// select from it.
///
/// # Errors
/// [`EngineError`] for logs that are not in S3, and where Athena has to be told of a partition column
/// what nobody knows.
pub(super) fn restriction(
    query: &BoundQuery,
    table: &TableShape,
    now: DateTime<Utc>,
) -> Result<Option<String>, EngineError> {
    if query.scan.is_none() {
        return Ok(None);
    }
    let conditions = match &query.span {
        Some(span) => of_span(span, table, now)?,
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
    let mut conditions = Vec::new();
    for (at, (partition, values)) in table.partitions.iter().zip(values).enumerate() {
        let condition = values.and_then(|values| one_of_values(partition, &values));
        if condition.is_none() && partition.injected {
            let silent = |log: &&Log| table.partition_values(log)[at].is_none();
            let log = logs.iter().find(silent).map_or("a log", |log| log.address.as_str());
            return Err(unsaid(
                table,
                partition,
                &format!("where {log} lies does not tell"),
                "Let source.logs be the folder that the table's template begins with.",
            ));
        }
        conditions.extend(condition);
    }
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
fn of_span(
    span: &Span,
    table: &TableShape,
    now: DateTime<Utc>,
) -> Result<Vec<String>, EngineError> {
    let mut conditions = Vec::new();
    let mut has = [false; 2];
    for partition in &table.partitions {
        let condition = match &partition.content {
            Content::Account => {
                has[0] = true;
                one_of_values(partition, &span.accounts)
            }
            Content::Region => {
                has[1] = true;
                one_of_values(partition, &span.regions)
            }
            // A range is no equality, and an injected column takes no other condition.
            Content::Date(_) if partition.injected => of_each_day(partition, span, now),
            Content::Date(_) => {
                of_each_day(partition, span, now).or_else(|| of_range(partition, span, now))
            }
            Content::Organisation | Content::Other => None,
        };
        if condition.is_none() && partition.injected {
            return Err(unsaid(table, partition, "nobody said", remedy(&partition.content)));
        }
        conditions.extend(condition);
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
    Ok(conditions)
}

fn of_path(pattern: &str) -> String {
    format!("regexp_extract(\"$path\", '{pattern}', 1)")
}

/// A log that does not tell is taken, as it is from a folder.
fn unless_unknown(group: &str, condition: impl FnOnce(&str) -> String) -> String {
    format!("coalesce({}, true)", condition(group))
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
