//! `date_diff(unit, a, b)`: whole units from `a` to `b`, negative if `b` is earlier. Dialect 4.3.
//!
//! A month is over when the day of the month and the time of day are reached; a month's last day
//! counts as every day after it. Days and longer units of moments with zones go by the clocks in
//! the zone of `a`. NULL if an argument is NULL; fails for a unit that the type has not.

use std::cmp::Ordering;

use datafusion::arrow::array::ArrayRef;
use datafusion::error::Result;

use super::super::super::zone;
use super::super::call::{Call, Days, Last, Micros};
use super::super::function::{Form, Function};
use super::calendar::{self, Civil, MILLIS_OF_DAY};
use super::unit::{self, Length, Unit};
use super::{wall_of_day, wall_of_timestamp};

/// Days of a year before 29 February.
const LEAP_DAY: i64 = 59;

pub(super) const DATE_DIFF: Function = Function {
    name: "date_diff",
    forms: &[
        Form::new("(varchar, date, date) -> bigint", of_dates).checked(0, unit::check_date),
        Form::new("(varchar, timestamp, timestamp) -> bigint", of_timestamps)
            .checked(0, unit::check_timestamp),
        Form::new(
            "(varchar, timestamp with time zone, timestamp with time zone) -> bigint",
            of_moments,
        )
        .checked(0, unit::check_timestamp),
        Form::new("(varchar, time, time) -> bigint", of_times).checked(0, unit::check_time),
    ],
};

fn of_dates(call: &Call) -> Result<ArrayRef> {
    let mut last = Last::new();
    call.each3(|unit: &str, from: Days, to: Days| {
        let unit = *last.of(unit, Unit::of_date)?;
        Ok(Some(between(wall_of_day(from), wall_of_day(to), unit)))
    })
}

fn of_timestamps(call: &Call) -> Result<ArrayRef> {
    let mut last = Last::new();
    call.each3(|unit: &str, from: Micros, to: Micros| {
        let unit = *last.of(unit, Unit::of_timestamp)?;
        Ok(Some(between(wall_of_timestamp(from), wall_of_timestamp(to), unit)))
    })
}

fn of_moments(call: &Call) -> Result<ArrayRef> {
    let mut last = Last::new();
    call.each3(|unit: &str, from: i64, to: i64| {
        let unit = *last.of(unit, Unit::of_timestamp)?;
        let (start, end) = (zone::millis(from), zone::millis(to));
        if unit < Unit::Day {
            return Ok(Some(between(start, end, unit)));
        }
        let zone = zone::zone(from);
        Ok(Some(between(zone.wall(start), zone.wall(end), unit)))
    })
}

fn of_times(call: &Call) -> Result<ArrayRef> {
    let mut last = Last::new();
    call.each3(|unit: &str, from: i64, to: i64| {
        let unit = *last.of(unit, Unit::of_time)?;
        Ok(Some(between(from / 1000, to / 1000, unit)))
    })
}

fn between(from: i64, to: i64, unit: Unit) -> i64 {
    match unit.length() {
        Length::Millis(millis) => to.saturating_sub(from) / millis,
        Length::Months(_) if to < from => -between(to, from, unit),
        Length::Months(_) if unit == Unit::Year => years(from, to),
        Length::Months(months) => self::months(from, to) / months,
    }
}

fn months(from: i64, to: i64) -> i64 {
    let (start, end) = (civil(from), civil(to));
    let mut start_day = start.day;
    if end.day == calendar::month_length(end.year, end.month) {
        start_day = start_day.min(end.day);
    }
    let reached = (end.day, time(to)).cmp(&(start_day, time(from))) != Ordering::Less;
    (end.year - start.year) * 12 + end.month - start.month - i64::from(!reached)
}

/// Days are compared by their place in the year, as if no year had a leap day.
fn years(from: i64, to: i64) -> i64 {
    let (start, end) = (civil(from).year, civil(to).year);
    let (mut start_day, mut end_day) = (day_of_year(from), day_of_year(to));
    if start_day >= LEAP_DAY {
        match (calendar::is_leap(start), calendar::is_leap(end)) {
            (true, false) => start_day -= 1,
            (false, true) if end_day >= LEAP_DAY => end_day -= 1,
            _ => {}
        }
    }
    end - start - i64::from((end_day, time(to)) < (start_day, time(from)))
}

fn civil(wall: i64) -> Civil {
    calendar::civil(wall.div_euclid(MILLIS_OF_DAY))
}

/// From 0.
fn day_of_year(wall: i64) -> i64 {
    calendar::day_of_year(wall.div_euclid(MILLIS_OF_DAY)) - 1
}

fn time(wall: i64) -> i64 {
    wall.rem_euclid(MILLIS_OF_DAY)
}
