//! Keys: bytes that are the same for values that are not distinct, for looking up many.

use std::sync::Arc;

use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, Int64Array, ListArray, StructArray, UInt64Array,
};
use datafusion::arrow::compute::take;
use datafusion::arrow::datatypes::{
    ArrowNativeType, DataType, Field, Fields, Float32Type, Float64Type, Int64Type,
};
use datafusion::arrow::row::{RowConverter, SortField};
use datafusion::error::Result;

use super::super::super::zone;
use crate::sql::ty::SqlType;

pub(crate) use datafusion::arrow::row::Rows;

/// A key for each value of some arrays of type `ty`.
pub(crate) fn keys<const N: usize>(arrays: [&ArrayRef; N], ty: &SqlType) -> Result<[Rows; N]> {
    let mut plain = Vec::with_capacity(N);
    for array in arrays {
        plain.push(plain_form(array, ty)?);
    }
    let of = plain.first().map_or(DataType::Null, |array| array.data_type().clone());
    let converter = RowConverter::new(vec![SortField::new(of)])?;
    let mut rows = Vec::with_capacity(N);
    for array in plain {
        rows.push(converter.convert_columns(&[array])?);
    }
    match rows.try_into() {
        Ok(rows) => Ok(rows),
        Err(_) => datafusion::common::internal_err!("keys are missing"),
    }
}

/// Values in a form in which those that are not distinct are equal bit by bit: one `NaN`, one
/// zero, instants without a zone, maps in the order of their keys.
fn plain_form(array: &ArrayRef, ty: &SqlType) -> Result<ArrayRef> {
    if !differs(ty) {
        return Ok(Arc::clone(array));
    }
    Ok(match ty {
        SqlType::Double => {
            Arc::new(array.as_primitive::<Float64Type>().unary::<_, Float64Type>(|value| {
                if value.is_nan() { f64::NAN } else { value + 0.0 }
            }))
        }
        SqlType::Real => {
            Arc::new(array.as_primitive::<Float32Type>().unary::<_, Float32Type>(|value| {
                if value.is_nan() { f32::NAN } else { value + 0.0 }
            }))
        }
        SqlType::TimestampTz(_) => {
            let instants: Int64Array = array.as_primitive::<Int64Type>().unary(zone::millis);
            Arc::new(instants)
        }
        SqlType::Array(item) => {
            let list = array.as_list::<i32>();
            let items = plain_form(list.values(), item)?;
            list_like(list.offsets().clone(), items, list.nulls().cloned())?
        }
        SqlType::Row(types) => {
            let row = array.as_struct();
            let mut columns = Vec::with_capacity(types.len());
            for ((_, ty), column) in types.iter().zip(row.columns()) {
                columns.push(plain_form(column, ty)?);
            }
            let fields = columns.iter().zip(row.fields());
            let fields: Fields = fields
                .map(|(column, field)| Field::new(field.name(), column.data_type().clone(), true))
                .collect();
            Arc::new(StructArray::try_new(fields, columns, row.nulls().cloned())?)
        }
        SqlType::Map(key, value) => sorted_entries(array, key, value)?,
        _ => Arc::clone(array),
    })
}

/// Whether values that are not distinct may lie otherwise in memory.
fn differs(ty: &SqlType) -> bool {
    match ty {
        SqlType::Double | SqlType::Real | SqlType::TimestampTz(_) | SqlType::Map(..) => true,
        SqlType::Array(item) => differs(item),
        SqlType::Row(fields) => fields.iter().any(|(_, ty)| differs(ty)),
        _ => false,
    }
}

/// Maps as arrays of entries, in the order of their keys.
fn sorted_entries(array: &ArrayRef, key: &SqlType, value: &SqlType) -> Result<ArrayRef> {
    let map = array.as_map();
    let [order] = keys([map.keys()], key)?;
    let mut indices: Vec<u64> = (0..map.keys().len() as u64).collect();
    for span in map.value_offsets().windows(2) {
        let span = &mut indices[span[0].as_usize()..span[1].as_usize()];
        span.sort_by(|a, b| order.row(*a as usize).cmp(&order.row(*b as usize)));
    }
    let indices = UInt64Array::from(indices);
    let keys = plain_form(&take(map.keys(), &indices, None)?, key)?;
    let values = plain_form(&take(map.values(), &indices, None)?, value)?;
    let fields = Fields::from(vec![
        Field::new("key", keys.data_type().clone(), true),
        Field::new("value", values.data_type().clone(), true),
    ]);
    let entries = Arc::new(StructArray::try_new(fields, vec![keys, values], None)?);
    list_like(map.offsets().clone(), entries, map.nulls().cloned())
}

fn list_like(
    offsets: datafusion::arrow::buffer::OffsetBuffer<i32>,
    items: ArrayRef,
    nulls: Option<datafusion::arrow::buffer::NullBuffer>,
) -> Result<ArrayRef> {
    let field = Arc::new(Field::new("item", items.data_type().clone(), true));
    Ok(Arc::new(ListArray::try_new(field, offsets, items, nulls)?))
}
