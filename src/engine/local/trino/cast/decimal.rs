//! Casts to `decimal`. What does not fit is rounded behind the point, halves away from zero, and
//! fails before it.

use datafusion::arrow::array::ArrayRef;
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::DataType;
use datafusion::error::{DataFusionError, Result};

use super::super::super::failure;
use super::super::decimal::{self, Parsed, narrowed, power_of_ten, rescaled};
use super::super::float;
use super::{OnFailure, no_cast};
use crate::sql::ty::SqlType;

pub(super) fn convert(
    or: OnFailure,
    values: &ArrayRef,
    from: &SqlType,
    precision: u8,
    scale: i8,
) -> Result<ArrayRef> {
    let refuse = |what: &str, shown: &str| too_large(what, shown, precision, scale);
    let converted = match from {
        SqlType::Varchar(_) => or.each(values, |text: &str| {
            let reason = match decimal::parse(text, precision, scale) {
                Parsed::Value(value) => return Ok(Some(value)),
                Parsed::TooLarge => "Value too large.",
                Parsed::NotANumber => "Value is not a number.",
            };
            Err(failure::cast(format!(
                "Cannot cast VARCHAR '{text}' to DECIMAL({precision}, {scale}). {reason}"
            )))
        })?,
        SqlType::Boolean => {
            let one = power_of_ten(u32::from(scale.unsigned_abs()));
            or.each(values, |value: bool| Ok(Some(if value { one } else { 0 })))?
        }
        SqlType::Decimal(from_precision, from_scale) => or.each(values, |value: i128| {
            let scaled = rescaled(value, *from_scale, scale);
            match scaled.and_then(|scaled| narrowed(scaled, precision)) {
                Some(value) => Ok(Some(value)),
                None => {
                    let what = format!("DECIMAL({from_precision}, {from_scale})");
                    Err(refuse(&what, &decimal::text(value, *from_scale)))
                }
            }
        })?,
        SqlType::Double => or.each(values, |value: f64| {
            shortest(&format!("{value:e}"), precision, scale).map(Some).ok_or_else(|| {
                let mut shown = String::new();
                float::show_double(value, &mut shown);
                refuse("DOUBLE", &shown)
            })
        })?,
        SqlType::Real => or.each(values, |value: f32| {
            shortest(&format!("{value:e}"), precision, scale).map(Some).ok_or_else(|| {
                let mut shown = String::new();
                float::show_real(value, &mut shown);
                refuse("REAL", &shown)
            })
        })?,
        from if from.is_integer() => {
            let values = cast(values, &DataType::Int64)?;
            or.each(&values, |value: i64| {
                let scaled = rescaled(i128::from(value), 0, scale);
                match scaled.and_then(|scaled| narrowed(scaled, precision)) {
                    Some(value) => Ok(Some(value)),
                    None => Err(refuse(&from.to_string().to_uppercase(), &value.to_string())),
                }
            })?
        }
        from => return no_cast(from, &SqlType::Decimal(precision, scale)),
    };
    decimal::typed(&converted, precision, scale)
}

fn too_large(what: &str, shown: &str, precision: u8, scale: i8) -> DataFusionError {
    failure::cast(format!("Cannot cast {what} '{shown}' to DECIMAL({precision}, {scale})"))
}

/// A floating point number by way of its shortest text, so that 1.005 counts as just that.
fn shortest(text: &str, precision: u8, scale: i8) -> Option<i128> {
    match decimal::parse(text, precision, scale) {
        Parsed::Value(value) => Some(value),
        Parsed::TooLarge | Parsed::NotANumber => None,
    }
}
