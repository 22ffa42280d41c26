//! Values as `CAST` to varchar writes them, for functions that show values.

use std::sync::Arc;

use datafusion::arrow::array::ArrayRef;
use datafusion::error::Result;

use super::call::{Argument, Call, Column};
use super::cast;
use crate::sql::ty::SqlType;

/// Whether values of a type can be cast to varchar.
pub(crate) fn castable(ty: &SqlType) -> bool {
    *ty == SqlType::Unknown || cast::allowed(ty, &SqlType::VARCHAR)
}

/// The texts of some values.
pub(crate) fn varchar(values: &ArrayRef, ty: &SqlType) -> Result<ArrayRef> {
    if ty.is_text() {
        return Ok(Arc::clone(values));
    }
    if *ty == SqlType::Unknown {
        let text = super::super::arrow::data_type(&SqlType::VARCHAR);
        return Ok(datafusion::arrow::array::new_null_array(&text, values.len()));
    }
    let call = Call {
        rows: values.len(),
        arguments: vec![Argument::Column(Column::new(Arc::clone(values), false))],
        takes: std::slice::from_ref(ty),
        gives: &SqlType::VARCHAR,
    };
    (cast::CAST_FORM.run)(&call)
}
