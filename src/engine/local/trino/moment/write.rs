//! Dates, times and timestamps as casts to text write them.

use std::fmt::Write as _;

use super::super::super::zone::{wall_millis, zone};
use super::super::date::calendar::{self, Civil};
use super::{DAY, SECOND};

/// Writes days since 1970 as `2026-01-02`.
pub(crate) fn write_date(days: i32, out: &mut String) {
    write_day(i64::from(days), "", out);
}

/// Writes microseconds since 1970 as `2026-01-02 03:04:05.678`, with `precision` digits of the
/// fraction.
pub(crate) fn write_timestamp(micros: i64, precision: u8, out: &mut String) {
    write_day(micros.div_euclid(DAY), "+", out);
    out.push(' ');
    write_time(micros.rem_euclid(DAY), precision, out);
}

/// Writes a packed moment as `2026-01-02 03:04:05.678 Europe/Berlin`.
pub(crate) fn write_timestamp_tz(packed: i64, precision: u8, out: &mut String) {
    write_timestamp(wall_millis(packed).saturating_mul(1000), precision, out);
    let _ = write!(out, " {}", zone(packed));
}

/// Writes microseconds of the day as `03:04:05.678`.
pub(crate) fn write_time(micros: i64, precision: u8, out: &mut String) {
    let seconds = micros / SECOND;
    two(seconds / 3600, out);
    out.push(':');
    two(seconds / 60 % 60, out);
    out.push(':');
    two(seconds % 60, out);
    write_fraction(micros % SECOND, precision, out);
}

fn write_fraction(micros: i64, precision: u8, out: &mut String) {
    if precision == 0 {
        return;
    }
    out.push('.');
    let mut rest = micros;
    let mut unit = SECOND;
    for _ in 0..precision {
        unit /= 10;
        let digit = rest.checked_div(unit).unwrap_or(0);
        out.push(digit_of(digit));
        rest -= digit * unit;
    }
}

/// `long` stands in front of years of more than four digits.
fn write_day(days: i64, long: &str, out: &mut String) {
    let Civil { year, month, day } = calendar::civil(days);
    if (0..10_000).contains(&year) {
        two(year / 100, out);
        two(year % 100, out);
    } else {
        let sign = if year < 0 { "-" } else { long };
        let _ = write!(out, "{sign}{:04}", year.unsigned_abs());
    }
    out.push('-');
    two(month, out);
    out.push('-');
    two(day, out);
}

/// Two digits.
fn two(number: i64, out: &mut String) {
    out.push(digit_of(number / 10 % 10));
    out.push(digit_of(number % 10));
}

fn digit_of(number: i64) -> char {
    u32::try_from(number).ok().and_then(|digit| char::from_digit(digit, 10)).unwrap_or('0')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extremes_are_written() {
        let written = |micros, precision| {
            let mut out = String::new();
            write_timestamp(micros, precision, &mut out);
            out
        };
        assert_eq!(written(-1, 6), "1969-12-31 23:59:59.999999");
        assert_eq!(written(0, 0), "1970-01-01 00:00:00");
        assert_eq!(written(1_500, 12), "1970-01-01 00:00:00.001500000000");
        assert!(written(i64::MAX, 3).starts_with('+'));
        assert!(written(i64::MIN, 3).starts_with('-'));
        let mut out = String::new();
        write_date(i32::MIN, &mut out);
        assert_eq!(out, "-5877641-06-23");
    }
}
