//! `$coalesce(T, lambdas...) -> T`: the first value that is not NULL. The lambdas, which take
//! nothing, are computed only for rows that need them. Dialect 4.4.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, UInt64Array};
use datafusion::arrow::compute::interleave;
use datafusion::error::Result;

use super::super::call::Call;
use super::super::elements::is_null;

pub(super) fn coalesce(call: &Call) -> Result<ArrayRef> {
    let mut values = vec![call.array(0)?];
    // Which of the values each row has, and where in it.
    let mut places: Vec<(usize, usize)> = (0..call.rows).map(|row| (0, row)).collect();
    for at in 1..call.arguments.len() {
        let open = |row: &usize| {
            let (value, position) = places[*row];
            is_null((&values[value], position))
        };
        let open: Vec<usize> = (0..call.rows).filter(open).collect();
        if open.is_empty() {
            break;
        }
        let rows = UInt64Array::from_iter_values(open.iter().map(|row| *row as u64));
        values.push(call.lambda(at)?.at(&rows)?);
        for (position, row) in open.into_iter().enumerate() {
            places[row] = (values.len() - 1, position);
        }
    }
    if let [only] = values.as_slice() {
        return Ok(Arc::clone(only));
    }
    let values: Vec<&dyn Array> = values.iter().map(AsRef::as_ref).collect();
    Ok(interleave(&values, &places)?)
}
