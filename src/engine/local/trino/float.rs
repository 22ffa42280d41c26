//! Texts of floating point numbers, as Java and Trino write and read them.

use std::fmt::Write as _;
use std::str::FromStr;

/// Significant digits of a `real` in Trino's text, less one.
const REAL_PLACES: usize = 6;

/// As results and messages show a `double`: plain from 10^-3 up to 10^7, else with an exponent.
pub(in super::super) fn show_double(value: f64, out: &mut String) {
    show(value, shortest_double, out);
}

/// As [`show_double`], a `real`.
pub(in super::super) fn show_real(value: f32, out: &mut String) {
    show(f64::from(value), |_| shortest_real(value), out);
}

/// As `CAST` to text writes a `double`: `3.77E1`.
pub(super) fn write_double(value: f64, out: &mut String) {
    write(value, shortest_double, out);
}

/// As `CAST` to text writes a `real`, with seven digits at most.
pub(super) fn write_real(value: f32, out: &mut String) {
    let shown = shortest_real(value).parse().unwrap_or(f64::from(value));
    write(shown.copysign(f64::from(value)), |value| format!("{value:.REAL_PLACES$e}"), out);
}

/// Reads what Java's `Double.parseDouble` reads, but for hexadecimal digits.
pub(super) fn parse<F: FromStr>(text: &str) -> Option<F> {
    let text = trim(text);
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if matches!(unsigned, "NaN" | "Infinity") {
        return text.parse().ok();
    }
    let digits = text.strip_suffix(['d', 'D', 'f', 'F']).unwrap_or(text);
    // Rust reads `inf` and `nan` in any letter case too.
    let plain =
        |byte: u8| byte.is_ascii_digit() || matches!(byte, b'+' | b'-' | b'.' | b'e' | b'E');
    digits.bytes().all(plain).then(|| digits.parse().ok()).flatten()
}

/// Cuts what Java's `String.trim` cuts.
pub(super) fn trim(text: &str) -> &str {
    text.trim_matches(|char: char| char <= ' ')
}

/// Writes what is no number, and the sign; whether digits are to follow.
fn begin(value: f64, out: &mut String) -> bool {
    if value.is_nan() {
        out.push_str("NaN");
        return false;
    }
    if value.is_sign_negative() {
        out.push('-');
    }
    if value.is_infinite() {
        out.push_str("Infinity");
    }
    value.is_finite()
}

