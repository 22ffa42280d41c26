//! Constants.

use datafusion::arrow::array::ArrayRef;
use datafusion::common::ScalarValue;
use datafusion::logical_expr::{Expr, lit};

use super::super::trino::decimal::MOST_DIGITS;
use super::super::trino::{cast, moment};
use super::super::zone::{self, Zone};
use super::{Result, Typed};
use crate::sql::ast::{Now, Unit};
use crate::sql::refusal::Refusal;
use crate::sql::ty::SqlType;

/// A text.
pub(super) fn text(text: &str) -> Typed {
    let length = u32::try_from(text.chars().count()).ok();
    Typed::new(lit(text), SqlType::Varchar(length))
}

/// Digits: `integer`, or `bigint` if that is too narrow.
pub(super) fn integer(digits: &str, at: usize) -> Result<Typed> {
    if let Ok(value) = digits.parse::<i32>() {
        return Ok(Typed::new(lit(value), SqlType::Integer));
    }
    match digits.parse::<i64>() {
        Ok(value) => Ok(Typed::new(lit(value), SqlType::Bigint)),
        Err(_) => Err(Refusal::syntax(at, format!("Invalid numeric literal: {digits}"))),
    }
}

/// Digits with a point: a decimal with just the places that are written.
pub(super) fn decimal(digits: &str, at: usize) -> Result<Typed> {
    exact(digits).ok_or_else(|| {
        Refusal::new("INVALID_LITERAL", at, format!("'{digits}' is not a valid DECIMAL literal"))
    })
}

/// The decimal of digits with or without sign and point.
fn exact(written: &str) -> Option<Typed> {
    let unsigned = written.strip_prefix(['-', '+']).unwrap_or(written);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let plain = whole.bytes().chain(fraction.bytes()).all(|byte| byte.is_ascii_digit());
    if !plain || whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let whole = whole.trim_start_matches('0');
    let precision = u8::try_from((whole.len() + fraction.len()).max(1)).ok()?;
    if precision > MOST_DIGITS {
        return None;
    }
    let scale = i8::try_from(fraction.len()).ok()?;
    let value: i128 = format!("0{whole}{fraction}").parse().ok()?;
    let value = if written.starts_with('-') { -value } else { value };
    let value = ScalarValue::Decimal128(Some(value), precision, scale);
    Some(Typed::new(lit(value), SqlType::Decimal(precision, scale)))
}

/// Digits with an exponent; too large ones are infinite.
pub(super) fn double(digits: &str, at: usize) -> Result<Typed> {
    match digits.parse::<f64>() {
        Ok(value) => Ok(Typed::new(lit(value), SqlType::Double)),
        Err(_) => Err(Refusal::syntax(at, format!("Invalid numeric literal: {digits}"))),
    }
}

/// A type's name before a text.
pub(super) fn typed(ty: &SqlType, written: &str, at: usize) -> Result<Typed> {
    let invalid = |reason: String| Refusal::new("INVALID_LITERAL", at, reason);
    let not_valid = || {
        let name = match ty {
            SqlType::Timestamp(_) | SqlType::TimestampTz(_) => "TIMESTAMP".to_owned(),
            SqlType::Time(_) => "TIME".to_owned(),
            SqlType::Decimal(..) => "DECIMAL".to_owned(),
            ty => ty.to_string().to_uppercase(),
        };
        let refusal = invalid(format!("'{written}' is not a valid {name} literal"));
        if written.contains('T') && matches!(ty, SqlType::Timestamp(_)) {
            refusal.hint(
                "a blank stands between date and time; for ISO text: from_iso8601_timestamp('...')",
            )
        } else {
            refusal
        }
    };
    let value = match ty {
        SqlType::Varchar(_) => return Ok(Typed::new(lit(written), SqlType::VARCHAR)),
        SqlType::Decimal(..) => return exact(written).ok_or_else(not_valid),
        SqlType::Timestamp(_) => {
            let precision = moment::precision_of(written).ok_or_else(not_valid)?;
            if moment::has_zone(written) {
                if precision > 3 {
                    return Err(Refusal::new("NOT_SUPPORTED", at, format!("the embedded engine does not have timestamp({precision}) with time zone"))
                        .hint("it keeps milliseconds: write three digits of the fraction"));
                }
                let packed =
                    moment::parse_timestamp_tz(written, precision).ok_or_else(not_valid)?;
                return Ok(Typed::new(lit(packed), SqlType::TimestampTz(precision)));
            }
            if precision > 6 {
                return Err(Refusal::new(
                    "NOT_SUPPORTED",
                    at,
                    format!("the embedded engine does not have timestamp({precision})"),
                )
                .hint("it keeps microseconds: write six digits of the fraction"));
            }
            let micros = moment::parse_timestamp(written, precision).ok_or_else(not_valid)?;
            let value = ScalarValue::TimestampMicrosecond(Some(micros), None);
            return Ok(Typed::new(lit(value), SqlType::Timestamp(precision)));
        }
        SqlType::Date => {
            ScalarValue::Date32(Some(moment::parse_date(written).ok_or_else(not_valid)?))
        }
        SqlType::Time(_) => {
            let precision =
                moment::precision_of(&format!("1970-01-01 {written}")).ok_or_else(not_valid)?;
            let micros = moment::parse_time(written, precision.min(6)).ok_or_else(not_valid)?;
            return Ok(Typed::new(lit(micros), SqlType::Time(precision.min(6))));
        }
        ty => {
            let array: ArrayRef =
                std::sync::Arc::new(datafusion::arrow::array::StringArray::from(vec![written]));
            let converted = cast::literal(&array, ty).map_err(|_| not_valid())?;
            ScalarValue::try_from_array(&converted, 0).map_err(|_| not_valid())?
        }
    };
    Ok(Typed::new(lit(value), ty.clone()))
}

