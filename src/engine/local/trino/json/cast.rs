//! CAST to JSON and from it. Dialect 3.3.

use datafusion::arrow::array::ArrayRef;
use datafusion::common::not_impl_err;
use datafusion::error::Result;

use crate::sql::ty::SqlType;

/// Values of the type `from` as JSON.
pub(crate) fn to_json(_values: &ArrayRef, from: &SqlType) -> Result<ArrayRef> {
    not_impl_err!("CAST of {from} to json")
}

/// JSON values as the type `to`.
///
/// # Errors
/// `INVALID_CAST_ARGUMENT` for a value that does not convert.
pub(crate) fn from_json(_values: &ArrayRef, to: &SqlType) -> Result<ArrayRef> {
    not_impl_err!("CAST of json to {to}")
}
