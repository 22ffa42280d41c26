//! Dates and times. Dialect 4.3 and 5.
//!
//! Days are counted from 1970. A *wall* is what clocks show, as milliseconds as if they stood in
//! UTC; parts, formats and months go by it. A moment with a zone has the wall of its own zone.

use datafusion::error::Result;

use self::calendar::MILLIS_OF_DAY;
use super::super::failure;
use super::super::zone::{self, Zone};
use super::call::{Days, Micros};
use super::function::Function;

mod add;
pub(super) mod calendar;
mod day;
mod difference;
mod duration;
mod format;
mod formatted;
mod iso;
mod parsed;
mod part;
#[cfg(test)]
mod tests;
mod to_iso;
mod truncate;
mod unit;
mod unix;
mod wall;
mod zones;

pub(super) const DATE: &[Function] = &[
    add::DATE_ADD,
    day::DATE,
    day::LAST_DAY_OF_MONTH,
    difference::DATE_DIFF,
    duration::PARSE_DURATION,
    duration::TO_MILLISECONDS,
    formatted::DATE_FORMAT,
    formatted::FORMAT_DATETIME,
    iso::FROM_ISO8601_DATE,
    iso::FROM_ISO8601_TIMESTAMP,
    parsed::DATE_PARSE,
    parsed::PARSE_DATETIME,
    part::DAY,
    part::DAY_OF_MONTH,
    part::DAY_OF_WEEK,
    part::DAY_OF_YEAR,
    part::DOW,
    part::DOY,
    part::HOUR,
    part::MILLISECOND,
    part::MINUTE,
    part::MONTH,
    part::QUARTER,
    part::SECOND,
    part::WEEK,
    part::WEEK_OF_YEAR,
    part::YEAR,
    part::YEAR_OF_WEEK,
    part::YOW,
    to_iso::TO_ISO8601,
    truncate::DATE_TRUNC,
    unix::FROM_UNIXTIME,
    unix::FROM_UNIXTIME_NANOS,
    unix::TO_UNIXTIME,
    zones::AT_TIMEZONE,
    zones::CURRENT_TIMEZONE,
    zones::TIMEZONE_HOUR,
    zones::TIMEZONE_MINUTE,
    zones::WITH_TIMEZONE,
];

/// The wall of a day's beginning.
fn wall_of_day(days: Days) -> i64 {
    i64::from(days.0) * MILLIS_OF_DAY
}

/// The wall of a timestamp, cut to milliseconds.
fn wall_of_timestamp(micros: Micros) -> i64 {
    micros.0.div_euclid(1000)
}

/// The day so many days after 1970.
fn day(days: i64) -> Result<Days> {
    let range = || failure::argument(format!("Value {days} exceeds MAX_INT for type date"));
    i32::try_from(days).map(Days).map_err(|_| range())
}

/// A packed moment.
fn packed(millis: i64, zone: Zone) -> Result<i64> {
    zone::pack(millis, zone).ok_or_else(|| failure::argument(format!("Millis overflow: {millis}")))
}
