//! A field of a row, by position. NULL for a row that is NULL.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray};
use datafusion::arrow::compute::{is_null, nullif};
use datafusion::common::internal_err;
use datafusion::error::Result;
use datafusion::logical_expr::{Expr, lit};

use super::call::Call;
use super::function::{Form, Planned};
use crate::sql::ty::SqlType;

const FIELD: Form = Form::new("(row, bigint) -> T", run);

static FORM: Form = FIELD;

/// The field at `position`, from 0, of the row `row`.
pub(crate) fn of(row: Expr, row_type: SqlType, position: usize, ty: SqlType) -> Expr {
    let position = lit(i64::try_from(position).unwrap_or(i64::MAX));
    let takes = vec![row_type, SqlType::Bigint];
    Planned::new("$field", &FORM, takes, ty, Vec::new(), false).call(vec![row, position])
}

fn run(call: &Call) -> Result<ArrayRef> {
    let row = call.array(0)?;
    let position = call.values::<i64>(1)?.get(0).and_then(|at| usize::try_from(at).ok());
    let row = row.as_struct();
    let Some(field) = position.and_then(|at| row.columns().get(at)) else {
        return internal_err!("a row has no field at {position:?}");
    };
    if row.null_count() == 0 {
        return Ok(Arc::clone(field));
    }
    Ok(nullif(field, &is_null(row)?)?)
}
