//! Dates and times moved by intervals, and the intervals between them.

use datafusion::arrow::array::ArrayRef;
use datafusion::error::{DataFusionError, Result};

use super::super::super::failure;
use super::super::super::zone;
use super::super::call::{Call, Days, Micros};
use super::super::moment;
use crate::sql::ty::SqlType;

/// Milliseconds of a day.
const DAY: i64 = moment::DAY / MILLISECOND;

/// Microseconds of a millisecond.
const MILLISECOND: i64 = 1000;

/// The type of what is moved, whose fraction of a second gets at least the three digits of the
/// interval's.
pub(super) fn at_least_millis(takes: &[SqlType]) -> SqlType {
    let moved = takes.iter().find(|ty| **ty != SqlType::IntervalDay);
    match moved.cloned().unwrap_or(SqlType::Unknown) {
        SqlType::Time(precision) => SqlType::Time(precision.max(3)),
        SqlType::Timestamp(precision) => SqlType::Timestamp(precision.max(3)),
        SqlType::TimestampTz(precision) => SqlType::TimestampTz(precision.max(3)),
        ty => ty,
    }
}

/// Functions that add an interval in either order and subtract it, of one that adds it.
macro_rules! moves {
    ($moved:ty, $by:ty, $add:ident: $plus:ident $swapped:ident $minus:ident) => {
        pub(super) fn $plus(call: &Call) -> Result<ArrayRef> {
            call.each2(|moved: $moved, by: $by| $add(moved, Some(by)).map(Some))
        }

        pub(super) fn $swapped(call: &Call) -> Result<ArrayRef> {
            call.each2(|by: $by, moved: $moved| $add(moved, Some(by)).map(Some))
        }

        pub(super) fn $minus(call: &Call) -> Result<ArrayRef> {
            call.each2(|moved: $moved, by: $by| $add(moved, by.checked_neg()).map(Some))
        }
    };
}

moves!(Days, i32, date_by_year: date_plus_year year_plus_date date_minus_year);
moves!(i64, i64, time_by_day: time_plus_day day_plus_time time_minus_day);
moves!(Micros, i64, timestamp_by_day: timestamp_plus_day day_plus_timestamp timestamp_minus_day);
moves!(Micros, i32, timestamp_by_year: timestamp_plus_year year_plus_timestamp timestamp_minus_year);
moves!(i64, i64, tz_by_day: tz_plus_day day_plus_tz tz_minus_day);
moves!(i64, i32, tz_by_year: tz_plus_year year_plus_tz tz_minus_year);

/// # Errors
/// If the interval has parts of a day.
pub(super) fn date_plus_day(call: &Call) -> Result<ArrayRef> {
    call.each2(|date, millis| date_by_day(date, millis, 1, "add", "to").map(Some))
}

pub(super) fn day_plus_date(call: &Call) -> Result<ArrayRef> {
    call.each2(|millis, date| date_by_day(date, millis, 1, "add", "to").map(Some))
}

pub(super) fn date_minus_day(call: &Call) -> Result<ArrayRef> {
    call.each2(|date, millis| date_by_day(date, millis, -1, "subtract", "from").map(Some))
}

fn date_by_day(date: Days, millis: i64, sign: i64, verb: &str, side: &str) -> Result<Days> {
    if millis % DAY != 0 {
        return Err(failure::argument(format!(
            "Cannot {verb} hour, minutes or seconds {side} a date"
        )));
    }
    let days = i64::from(date.0) + sign * (millis / DAY);
    i32::try_from(days).map(Days).map_err(|_| too_far())
}

fn date_by_year(date: Days, months: Option<i32>) -> Result<Days> {
    months.and_then(|months| moment::date_plus_months(date.0, months)).map(Days).ok_or_else(too_far)
}

fn timestamp_by_day(timestamp: Micros, millis: Option<i64>) -> Result<Micros> {
    let micros = millis.and_then(|millis| millis.checked_mul(MILLISECOND));
    micros.and_then(|micros| timestamp.0.checked_add(micros)).map(Micros).ok_or_else(too_far)
}

fn timestamp_by_year(timestamp: Micros, months: Option<i32>) -> Result<Micros> {
    let moved = months.and_then(|months| moment::timestamp_plus_months(timestamp.0, months));
    moved.map(Micros).ok_or_else(too_far)
}

/// Times of day start over at midnight.
fn time_by_day(time: i64, millis: Option<i64>) -> Result<i64> {
    let micros = millis.unwrap_or(0).rem_euclid(DAY) * MILLISECOND;
    Ok((time + micros).rem_euclid(moment::DAY))
}

fn tz_by_day(packed: i64, millis: Option<i64>) -> Result<i64> {
    let moved = millis.and_then(|millis| zone::millis(packed).checked_add(millis));
    moved.and_then(|millis| zone::pack(millis, zone::zone(packed))).ok_or_else(too_far)
}

/// Months are counted on the calendar of the zone.
fn tz_by_year(packed: i64, months: Option<i32>) -> Result<i64> {
    let zone = zone::zone(packed);
    let micros = zone::wall_millis(packed).checked_mul(MILLISECOND);
    let moved = micros.zip(months).and_then(|(micros, months)| {
        let wall = moment::timestamp_plus_months(micros, months)?.div_euclid(MILLISECOND);
        zone::pack(zone.moment(wall), zone)
    });
    moved.ok_or_else(too_far)
}

pub(super) fn between_times(call: &Call) -> Result<ArrayRef> {
    call.each2(|a: i64, b: i64| Ok(a.checked_sub(b).and_then(millis)))
}

pub(super) fn between_timestamps(call: &Call) -> Result<ArrayRef> {
    call.each2(|a: Micros, b: Micros| {
        a.0.checked_sub(b.0).and_then(millis).map(Some).ok_or_else(too_far)
    })
}

pub(super) fn between_tz(call: &Call) -> Result<ArrayRef> {
    call.each2(|a, b| Ok(zone::millis(a).checked_sub(zone::millis(b))))
}

/// Microseconds rounded to milliseconds.
fn millis(micros: i64) -> Option<i64> {
    Some(moment::rounded(micros, 3)?.div_euclid(MILLISECOND))
}

fn too_far() -> DataFusionError {
    failure::range("the date is too far away")
}
