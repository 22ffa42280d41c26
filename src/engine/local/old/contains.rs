//! `contains(array(T), T) -> boolean`: whether an element equals the value.
//!
//! NULL if any argument is, and where nothing equals but an element is NULL. Dialect 4.7.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, BooleanArray, UInt64Array};
use datafusion::arrow::buffer::OffsetBuffer;
use datafusion::arrow::compute::kernels::cmp::eq;
use datafusion::arrow::compute::{cast, take};
use datafusion::error::Result;

use super::scalar::{Call, Kind, Scalar, Takes, any, boolean};

pub(super) const CONTAINS: Scalar = Scalar {
    name: "contains",
    takes: Takes::OneOf(&[&[Kind::Array, Kind::Element]]),
    gives: boolean,
    check: any,
    run,
    instead: None,
};

fn run(call: &Call) -> Result<ArrayRef> {
    let array = call.array(0)?;
    let list = array.as_list::<i32>();
    let wanted = call.array(1)?;
    let equal = equal_elements(list.values(), list.offsets(), &wanted)?;
    let answer = list.offsets().windows(2).enumerate().map(|(row, range)| {
        if list.is_null(row) || wanted.is_null(row) {
            return None;
        }
        let mut answer = Some(false);
        for at in range[0] as usize..range[1] as usize {
            if equal.is_null(at) {
                answer = None;
            } else if equal.value(at) {
                return Some(true);
            }
        }
        answer
    });
    Ok(Arc::new(answer.collect::<BooleanArray>()))
}

/// Compares every element of every row with the row's own value.
pub(super) fn equal_elements(
    elements: &ArrayRef,
    offsets: &OffsetBuffer<i32>,
    wanted: &ArrayRef,
) -> Result<BooleanArray> {
    let mut rows = vec![0; elements.len()];
    for (row, range) in offsets.windows(2).enumerate() {
        rows[range[0] as usize..range[1] as usize].fill(row as u64);
    }
    if rows.is_empty() {
        return Ok(BooleanArray::from(Vec::<bool>::new()));
    }
    let wanted = take(wanted, &UInt64Array::from(rows), None)?;
    let wanted = cast(&wanted, elements.data_type())?;
    Ok(eq(elements, &wanted)?)
}
