//! Rows that are kept, and arrays built from them.

use std::sync::Arc;

use datafusion::arrow::array::{
    Array, ArrayRef, BooleanArray, ListArray, MapArray, StructArray, UInt64Array, new_empty_array,
    new_null_array,
};
use datafusion::arrow::buffer::OffsetBuffer;
use datafusion::arrow::compute::{concat, filter, is_not_null, take_arrays};
use datafusion::arrow::datatypes::{DataType, Field};
use datafusion::common::internal_err;
use datafusion::error::Result;

/// What an array needs besides its values, about.
const ARRAY_BYTES: usize = 128;

/// Rows, in the order in which they came.
#[derive(Debug)]
pub(super) struct Rows {
    types: Vec<DataType>,
    batches: Vec<Vec<ArrayRef>>,
    bytes: usize,
}

impl Rows {
    pub(super) fn new(types: &[DataType]) -> Self {
        Self { types: types.to_vec(), batches: Vec::new(), bytes: 0 }
    }

    pub(super) fn push(&mut self, columns: &[ArrayRef]) -> Result<()> {
        if columns.first().is_none_or(|column| column.is_empty()) {
            return Ok(());
        }
        for column in columns {
            self.bytes += ARRAY_BYTES + column.to_data().get_slice_memory_size()?;
        }
        self.batches.push(columns.to_vec());
        Ok(())
    }

    /// The rows at some positions of a batch.
    pub(super) fn push_at(&mut self, columns: &[ArrayRef], positions: &UInt64Array) -> Result<()> {
        if positions.is_empty() {
            return Ok(());
        }
        self.push(&take_arrays(columns, positions, None)?)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.batches.is_empty()
    }

    /// All rows, each column as one array.
    pub(super) fn columns(&self) -> Result<Vec<ArrayRef>> {
        let column = |(at, ty): (usize, &DataType)| -> Result<ArrayRef> {
            let parts: Vec<&dyn Array> =
                self.batches.iter().filter_map(|batch| Some(&**batch.get(at)?)).collect();
            Ok(match parts.as_slice() {
                [] => new_empty_array(ty),
                parts => concat(parts)?,
            })
        };
        self.types.iter().enumerate().map(column).collect()
    }

    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }
}

/// The rows in which column `at` is not NULL.
pub(super) fn without_nulls(columns: &[ArrayRef], at: usize) -> Result<Vec<ArrayRef>> {
    match columns.get(at) {
        Some(column) if column.logical_null_count() > 0 => kept(columns, &is_not_null(column)?),
        _ => Ok(columns.to_vec()),
    }
}

/// The rows for which `keep` holds.
pub(super) fn kept(columns: &[ArrayRef], keep: &BooleanArray) -> Result<Vec<ArrayRef>> {
    columns.iter().map(|column| Ok(filter(column, keep)?)).collect()
}

/// NULL.
pub(super) fn null(ty: &DataType) -> ArrayRef {
    new_null_array(ty, 1)
}

/// One list of all values.
pub(super) fn list_of(values: &ArrayRef) -> Result<ListArray> {
    let field = Arc::new(Field::new("item", values.data_type().clone(), true));
    let offsets = OffsetBuffer::from_lengths([values.len()]);
    Ok(ListArray::try_new(field, offsets, Arc::clone(values), None)?)
}

/// One map of all keys and values, of type `ty`.
pub(super) fn map_of(keys: ArrayRef, values: ArrayRef, ty: &DataType) -> Result<ArrayRef> {
    let DataType::Map(entries, sorted) = ty else {
        return internal_err!("{ty} is no map");
    };
    let DataType::Struct(fields) = entries.data_type() else {
        return internal_err!("a map has no entries");
    };
    let offsets = OffsetBuffer::from_lengths([keys.len()]);
    let pairs = StructArray::try_new(fields.clone(), vec![keys, values], None)?;
    Ok(Arc::new(MapArray::try_new(Arc::clone(entries), offsets, pairs, None, *sorted)?))
}
