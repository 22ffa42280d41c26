//! `date_trunc(unit, x)`: the beginning of the unit that `x` is in, of the type of `x`. Dialect 4.3.
//!
//! Weeks begin on Monday, and units of a moment with a zone by the clocks there. NULL if an
//! argument is NULL; fails for a unit that `x` has not.

use datafusion::arrow::array::ArrayRef;
use datafusion::error::Result;

use super::super::super::{failure, zone};
use super::super::call::{Call, Days, Last, Micros};
use super::super::function::{Form, Function};
use super::calendar::{self, Civil, MILLIS_OF_DAY};
use super::unit::{self, Length, Unit};
use super::{day, packed, wall_of_day, wall_of_timestamp};

pub(super) const DATE_TRUNC: Function = Function {
    name: "date_trunc",
    forms: &[
        Form::new("(varchar, date) -> date", of_dates).checked(0, unit::check_date),
        Form::new("(varchar, timestamp) -> timestamp", of_timestamps)
            .checked(0, unit::check_timestamp),
        Form::new("(varchar, timestamp with time zone) -> timestamp with time zone", of_moments)
            .checked(0, unit::check_timestamp),
        Form::new("(varchar, time) -> time", of_times).checked(0, unit::check_time),
    ],
};

fn of_dates(call: &Call) -> Result<ArrayRef> {
    let mut last = Last::new();
    call.each2(|unit: &str, days: Days| {
        let unit = *last.of(unit, Unit::of_date)?;
        day(floor(wall_of_day(days), unit).div_euclid(MILLIS_OF_DAY)).map(Some)
    })
}

fn of_timestamps(call: &Call) -> Result<ArrayRef> {
    let mut last = Last::new();
    call.each2(|unit: &str, micros: Micros| {
        let unit = *last.of(unit, Unit::of_timestamp)?;
        let micros = floor(wall_of_timestamp(micros), unit).checked_mul(1000);
        micros.map(|micros| Some(Micros(micros))).ok_or_else(|| failure::argument("long overflow"))
    })
}

fn of_moments(call: &Call) -> Result<ArrayRef> {
    let mut last = Last::new();
    call.each2(|unit: &str, value: i64| {
        let unit = *last.of(unit, Unit::of_timestamp)?;
        let (millis, zone) = (zone::millis(value), zone::zone(value));
        let wall = zone::wall_millis(value);
        let floor = floor(wall, unit);
        let floor = if unit < Unit::Day {
            // Also where clocks have been put back since the hour began.
            floor - (wall - millis)
        } else {
            zone.moment_near(floor, millis)
        };
        packed(floor, zone).map(Some)
    })
}

fn of_times(call: &Call) -> Result<ArrayRef> {
    let mut last = Last::new();
    call.each2(|unit: &str, micros: i64| {
        let unit = *last.of(unit, Unit::of_time)?;
        Ok(Some(floor(micros / 1000, unit) * 1000))
    })
}

fn floor(wall: i64, unit: Unit) -> i64 {
    let days = wall.div_euclid(MILLIS_OF_DAY);
    let Civil { year, month, .. } = match unit.length() {
        Length::Millis(millis) if unit < Unit::Week => {
            return wall.div_euclid(millis).saturating_mul(millis);
        }
        Length::Millis(_) => return calendar::monday(days).saturating_mul(MILLIS_OF_DAY),
        Length::Months(_) => calendar::civil(days),
    };
    let month = match unit {
        Unit::Year => 1,
        Unit::Quarter => (month - 1) / 3 * 3 + 1,
        _ => month,
    };
    calendar::day_number(year, month, 1).saturating_mul(MILLIS_OF_DAY)
}
