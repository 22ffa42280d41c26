//! Casts to `boolean`, whole numbers, `real` and `double`.

use datafusion::arrow::array::ArrayRef;
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::DataType;
use datafusion::error::Result;

use super::super::super::failure;
use super::super::whole::Whole;
use super::super::{decimal, float};
use super::{OnFailure, no_cast};
use crate::sql::ty::SqlType;

/// Anything but zero is true; text only if it is one of six words, in any letter case.
pub(super) fn to_boolean(or: OnFailure, values: &ArrayRef, from: &SqlType) -> Result<ArrayRef> {
    match from {
        SqlType::Varchar(_) => or.each(values, |text: &str| match boolean(text) {
            Some(value) => Ok(Some(value)),
            None => Err(failure::cast(format!("Cannot cast '{text}' to BOOLEAN"))),
        }),
        SqlType::Decimal(..) => or.each(values, |value: i128| Ok(Some(value != 0))),
        SqlType::Real => or.each(values, |value: f32| Ok(Some(value != 0.0))),
        SqlType::Double => or.each(values, |value: f64| Ok(Some(value != 0.0))),
        from if from.is_integer() => {
            let values = cast(values, &DataType::Int64)?;
            or.each(&values, |value: i64| Ok(Some(value != 0)))
        }
        from => no_cast(from, &SqlType::Boolean),
    }
}

fn boolean(text: &str) -> Option<bool> {
    let is = |words: [&str; 3]| words.iter().any(|word| text.eq_ignore_ascii_case(word));
    match (is(["true", "t", "1"]), is(["false", "f", "0"])) {
        (true, _) => Some(true),
        (_, true) => Some(false),
        _ => None,
    }
}

/// Fractions are rounded, halves away from zero; text is trimmed, and has digits and a sign only.
pub(super) fn to_whole<T: Whole>(
    or: OnFailure,
    values: &ArrayRef,
    from: &SqlType,
) -> Result<ArrayRef> {
    match from {
        SqlType::Varchar(_) => or.each(values, |text: &str| {
            let value =
                float::trim(text).parse::<i64>().ok().and_then(|value| T::try_from(value).ok());
            match value {
                Some(value) => Ok(Some(value)),
                None => Err(failure::cast(format!("Cannot cast '{text}' to {}", T::SHORT))),
            }
        }),
        SqlType::Decimal(precision, scale) => {
            or.each(values, |value| whole_of_decimal::<T>(value, *precision, *scale).map(Some))
        }
        SqlType::Real => or.each(values, |value| whole_of_real::<T>(value).map(Some)),
        SqlType::Double => or.each(values, |value| whole_of_double::<T>(value).map(Some)),
        SqlType::Boolean => or.each(values, |value: bool| Ok(T::try_from(i64::from(value)).ok())),
        from if from.is_integer() => {
            let values = cast(values, &DataType::Int64)?;
            or.each(&values, |value: i64| match T::try_from(value) {
                Ok(value) => Ok(Some(value)),
                Err(_) => Err(failure::range(format!("Out of range for {}: {value}", T::NAME))),
            })
        }
        from => no_cast(from, &SqlType::Bigint),
    }
}

fn whole_of_decimal<T: Whole>(value: i128, precision: u8, scale: i8) -> Result<T> {
    /// Decimals of so many digits are shown rounded in messages.
    const SHORT: u8 = 18;
    let rounded = decimal::rescaled(value, scale, 0).and_then(|value| value.to_i128());
    if let Some(value) = rounded.and_then(|value| T::try_from(value).ok()) {
        return Ok(value);
    }
    let shown = match rounded {
        Some(rounded) if precision <= SHORT => rounded.to_string(),
        _ => decimal::text(value, scale),
    };
    Err(failure::cast(format!("Cannot cast '{shown}' to {}", T::NAME.to_uppercase())))
}

fn whole_of_double<T: Whole>(value: f64) -> Result<T> {
    if let Some(value) = rounded(value) {
        return Ok(value);
    }
    let mut shown = String::new();
    float::show_double(value, &mut shown);
    Err(if T::BITS == i64::BITS {
        failure::cast(format!("Unable to cast {shown} to bigint"))
    } else if value.is_nan() {
        failure::cast(format!("Cannot cast double NaN to {}", T::NAME))
    } else {
        failure::range(format!("Out of range for {}: {shown}", T::NAME))
    })
}

fn whole_of_real<T: Whole>(value: f32) -> Result<T> {
    if let Some(value) = rounded(f64::from(value)) {
        return Ok(value);
    }
    if value.is_nan() {
        return Err(failure::cast(format!("Cannot cast real NaN to {}", T::NAME)));
    }
    // What is too large for a bigint becomes the largest one.
    if T::BITS == i64::BITS
        && let Ok(value) = T::try_from(value as i64)
    {
        return Ok(value);
    }
    let mut shown = String::new();
    float::show_real(value, &mut shown);
    Err(failure::range(format!("Out of range for {}: {shown}", T::NAME)))
}

fn rounded<T: Whole>(value: f64) -> Option<T> {
    // What is no number would be 0.
    if value.is_nan() { None } else { T::try_from(value.round() as i128).ok() }
}

/// The nearest `double`.
pub(super) fn to_double(or: OnFailure, values: &ArrayRef, from: &SqlType) -> Result<ArrayRef> {
    match from {
        SqlType::Varchar(_) => or.each(values, |text: &str| match float::parse::<f64>(text) {
            Some(value) => Ok(Some(value)),
            None => Err(failure::cast(format!("Cannot cast '{text}' to DOUBLE"))),
        }),
        SqlType::Decimal(precision, scale) => {
            or.each(values, |value| Ok(Some(decimal::to_double(value, *precision, *scale))))
        }
        _ => Ok(cast(values, &DataType::Float64)?),
    }
}

/// The nearest `real`.
pub(super) fn to_real(or: OnFailure, values: &ArrayRef, from: &SqlType) -> Result<ArrayRef> {
    match from {
        SqlType::Varchar(_) => or.each(values, |text: &str| match float::parse::<f32>(text) {
            Some(value) => Ok(Some(value)),
            None => Err(failure::cast(format!("Cannot cast '{text}' to REAL"))),
        }),
        SqlType::Decimal(_, scale) => {
            or.each(values, |value| Ok(decimal::text(value, *scale).parse::<f32>().ok()))
        }
        _ => Ok(cast(values, &DataType::Float32)?),
    }
}
