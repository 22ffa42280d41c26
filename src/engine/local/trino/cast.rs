//! stub
use super::call::Call;
use super::function::Form;
use crate::sql::ty::SqlType;
use datafusion::arrow::array::ArrayRef;
use datafusion::error::Result;

pub(crate) const CAST: Form = Form::new("(T) -> U", run).fails();
pub(crate) const TRY_CAST: Form = Form::new("(T) -> U", run);
pub(crate) static CAST_FORM: Form = CAST;
pub(crate) static TRY_CAST_FORM: Form = TRY_CAST;

pub(crate) fn allowed(_: &SqlType, _: &SqlType) -> bool {
    true
}
pub(crate) fn may_fail(_: &SqlType, _: &SqlType) -> bool {
    true
}

fn run(call: &Call) -> Result<ArrayRef> {
    Ok(datafusion::arrow::compute::cast(
        &call.array(0)?,
        &super::super::arrow::data_type(call.gives),
    )?)
}

pub(crate) fn literal(text: &ArrayRef, ty: &SqlType) -> Result<ArrayRef> {
    Ok(datafusion::arrow::compute::cast(text, &super::super::arrow::data_type(ty))?)
}
