//! `human_readable_seconds(double) -> varchar`: `1 week, 2 days, 3 hours, 4 minutes, 5 seconds`
//! without what is zero, whatever the sign. NULL gives NULL; what is no finite number is an error.

use std::fmt::Write as _;

use datafusion::arrow::array::ArrayRef;
use datafusion::error::Result;

use super::super::super::failure;
use super::super::call::Call;
use super::super::float;
use super::super::function::{Form, Function};

/// Units and their seconds, longest first.
const UNITS: [(&str, i64); 5] =
    [("week", 604_800), ("day", 86_400), ("hour", 3600), ("minute", 60), ("second", 1)];

pub(super) const HUMAN_READABLE_SECONDS: Function = Function {
    name: "human_readable_seconds",
    forms: &[Form::new("(double) -> varchar", run).fails()],
};

fn run(call: &Call) -> Result<ArrayRef> {
    call.each1(|number: f64| {
        if number.is_finite() {
            return Ok(Some(readable(number)));
        }
        let mut message = "Invalid argument found: ".to_owned();
        float::show_double(number, &mut message);
        Err(failure::argument(message))
    })
}

fn readable(number: f64) -> String {
    let mut rest = number.abs().round() as i64;
    let mut out = String::new();
    for (unit, length) in UNITS {
        let count = rest / length;
        rest %= length;
        if count > 0 || unit == "second" && out.is_empty() {
            let comma = if out.is_empty() { "" } else { ", " };
            let plural = if count == 1 { "" } else { "s" };
            let _ = write!(out, "{comma}{count} {unit}{plural}");
        }
    }
    out
}
