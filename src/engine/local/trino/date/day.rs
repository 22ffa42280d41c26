//! `date(x)`, and `last_day_of_month(x)`. Dialect 4.3.

use datafusion::arrow::array::ArrayRef;
use datafusion::error::Result;

use super::super::super::{failure, zone};
use super::super::call::{Call, Days, Micros};
use super::super::function::{Form, Function};
use super::super::moment;
use super::calendar::{self, Civil, MILLIS_OF_DAY};

/// `date(x) -> date`: as `CAST(x AS date)`. NULL gives NULL. Fails for text that is no bare date.
pub(super) const DATE: Function = Function {
    name: "date",
    forms: &[
        Form::new("(date) -> date", |call: &Call| call.array(0)),
        Form::new("(timestamp) -> date", |call: &Call| {
            call.each1(|value: Micros| of_timestamp(value).map(Some))
        }),
        Form::new("(timestamp with time zone) -> date", |call: &Call| {
            call.each1(|value: i64| of_moment(value).map(Some))
        }),
        Form::new("(varchar) -> date", of_text).fails(),
    ],
};

/// `last_day_of_month(x) -> date`: that of the month of `x`, in its own zone. NULL gives NULL.
pub(super) const LAST_DAY_OF_MONTH: Function = Function {
    name: "last_day_of_month",
    forms: &[
        Form::new("(date) -> date", |call: &Call| call.each1(|day: Days| last(day).map(Some))),
        Form::new("(timestamp) -> date", |call: &Call| {
            call.each1(|value: Micros| last(of_timestamp(value)?).map(Some))
        }),
        Form::new("(timestamp with time zone) -> date", |call: &Call| {
            call.each1(|value: i64| last(of_moment(value)?).map(Some))
        }),
    ],
};

fn of_text(call: &Call) -> Result<ArrayRef> {
    call.each1(|text: &str| match moment::parse_date(text) {
        Some(days) => Ok(Some(Days(days))),
        None => Err(failure::cast(format!("Value cannot be cast to date: {text}"))),
    })
}

fn of_timestamp(value: Micros) -> Result<Days> {
    super::day(value.0.div_euclid(moment::DAY))
}

fn of_moment(value: i64) -> Result<Days> {
    super::day(zone::wall_millis(value).div_euclid(MILLIS_OF_DAY))
}

fn last(day: Days) -> Result<Days> {
    let Civil { year, month, .. } = calendar::civil(i64::from(day.0));
    super::day(calendar::day_number(year, month, calendar::month_length(year, month)))
}
