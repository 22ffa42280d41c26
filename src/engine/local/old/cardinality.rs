//! `cardinality(array or map) -> bigint`: the number of elements, without those of inner arrays.
//!
//! NULL if the argument is. Dialect 4.7.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, Int64Array};
use datafusion::arrow::datatypes::DataType;
use datafusion::error::Result;

use super::scalar::{Call, Kind, Scalar, Takes, any, bigint};

pub(super) const CARDINALITY: Scalar = Scalar {
    name: "cardinality",
    takes: Takes::OneOf(&[&[Kind::Array], &[Kind::Map]]),
    gives: bigint,
    check: any,
    run,
    instead: None,
};

fn run(call: &Call) -> Result<ArrayRef> {
    let array = call.array(0)?;
    let lengths: Vec<usize> = if let DataType::Map(..) = array.data_type() {
        array.as_map().offsets().lengths().collect()
    } else {
        array.as_list::<i32>().offsets().lengths().collect()
    };
    let lengths = lengths.into_iter().enumerate();
    let answer = lengths.map(|(row, length)| array.is_valid(row).then_some(length as i64));
    Ok(Arc::new(answer.collect::<Int64Array>()))
}
