//! `$and(boolean, lambda)` and `$or`: the lambda, which takes nothing, is the right side. It is
//! computed only for rows that the left side does not decide. Three-valued. Dialect 2.4.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, BooleanArray, UInt64Array};
use datafusion::arrow::compute::{and_kleene, or_kleene, take};
use datafusion::arrow::error::ArrowError;
use datafusion::error::Result;

use super::super::call::Call;

pub(super) fn and(call: &Call) -> Result<ArrayRef> {
    connect(call, false, and_kleene)
}

pub(super) fn or(call: &Call) -> Result<ArrayRef> {
    connect(call, true, or_kleene)
}

type Connect = fn(&BooleanArray, &BooleanArray) -> Result<BooleanArray, ArrowError>;

fn connect(call: &Call, decides: bool, connect: Connect) -> Result<ArrayRef> {
    let left = call.array(0)?;
    let left = left.as_boolean();
    let open = |row: &usize| left.is_null(*row) || left.value(*row) != decides;
    let open: Vec<u64> = (0..call.rows).filter(open).map(|row| row as u64).collect();
    if open.is_empty() {
        return Ok(Arc::new(left.clone()));
    }
    let lambda = call.lambda(1)?;
    let right = if open.len() == call.rows {
        lambda.everywhere(call.rows)?
    } else {
        // NULL for the other rows, where it changes nothing.
        let mut places = vec![None; call.rows];
        for (place, row) in open.iter().enumerate() {
            places[*row as usize] = Some(place as u64);
        }
        take(&lambda.at(&UInt64Array::from(open))?, &UInt64Array::from(places), None)?
    };
    Ok(Arc::new(connect(left, right.as_boolean())?))
}
