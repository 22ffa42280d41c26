//! Dates and times as text, by a pattern. Dialect 4.3 and 5.
//!
//! Microseconds are rounded to milliseconds first. A moment with a zone shows the clocks there.
//! NULL if an argument is NULL; fails for a bad pattern.

use datafusion::arrow::array::ArrayRef;
use datafusion::common::ScalarValue;
use datafusion::error::Result;

use super::super::super::{failure, zone};
use super::super::call::{Call, Last, Micros, Take};
use super::super::function::{Form, Function, constant_text};
use super::format::{Format, Shown};

/// `date_format(x, pattern) -> varchar`, with MySQL's codes.
pub(super) const DATE_FORMAT: Function = Function {
    name: "date_format",
    forms: &[
        Form::new("(timestamp, varchar) -> varchar", |call: &Call| {
            print(call, Format::mysql, of_timestamp)
        })
        .checked(1, |constants| check(constants, Format::mysql)),
        Form::new("(timestamp with time zone, varchar) -> varchar", |call: &Call| {
            print(call, Format::mysql, of_moment)
        })
        .checked(1, |constants| check(constants, Format::mysql)),
    ],
};

/// `format_datetime(x, pattern) -> varchar`, with Joda's letters; those for zones only for what
/// has one.
pub(super) const FORMAT_DATETIME: Function = Function {
    name: "format_datetime",
    forms: &[
        Form::new("(timestamp, varchar) -> varchar", |call: &Call| {
            print(call, without_zone, of_timestamp)
        })
        .checked(1, |constants| check(constants, without_zone)),
        // Long names of most zones are not known, so a good pattern may fail too.
        Form::new("(timestamp with time zone, varchar) -> varchar", |call: &Call| {
            print(call, Format::joda, of_moment)
        })
        .fails(),
    ],
};

fn without_zone(pattern: &str) -> Result<Format> {
    let format = Format::joda(pattern)?;
    if format.has_zone() {
        return Err(failure::argument(
            "format_datetime for TIMESTAMP type, cannot use 'Z' nor 'z' in format, as this type does not contain TZ information",
        ));
    }
    Ok(format)
}

fn check(
    constants: &[Option<&ScalarValue>],
    parse: impl FnOnce(&str) -> Result<Format>,
) -> Result<()> {
    constant_text(constants, 1).map_or(Ok(()), |pattern| parse(pattern).map(drop))
}

fn of_timestamp(Micros(micros): Micros) -> Shown {
    let half_up = i64::from(micros.rem_euclid(1000) >= 500);
    Shown { wall: micros.div_euclid(1000) + half_up, zone: None }
}

fn of_moment(value: i64) -> Shown {
    let (millis, zone) = (zone::millis(value), zone::zone(value));
    Shown { wall: zone.wall(millis), zone: Some((zone, millis)) }
}

fn print<'a, A: Take<'a>>(
    call: &'a Call,
    parse: fn(&str) -> Result<Format>,
    shown: fn(A) -> Shown,
) -> Result<ArrayRef> {
    let mut last = Last::new();
    call.each2(|value: A, pattern: &str| last.of(pattern, parse)?.print(shown(value)).map(Some))
}
