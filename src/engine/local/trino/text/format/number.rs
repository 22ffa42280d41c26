//! Numbers as formats print them: sign, groups of thousands, zeros in front.

use super::spec::{Conversion, Spec};
use super::value::Float;

/// `%d`.
pub(super) fn whole(number: i64, spec: &Spec) -> String {
    signed(number < 0, grouped(&number.unsigned_abs().to_string(), spec), spec)
}

/// `%x`, `%o`: the 64 bits.
pub(super) fn bits(number: i64, spec: &Spec) -> String {
    let (digits, mark) = match spec.conversion {
        Conversion::Octal => (format!("{number:o}"), "0"),
        _ => (format!("{number:x}"), "0x"),
    };
    let mark = if spec.has('#') { mark } else { "" };
    zeros_between(mark, &digits, "", spec)
}

/// `%e`, `%f`, `%g`.
pub(super) fn fraction(float: &Float, spec: &Spec) -> String {
    let (negative, digits) = match float {
        Float::NaN => return "NaN".to_owned(),
        Float::Infinite { negative } => {
            let (before, after) = signs(*negative, spec);
            return format!("{before}Infinity{after}");
        }
        Float::Finite { negative, digits } => (*negative, digits),
    };
    let precision = spec.precision.unwrap_or(6);
    let point = spec.has('#');
    let text = match spec.conversion {
        Conversion::Scientific => digits.scientific(precision, point),
        Conversion::General => {
            let precision = precision.max(1);
            let rounded = digits.rounded(precision as i64);
            let exponent = if digits.is_zero() { 0 } else { rounded.exponent() };
            if (-4..precision as i64).contains(&exponent) {
                let decimals = precision as i64 - 1 - exponent;
                grouped(&rounded.plain(usize::try_from(decimals).unwrap_or(0)), spec)
            } else {
                rounded.scientific(precision - 1, false)
            }
        }
        _ => {
            let text = grouped(&digits.plain(precision), spec);
            if point && precision == 0 { text + "." } else { text }
        }
    };
    signed(negative, text, spec)
}

/// Commas between thousands, if the flag asks for them.
fn grouped(digits: &str, spec: &Spec) -> String {
    if !spec.has(',') {
        return digits.to_owned();
    }
    let whole = digits.split('.').next().unwrap_or(digits).len();
    let mut out = String::with_capacity(digits.len() + whole / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && at < whole && (whole - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

fn signed(negative: bool, digits: String, spec: &Spec) -> String {
    let (before, after) = signs(negative, spec);
    zeros_between(before, &digits, after, spec)
}

/// What stands before and after a number.
fn signs(negative: bool, spec: &Spec) -> (&'static str, &'static str) {
    match negative {
        true if spec.has('(') => ("(", ")"),
        true => ("-", ""),
        false if spec.has('+') => ("+", ""),
        false if spec.has(' ') => (" ", ""),
        false => ("", ""),
    }
}

/// Zeros up to the width, if the flag asks for them.
fn zeros_between(before: &str, digits: &str, after: &str, spec: &Spec) -> String {
    let width = if spec.has('0') { spec.width.unwrap_or(0) } else { 0 };
    let missing = width.saturating_sub(before.len() + digits.len() + after.len());
    format!("{before}{}{digits}{after}", "0".repeat(missing))
}
