//! Numbers in JSON text.

use super::super::trino::float::show_double;
use super::is_fraction;

/// Length of the number at the start. What follows it may be anything but a letter of its own.
pub(super) fn length(text: &[u8]) -> Option<usize> {
    let digits = |at: usize| {
        let rest = text.get(at..).unwrap_or_default();
        rest.iter().take_while(|byte| byte.is_ascii_digit()).count()
    };
    let start = usize::from(text.first() == Some(&b'-'));
    let whole = digits(start);
    if whole == 0 || whole > 1 && text.get(start) == Some(&b'0') {
        return None;
    }
    let mut end = start + whole;
    if text.get(end) == Some(&b'.') {
        let fraction = digits(end + 1);
        if fraction == 0 {
            return None;
        }
        end += 1 + fraction;
    }
    if let Some(b'e' | b'E') = text.get(end) {
        let sign = usize::from(matches!(text.get(end + 1), Some(b'-' | b'+')));
        let exponent = digits(end + 1 + sign);
        if exponent == 0 {
            return None;
        }
        end += 1 + sign + exponent;
    }
    Some(end)
}

/// Writes a number or word as Trino's JSON has it: fractions have the digits of a `double`, and
/// one that is too large for it becomes a string.
pub(super) fn write(scalar: &str, out: &mut String) {
    if scalar == "-0" {
        out.push('0');
        return;
    }
    if !scalar.starts_with(|first: char| first == '-' || first.is_ascii_digit())
        || !is_fraction(scalar)
    {
        out.push_str(scalar);
        return;
    }
    match scalar.parse::<f64>() {
        Ok(value) if value.is_finite() => show_double(value, out),
        _ => out.push_str(if scalar.starts_with('-') { "\"-Infinity\"" } else { "\"Infinity\"" }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_end_where_they_are_complete() {
        for (text, end) in [
            ("0", Some(1)),
            ("-0.5e+3,", Some(7)),
            ("1x", Some(1)),
            ("1.5.6", Some(3)),
            ("1e5e", Some(3)),
            ("1-2", Some(1)),
            ("0x1", Some(1)),
            ("01", None),
            ("-01", None),
            ("1.", None),
            ("1e", None),
            ("-", None),
            ("", None),
        ] {
            assert_eq!(length(text.as_bytes()), end, "{text}");
        }
    }

    #[test]
    fn fractions_are_doubles() {
        for (scalar, text) in [
            ("1.50", "1.5"),
            ("1e2", "100.0"),
            ("-0", "0"),
            ("-0.0", "-0.0"),
            ("123456789.125", "1.23456789125E8"),
            ("12345678901234567890", "12345678901234567890"),
            ("-1e400", "\"-Infinity\""),
            ("true", "true"),
        ] {
            let mut out = String::new();
            write(scalar, &mut out);
            assert_eq!(out, text);
        }
    }
}
