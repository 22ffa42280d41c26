//! Dates and times from text, by a pattern. Dialect 4.3 and 5.
//!
//! The whole text has to fit. Fields that the pattern has not are those of 1 January 1970 at
//! midnight, and the year 2000 where there is a month, a week or a day. NULL if an argument is
//! NULL; fails for a bad pattern, and for a text that does not fit it.

use datafusion::arrow::array::ArrayRef;
use datafusion::error::Result;

use super::super::super::failure;
use super::super::call::{Call, Last, Micros, Put};
use super::super::function::{Form, Function};
use super::format::{Format, Moment, Room};
use super::packed;

/// `date_parse(text, pattern) -> timestamp(3)`, with MySQL's codes.
pub(super) const DATE_PARSE: Function = Function {
    name: "date_parse",
    forms: &[Form::new("(varchar, varchar) -> timestamp(3)", |call: &Call| {
        read(call, Format::mysql, |moment| match moment.millis.checked_mul(1000) {
            Some(micros) => Ok(Micros(micros)),
            None => Err(failure::argument("long overflow")),
        })
    })
    .fails()],
};

/// `parse_datetime(text, pattern) -> timestamp(3) with time zone`, with Joda's letters. The zone is
/// the one in the text, or UTC.
pub(super) const PARSE_DATETIME: Function = Function {
    name: "parse_datetime",
    forms: &[Form::new("(varchar, varchar) -> timestamp(3) with time zone", |call: &Call| {
        read(call, Format::joda, |moment| packed(moment.millis, moment.zone))
    })
    .fails()],
};

fn read<V: Put>(
    call: &Call,
    parse: fn(&str) -> Result<Format>,
    value: fn(Moment) -> Result<V>,
) -> Result<ArrayRef> {
    let mut last = Last::new();
    let mut room = Room::default();
    call.each2(|text: &str, pattern: &str| {
        value(last.of(pattern, parse)?.read(text, &mut room)?).map(Some)
    })
}
