//! Arrays and maps of a call: where the elements of each row lie, and new arrays and maps made of
//! old elements.

use std::ops::Range;
use std::sync::Arc;

use datafusion::arrow::array::{
    Array, ArrayBuilder, ArrayRef, AsArray, ListArray, MapArray, NullBufferBuilder, StructArray,
    UInt64Array, UInt64Builder,
};
use datafusion::arrow::buffer::{NullBuffer, OffsetBuffer, ScalarBuffer};
use datafusion::arrow::compute::take;
use datafusion::arrow::datatypes::ArrowNativeType;
use datafusion::common::internal_err;
use datafusion::error::{DataFusionError, Result};

use super::super::arrow;
use super::call::Call;
use crate::sql::ty::SqlType;

/// An argument that is an array.
pub(crate) struct Lists {
    /// The elements of all rows, with others between them.
    pub(crate) items: ArrayRef,
    pub(crate) spans: Spans,
}

/// An argument that is a map.
pub(crate) struct Maps {
    pub(crate) keys: ArrayRef,
    pub(crate) values: ArrayRef,
    pub(crate) spans: Spans,
}

impl Call<'_> {
    /// The argument at `at`, which is an array.
    pub(crate) fn lists(&self, at: usize) -> Result<Lists> {
        let column = self.column(at)?;
        match column.array().as_list_opt::<i32>() {
            Some(list) => Ok(Lists {
                items: Arc::clone(list.values()),
                spans: Spans::new(list.offsets(), list.nulls(), column.is_constant()),
            }),
            None => internal_err!("argument {at} is {}", column.array().data_type()),
        }
    }

    /// The argument at `at`, which is a map.
    pub(crate) fn maps(&self, at: usize) -> Result<Maps> {
        let column = self.column(at)?;
        match column.array().as_map_opt() {
            Some(map) => Ok(Maps {
                keys: Arc::clone(map.keys()),
                values: Arc::clone(map.values()),
                spans: Spans::new(map.offsets(), map.nulls(), column.is_constant()),
            }),
            None => internal_err!("argument {at} is {}", column.array().data_type()),
        }
    }
}

/// Where the elements of each row lie.
pub(crate) struct Spans {
    offsets: OffsetBuffer<i32>,
    nulls: Option<NullBuffer>,
    constant: bool,
}

impl Spans {
    fn new(offsets: &OffsetBuffer<i32>, nulls: Option<&NullBuffer>, constant: bool) -> Self {
        Self { offsets: offsets.clone(), nulls: nulls.cloned(), constant }
    }

    /// Where the elements of a row lie; `None` for NULL.
    pub(crate) fn get(&self, row: usize) -> Option<Range<usize>> {
        let row = if self.constant { 0 } else { row };
        let known = self.nulls.as_ref().is_none_or(|nulls| nulls.is_valid(row));
        known.then(|| self.offsets[row].as_usize()..self.offsets[row + 1].as_usize())
    }

    /// The elements of all rows that are not NULL, one after the other.
    pub(crate) fn flat(&self, rows: usize) -> Result<Flat> {
        let mut owners = Vec::new();
        let mut offsets = Vec::with_capacity(rows + 1);
        let mut nulls = NullBufferBuilder::new(rows);
        let mut indices = Vec::new();
        offsets.push(0);
        for row in 0..rows {
            let span = self.get(row);
            nulls.append(span.is_some());
            if let Some(span) = span {
                owners.extend(std::iter::repeat_n(row as u64, span.len()));
                indices.extend(span.start as u64..span.end as u64);
            }
            offsets.push(offset(indices.len())?);
        }
        let first = indices.first().copied().unwrap_or_default();
        let dense = (first..).zip(&indices).all(|(wanted, index)| wanted == *index);
        let from = match dense {
            true => Source::Run(first as usize, indices.len()),
            false => Source::Picked(indices.into()),
        };
        Ok(Flat {
            from,
            owners: owners.into(),
            offsets: OffsetBuffer::new(ScalarBuffer::from(offsets)),
            nulls: nulls.finish(),
        })
    }
}

/// The elements of all rows, one after the other.
pub(crate) struct Flat {
    from: Source,
    /// The row of each element.
    pub(crate) owners: UInt64Array,
    pub(crate) offsets: OffsetBuffer<i32>,
    /// Rows that are NULL; they have no elements.
    pub(crate) nulls: Option<NullBuffer>,
}

enum Source {
    /// Elements that lie side by side already: the first, and how many.
    Run(usize, usize),
    Picked(UInt64Array),
}

