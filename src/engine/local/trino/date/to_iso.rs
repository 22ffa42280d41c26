//! `to_iso8601(x) -> varchar`: ISO 8601 text of a date, a timestamp or a moment, with just the
//! digits that the type has. NULL gives NULL. Dialect 4.3.

use std::fmt::Write as _;

use datafusion::arrow::array::ArrayRef;
use datafusion::error::Result;

use super::super::super::{failure, zone};
use super::super::call::{Call, Days, Micros};
use super::super::function::{Form, Function};
use super::super::moment;
use crate::sql::ty::SqlType;

pub(super) const TO_ISO8601: Function = Function {
    name: "to_iso8601",
    forms: &[
        Form::new("(date) -> varchar", of_dates).giving(length),
        Form::new("(timestamp) -> varchar", of_timestamps).giving(length),
        Form::new("(timestamp with time zone) -> varchar", of_moments).giving(length),
    ],
};

/// Trino's texts are as long as the longest there could be.
fn length(takes: &[SqlType]) -> SqlType {
    let (shortest, precision) = match takes.first() {
        Some(SqlType::Timestamp(precision)) => (22, u32::from(*precision)),
        Some(SqlType::TimestampTz(precision)) => (28, u32::from(*precision)),
        _ => (16, 0),
    };
    SqlType::Varchar(Some(shortest + if precision > 0 { precision + 1 } else { 0 }))
}

fn of_dates(call: &Call) -> Result<ArrayRef> {
    call.each1(|Days(days)| {
        let mut text = String::with_capacity(10);
        moment::write_date(days, &mut text);
        Ok(Some(text))
    })
}

fn of_timestamps(call: &Call) -> Result<ArrayRef> {
    let precision = precision(call);
    call.each1(|Micros(micros)| Ok(Some(timestamp(micros, precision))))
}

/// Clocks that differ from UTC by parts of a minute, as all did in the nineteenth century, cannot
/// be written. That is so rare that it does not count as a call that fails.
fn of_moments(call: &Call) -> Result<ArrayRef> {
    let precision = precision(call);
    call.each1(|value: i64| {
        let millis = zone::millis(value);
        let offset = zone::zone(value).seconds_at(millis);
        let mut text = timestamp((millis + i64::from(offset) * 1000) * 1000, precision);
        let (sign, distance) = (if offset < 0 { '-' } else { '+' }, offset.unsigned_abs());
        let (hours, minutes, seconds) = (distance / 3600, distance / 60 % 60, distance % 60);
        if seconds != 0 {
            return Err(failure::argument(format!(
                "Timezone with non-zero seconds offset cannot be rendered as ISO8601: {sign}{hours:02}:{minutes:02}:{seconds:02}"
            )));
        }
        if distance == 0 {
            text.push('Z');
        } else {
            let _ = write!(text, "{sign}{hours:02}:{minutes:02}");
        }
        Ok(Some(text))
    })
}

fn precision(call: &Call) -> u8 {
    match call.takes.first() {
        Some(SqlType::Timestamp(precision) | SqlType::TimestampTz(precision)) => *precision,
        _ => 3,
    }
}

fn timestamp(micros: i64, precision: u8) -> String {
    let mut text = String::with_capacity(29);
    moment::write_timestamp(micros, precision, &mut text);
    if let Some(blank) = text.find(' ') {
        text.replace_range(blank..=blank, "T");
    }
    text
}
