//! Conditions on partition columns that hold days, or parts of them.

use std::collections::BTreeSet;

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};

use super::{column, one_of_values};
use crate::logs::Span;
use crate::query::value;
use crate::table::Partition;
use crate::table::content::Content;

/// A log's name and its folder may disagree about the day when one of them was written around
/// midnight; by more than this they never do.
const DISAGREEMENT: TimeDelta = TimeDelta::hours(1);

/// More days than this are a range.
const MOST_DAYS: usize = 400;

/// The first and the last day of a span.
fn days(span: &Span, now: DateTime<Utc>) -> Option<(NaiveDate, NaiveDate)> {
    let since = span.since?;
    let until = span.until.unwrap_or(now);
    let first = since.checked_sub_signed(DISAGREEMENT).unwrap_or(since).date_naive();
    let last = until.checked_add_signed(DISAGREEMENT).unwrap_or(until).date_naive();
    Some((first, last))
}

/// The folders of the days of a span, if these are not too many.
pub(super) fn of_each_day(
    partition: &Partition,
    span: &Span,
    now: DateTime<Utc>,
) -> Option<String> {
    let (first, last) = days(span, now)?;
    let days = || first.iter_days().take_while(|day| *day <= last);
    if days().take(MOST_DAYS + 1).count() > MOST_DAYS {
        return None;
    }
    let values: Option<BTreeSet<String>> = days().map(|day| partition.of_day(day)).collect();
    one_of_values(partition, &values?)
}

/// The folders from the first day of a span to the last.
pub(super) fn of_range(partition: &Partition, span: &Span, now: DateTime<Utc>) -> Option<String> {
    let (first, last) = days(span, now)?;
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
