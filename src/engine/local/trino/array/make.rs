//! `ARRAY[a, b]` and `ROW(a, b)`. NULL stays NULL. Dialect 3.1, 2.2.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, StructArray};
use datafusion::arrow::compute::interleave;
use datafusion::error::Result;

use super::super::super::arrow;
use super::super::call::Call;
use super::super::list::{list, offset};
use crate::sql::ty::SqlType;

/// `$array(T...) -> array(T)`
pub(super) fn array(call: &Call) -> Result<ArrayRef> {
    let count = call.arguments.len();
    let (mut columns, mut positions) = (Vec::with_capacity(count), Vec::with_capacity(count));
    for at in 0..count {
        let column = call.column(at)?;
        columns.push(Arc::clone(column.array()));
        positions.push(column);
    }
    let mut offsets = Vec::with_capacity(call.rows + 1);
    for row in 0..=call.rows {
        offsets.push(offset(row.saturating_mul(count))?);
    }
    let SqlType::Array(item) = call.gives else {
        return datafusion::common::internal_err!("{} is no array", call.gives);
    };
    let items = if count == 0 || call.rows == 0 {
        datafusion::arrow::array::new_empty_array(&arrow::data_type(item))
    } else {
        let columns: Vec<&dyn Array> = columns.iter().map(AsRef::as_ref).collect();
        let places: Vec<(usize, usize)> = (0..call.rows)
            .flat_map(|row| positions.iter().enumerate().map(move |(at, c)| (at, c.position(row))))
            .collect();
        interleave(&columns, &places)?
    };
    list(call.gives, offsets, items, None)
}

/// `$row(...) -> row(...)`
pub(super) fn row(call: &Call) -> Result<ArrayRef> {
    let SqlType::Row(fields) = call.gives else {
        return datafusion::common::internal_err!("{} is no row", call.gives);
    };
    let columns = (0..fields.len()).map(|at| call.array(at)).collect::<Result<Vec<_>>>()?;
    Ok(Arc::new(StructArray::try_new(arrow::row_fields(fields), columns, None)?))
}

/// A row of fields without names.
pub(super) fn row_type(takes: &[SqlType]) -> SqlType {
    SqlType::Row(takes.iter().map(|ty| (None, ty.clone())).collect())
}
