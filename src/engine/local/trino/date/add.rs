//! `date_add(unit, n, x)`: `x` and `n` units, of the type of `x`. Dialect 4.3.
//!
//! Months end where the new month ends. From days on, a moment with a zone moves by what its clocks
//! show. NULL if an argument is NULL; fails for a unit that `x` has not, and out of range.

use datafusion::arrow::array::ArrayRef;
use datafusion::common::ScalarValue;
use datafusion::error::Result;

use super::super::super::{failure, zone};
use super::super::call::{Call, Days, Last, Micros};
use super::super::function::{Form, Function, whole};
use super::super::moment;
use super::calendar::{self, FIRST_YEAR, LAST_YEAR, MILLIS_OF_DAY};
use super::unit::{self, Length, Unit};
use super::{day, packed, wall_of_day, wall_of_timestamp};
use crate::sql::ty::SqlType;

pub(super) const DATE_ADD: Function = Function {
    name: "date_add",
    forms: &[
        Form::new("(varchar, bigint, date) -> date", to_dates)
            .checked(1, |constants| check(constants, unit::check_date)),
        Form::new("(varchar, bigint, timestamp) -> timestamp", to_timestamps)
            .checked(1, |constants| check(constants, unit::check_timestamp)),
        Form::new(
            "(varchar, bigint, timestamp with time zone) -> timestamp with time zone",
            to_moments,
        )
        .checked(1, |constants| check(constants, unit::check_timestamp)),
        Form::new("(varchar, bigint, time) -> time", to_times)
            .checked(1, |constants| check(constants, unit::check_time)),
    ],
};

/// A constant number of a constant unit takes only days at the end of time out of range, which
/// is no reason to keep every call behind the conditions before it.
fn check(
    constants: &[Option<&ScalarValue>],
    of_unit: fn(&[Option<&ScalarValue>]) -> Result<()>,
) -> Result<()> {
    whole(constants, 1).map_or(Ok(0), narrow)?;
    match constants.first() {
        Some(Some(_)) => of_unit(constants),
        _ => Err(failure::argument("the unit is not constant")),
    }
}

fn to_dates(call: &Call) -> Result<ArrayRef> {
    let mut last = Last::new();
    call.each3(|unit: &str, count: i64, days: Days| {
        let unit = *last.of(unit, Unit::of_date)?;
        let wall = add(wall_of_day(days), unit, narrow(count)?)?;
        day(wall.div_euclid(MILLIS_OF_DAY)).map(Some)
    })
}

fn to_timestamps(call: &Call) -> Result<ArrayRef> {
    let mut last = Last::new();
    let precision = precision(call.gives);
    call.each3(|unit: &str, count: i64, micros: Micros| {
        let unit = *last.of(unit, Unit::of_timestamp)?;
        let wall = add(wall_of_timestamp(micros), unit, narrow(count)?)?;
        rounded(wall, micros.0.rem_euclid(1000), precision).map(|micros| Some(Micros(micros)))
    })
}

fn to_moments(call: &Call) -> Result<ArrayRef> {
    let mut last = Last::new();
    let precision = precision(call.gives);
    call.each3(|unit: &str, count: i64, value: i64| {
        let unit = *last.of(unit, Unit::of_timestamp)?;
        let (millis, zone) = (zone::millis(value), zone::zone(value));
        let added = if unit < Unit::Day {
            add(millis, unit, narrow(count)?)?
        } else {
            zone.moment_near(add(zone::wall_millis(value), unit, narrow(count)?)?, millis)
        };
        match unit {
            Unit::Millisecond => packed(rounded(added, 0, precision)?.div_euclid(1000), zone),
            _ => packed(added, zone),
        }
        .map(Some)
    })
}

/// Goes around midnight.
fn to_times(call: &Call) -> Result<ArrayRef> {
    let mut last = Last::new();
    let precision = precision(call.gives);
    call.each3(|unit: &str, count: i64, micros: i64| {
        let unit = *last.of(unit, Unit::of_time)?;
        let added = add(micros / 1000, unit, narrow(count)?)?;
        rounded(added, micros % 1000, precision).map(|micros| Some(micros.rem_euclid(moment::DAY)))
    })
}

/// Microseconds with no more digits of the fraction of a second than the type has.
fn rounded(millis: i64, micros: i64, precision: u8) -> Result<i64> {
    let all = millis.checked_mul(1000).and_then(|millis| millis.checked_add(micros));
    all.and_then(|all| moment::rounded(all, precision)).ok_or_else(overflow)
}

fn narrow(count: i64) -> Result<i32> {
    i32::try_from(count).map_err(|_| failure::argument("integer overflow"))
}

fn overflow() -> datafusion::error::DataFusionError {
    failure::argument("long overflow")
}

fn precision(ty: &SqlType) -> u8 {
    match ty {
        SqlType::Timestamp(precision)
        | SqlType::TimestampTz(precision)
        | SqlType::Time(precision) => *precision,
        _ => 3,
    }
}

fn add(wall: i64, unit: Unit, count: i32) -> Result<i64> {
    let count = i64::from(count);
    let months = match unit.length() {
        Length::Millis(millis) => {
            let added = count.checked_mul(millis).and_then(|millis| wall.checked_add(millis));
            return added.ok_or_else(overflow);
        }
        Length::Months(months) => count * months,
    };
    if unit == Unit::Quarter && i32::try_from(months).is_err() {
        return Err(failure::argument(format!("Magnitude of add amount is too large: {months}")));
    }
    let days = calendar::add_months(wall.div_euclid(MILLIS_OF_DAY), months);
    let year = calendar::civil(days).year;
    if !(FIRST_YEAR..=LAST_YEAR).contains(&year) {
        return Err(failure::argument(format!(
            "Value {year} for year must be in the range [{FIRST_YEAR},{LAST_YEAR}]"
        )));
    }
    days.checked_mul(MILLIS_OF_DAY)
        .and_then(|start| start.checked_add(wall.rem_euclid(MILLIS_OF_DAY)))
        .ok_or_else(overflow)
}
