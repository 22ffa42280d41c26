//! Values of records into Arrow arrays, one builder per column shape.

use std::sync::Arc;

use datafusion::arrow::array::{
    ArrayRef, ListArray, MapArray, NullBufferBuilder, StringBuilder, StructArray,
};
use datafusion::arrow::buffer::OffsetBuffer;
use datafusion::arrow::compute::{CastOptions, cast_with_options};
use datafusion::arrow::datatypes::{DataType, Field, FieldRef, Fields};
use datafusion::arrow::error::ArrowError;
use sonic_rs::LazyValue;

use super::columns::{self, Column, Shape};
use super::json;

/// Bytes that a value takes besides its text.
const OFFSET: usize = size_of::<i32>();

/// A column under construction.
#[derive(Debug)]
pub(super) enum Builder {
    Text(StringBuilder),
    /// What is none of the type becomes NULL.
    Parsed(StringBuilder, DataType),
    Row(RowBuilder),
    Map(MapBuilder),
    List(ListBuilder),
}

impl Builder {
    /// A builder of arrays of type `of`, which is the one of the shape.
    pub(super) fn new(shape: &Shape, of: &DataType) -> Self {
        match (shape, of) {
            (Shape::Row(columns), DataType::Struct(fields)) => {
                let child = |(column, field): (&Column, &FieldRef)| {
                    Self::new(&column.shape, field.data_type())
                };
                Self::Row(RowBuilder {
                    columns: Arc::clone(columns),
                    fields: fields.clone(),
                    children: columns.iter().zip(fields).map(child).collect(),
                    valid: NullBufferBuilder::new(0),
                })
            }
            (Shape::Map(value), DataType::Map(entries, _)) => Self::Map(MapBuilder {
                values: Box::new(Self::new(value, value_type(entries))),
                entries: Arc::clone(entries),
                keys: StringBuilder::new(),
                lengths: Vec::new(),
                valid: NullBufferBuilder::new(0),
            }),
            (Shape::List(shape), DataType::List(item)) => Self::List(ListBuilder {
                items: Box::new(Self::new(shape, item.data_type())),
                item: Arc::clone(item),
                lengths: Vec::new(),
                valid: NullBufferBuilder::new(0),
            }),
            (_, DataType::Utf8) => Self::Text(StringBuilder::new()),
            (_, other) => Self::Parsed(StringBuilder::new(), other.clone()),
        }
    }

    /// Appends a record's value, `None` where the record has none. `scratch` is working memory.
    ///
    /// Gives about how many bytes the column has grown by.
    pub(super) fn append(&mut self, value: Option<LazyValue<'_>>, scratch: &mut String) -> usize {
        match self {
            Self::Text(builder) | Self::Parsed(builder, _) => {
                append_text(builder, value.as_ref().and_then(|value| text_of(value, scratch)))
            }
            Self::Row(builder) => builder.append(value, scratch),
            Self::Map(builder) => builder.append(value, scratch),
            Self::List(builder) => builder.append(value, scratch),
        }
    }

    /// Appends what a text says. A row, a map or a list is NULL then.
    pub(super) fn append_text(&mut self, text: Option<&str>) -> usize {
        match self {
            Self::Text(builder) | Self::Parsed(builder, _) => append_text(builder, text),
            other => other.append(None, &mut String::new()),
        }
    }

    /// The array so far; the builder starts over.
    pub(super) fn finish(&mut self) -> Result<ArrayRef, ArrowError> {
        Ok(match self {
            Self::Text(builder) => Arc::new(builder.finish()),
            Self::Parsed(builder, of) => {
                let options = CastOptions { safe: true, ..CastOptions::default() };
                cast_with_options(&builder.finish(), of, &options)?
            }
            Self::Row(builder) => Arc::new(builder.finish()?),
            Self::Map(builder) => Arc::new(builder.finish()?),
            Self::List(builder) => Arc::new(builder.finish()?),
        })
    }
}

/// The type of a map's values, from the field of its entries.
fn value_type(entries: &Field) -> &DataType {
    match entries.data_type() {
        DataType::Struct(fields) if fields.len() == 2 => fields[1].data_type(),
        other => other,
    }
}

/// The text of a value in a text column, `None` for NULL: strings as they are, numbers and
/// booleans as written, objects and arrays as compact JSON.
pub(super) fn text_of<'a>(value: &'a LazyValue<'_>, scratch: &'a mut String) -> Option<&'a str> {
    let raw = value.as_raw_str();
    match raw.as_bytes().first()? {
        b'"' => {
            let inner = raw.get(1..raw.len() - 1)?;
            if memchr::memchr(b'\\', inner.as_bytes()).is_none() {
                return Some(inner);
            }
            scratch.clear();
            json::unescape(inner, scratch);
            Some(scratch)
        }
        b'{' | b'[' => {
            scratch.clear();
            json::compact(raw, scratch);
            Some(scratch)
        }
        b'n' => None,
        _ => Some(raw),
    }
}

