//! The end of a recursion that has none: any row that comes so far is an error.

use datafusion::arrow::array::ArrayRef;
use datafusion::error::Result;
use datafusion::logical_expr::Expr;

use super::super::failure;
use super::call::Call;
use super::function::{Form, Planned};
use crate::sql::ty::SqlType;

static FORM: Form = Form::new("(T) -> T", run).fails();

/// `value`, of which there must be none.
pub(crate) fn too_deep(value: Expr, ty: &SqlType) -> Expr {
    Planned::new("$too_deep", &FORM, vec![ty.clone()], ty.clone(), Vec::new(), true)
        .call(vec![value])
}

fn run(call: &Call) -> Result<ArrayRef> {
    match call.rows {
        0 => call.array(0),
        _ => Err(failure::not_supported(
            "Recursion depth limit exceeded (10). Use 'max_recursion_depth' session property to \
             modify the limit.",
        )),
    }
}
