//! Seconds and nanoseconds since 1970. Dialect 4.3.

use datafusion::arrow::array::ArrayRef;
use datafusion::error::Result;

use super::super::super::failure;
use super::super::super::zone::{self, Zone};
use super::super::call::{Call, Last, Micros};
use super::super::function::{Form, Function};
use super::packed;
use super::zones::{not_supported, of_minutes};
use crate::sql::ty::SqlType;

/// `from_unixtime(seconds[, zone | hours, minutes]) -> timestamp(3) with time zone`, rounded half
/// up to milliseconds. NULL if an argument is NULL; fails out of range, and for a zone that is not
/// there.
pub(super) const FROM_UNIXTIME: Function = Function {
    name: "from_unixtime",
    forms: &[
        Form::new("(double) -> timestamp(3) with time zone", |call: &Call| {
            call.each1(|seconds: f64| packed(millis(seconds), Zone::UTC).map(Some))
        })
        .fails(),
        Form::new("(double, varchar) -> timestamp(3) with time zone", in_zone).fails(),
        Form::new("(double, bigint, bigint) -> timestamp(3) with time zone", at_offset).fails(),
    ],
};

/// `from_unixtime_nanos(nanoseconds) -> timestamp(9) with time zone`. NULL gives NULL.
///
/// Fails where there are parts of a millisecond, which the embedded engine does not keep.
pub(super) const FROM_UNIXTIME_NANOS: Function = Function {
    name: "from_unixtime_nanos",
    forms: &[Form::new("(bigint) -> timestamp(3) with time zone", of_nanos)
        .fails()
        .giving(|_| SqlType::TimestampTz(9))],
};

/// `to_unixtime(x) -> double`: seconds since 1970. NULL gives NULL.
pub(super) const TO_UNIXTIME: Function = Function {
    name: "to_unixtime",
    forms: &[
        Form::new("(timestamp) -> double", |call: &Call| {
            call.each1(|micros: Micros| Ok(Some(micros.0 as f64 / 1e6)))
        }),
        Form::new("(timestamp with time zone) -> double", |call: &Call| {
            call.each1(|value: i64| Ok(Some(zone::millis(value) as f64 / 1e3)))
        }),
    ],
};

/// No number is 1970.
fn millis(seconds: f64) -> i64 {
    let millis = seconds * 1000.0;
    let floor = millis.floor();
    // Casts take the nearest number that there is.
    (if millis - floor >= 0.5 { floor + 1.0 } else { floor }) as i64
}

fn in_zone(call: &Call) -> Result<ArrayRef> {
    let mut last = Last::new();
    call.each2(|seconds: f64, name: &str| {
        let zone = *last.of(name, |name| match name {
            "" => Err(failure::argument("Zone id is an empty string")),
            _ => Zone::parse(name).ok_or_else(|| not_supported(name)),
        })?;
        packed(millis(seconds), zone).map(Some)
    })
}

fn at_offset(call: &Call) -> Result<ArrayRef> {
    call.each3(|seconds: f64, hours: i64, minutes: i64| {
        let minutes = hours.saturating_mul(60).saturating_add(minutes);
        packed(millis(seconds), of_minutes(minutes)?).map(Some)
    })
}

fn of_nanos(call: &Call) -> Result<ArrayRef> {
    const MILLISECOND: i64 = 1_000_000;
    call.each1(|nanos: i64| {
        if nanos % MILLISECOND != 0 {
            return Err(failure::argument(format!(
                "the embedded engine keeps milliseconds, and {nanos} has more: write from_unixtime(x / 1e9)"
            )));
        }
        packed(nanos / MILLISECOND, Zone::UTC).map(Some)
    })
}
