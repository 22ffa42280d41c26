//! Arithmetic of intervals: milliseconds, or months.

use datafusion::arrow::array::ArrayRef;
use datafusion::error::{DataFusionError, Result};

use super::super::super::failure;
use super::super::call::Call;
use super::super::float;

pub(super) fn add_days(call: &Call) -> Result<ArrayRef> {
    call.each2(|a: i64, b: i64| a.checked_add(b).map(Some).ok_or_else(overflow))
}

pub(super) fn add_years(call: &Call) -> Result<ArrayRef> {
    call.each2(|a: i32, b: i32| a.checked_add(b).map(Some).ok_or_else(overflow))
}

pub(super) fn subtract_days(call: &Call) -> Result<ArrayRef> {
    call.each2(|a: i64, b: i64| a.checked_sub(b).map(Some).ok_or_else(overflow))
}

pub(super) fn subtract_years(call: &Call) -> Result<ArrayRef> {
    call.each2(|a: i32, b: i32| a.checked_sub(b).map(Some).ok_or_else(overflow))
}

pub(super) fn negate_days(call: &Call) -> Result<ArrayRef> {
    call.each1(|millis: i64| millis.checked_neg().map(Some).ok_or_else(overflow))
}

pub(super) fn negate_years(call: &Call) -> Result<ArrayRef> {
    call.each1(|months: i32| months.checked_neg().map(Some).ok_or_else(overflow))
}

pub(super) fn days_times(millis: i64, by: i64) -> Result<Option<i64>> {
    millis.checked_mul(by).map(Some).ok_or_else(overflow)
}

pub(super) fn years_times(months: i32, by: i64) -> Result<Option<i32>> {
    let product = i64::from(months).checked_mul(by);
    product.and_then(|months| i32::try_from(months).ok()).map(Some).ok_or_else(overflow)
}

pub(super) fn days_scaled(millis: i64, by: f64) -> Result<Option<i64>> {
    if by.is_nan() {
        return Err(not_by("multiply", by));
    }
    Ok(Some((millis as f64 * by) as i64))
}

pub(super) fn years_scaled(months: i32, by: f64) -> Result<Option<i32>> {
    if by.is_nan() {
        return Err(not_by("multiply", by));
    }
    Ok(Some((f64::from(months) * by) as i32))
}

pub(super) fn days_divided(millis: i64, by: f64) -> Result<Option<i64>> {
    if by.is_nan() || by == 0.0 {
        return Err(not_by("divide", by));
    }
    Ok(Some((millis as f64 / by) as i64))
}

pub(super) fn years_divided(months: i32, by: f64) -> Result<Option<i32>> {
    if by.is_nan() || by == 0.0 {
        return Err(not_by("divide", by));
    }
    Ok(Some((f64::from(months) / by) as i32))
}

fn not_by(verb: &str, by: f64) -> DataFusionError {
    let mut shown = String::new();
    float::show_double(by, &mut shown);
    failure::argument(format!("Cannot {verb} by double {shown}"))
}

fn overflow() -> DataFusionError {
    failure::range("the interval is too long")
}
