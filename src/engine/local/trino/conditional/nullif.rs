//! `nullif(a, b)`: NULL where `a = b`, else `a`, with its own type. Dialect 4.4.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, BooleanArray};
use datafusion::arrow::compute::nullif;
use datafusion::common::internal_err;
use datafusion::error::Result;

use super::super::call::{Argument, Call, Column};
use super::super::cast;
use super::super::elements::equal;
use crate::sql::ty::SqlType;

pub(super) fn null_if(call: &Call) -> Result<ArrayRef> {
    let [one, other] = call.takes else {
        return internal_err!("nullif takes two values");
    };
    let Some(ty) = one.common(other) else {
        return internal_err!("{one} and {other} cannot be compared");
    };
    let value = call.array(0)?;
    let a = converted(Arc::clone(&value), one, &ty)?;
    let b = converted(call.array(1)?, other, &ty)?;
    let is_equal = |row| equal((&a as &dyn Array, row), (&b, row), &ty) == Some(true);
    let equal: BooleanArray = (0..call.rows).map(|row| Some(is_equal(row))).collect();
    if equal.true_count() == 0 {
        return Ok(value);
    }
    Ok(nullif(&value, &equal)?)
}

fn converted(values: ArrayRef, from: &SqlType, to: &SqlType) -> Result<ArrayRef> {
    if super::super::super::arrow::data_type(from) == super::super::super::arrow::data_type(to) {
        return Ok(values);
    }
    let call = Call {
        rows: values.len(),
        arguments: vec![Argument::Column(Column::new(values, false))],
        takes: std::slice::from_ref(from),
        gives: to,
    };
    (cast::CAST_FORM.run)(&call)
}

/// The type of the first argument.
pub(super) fn first(takes: &[SqlType]) -> SqlType {
    takes.first().cloned().unwrap_or(SqlType::Unknown)
}
