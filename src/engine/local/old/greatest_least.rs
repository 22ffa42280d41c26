//! `greatest(T, ...) -> T` and `least(T, ...) -> T`.
//!
//! NULL if any argument is. Text goes by code point. Dialect 4.4.

use datafusion::arrow::array::{Array, ArrayRef, BooleanArray};
use datafusion::arrow::buffer::NullBuffer;
use datafusion::arrow::compute::kernels::cmp::{gt, lt};
use datafusion::arrow::compute::kernels::zip::zip;
use datafusion::arrow::compute::nullif;
use datafusion::arrow::datatypes::DataType;
use datafusion::error::Result;

use super::scalar::{Call, Kind, Scalar, Takes, any};

pub(super) const GREATEST: Scalar = Scalar {
    name: "greatest",
    takes: Takes::Many(1, Kind::Any),
    gives: first,
    check: any,
    run: |call| choose(call, |new, best| Ok(gt(&new, &best)?)),
    instead: None,
};

pub(super) const LEAST: Scalar = Scalar {
    name: "least",
    takes: Takes::Many(1, Kind::Any),
    gives: first,
    check: any,
    run: |call| choose(call, |new, best| Ok(lt(&new, &best)?)),
    instead: None,
};

fn first(arguments: &[DataType]) -> DataType {
    arguments.first().cloned().unwrap_or(DataType::Null)
}

fn choose(
    call: &Call,
    better: fn(&ArrayRef, &ArrayRef) -> Result<BooleanArray>,
) -> Result<ArrayRef> {
    let mut best = call.array(0)?;
    let mut valid = best.logical_nulls();
    for at in 1..call.count() {
        let new = call.array(at)?;
        valid = NullBuffer::union(valid.as_ref(), new.logical_nulls().as_ref());
        best = zip(&better(&new, &best)?, &new, &best)?;
    }
    match valid {
        Some(valid) => Ok(nullif(&best, &BooleanArray::new(!valid.inner(), None))?),
        None => Ok(best),
    }
}
