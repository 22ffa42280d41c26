//! Zones of moments. Dialect 4.3.
//!
//! A zone is `UTC`, `+01:00` or a name, in just these letters. NULL if an argument is NULL; fails
//! for a zone that is not there.

use datafusion::arrow::array::ArrayRef;
use datafusion::common::ScalarValue;
use datafusion::error::{DataFusionError, Result};

use super::super::super::failure;
use super::super::super::zone::{self, Zone};
use super::super::call::{Call, Last, Micros};
use super::super::function::{Form, Function, constant_text};
use super::{packed, wall_of_timestamp};

/// `at_timezone(moment, zone)`: the same moment, shown in another zone. The zone may be an interval
/// too.
pub(super) const AT_TIMEZONE: Function = Function {
    name: "at_timezone",
    forms: &[
        Form::new("(timestamp with time zone, varchar) -> timestamp with time zone", at_named)
            .checked(1, check),
        Form::new(
            "(timestamp with time zone, interval day to second) -> timestamp with time zone",
            at_interval,
        )
        .fails(),
    ],
};

/// `with_timezone(timestamp, zone)`: the moment when clocks in the zone show the timestamp. Where
/// they skip it, it is as much later.
pub(super) const WITH_TIMEZONE: Function = Function {
    name: "with_timezone",
    forms: &[Form::new("(timestamp, varchar) -> timestamp with time zone", with).checked(1, check)],
};

/// `timezone_hour(moment) -> bigint`: whole hours of the zone's distance from UTC.
pub(super) const TIMEZONE_HOUR: Function = Function {
    name: "timezone_hour",
    forms: &[Form::new("(timestamp with time zone) -> bigint", |call: &Call| {
        call.each1(|value: i64| Ok(Some(seconds(value) / 3600)))
    })],
};

/// `timezone_minute(moment) -> bigint`: the minutes beside the hours, negative with them.
pub(super) const TIMEZONE_MINUTE: Function = Function {
    name: "timezone_minute",
    forms: &[Form::new("(timestamp with time zone) -> bigint", |call: &Call| {
        call.each1(|value: i64| Ok(Some(seconds(value) / 60 % 60)))
    })],
};

/// `current_timezone() -> varchar`: the session's zone, `UTC`.
pub(super) const CURRENT_TIMEZONE: Function = Function {
    name: "current_timezone",
    forms: &[Form::new("() -> varchar", |call: &Call| {
        ScalarValue::from(Zone::UTC.to_string()).to_array_of_size(call.rows)
    })],
};

fn at_named(call: &Call) -> Result<ArrayRef> {
    let mut last = Last::new();
    call.each2(|value: i64, name: &str| {
        packed(zone::millis(value), *last.of(name, named)?).map(Some)
    })
}

fn at_interval(call: &Call) -> Result<ArrayRef> {
    call.each2(|value: i64, interval: i64| {
        if interval % 60_000 != 0 {
            return Err(failure::argument(
                "Invalid time zone offset interval: interval contains seconds",
            ));
        }
        packed(zone::millis(value), of_minutes(interval / 60_000)?).map(Some)
    })
}

fn with(call: &Call) -> Result<ArrayRef> {
    let mut last = Last::new();
    call.each2(|micros: Micros, name: &str| {
        let (zone, wall) = (*last.of(name, named)?, wall_of_timestamp(micros));
        // Where clocks show it twice, Trino takes the offset that is there at this time in UTC.
        packed(zone.moment_near(wall, wall), zone).map(Some)
    })
}

/// The zone of an offset.
pub(super) fn of_minutes(minutes: i64) -> Result<Zone> {
    let zone = i32::try_from(minutes).ok().and_then(Zone::offset);
    zone.ok_or_else(|| failure::argument(format!("Invalid offset minutes {minutes}")))
}

/// What the reading of moments says of a zone that it does not know.
pub(super) fn not_supported(zone: &str) -> DataFusionError {
    failure::argument(format!("Time zone not supported: {zone}"))
}

fn named(name: &str) -> Result<Zone> {
    if name.is_empty() {
        return Err(failure::argument("Zone id is an empty string"));
    }
    Zone::parse(name).ok_or_else(|| failure::argument(format!("'{name}' is not a valid time zone")))
}

fn check(constants: &[Option<&ScalarValue>]) -> Result<()> {
    constant_text(constants, 1).map_or(Ok(()), |name| named(name).map(drop))
}

fn seconds(value: i64) -> i64 {
    i64::from(zone::zone(value).seconds_at(zone::millis(value)))
}