/// `INTERVAL '7' DAY`
pub(super) fn interval(
    written: &str,
    negative: bool,
    from: Unit,
    to: Option<Unit>,
    at: usize,
) -> Result<Typed> {
    let is_month = |unit: Unit| matches!(unit, Unit::Year | Unit::Month);
    let units = match to {
        Some(to) => format!("{} TO {}", name(from), name(to)),
        None => name(from).to_owned(),
    };
    if to.is_some_and(|to| to < from || is_month(from) != is_month(to)) {
        let reason = format!("Invalid interval qualifier: {units}");
        return Err(Refusal::new("INVALID_LITERAL", at, reason)
            .hint("ranges are within YEAR TO MONTH or within DAY TO SECOND"));
    }
    let invalid = || {
        let reason = format!("Invalid INTERVAL {units} value: {written}");
        Refusal::new("INVALID_LITERAL", at, reason)
            .hint("write INTERVAL '7' DAY, INTERVAL '1 02:03:04' DAY TO SECOND or INTERVAL '1-2' YEAR TO MONTH")
    };
    if is_month(from) {
        let months = moment::interval_year(written, from, to).ok_or_else(invalid)?;
        let months = if negative { -months } else { months };
        return Ok(Typed::new(lit(months), SqlType::IntervalYear));
    }
    let millis = moment::interval_day(written, from, to).ok_or_else(invalid)?;
    let millis = if negative { -millis } else { millis };
    Ok(Typed::new(lit(millis), SqlType::IntervalDay))
}

fn name(unit: Unit) -> &'static str {
    match unit {
        Unit::Year => "YEAR",
        Unit::Month => "MONTH",
        Unit::Day => "DAY",
        Unit::Hour => "HOUR",
        Unit::Minute => "MINUTE",
        Unit::Second => "SECOND",
    }
}

/// The instant of the query.
pub(super) fn now(millis: i64, now: Now, precision: Option<u8>, at: usize) -> Result<Typed> {
    const DAY: i64 = 86_400_000;
    /// Digits of a second's fraction in any type. Those beyond milliseconds are zeros.
    const FINEST: u8 = 12;
    let precision = precision.unwrap_or(3);
    if precision > FINEST {
        let name = match now {
            Now::Timestamp => "TIMESTAMP WITH TIME ZONE",
            Now::LocalTime => "TIME",
            Now::Date | Now::LocalTimestamp => "TIMESTAMP",
        };
        let message = format!("{name} precision must be in range [0, {FINEST}]: {precision}");
        let refusal = Refusal::new("NUMERIC_VALUE_OUT_OF_RANGE", at, message);
        return Err(Refusal { at: None, ..refusal });
    }
    let step = 10_i64.pow(3_u32.saturating_sub(u32::from(precision)));
    let millis = millis.div_euclid(step) * step;
    Ok(match now {
        Now::Date => {
            let days = i32::try_from(millis.div_euclid(DAY)).unwrap_or(i32::MAX);
            Typed::new(lit(ScalarValue::Date32(Some(days))), SqlType::Date)
        }
        Now::Timestamp => {
            let packed = zone::pack(millis, Zone::UTC);
            Typed::new(
                Expr::Literal(ScalarValue::Int64(packed), None),
                SqlType::TimestampTz(precision),
            )
        }
        Now::LocalTimestamp => {
            let value = ScalarValue::TimestampMicrosecond(Some(millis * 1000), None);
            Typed::new(lit(value), SqlType::Timestamp(precision))
        }
        Now::LocalTime => Typed::new(lit(millis.rem_euclid(DAY) * 1000), SqlType::Time(precision)),
    })
}

/// `?`
pub(super) fn placeholder(at: usize) -> Refusal {
    Refusal::new(
        "INVALID_PARAMETER_USAGE",
        at,
        "Incorrect number of parameters: expected 1 but found 0",
    )
    .hint("give the values of ? by number: --param \"1='text'\"")
}
