//! Intervals: texts of literals, and what casts to text write.

use std::fmt::Write as _;

use crate::sql::ast::Unit;

/// Milliseconds of an `INTERVAL '1 02:03:04' DAY TO SECOND`, of one unit without `to`.
///
/// Fields after the first may be missing. `None` where the text does not fit the units, or the
/// units are years or months, or in wrong order.
pub(crate) fn interval_day(text: &str, from: Unit, to: Option<Unit>) -> Option<i64> {
    let to = to.unwrap_or(from);
    if from < Unit::Day || to < from {
        return None;
    }
    let (negative, mut rest) = sign(text);
    let mut millis = 0_i64;
    for unit in [Unit::Day, Unit::Hour, Unit::Minute, Unit::Second] {
        if unit < from || unit > to {
            continue;
        }
        if unit > from {
            let separator = if unit == Unit::Hour { ' ' } else { ':' };
            match rest.strip_prefix(separator) {
                Some(after) => rest = after,
                None => break,
            }
        }
        let of_unit = match unit {
            Unit::Day => 86_400_000,
            Unit::Hour => 3_600_000,
            Unit::Minute => 60_000,
            _ => 1000,
        };
        let whole = number(&mut rest)?;
        millis = millis.checked_add(i64::from(whole).checked_mul(of_unit)?)?;
        if unit == Unit::Second
            && let Some(fraction) = rest.strip_prefix('.')
        {
            let digits = fraction.bytes().take_while(u8::is_ascii_digit).count();
            let known = (0..3).fold(0_i64, |millis, at| {
                let digit = fraction.as_bytes()[..digits].get(at);
                millis * 10 + digit.map_or(0, |digit| i64::from(digit - b'0'))
            });
            millis = millis.checked_add(known)?;
            rest = &fraction[digits..];
        }
    }
    rest.is_empty().then_some(if negative { -millis } else { millis })
}

/// Months of an `INTERVAL '1-2' YEAR TO MONTH`, of one unit without `to`.
///
/// `None` where the text does not fit the units, or these are no years and months.
pub(crate) fn interval_year(text: &str, from: Unit, to: Option<Unit>) -> Option<i32> {
    let (negative, mut rest) = sign(text);
    let first = number(&mut rest)?;
    let months = match (from, to) {
        (Unit::Month, None | Some(Unit::Month)) => first,
        (Unit::Year, None | Some(Unit::Year)) => first.checked_mul(12)?,
        (Unit::Year, Some(Unit::Month)) => {
            let years = first.checked_mul(12)?;
            match rest.strip_prefix('-') {
                Some(after) => {
                    rest = after;
                    years.checked_add(number(&mut rest)?)?
                }
                None => years,
            }
        }
        _ => return None,
    };
    rest.is_empty().then_some(if negative { -months } else { months })
}

/// Writes milliseconds as `1 02:03:04.567`.
pub(crate) fn write_interval_day(millis: i64, out: &mut String) {
    let sign = if millis < 0 { "-" } else { "" };
    let millis = millis.unsigned_abs();
    let seconds = millis / 1000;
    let (days, hours) = (seconds / 86_400, seconds / 3600 % 24);
    let (minutes, seconds, millis) = (seconds / 60 % 60, seconds % 60, millis % 1000);
    let _ = write!(out, "{sign}{days} {hours:02}:{minutes:02}:{seconds:02}.{millis:03}");
}

/// Writes months as `1-2`.
pub(crate) fn write_interval_year(months: i32, out: &mut String) {
    let sign = if months < 0 { "-" } else { "" };
    let months = months.unsigned_abs();
    let _ = write!(out, "{sign}{}-{}", months / 12, months % 12);
}

fn sign(text: &str) -> (bool, &str) {
    match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    }
}

/// A whole number; no digits are a zero, as Trino has it.
fn number(rest: &mut &str) -> Option<i32> {
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let (number, after) = rest.split_at(digits);
    *rest = after;
    if number.is_empty() { Some(0) } else { number.parse().ok() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Unit as U;

    #[test]
    fn days_to_seconds_as_trino_reads_them() {
        for (text, from, to, shown) in [
            ("1 02:03:04", U::Day, Some(U::Second), "1 02:03:04.000"),
            ("1 02:03:04.5678", U::Day, Some(U::Second), "1 02:03:04.567"),
            ("1 2:3", U::Day, Some(U::Second), "1 02:03:00.000"),
            ("1", U::Day, Some(U::Second), "1 00:00:00.000"),
            ("1 2", U::Day, Some(U::Minute), "1 02:00:00.000"),
            ("1 2:3", U::Day, Some(U::Hour), "-"),
            ("1  2", U::Day, Some(U::Hour), "-"),
            ("2:3:4", U::Hour, Some(U::Second), "0 02:03:04.000"),
            ("32:77", U::Hour, Some(U::Minute), "1 09:17:00.000"),
            ("3:4.1", U::Minute, Some(U::Second), "0 00:03:04.100"),
            ("-1 02:03:04", U::Day, Some(U::Second), "-1 02:03:04.000"),
            ("-7", U::Day, None, "-7 00:00:00.000"),
            ("+7", U::Day, None, "7 00:00:00.000"),
            ("", U::Day, None, "0 00:00:00.000"),
            ("100000", U::Hour, None, "4166 16:00:00.000"),
            ("7.1234", U::Second, None, "0 00:00:07.123"),
            (".5", U::Second, None, "0 00:00:00.500"),
            ("7.", U::Second, None, "0 00:00:07.000"),
            ("7.5", U::Day, None, "-"),
            ("- 7", U::Day, None, "-"),
            (" 7", U::Day, None, "-"),
            ("7 ", U::Day, None, "-"),
            ("foo", U::Day, None, "-"),
            ("99999999999", U::Day, None, "-"),
            ("2", U::Hour, Some(U::Day), "-"),
            ("2", U::Month, None, "-"),
        ] {
            let mut out = String::new();
            match interval_day(text, from, to) {
                Some(millis) => write_interval_day(millis, &mut out),
                None => out.push('-'),
            }
            assert_eq!(out, shown, "{text}");
        }
    }

    #[test]
    fn years_to_months_as_trino_reads_them() {
        for (text, from, to, shown) in [
            ("1-2", U::Year, Some(U::Month), "1-2"),
            ("-1-2", U::Year, Some(U::Month), "-1-2"),
            ("1", U::Year, Some(U::Month), "1-0"),
            ("1-13", U::Year, Some(U::Month), "2-1"),
            ("3", U::Year, None, "3-0"),
            ("15", U::Month, None, "1-3"),
            ("-15", U::Month, None, "-1-3"),
            ("999999999", U::Year, None, "-"),
            ("99999999999", U::Year, None, "-"),
            ("1-2", U::Month, None, "-"),
            ("1", U::Day, None, "-"),
        ] {
            let mut out = String::new();
            match interval_year(text, from, to) {
                Some(months) => write_interval_year(months, &mut out),
                None => out.push('-'),
            }
            assert_eq!(out, shown, "{text}");
        }
    }
}