impl Flat {
    /// The elements, out of the array that the spans are of.
    pub(crate) fn of(&self, items: &ArrayRef) -> Result<ArrayRef> {
        Ok(match &self.from {
            Source::Run(first, length) => items.slice(*first, *length),
            Source::Picked(indices) => take(items, indices, None)?,
        })
    }

    /// Whether a row is an array, and which of the elements are its own.
    pub(crate) fn get(&self, row: usize) -> Option<Range<usize>> {
        let known = self.nulls.as_ref().is_none_or(|nulls| nulls.is_valid(row));
        known.then(|| self.offsets[row].as_usize()..self.offsets[row + 1].as_usize())
    }
}

/// Arrays or maps in the making, of elements that lie in some other array.
pub(crate) struct Picks {
    indices: UInt64Builder,
    offsets: Vec<i32>,
    nulls: NullBufferBuilder,
}

impl Picks {
    /// For so many rows.
    pub(crate) fn new(rows: usize) -> Self {
        let mut offsets = Vec::with_capacity(rows + 1);
        offsets.push(0);
        Self { indices: UInt64Builder::new(), offsets, nulls: NullBufferBuilder::new(rows) }
    }

    /// Adds the element that lies at `at`.
    pub(crate) fn push(&mut self, at: usize) {
        self.indices.append_value(at as u64);
    }

    /// Ends a row.
    pub(crate) fn end(&mut self) -> Result<()> {
        self.offsets.push(offset(self.indices.len())?);
        self.nulls.append_non_null();
        Ok(())
    }

    /// Ends a row that is NULL.
    pub(crate) fn end_null(&mut self) -> Result<()> {
        self.offsets.push(offset(self.indices.len())?);
        self.nulls.append_null();
        Ok(())
    }

    /// A row of the elements that lie there; NULL for `None`.
    pub(crate) fn row(&mut self, at: Option<impl Iterator<Item = usize>>) -> Result<()> {
        match at {
            Some(at) => {
                at.for_each(|at| self.push(at));
                self.end()
            }
            None => self.end_null(),
        }
    }

    /// The arrays, of type `gives`.
    pub(crate) fn lists(mut self, gives: &SqlType, items: &ArrayRef) -> Result<ArrayRef> {
        let items = take(items, &self.indices.finish(), None)?;
        list(gives, self.offsets, items, self.nulls.finish())
    }

    /// The maps, of type `gives`.
    pub(crate) fn maps(
        mut self,
        gives: &SqlType,
        keys: &ArrayRef,
        values: &ArrayRef,
    ) -> Result<ArrayRef> {
        let indices = self.indices.finish();
        let keys = take(keys, &indices, None)?;
        let values = take(values, &indices, None)?;
        map(gives, self.offsets, keys, values, self.nulls.finish())
    }
}

/// Arrays of type `gives`, whose elements lie one after the other.
pub(crate) fn list(
    gives: &SqlType,
    offsets: impl Into<ScalarBuffer<i32>>,
    items: ArrayRef,
    nulls: Option<NullBuffer>,
) -> Result<ArrayRef> {
    let SqlType::Array(item) = gives else {
        return internal_err!("{gives} is no array");
    };
    let field = Arc::new(arrow::item_field(item));
    let offsets = OffsetBuffer::new(offsets.into());
    Ok(Arc::new(ListArray::try_new(field, offsets, items, nulls)?))
}

/// Maps of type `gives`, whose entries lie one after the other.
pub(crate) fn map(
    gives: &SqlType,
    offsets: impl Into<ScalarBuffer<i32>>,
    keys: ArrayRef,
    values: ArrayRef,
    nulls: Option<NullBuffer>,
) -> Result<ArrayRef> {
    let SqlType::Map(key, value) = gives else {
        return internal_err!("{gives} is no map");
    };
    let fields = arrow::entry_fields(key, value);
    let entries = StructArray::try_new(fields, vec![keys, values], None)?;
    let field = Arc::new(arrow::entries_field(key, value));
    let offsets = OffsetBuffer::new(offsets.into());
    Ok(Arc::new(MapArray::try_new(field, offsets, entries, nulls, false)?))
}

/// A count of elements as Arrow counts them.
pub(crate) fn offset(count: usize) -> Result<i32> {
    i32::try_from(count).map_err(|_| {
        DataFusionError::ResourcesExhausted("arrays hold more than 2147483647 elements".to_owned())
    })
}
