//! `concat(varchar, varchar, ...) -> varchar`, of `varbinary` likewise: one after the other. NULL if
//! any argument is. A single argument is an error.
//!
//! `concat(array(T), ...) -> array(T)`, `concat(T, array(T))`, `concat(array(T), T)`: the elements of
//! all, or one element more. NULL if an argument is, also where it stands for an element.
//!
//! `a || b` is this with two arguments. Dialect 3.1, 4.6, 4.7.

use std::ops::Range;
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, BinaryBuilder, ListArray, StringBuilder};
use datafusion::arrow::buffer::{NullBuffer, OffsetBuffer};
use datafusion::arrow::compute::interleave;
use datafusion::common::{internal_err, resources_err};
use datafusion::error::Result;

use super::super::super::{arrow, failure};
use super::super::call::{Call, room};
use super::super::function::{Form, Function};
use crate::sql::ty::SqlType;

pub(super) const CONCAT: Function = Function {
    name: "concat",
    forms: &[
        Form::new("(varchar, varchar, varchar...) -> varchar", texts),
        Form::new("(varbinary, varbinary, varbinary...) -> varbinary", bytes),
        Form::new("(array(T), array(T), array(T)...) -> array(T)", arrays),
        Form::new("(array(T), T) -> array(T)", arrays),
        Form::new("(T, array(T)) -> array(T)", arrays),
        Form::new("(varchar) -> varchar", too_few).fails(),
        Form::new("(varbinary) -> varbinary", too_few).fails(),
        Form::new("(array(T)) -> array(T)", too_few).fails(),
    ],
};

fn too_few(call: &Call) -> Result<ArrayRef> {
    Err(failure::argument(match call.gives {
        SqlType::Array(_) => "There must be two or more arguments to concat",
        _ => "There must be two or more concatenation arguments",
    }))
}

fn texts(call: &Call) -> Result<ArrayRef> {
    let texts: Vec<_> =
        (0..call.arguments.len()).map(|at| call.values::<&str>(at)).collect::<Result<_>>()?;
    let mut builder = StringBuilder::new();
    let mut whole = String::new();
    for row in 0..call.rows {
        whole.clear();
        if texts.iter().all(|text| text.get(row).map(|part| whole.push_str(part)).is_some()) {
            room(builder.values_slice(), whole.len())?;
            builder.append_value(&whole);
        } else {
            builder.append_null();
        }
    }
    Ok(Arc::new(builder.finish()))
}

fn bytes(call: &Call) -> Result<ArrayRef> {
    let all: Vec<_> =
        (0..call.arguments.len()).map(|at| call.values::<&[u8]>(at)).collect::<Result<_>>()?;
    let mut builder = BinaryBuilder::new();
    for row in 0..call.rows {
        let parts: Option<Vec<&[u8]>> = all.iter().map(|bytes| bytes.get(row)).collect();
        let whole = parts.map(|parts| parts.concat());
        room(builder.values_slice(), whole.as_ref().map_or(0, Vec::len))?;
        builder.append_option(whole);
    }
    Ok(Arc::new(builder.finish()))
}

/// Arrays, and values that stand for arrays of one element.
fn arrays(call: &Call) -> Result<ArrayRef> {
    let SqlType::Array(item) = call.gives else {
        return internal_err!("concat gives {}", call.gives);
    };
    let parts: Vec<Part> =
        (0..call.arguments.len()).map(|at| Part::of(call, at)).collect::<Result<_>>()?;
    let mut sources: Vec<(usize, usize)> = Vec::new();
    let mut lengths = Vec::with_capacity(call.rows);
    let mut valid = Vec::with_capacity(call.rows);
    for row in 0..call.rows {
        let known = parts.iter().all(|part| part.whole.is_valid(row));
        let before = sources.len();
        if known {
            for (at, part) in parts.iter().enumerate() {
                sources.extend(part.range(row).map(|element| (at, element)));
            }
        }
        lengths.push(sources.len() - before);
        valid.push(known);
    }
    if i32::try_from(sources.len()).is_err() {
        return resources_err!("concat makes arrays with over 2 billion elements in one batch");
    }
    let elements: Vec<&dyn Array> =
        parts.iter().map(|part| &*part.elements as &dyn Array).collect();
    Ok(Arc::new(ListArray::try_new(
        Arc::new(arrow::item_field(item)),
        OffsetBuffer::from_lengths(lengths),
        interleave(&elements, &sources)?,
        Some(NullBuffer::from(valid)),
    )?))
}

/// One argument: its elements, and where those of each row begin and end; without that,
/// each is the only one of its row.
struct Part {
    whole: ArrayRef,
    elements: ArrayRef,
    offsets: Option<OffsetBuffer<i32>>,
}

impl Part {
    fn of(call: &Call, at: usize) -> Result<Self> {
        let whole = call.array(at)?;
        let list = whole.as_list_opt::<i32>().filter(|_| call.takes.get(at) == Some(call.gives));
        let elements = list.map_or(&whole, ListArray::values);
        let (elements, offsets) = (Arc::clone(elements), list.map(|list| list.offsets().clone()));
        Ok(Self { whole, elements, offsets })
    }

    fn range(&self, row: usize) -> Range<usize> {
        match &self.offsets {
            Some(offsets) => offsets[row] as usize..offsets[row + 1] as usize,
            None => row..row + 1,
        }
    }
}
