//! The instant of a moment, without the zone it is shown in.

use datafusion::arrow::array::ArrayRef;
use datafusion::error::Result;
use datafusion::logical_expr::Expr;

use super::super::zone;
use super::call::Call;
use super::function::{Form, Planned};
use crate::sql::ty::SqlType;

static FORM: Form = Form::new("(timestamp with time zone) -> bigint", run);

/// Milliseconds since 1970 of the moment `value`.
pub(crate) fn of(value: Expr, ty: SqlType) -> Expr {
    Planned::new("$instant", &FORM, vec![ty], SqlType::Bigint, Vec::new(), false).call(vec![value])
}

fn run(call: &Call) -> Result<ArrayRef> {
    call.each1(|packed: i64| Ok(Some(zone::millis(packed))))
}
