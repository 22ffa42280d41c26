//! Arithmetic of whole numbers, which fails rather than wraps.

use datafusion::arrow::array::ArrayRef;
use datafusion::error::{DataFusionError, Result};

use super::super::super::failure;
use super::super::call::Call;
use super::super::whole::Whole;

pub(super) fn add<T: Whole>(call: &Call) -> Result<ArrayRef> {
    call.each2(|a: T, b: T| a.add(b).map(Some).ok_or_else(|| overflow("addition", a, '+', b)))
}

pub(super) fn subtract<T: Whole>(call: &Call) -> Result<ArrayRef> {
    call.each2(|a: T, b: T| {
        a.subtract(b).map(Some).ok_or_else(|| overflow("subtraction", a, '-', b))
    })
}

pub(super) fn multiply<T: Whole>(call: &Call) -> Result<ArrayRef> {
    call.each2(|a: T, b: T| {
        a.multiply(b).map(Some).ok_or_else(|| overflow("multiplication", a, '*', b))
    })
}

pub(super) fn divide<T: Whole>(call: &Call) -> Result<ArrayRef> {
    call.each2(|a: T, b: T| match a.divide(b) {
        Some(quotient) => Ok(Some(quotient)),
        None if b.is_zero() => Err(failure::division_by_zero()),
        None => Err(overflow("division", a, '/', b)),
    })
}

pub(super) fn remainder<T: Whole>(call: &Call) -> Result<ArrayRef> {
    call.each2(|a: T, b: T| a.remainder(b).map(Some).ok_or_else(failure::division_by_zero))
}

pub(super) fn negate<T: Whole>(call: &Call) -> Result<ArrayRef> {
    call.each1(|value: T| {
        value
            .negate()
            .map(Some)
            .ok_or_else(|| failure::range(format!("{} negation overflow: {value}", T::NAME)))
    })
}

fn overflow<T: Whole>(what: &str, a: T, symbol: char, b: T) -> DataFusionError {
    failure::range(format!("{} {what} overflow: {a} {symbol} {b}", T::NAME))
}
