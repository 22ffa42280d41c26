//! The decimal digits of a number, without its sign, to be rounded and written.

use std::fmt::Write as _;

/// Digits, and where the point stands among them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct Digits {
    /// `0` to `9`, none of them leading zeros but of zero itself.
    digits: Vec<u8>,
    /// How many digits stand before the point; below zero, how many zeros follow it first.
    point: i64,
}

impl Digits {
    /// The shortest digits that mean the double.
    pub(in super::super) fn of_double(value: f64) -> Self {
        let text = format!("{:e}", value.abs());
        let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let digits = mantissa.bytes().filter(u8::is_ascii_digit).collect();
        Self { digits, point: exponent.parse::<i64>().unwrap_or(0) + 1 }
    }

    /// `unscaled` with `scale` digits after the point.
    pub(super) fn of_decimal(unscaled: i128, scale: i8) -> Self {
        let digits = unscaled.unsigned_abs().to_string().into_bytes();
        let point = digits.len() as i64 - i64::from(scale);
        Self { digits, point }
    }

    /// The power of ten of the first digit.
    pub(super) fn exponent(&self) -> i64 {
        self.point - 1
    }

    pub(super) fn is_zero(&self) -> bool {
        self.digits.iter().all(|digit| *digit == b'0')
    }

    /// Rounded to so many digits, half up. None, or fewer, leaves what rounds to one digit before
    /// all others, or zero.
    pub(super) fn rounded(&self, count: i64) -> Self {
        let Ok(count) = usize::try_from(count) else {
            return Self { digits: vec![b'0'], point: 1 };
        };
        let Some(next) = self.digits.get(count) else {
            return self.clone();
        };
        let mut digits = self.digits.get(..count).unwrap_or_default().to_vec();
        let mut point = self.point;
        if *next >= b'5' {
            match digits.iter().rposition(|digit| *digit != b'9') {
                Some(at) => {
                    digits[at] += 1;
                    digits[at + 1..].fill(b'0');
                }
                None => {
                    digits.fill(b'0');
                    digits.insert(0, b'1');
                    point += 1;
                }
            }
        }
        if digits.is_empty() {
            return Self { digits: vec![b'0'], point: 1 };
        }
        Self { digits, point }
    }

    /// `123.40`, with so many digits after the point.
    pub(in super::super) fn plain(&self, decimals: usize) -> String {
        let rounded = self.rounded(self.point.saturating_add(decimals as i64));
        let mut out = String::new();
        if rounded.point < 1 {
            out.push('0');
        }
        for at in 0..rounded.point {
            out.push(rounded.digit(at));
        }
        if decimals > 0 {
            out.push('.');
            out.extend((0..decimals as i64).map(|at| rounded.digit(rounded.point + at)));
        }
        out
    }

    /// `1.234e+02`, with so many digits after the point. `point` puts one even before none.
    pub(super) fn scientific(&self, decimals: usize, point: bool) -> String {
        let rounded = self.rounded(decimals as i64 + 1);
        let mut out = String::from(rounded.digit(0));
        if decimals > 0 || point {
            out.push('.');
        }
        out.extend((1..=decimals as i64).map(|at| rounded.digit(at)));
        let exponent = rounded.exponent();
        let sign = if exponent < 0 { '-' } else { '+' };
        let _ = write!(out, "e{sign}{:02}", exponent.abs());
        out
    }

    /// All digits, as Java writes a `BigDecimal`.
    pub(super) fn exact(&self) -> String {
        let count = self.digits.len();
        if self.exponent() >= -6 {
            let decimals = (count as i64).saturating_sub(self.point);
            return self.plain(usize::try_from(decimals).unwrap_or(0));
        }
        let mut out = String::from(self.digit(0));
        if count > 1 {
            out.push('.');
        }
        out.extend((1..count as i64).map(|at| self.digit(at)));
        let _ = write!(out, "E{}", self.exponent());
        out
    }

    /// The digit at a place, counted from the first one; zero where none is.
    fn digit(&self, at: i64) -> char {
        let digit = usize::try_from(at).ok().and_then(|at| self.digits.get(at));
        digit.map_or('0', |digit| char::from(*digit))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_round_half_up() {
        for (value, decimals, text) in [
            (1.005, 2, "1.01"),
            (0.5, 0, "1"),
            (2.5, 0, "3"),
            (0.05, 1, "0.1"),
            (0.04, 1, "0.0"),
            (0.004, 1, "0.0"),
            (9.999, 2, "10.00"),
            (0.0999, 2, "0.10"),
            (123.0, 1, "123.0"),
            (0.0, 2, "0.00"),
            (1e20, 0, "100000000000000000000"),
            (1e-20, 3, "0.000"),
        ] {
            assert_eq!(Digits::of_double(value).plain(decimals), text, "{value}");
        }
        assert_eq!(Digits::of_decimal(-5, 3).plain(2), "0.01");
        assert_eq!(Digits::of_decimal(5, -2).plain(1), "500.0");
    }

    #[test]
    fn exponents_have_two_digits() {
        assert_eq!(Digits::of_double(9.96).scientific(1, false), "1.0e+01");
        assert_eq!(Digits::of_double(12345.678).scientific(6, false), "1.234568e+04");
        assert_eq!(Digits::of_double(1e-100).scientific(0, true), "1.e-100");
        assert_eq!(Digits::of_double(0.0).scientific(2, false), "0.00e+00");
    }
}
