//! `format_number(number) -> varchar`: at most three digits and a letter, `1.23K`.

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
