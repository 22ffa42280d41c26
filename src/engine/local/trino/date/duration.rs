//! Durations. Dialect 4.3.

use datafusion::arrow::array::ArrayRef;
use datafusion::error::{DataFusionError, Result};

use super::super::super::failure;
use super::super::call::Call;
use super::super::float;
use super::super::function::{Form, Function};

/// `to_milliseconds(interval) -> bigint`. NULL gives NULL.
pub(super) const TO_MILLISECONDS: Function = Function {
    name: "to_milliseconds",
    forms: &[Form::new("(interval day to second) -> bigint", |call: &Call| {
        call.each1(|millis: i64| Ok(Some(millis)))
    })],
};

/// `parse_duration(text) -> interval day to second`: a number, blanks, and a unit of `ns us ms s m
/// h d`, rounded half up to milliseconds. NULL gives NULL; everything else fails.
pub(super) const PARSE_DURATION: Function = Function {
    name: "parse_duration",
    forms: &[Form::new("(varchar) -> interval day to second", parse).fails()],
};

fn parse(call: &Call) -> Result<ArrayRef> {
    call.each1(|text: &str| milliseconds(text).map(Some))
}

fn milliseconds(text: &str) -> Result<i64> {
    if text.is_empty() {
        return Err(failure::argument("duration is empty"));
    }
    let wrong =
        || failure::argument(format!("duration is not a valid data duration string: {text}"));
    let blank = |char: char| matches!(char, ' ' | '\t'..='\r');
    let (number, unit) = number_and_rest(text.trim_matches(blank)).ok_or_else(wrong)?;
    let unit = unit.trim_start_matches(blank);
    if unit.is_empty() || !unit.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        return Err(wrong());
    }
    let (millis, name) = match unit {
        "ns" => (1e-6, "NANOSECONDS"),
        "us" => (1e-3, "MICROSECONDS"),
        "ms" => (1.0, "MILLISECONDS"),
        "s" => (1e3, "SECONDS"),
        "m" => (6e4, "MINUTES"),
        "h" => (3.6e6, "HOURS"),
        "d" => (8.64e7, "DAYS"),
        _ => return Err(failure::argument(format!("Unknown time unit: {unit}"))),
    };
    let number: f64 = number.parse().map_err(|_| wrong())?;
    let rounded = (number * millis + 0.5).floor();
    if rounded >= i64::MAX as f64 {
        return Err(too_large(number, name));
    }
    Ok(rounded as i64)
}

/// Digits, perhaps with a point between them, and what follows.
fn number_and_rest(text: &str) -> Option<(&str, &str)> {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let whole = digits(text);
    let fraction = match text[whole..].strip_prefix('.').map(digits) {
        Some(0) => return None,
        Some(count) => count + 1,
        None => 0,
    };
    (whole > 0).then(|| text.split_at(whole + fraction))
}

fn too_large(number: f64, unit: &str) -> DataFusionError {
    let mut shown = String::new();
    float::show_double(number, &mut shown);
    failure::argument(format!(
        "value {shown} {unit} is too large to be represented in requested unit MILLISECONDS as a long"
    ))
}
