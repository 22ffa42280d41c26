//! Casts to dates and times.

use datafusion::arrow::array::ArrayRef;
use datafusion::error::{DataFusionError, Result};

use super::super::super::{failure, zone};
use super::super::call::{Days, Micros};
use super::super::{float, moment};
use super::{OnFailure, no_cast};
use crate::sql::ty::SqlType;

/// Microseconds of a millisecond.
const MILLISECOND: i64 = 1000;

/// Milliseconds of a day.
const DAY: i64 = moment::DAY / MILLISECOND;

/// The day that clocks show.
pub(super) fn to_date(or: OnFailure, values: &ArrayRef, from: &SqlType) -> Result<ArrayRef> {
    let days = |days: i64| i32::try_from(days).map(|days| Some(Days(days))).map_err(|_| overflow());
    match from {
        SqlType::Varchar(_) => or.each(values, |text: &str| match moment::parse_date(text) {
            Some(days) => Ok(Some(Days(days))),
            None => Err(failure::cast(format!("Value cannot be cast to date: {text}"))),
        }),
        SqlType::Timestamp(_) => {
            or.each(values, |micros: Micros| days(micros.0.div_euclid(moment::DAY)))
        }
        SqlType::TimestampTz(_) => {
            or.each(values, |packed| days(zone::wall_millis(packed).div_euclid(DAY)))
        }
        from => no_cast(from, &SqlType::Date),
    }
}

/// The time that clocks show. Rounding up past midnight starts over.
pub(super) fn to_time(
    or: OnFailure,
    values: &ArrayRef,
    from: &SqlType,
    precision: u8,
) -> Result<ArrayRef> {
    let time =
        |micros: i64| Ok(moment::rounded(micros, precision).map(|t| t.rem_euclid(moment::DAY)));
    match from {
        SqlType::Varchar(_) => {
            or.each(values, |text: &str| match moment::parse_time(text, precision) {
                Some(micros) => Ok(Some(micros)),
                None => Err(failure::cast(format!("Value cannot be cast to time: {text}"))),
            })
        }
        SqlType::Time(_) => or.each(values, time),
        SqlType::Timestamp(_) => {
            or.each(values, |micros: Micros| time(micros.0.rem_euclid(moment::DAY)))
        }
        SqlType::TimestampTz(_) => {
            or.each(values, |packed| time(zone::wall_millis(packed).rem_euclid(DAY) * MILLISECOND))
        }
        from => no_cast(from, &SqlType::Time(precision)),
    }
}

/// What clocks show, rounded to `precision` digits.
pub(super) fn to_timestamp(
    or: OnFailure,
    values: &ArrayRef,
    from: &SqlType,
    precision: u8,
) -> Result<ArrayRef> {
    let some = |micros: Option<i64>| micros.map(|at| Some(Micros(at))).ok_or_else(overflow);
    match from {
        SqlType::Varchar(_) => {
            or.each(values, |text: &str| match moment::parse_timestamp(text, precision) {
                Some(micros) => Ok(Some(Micros(micros))),
                None => Err(no_timestamp(text)),
            })
        }
        SqlType::Date => {
            or.each(values, |days: Days| some(i64::from(days.0).checked_mul(moment::DAY)))
        }
        SqlType::Timestamp(_) => {
            or.each(values, |micros: Micros| some(moment::rounded(micros.0, precision)))
        }
        SqlType::TimestampTz(_) => or.each(values, |packed| {
            let micros = zone::wall_millis(packed).checked_mul(MILLISECOND);
            some(micros.and_then(|micros| moment::rounded(micros, precision)))
        }),
        from => no_cast(from, &SqlType::Timestamp(precision)),
    }
}

/// A moment; what has no zone is taken in that of the session.
pub(super) fn to_timestamp_tz(
    or: OnFailure,
    values: &ArrayRef,
    from: &SqlType,
    precision: u8,
) -> Result<ArrayRef> {
    let some = |packed: Option<i64>| packed.map(Some).ok_or_else(overflow);
    let utc = |millis: i64| some(zone::pack(millis, zone::Zone::UTC));
    match from {
        SqlType::Varchar(_) => {
            or.each(values, |text: &str| match moment::parse_timestamp_tz(text, precision) {
                Some(packed) => Ok(Some(packed)),
                None => Err(no_timestamp(text)),
            })
        }
        SqlType::Date => or.each(values, |days: Days| utc(i64::from(days.0) * DAY)),
        SqlType::Timestamp(_) => or.each(values, |micros: Micros| {
            let rounded = moment::rounded(micros.0, precision.min(3)).ok_or_else(overflow)?;
            utc(rounded.div_euclid(MILLISECOND))
        }),
        SqlType::TimestampTz(_) => or.each(values, |packed| {
            let micros = zone::millis(packed).checked_mul(MILLISECOND);
            let rounded = micros.and_then(|micros| moment::rounded(micros, precision));
            some(rounded.and_then(|at| zone::pack(at.div_euclid(MILLISECOND), zone::zone(packed))))
        }),
        from => no_cast(from, &SqlType::TimestampTz(precision)),
    }
}

fn no_timestamp(text: &str) -> DataFusionError {
    failure::cast(format!("Value cannot be cast to timestamp: {}", float::trim(text)))
}

/// Years by the hundred thousand, which no log has.
fn overflow() -> DataFusionError {
    failure::range("the date is too far away")
}
