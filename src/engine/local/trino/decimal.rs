//! Exact decimal numbers: an `i128` of digits, and how many of these stand behind the point.

use std::fmt::Write as _;
use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, AsArray};
use datafusion::arrow::datatypes::{DataType, Decimal128Type, i256};
use datafusion::common::internal_err;
use datafusion::error::{DataFusionError, Result};

use super::super::failure;

/// Most digits of a decimal.
pub(in super::super) const MOST_DIGITS: u8 = 38;

/// Digits of a decimal's text with an exponent, more of which cannot be meant.
const LONGEST_EXPONENT: usize = 9;

/// A result with more digits than there can be.
pub(super) fn overflow() -> DataFusionError {
    failure::range("Decimal overflow")
}

/// Ten to the power of `exponent`, which is at most 38.
pub(super) fn power_of_ten(exponent: u32) -> i128 {
    10_i128.pow(exponent.min(u32::from(MOST_DIGITS)))
}

/// Ten to the power of `exponent`, which is at most 76.
pub(super) fn wide_power_of_ten(exponent: u32) -> i256 {
    let rest = exponent.saturating_sub(u32::from(MOST_DIGITS));
    i256::from_i128(power_of_ten(exponent)).wrapping_mul(i256::from_i128(power_of_ten(rest)))
}

/// Whether a value has at most so many digits.
pub(super) fn fits(value: i128, precision: u8) -> bool {
    value.unsigned_abs() < power_of_ten(u32::from(precision)).unsigned_abs()
}

/// The value in so many digits; `None` where it has more.
pub(super) fn narrowed(value: i256, precision: u8) -> Option<i128> {
    value.to_i128().filter(|value| fits(*value, precision))
}

/// A quotient rounded to the nearest, halves away from zero; `None` for a division by zero.
pub(super) fn divide(value: i256, by: i256) -> Option<i256> {
    let quotient = value.checked_div(by)?;
    let rest = value.checked_rem(by)?;
    let twice = rest.wrapping_abs().checked_mul(i256::from_i128(2))?;
    if twice < by.wrapping_abs() {
        return Some(quotient);
    }
    let negative = value.is_negative() != by.is_negative();
    quotient.checked_add(if negative { i256::MINUS_ONE } else { i256::ONE })
}

/// The same number with `to` digits behind the point instead of `from`, halves rounded away from
/// zero.
pub(super) fn rescaled(value: i128, from: i8, to: i8) -> Option<i256> {
    let value = i256::from_i128(value);
    let power = wide_power_of_ten(u32::from(from.abs_diff(to)));
    if to >= from { value.checked_mul(power) } else { divide(value, power) }
}

/// Text as a decimal.
pub(super) enum Parsed {
    Value(i128),
    TooLarge,
    NotANumber,
}

/// Reads digits with or without point and exponent. No blanks.
pub(super) fn parse(text: &str, precision: u8, scale: i8) -> Parsed {
    let Some((negative, digits, exponent)) = parts(text) else {
        return Parsed::NotANumber;
    };
    let digits = digits.trim_start_matches('0');
    let shift = exponent.saturating_add(i64::from(scale));
    let length = i64::try_from(digits.len()).unwrap_or(i64::MAX);
    let kept = length.saturating_add(shift);
    if digits.is_empty() || kept < 0 {
        return Parsed::Value(0);
    }
    if kept > i64::from(MOST_DIGITS) {
        return Parsed::TooLarge;
    }
    let kept = usize::try_from(kept).unwrap_or(0);
    let (whole, rest) = digits.split_at(kept.min(digits.len()));
    let missing = u32::try_from(kept.saturating_sub(digits.len())).unwrap_or(0);
    let whole: i128 = if whole.is_empty() { 0 } else { whole.parse().unwrap_or(i128::MAX) };
    let up = i128::from(rest.starts_with(|digit: char| digit >= '5'));
    match whole.checked_mul(power_of_ten(missing)).and_then(|whole| whole.checked_add(up)) {
        Some(value) if fits(value, precision) => {
            Parsed::Value(if negative { -value } else { value })
        }
        _ => Parsed::TooLarge,
    }
}

