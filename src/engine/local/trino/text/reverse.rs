//! `reverse(varchar) -> varchar` by code points, `reverse(varbinary) -> varbinary` by bytes,
//! `reverse(array(T)) -> array(T)` by elements. Dialect 4.6, 4.7.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, ListArray, UInt32Array};
use datafusion::arrow::buffer::OffsetBuffer;
use datafusion::arrow::compute::take;
use datafusion::common::internal_err;
use datafusion::error::Result;

use super::super::super::arrow;
use super::super::call::Call;
use super::super::function::{Form, Function};
use crate::sql::ty::SqlType;

pub(super) const REVERSE: Function = Function {
    name: "reverse",
    forms: &[
        Form::new("(varchar(x)) -> varchar(x)", |call: &Call| {
            call.each1(|text: &str| Ok(Some(text.chars().rev().collect::<String>())))
        }),
        Form::new("(varbinary) -> varbinary", |call: &Call| {
            call.each1(|bytes: &[u8]| Ok(Some(bytes.iter().rev().copied().collect::<Vec<u8>>())))
        }),
        Form::new("(array(T)) -> array(T)", arrays),
    ],
};

fn arrays(call: &Call) -> Result<ArrayRef> {
    let array = call.array(0)?;
    let (Some(list), SqlType::Array(item)) = (array.as_list_opt::<i32>(), call.gives) else {
        return internal_err!("reverse takes {}", array.data_type());
    };
    let ranges = list.value_offsets().windows(2);
    let order: Vec<u32> = ranges
        .flat_map(|range| (range[0]..range[1]).rev())
        .map(|at| u32::try_from(at).unwrap_or(0))
        .collect();
    let lengths = list.value_offsets().windows(2).map(|range| (range[1] - range[0]) as usize);
    Ok(Arc::new(ListArray::try_new(
        Arc::new(arrow::item_field(item)),
        OffsetBuffer::from_lengths(lengths),
        take(list.values(), &UInt32Array::from(order), None)?,
        list.nulls().cloned(),
    )?))
}