fn show(value: f64, digits: impl Fn(f64) -> String, out: &mut String) {
    if !begin(value, out) {
        return;
    }
    let value = value.abs();
    if value == 0.0 {
        out.push_str("0.0");
        return;
    }
    let digits = digits(value);
    if !(1e-3..1e7).contains(&value) {
        write_scientific(&digits, out);
        return;
    }
    let (mantissa, exponent) = digits.split_once('e').unwrap_or((&digits, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let mut digits = mantissa.replace('.', "");
    if exponent < 0 {
        digits.insert_str(0, &"0".repeat(exponent.unsigned_abs() as usize));
    }
    let point = usize::try_from(exponent).unwrap_or(0) + 1;
    let (whole, fraction) = digits.split_at(point.min(digits.len()));
    let fraction = fraction.trim_end_matches('0');
    let fraction = if fraction.is_empty() { "0" } else { fraction };
    let _ = write!(out, "{whole:0<point$}.{fraction}");
}

fn write(value: f64, digits: impl Fn(f64) -> String, out: &mut String) {
    if !begin(value, out) {
        return;
    }
    if value == 0.0 {
        out.push_str("0E0");
    } else {
        write_scientific(&digits(value.abs()), out);
    }
}

/// Writes `1.50e3` as `1.5E3`.
fn write_scientific(digits: &str, out: &mut String) {
    let (mantissa, exponent) = digits.split_once('e').unwrap_or((digits, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let fraction = fraction.trim_end_matches('0');
    let fraction = if fraction.is_empty() { "0" } else { fraction };
    let _ = write!(out, "{whole}.{fraction}E{exponent}");
}

fn shortest_double(value: f64) -> String {
    shortest(value, &format!("{value:e}"))
}

fn shortest_real(value: f32) -> String {
    let value = value.abs();
    shortest(value, &format!("{value:e}"))
}

/// The fewest digits that read back as the value, but at least two, of which Java takes the
/// nearest: `4.9E-324`, where `5E-324` would do.
fn shortest<F: std::fmt::LowerExp>(value: F, digits: &str) -> String {
    if digits.contains('.') { digits.to_owned() } else { format!("{value:.1e}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written<T>(value: T, write: impl Fn(T, &mut String)) -> String {
        let mut out = String::new();
        write(value, &mut out);
        out
    }

    #[test]
    fn doubles_as_java_shows_them() {
        for (value, text) in [
            (0.25, "0.25"),
            (1.0, "1.0"),
            (-0.0, "-0.0"),
            (0.0, "0.0"),
            (100.0, "100.0"),
            (1e7, "1.0E7"),
            (9_999_999.0, "9999999.0"),
            (1_234_567.25, "1234567.25"),
            (1e-3, "0.001"),
            (0.012_5, "0.0125"),
            (1e-4, "1.0E-4"),
            (1.25e20, "1.25E20"),
            (-1.5e-9, "-1.5E-9"),
            (5e-324, "4.9E-324"),
            (1e23, "1.0E23"),
            (f64::MAX, "1.7976931348623157E308"),
            (f64::INFINITY, "Infinity"),
            (f64::NEG_INFINITY, "-Infinity"),
            (f64::NAN, "NaN"),
        ] {
            assert_eq!(written(value, show_double), text);
        }
    }

    #[test]
    fn reals_as_java_shows_them() {
        for (value, text) in [
            (0.1, "0.1"),
            (16_777_216.0, "1.6777216E7"),
            (1e-45, "1.4E-45"),
            (f32::MAX, "3.4028235E38"),
            (0.333_333_34, "0.33333334"),
        ] {
            assert_eq!(written(value, show_real), text);
        }
    }

    #[test]
    fn casts_write_exponents() {
        for (value, text) in [
            (37.7, "3.77E1"),
            (1200.0, "1.2E3"),
            (1.0, "1.0E0"),
            (0.0, "0E0"),
            (-0.0, "-0E0"),
            (1e-5, "1.0E-5"),
            (0.1 + 0.2, "3.0000000000000004E-1"),
            (2e-323, "2.0E-323"),
            (f64::NEG_INFINITY, "-Infinity"),
            (f64::NAN, "NaN"),
        ] {
            assert_eq!(written(value, write_double), text);
        }
        for (value, text) in [
            (1.5, "1.5E0"),
            (0.1, "1.0E-1"),
            (16_777_216.0, "1.677722E7"),
            (1e-45, "1.4E-45"),
            (-1.234_567_8, "-1.234568E0"),
            (f32::NAN, "NaN"),
            (f32::MAX, "3.402823E38"),
        ] {
            assert_eq!(written(value, write_real), text);
        }
    }

    #[test]
    fn texts_are_read_as_java_reads_them() {
        for (text, value) in [
            ("1.5", Some(1.5)),
            (" 1e3\t", Some(1000.0)),
            (".5", Some(0.5)),
            ("5.", Some(5.0)),
            ("+1d", Some(1.0)),
            ("1.5F", Some(1.5)),
            ("1e400", Some(f64::INFINITY)),
            ("+Infinity", Some(f64::INFINITY)),
            ("-Infinity", Some(f64::NEG_INFINITY)),
            ("inf", None),
            ("infinity", None),
            ("nan", None),
            ("Infinityd", None),
            ("1_000", None),
            ("\u{a0}1", None),
            ("e5", None),
            (".", None),
            ("d", None),
            ("", None),
        ] {
            assert_eq!(parse(text), value, "{text}");
        }
        assert!(parse::<f64>("NaN").is_some_and(f64::is_nan));
        assert!(parse::<f64>("-NaN").is_some_and(f64::is_nan));
    }
}