/// Whether it is negative, its digits without the point, and the power of ten to multiply with.
fn parts(text: &str) -> Option<(bool, String, i64)> {
    let negative = text.starts_with('-');
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => {
            let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
            if !all_digits(digits) || digits.is_empty() || digits.len() > LONGEST_EXPONENT {
                return None;
            }
            (mantissa, exponent.parse().ok()?)
        }
        None => (unsigned, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if !all_digits(whole) || !all_digits(fraction) || whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let exponent: i64 = exponent;
    Some((negative, format!("{whole}{fraction}"), exponent - i64::try_from(fraction.len()).ok()?))
}

fn all_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Writes all digits of the scale: `1.50`.
pub(in super::super) fn write(value: i128, scale: i8, out: &mut String) {
    if value < 0 {
        out.push('-');
    }
    let places = usize::from(scale.unsigned_abs());
    let digits = format!("{:0>width$}", value.unsigned_abs(), width = places + 1);
    let (whole, fraction) = digits.split_at(digits.len() - places);
    out.push_str(whole);
    if places > 0 {
        let _ = write!(out, ".{fraction}");
    }
}

/// The text of a value.
pub(super) fn text(value: i128, scale: i8) -> String {
    let mut out = String::new();
    write(value, scale, &mut out);
    out
}

/// The nearest double.
pub(super) fn to_double(value: i128, precision: u8, scale: i8) -> f64 {
    /// Up to so many digits Trino divides two doubles, which may miss the nearest.
    const SHORT: u8 = 18;
    if precision <= SHORT {
        return value as f64 / power_of_ten(u32::from(scale.unsigned_abs())) as f64;
    }
    text(value, scale).parse().unwrap_or(f64::NAN)
}

/// An array of digits with the precision and scale of a type.
pub(super) fn typed(values: &ArrayRef, precision: u8, scale: i8) -> Result<ArrayRef> {
    match values.as_primitive_opt::<Decimal128Type>() {
        Some(values) => {
            let ty = DataType::Decimal128(precision, scale);
            Ok(Arc::new(values.clone().with_data_type(ty)))
        }
        None => internal_err!("{} is no decimal", values.data_type()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_read_as_decimals() {
        for (input, precision, scale, shown) in [
            ("1.555", 3, 2, "1.56"),
            ("-1.005", 5, 2, "-1.01"),
            ("12", 5, 2, "12.00"),
            (".5", 5, 1, "0.5"),
            ("5.", 5, 1, "5.0"),
            ("1e2", 5, 1, "100.0"),
            ("1E-1", 5, 1, "0.1"),
            ("-.05", 5, 1, "-0.1"),
            ("0.04", 5, 1, "0.0"),
            ("9.96", 2, 1, "too large"),
            ("1e99", 38, 0, "too large"),
            ("0e99", 38, 0, "0"),
            ("1e-99", 38, 0, "0"),
            ("99999999999999999999999999999999999999.5", 38, 0, "too large"),
            (
                "99999999999999999999999999999999999999",
                38,
                0,
                "99999999999999999999999999999999999999",
            ),
            ("1e9999999999", 38, 0, "none"),
            ("", 5, 1, "none"),
            (".", 5, 1, "none"),
            (" 1", 5, 1, "none"),
            ("1_0", 5, 1, "none"),
            ("+-1", 5, 1, "none"),
        ] {
            let read = match parse(input, precision, scale) {
                Parsed::Value(value) => text(value, scale),
                Parsed::TooLarge => "too large".to_owned(),
                Parsed::NotANumber => "none".to_owned(),
            };
            assert_eq!(read, shown, "{input}");
        }
    }

    #[test]
    fn halves_are_rounded_away_from_zero() {
        for (value, to, rounded) in
            [(25, 0, 3), (-25, 0, -3), (24, 0, 2), (-24, 0, -2), (25, 3, 2500)]
        {
            assert_eq!(rescaled(value, 1, to), Some(i256::from_i128(rounded)), "{value}");
        }
        assert_eq!(divide(i256::ONE, i256::ZERO), None);
    }

    #[test]
    fn extremes_are_written() {
        assert_eq!(text(i128::MIN, 38), "-1.70141183460469231731687303715884105728");
        assert_eq!(text(-5, 2), "-0.05");
        assert_eq!(text(7, 0), "7");
    }
}
