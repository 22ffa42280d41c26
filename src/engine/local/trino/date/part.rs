//! Parts of dates, times and intervals: `year(x)`, `day_of_week(x)`, `hour(x)` and the like, all
//! `bigint`. Dialect 4.3.
//!
//! Weeks are those of ISO 8601 and begin on Monday, 1. Parts of a moment with a zone go by the
//! clocks there. NULL gives NULL; nothing fails.

use super::super::super::zone;
use super::super::call::{Call, Days, Micros};
use super::super::function::{Form, Function};
use super::super::moment;
use super::calendar::{self, MILLIS_OF_DAY};

/// A part of a day, and its forms for intervals if there are any.
macro_rules! of_day {
    ($name:literal, $part:expr $(, $interval:expr)?) => {
        Function {
            name: $name,
            forms: &[
                Form::new("(date) -> bigint", |call: &Call| {
                    call.each1(|Days(days)| Ok(Some($part(i64::from(days)))))
                }),
                Form::new("(timestamp) -> bigint", |call: &Call| {
                    call.each1(|Micros(micros)| Ok(Some($part(micros.div_euclid(moment::DAY)))))
                }),
                Form::new("(timestamp with time zone) -> bigint", |call: &Call| {
                    call.each1(|value: i64| {
                        Ok(Some($part(zone::wall_millis(value).div_euclid(MILLIS_OF_DAY))))
                    })
                }),
                $($interval,)?
            ],
        }
    };
}

/// A part of a time of day: so many milliseconds, of which there are so many in the next unit.
macro_rules! of_time {
    ($name:literal, $millis:literal, $count:literal) => {
        Function {
            name: $name,
            forms: &[
                Form::new("(timestamp) -> bigint", |call: &Call| {
                    call.each1(|Micros(micros)| {
                        Ok(Some(micros.div_euclid($millis * 1000).rem_euclid($count)))
                    })
                }),
                Form::new("(timestamp with time zone) -> bigint", |call: &Call| {
                    call.each1(|value: i64| {
                        let wall = zone::wall_millis(value);
                        Ok(Some(wall.div_euclid($millis).rem_euclid($count)))
                    })
                }),
                Form::new("(time) -> bigint", |call: &Call| {
                    call.each1(|micros: i64| Ok(Some(micros / ($millis * 1000) % $count)))
                }),
                Form::new("(interval day to second) -> bigint", |call: &Call| {
                    call.each1(|interval: i64| Ok(Some(interval / $millis % $count)))
                }),
            ],
        }
    };
}

const DAYS_OF_INTERVAL: Form = Form::new("(interval day to second) -> bigint", |call: &Call| {
    call.each1(|interval: i64| Ok(Some(interval / MILLIS_OF_DAY)))
});

const YEARS_OF_INTERVAL: Form = Form::new("(interval year to month) -> bigint", |call: &Call| {
    call.each1(|months: i32| Ok(Some(i64::from(months / 12))))
});

const MONTHS_OF_INTERVAL: Form = Form::new("(interval year to month) -> bigint", |call: &Call| {
    call.each1(|months: i32| Ok(Some(i64::from(months % 12))))
});

pub(super) const YEAR: Function =
    of_day!("year", |days| calendar::civil(days).year, YEARS_OF_INTERVAL);

pub(super) const QUARTER: Function =
    of_day!("quarter", |days| (calendar::civil(days).month - 1) / 3 + 1);

pub(super) const MONTH: Function =
    of_day!("month", |days| calendar::civil(days).month, MONTHS_OF_INTERVAL);

pub(super) const WEEK: Function = of_day!("week", calendar::week);
pub(super) const WEEK_OF_YEAR: Function = of_day!("week_of_year", calendar::week);

pub(super) const DAY: Function = of_day!("day", |days| calendar::civil(days).day, DAYS_OF_INTERVAL);

pub(super) const DAY_OF_MONTH: Function =
    of_day!("day_of_month", |days| calendar::civil(days).day, DAYS_OF_INTERVAL);

pub(super) const DAY_OF_WEEK: Function = of_day!("day_of_week", calendar::day_of_week);
pub(super) const DOW: Function = of_day!("dow", calendar::day_of_week);

pub(super) const DAY_OF_YEAR: Function = of_day!("day_of_year", calendar::day_of_year);
pub(super) const DOY: Function = of_day!("doy", calendar::day_of_year);

pub(super) const YEAR_OF_WEEK: Function = of_day!("year_of_week", calendar::week_year);
pub(super) const YOW: Function = of_day!("yow", calendar::week_year);

pub(super) const HOUR: Function = of_time!("hour", 3_600_000, 24);
pub(super) const MINUTE: Function = of_time!("minute", 60_000, 60);
pub(super) const SECOND: Function = of_time!("second", 1000, 60);
pub(super) const MILLISECOND: Function = of_time!("millisecond", 1, 1000);
