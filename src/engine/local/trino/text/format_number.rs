//! `format_number(number) -> varchar`: at most three digits and a letter, `1.23K`.
//!
//! `human_readable_seconds(double) -> varchar`: `1 week, 2 days, 3 hours, 4 minutes, 5 seconds`
//! without what is zero, whatever the sign. What is no finite number is an error.

use std::fmt::Write as _;

use datafusion::arrow::array::ArrayRef;
use datafusion::error::Result;

use super::super::super::failure;
use super::super::call::Call;
use super::super::function::{Form, Function};
use super::format::Digits;

pub(super) const FORMAT_NUMBER: Function = Function {
    name: "format_number",
    forms: &[
        Form::new("(bigint) -> varchar", |call: &Call| {
            call.each1(|number: i64| Ok(Some(short(number))))
        }),
        Form::new("(double) -> varchar", |call: &Call| {
            call.each1(|number: f64| Ok(Some(short(number as i64))))
        }),
    ],
};

pub(super) const HUMAN_READABLE_SECONDS: Function = Function {
    name: "human_readable_seconds",
    forms: &[Form::new("(double) -> varchar", seconds).fails()],
};

fn short(number: i64) -> String {
    let mut rest = number as f64;
    let mut letter = "";
    for next in ["K", "M", "B", "T", "Q"] {
        if rest.abs() < 1000.0 {
            break;
        }
        rest /= 1000.0;
        letter = next;
    }
    let decimals = match rest {
        ..10.0 => 2,
        ..100.0 => 1,
        _ => 0,
    };
    let digits = Digits::of_double(rest).plain(decimals);
    let digits = match digits.contains('.') {
        true => digits.trim_end_matches('0').trim_end_matches('.'),
        false => &digits,
    };
    let sign = if number < 0 { "-" } else { "" };
    format!("{sign}{digits}{letter}")
}

fn seconds(call: &Call) -> Result<ArrayRef> {
    call.each1(|number: f64| {
        if !number.is_finite() {
            let mut text = String::new();
            super::super::float::show_double(number, &mut text);
            return Err(failure::argument(format!("Invalid argument found: {text}")));
        }
        let mut rest = number.abs().round() as i64;
        let mut out = String::new();
        let units =
            [("week", 604_800), ("day", 86_400), ("hour", 3600), ("minute", 60), ("second", 1)];
        for (unit, length) in units {
            let count = rest / length;
            rest %= length;
            if count > 0 || unit == "second" && out.is_empty() {
                let comma = if out.is_empty() { "" } else { ", " };
                let plural = if count == 1 { "" } else { "s" };
                let _ = write!(out, "{comma}{count} {unit}{plural}");
            }
        }
        Ok(Some(out))
    })
}
