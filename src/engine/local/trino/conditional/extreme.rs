//! `greatest(T, T...) -> T` and `least`: NULL if any argument is; `NaN` only where all are.
//! Dialect 4.4.

use std::cmp::Ordering;

use datafusion::arrow::array::{Array, ArrayRef};
use datafusion::arrow::compute::interleave;
use datafusion::error::Result;

use super::super::call::{Call, Column};
use super::super::elements::{beats, is_null};

pub(super) fn greatest(call: &Call) -> Result<ArrayRef> {
    extreme(call, Ordering::Greater)
}

pub(super) fn least(call: &Call) -> Result<ArrayRef> {
    extreme(call, Ordering::Less)
}

fn extreme(call: &Call, wanted: Ordering) -> Result<ArrayRef> {
    let columns =
        (0..call.arguments.len()).map(|at| call.column(at)).collect::<Result<Vec<_>>>()?;
    let value = |column: usize, row| -> (&dyn Array, usize) {
        let column: &Column = columns[column];
        (column.array(), column.position(row))
    };
    let mut places = Vec::with_capacity(call.rows);
    for row in 0..call.rows {
        let mut best = 0;
        for new in 0..columns.len() {
            if is_null(value(new, row)) {
                best = new;
                break;
            }
            if new > 0 && beats(value(new, row), value(best, row), call.gives, wanted)? {
                best = new;
            }
        }
        places.push((best, value(best, row).1));
    }
    let arrays: Vec<&dyn Array> = columns.iter().map(|column| &**column.array()).collect();
    Ok(interleave(&arrays, &places)?)
}