fn append_text(builder: &mut StringBuilder, text: Option<&str>) -> usize {
    match text {
        Some(text) => {
            builder.append_value(text);
            text.len() + OFFSET
        }
        None => {
            builder.append_null();
            OFFSET
        }
    }
}

/// Fields of a row that need no memory of their own while they are put in order; CloudTrail's
/// widest row, the record, has about as many.
const USUAL_WIDTH: usize = 40;

/// Runs `work` on empty slots, one for each of `width` columns.
pub(super) fn with_slots<'a, T>(
    width: usize,
    work: impl FnOnce(&mut [Option<LazyValue<'a>>]) -> T,
) -> T {
    if width <= USUAL_WIDTH {
        let mut slots = [const { None }; USUAL_WIDTH];
        work(&mut slots[..width])
    } else {
        let mut slots: Vec<_> = (0..width).map(|_| None).collect();
        work(&mut slots)
    }
}

#[derive(Debug)]
pub(super) struct RowBuilder {
    columns: Arc<[Column]>,
    fields: Fields,
    children: Vec<Builder>,
    valid: NullBufferBuilder,
}

impl RowBuilder {
    fn append(&mut self, value: Option<LazyValue<'_>>, scratch: &mut String) -> usize {
        let Self { columns, children, valid, .. } = self;
        let object = value.and_then(LazyValue::into_object_iter);
        valid.append(object.is_some());
        with_slots(columns.len(), |slots| {
            // Of a repeated key the last one counts.
            let mut guess = 0;
            for (key, value) in object.into_iter().flatten().map_while(Result::ok) {
                if let Some(at) = columns::position(columns, &key, &mut guess) {
                    slots[at] = Some(value);
                }
            }
            let children = children.iter_mut().zip(slots);
            children.map(|(child, slot)| child.append(slot.take(), scratch)).sum()
        })
    }

    fn finish(&mut self) -> Result<StructArray, ArrowError> {
        let children = self.children.iter_mut().map(Builder::finish);
        let children = children.collect::<Result<_, _>>()?;
        StructArray::try_new(self.fields.clone(), children, self.valid.finish())
    }
}

#[derive(Debug)]
pub(super) struct ListBuilder {
    item: FieldRef,
    items: Box<Builder>,
    lengths: Vec<usize>,
    valid: NullBufferBuilder,
}

impl ListBuilder {
    fn append(&mut self, value: Option<LazyValue<'_>>, scratch: &mut String) -> usize {
        let array = value.and_then(LazyValue::into_array_iter);
        self.valid.append(array.is_some());
        let (mut length, mut bytes) = (0, 0);
        for item in array.into_iter().flatten().map_while(Result::ok) {
            bytes += self.items.append(Some(item), scratch);
            length += 1;
        }
        self.lengths.push(length);
        bytes
    }

    fn finish(&mut self) -> Result<ListArray, ArrowError> {
        ListArray::try_new(
            Arc::clone(&self.item),
            OffsetBuffer::from_lengths(self.lengths.drain(..)),
            self.items.finish()?,
            self.valid.finish(),
        )
    }
}

#[derive(Debug)]
pub(super) struct MapBuilder {
    entries: FieldRef,
    keys: StringBuilder,
    values: Box<Builder>,
    lengths: Vec<usize>,
    valid: NullBufferBuilder,
}

impl MapBuilder {
    fn append(&mut self, value: Option<LazyValue<'_>>, scratch: &mut String) -> usize {
        let object = value.and_then(LazyValue::into_object_iter);
        self.valid.append(object.is_some());
        let mut entries: Vec<(String, LazyValue<'_>)> = Vec::new();
        for (key, value) in object.into_iter().flatten().map_while(Result::ok) {
            match entries.iter_mut().find(|(known, _)| *known == key) {
                Some(entry) => entry.1 = value,
                None => entries.push((key.into_owned(), value)),
            }
        }
        self.lengths.push(entries.len());
        let mut bytes = 0;
        for (key, value) in entries {
            self.keys.append_value(&key);
            bytes += key.len() + self.values.append(Some(value), scratch);
        }
        bytes
    }

    fn finish(&mut self) -> Result<MapArray, ArrowError> {
        let (keys, values) = (Arc::new(self.keys.finish()), self.values.finish()?);
        let DataType::Struct(fields) = self.entries.data_type() else {
            let text = format!("a map's entries are {}", self.entries.data_type());
            return Err(ArrowError::SchemaError(text));
        };
        let entries = StructArray::try_new(fields.clone(), vec![keys, values], None)?;
        MapArray::try_new(
            Arc::clone(&self.entries),
            OffsetBuffer::from_lengths(self.lengths.drain(..)),
            entries,
            self.valid.finish(),
            false,
        )
    }
}
