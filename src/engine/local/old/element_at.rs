//! `element_at(array(T), index) -> T` and `element_at(map(K, V), key) -> V`.
//!
//! Arrays are counted from 1, negative indexes from the end. NULL if any argument is, if the index
//! is out of range, or if the map lacks the key. Index 0 is an error. Dialect 4.7.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, Int64Array, UInt64Array};
use datafusion::arrow::compute::take;
use datafusion::arrow::datatypes::DataType;
use datafusion::common::exec_err;
use datafusion::error::Result;

use super::contains::equal_elements;
use super::scalar::{Call, Kind, Scalar, Takes, any, integer};

pub(super) const ELEMENT_AT: Scalar = Scalar {
    name: "element_at",
    takes: Takes::OneOf(&[&[Kind::Array, Kind::Bigint], &[Kind::Map, Kind::Text]]),
    gives: element,
    check: any,
    run,
    instead: None,
};

fn element(arguments: &[DataType]) -> DataType {
    match arguments.first() {
        Some(DataType::List(item)) => item.data_type().clone(),
        Some(DataType::Map(entries, _)) => match entries.data_type() {
            DataType::Struct(fields) if fields.len() == 2 => fields[1].data_type().clone(),
            _ => DataType::Null,
        },
        _ => DataType::Null,
    }
}

fn run(call: &Call) -> Result<ArrayRef> {
    let container = call.array(0)?;
    if let DataType::Map(..) = container.data_type() {
        let map = container.as_map();
        let keys = call.array(1)?;
        let equal = equal_elements(map.keys(), map.offsets(), &keys)?;
        let found = map.offsets().windows(2).enumerate().map(|(row, range)| {
            let mut entries = range[0]..range[1];
            let entry =
                entries.find(|at| equal.is_valid(*at as usize) && equal.value(*at as usize));
            entry.filter(|_| map.is_valid(row)).map(|at| at as u64)
        });
        return Ok(take(map.values(), &found.collect::<UInt64Array>(), None)?);
    }
    let list = container.as_list::<i32>();
    let indexes: Int64Array = call.bigint(1)?;
    let mut found = Vec::with_capacity(call.rows());
    for (row, range) in list.offsets().windows(2).enumerate() {
        let (start, end) = (i64::from(range[0]), i64::from(range[1]));
        let at = match integer(&indexes, row).filter(|_| list.is_valid(row)) {
            None => None,
            Some(0) => {
                return exec_err!("INVALID_FUNCTION_ARGUMENT: SQL array indices start at 1");
            }
            Some(index) if index > 0 => start.checked_add(index - 1),
            Some(index) => end.checked_add(index),
        };
        let inside = at.filter(|at| (start..end).contains(at));
        found.push(inside.and_then(|at| u64::try_from(at).ok()));
    }
    Ok(take(Arc::as_ref(list.values()), &UInt64Array::from(found), None)?)
}
