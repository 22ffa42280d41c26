//! `$try(lambda) -> T`: the value of the lambda, which takes nothing; NULL for rows where it fails
//! with one of the failures that Trino's `try` catches. Dialect 4.4.

use std::ops::Range;

use datafusion::arrow::array::{Array, ArrayRef, UInt64Array, new_null_array};
use datafusion::arrow::compute::concat;
use datafusion::error::Result;

use super::super::super::{arrow, failure};
use super::super::call::{Call, Lambda};

pub(super) fn recover(call: &Call) -> Result<ArrayRef> {
    let lambda = call.lambda(0)?;
    match lambda.everywhere(call.rows) {
        Err(error) if is_caught(&error) => {}
        values => return values,
    }
    let mut parts = Vec::new();
    halves(call, &lambda, 0..call.rows, &mut parts)?;
    let parts: Vec<&dyn Array> = parts.iter().map(AsRef::as_ref).collect();
    Ok(concat(&parts)?)
}

/// Looks for the rows that fail by halving, so that a few of them cost little. They are known to
/// be there.
fn halves(
    call: &Call,
    lambda: &Lambda,
    rows: Range<usize>,
    parts: &mut Vec<ArrayRef>,
) -> Result<()> {
    if rows.len() <= 1 {
        parts.push(new_null_array(&arrow::data_type(call.gives), rows.len()));
        return Ok(());
    }
    let middle = rows.start + rows.len() / 2;
    for half in [rows.start..middle, middle..rows.end] {
        let indices = UInt64Array::from_iter_values(half.start as u64..half.end as u64);
        match lambda.at(&indices) {
            Err(error) if is_caught(&error) => halves(call, lambda, half, parts)?,
            values => parts.push(values?),
        }
    }
    Ok(())
}

fn is_caught(error: &datafusion::error::DataFusionError) -> bool {
    failure::of(error).is_some_and(|failure| failure.code.is_tried())
}
