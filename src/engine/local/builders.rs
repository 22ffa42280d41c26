//! Values of records into Arrow arrays, one builder per column shape.

use std::sync::Arc;

use datafusion::arrow::array::{
    ArrayRef, ListArray, MapArray, NullBufferBuilder, StringBuilder, StructArray,
};
use datafusion::arrow::buffer::OffsetBuffer;
use datafusion::arrow::datatypes::{FieldRef, Fields};
use datafusion::arrow::error::ArrowError;
use sonic_rs::LazyValue;

use super::columns::{self, Column, Shape, WIDEST};
use super::json;

/// A column under construction.
#[derive(Debug)]
pub(super) enum Builder {
    Text(StringBuilder),
    Row(RowBuilder),
    Map(MapBuilder),
    Rows(ListBuilder),
}

impl Builder {
    pub(super) fn new(shape: &'static Shape) -> Self {
        match shape {
            Shape::Text => Self::Text(StringBuilder::new()),
            Shape::Row(columns) => Self::Row(RowBuilder::new(columns)),
            Shape::Map => Self::Map(MapBuilder::default()),
            Shape::Rows(columns) => Self::Rows(ListBuilder::new(columns)),
        }
    }

    /// Appends a record's value, `None` where the record has none. `scratch` is working memory.
    ///
    /// Gives about how many bytes the column has grown by.
    pub(super) fn append(&mut self, value: Option<LazyValue<'_>>, scratch: &mut String) -> usize {
        match self {
            Self::Text(builder) => append_text(builder, value.as_ref(), scratch),
            Self::Row(builder) => builder.append(value, scratch),
            Self::Map(builder) => builder.append(value, scratch),
            Self::Rows(builder) => builder.append(value, scratch),
        }
    }

    /// The array so far; the builder starts over.
    pub(super) fn finish(&mut self) -> Result<ArrayRef, ArrowError> {
        Ok(match self {
            Self::Text(builder) => Arc::new(builder.finish()),
            Self::Row(builder) => Arc::new(builder.finish()?),
            Self::Map(builder) => Arc::new(builder.finish()?),
            Self::Rows(builder) => Arc::new(builder.finish()?),
        })
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

fn append_text(
    builder: &mut StringBuilder,
    value: Option<&LazyValue<'_>>,
    scratch: &mut String,
) -> usize {
    const OFFSET: usize = size_of::<i32>();
    match value.and_then(|value| text_of(value, scratch)) {
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

/// Puts the fields of an object into the slots of their columns; of a repeated key the last.
pub(super) fn fill<'a>(
    columns: &[Column],
    object: impl Iterator<Item = (impl AsRef<str>, LazyValue<'a>)>,
    slots: &mut [Option<LazyValue<'a>>; WIDEST],
) {
    let mut guess = 0;
    for (key, value) in object {
        if let Some(at) = columns::position(columns, key.as_ref(), &mut guess) {
            slots[at] = Some(value);
        }
    }
}

#[derive(Debug)]
pub(super) struct RowBuilder {
    columns: &'static [Column],
    fields: Fields,
    children: Vec<Builder>,
    valid: NullBufferBuilder,
}

impl RowBuilder {
    fn new(columns: &'static [Column]) -> Self {
        Self {
            columns,
            fields: columns::fields(columns),
            children: columns.iter().map(|c| Builder::new(&c.shape)).collect(),
            valid: NullBufferBuilder::new(0),
        }
    }

    fn append(&mut self, value: Option<LazyValue<'_>>, scratch: &mut String) -> usize {
        let mut slots = [const { None }; WIDEST];
        let object = value.and_then(LazyValue::into_object_iter);
        self.valid.append(object.is_some());
        if let Some(object) = object {
            fill(self.columns, object.map_while(Result::ok), &mut slots);
        }
        let children = self.children.iter_mut().zip(&mut slots);
        children.map(|(child, slot)| child.append(slot.take(), scratch)).sum()
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
    items: RowBuilder,
    lengths: Vec<usize>,
    valid: NullBufferBuilder,
}

impl ListBuilder {
    fn new(columns: &'static [Column]) -> Self {
        Self {
            item: Arc::new(columns::list_item(columns)),
            items: RowBuilder::new(columns),
            lengths: Vec::new(),
            valid: NullBufferBuilder::new(0),
        }
    }

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
            Arc::new(self.items.finish()?),
            self.valid.finish(),
        )
    }
}

#[derive(Debug)]
pub(super) struct MapBuilder {
    keys: StringBuilder,
    values: StringBuilder,
    lengths: Vec<usize>,
    valid: NullBufferBuilder,
}

impl Default for MapBuilder {
    fn default() -> Self {
        Self {
            keys: StringBuilder::new(),
            values: StringBuilder::new(),
            lengths: Vec::new(),
            valid: NullBufferBuilder::new(0),
        }
    }
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
        let mut bytes = 0;
        for (key, value) in &entries {
            self.keys.append_value(key);
            bytes += key.len() + append_text(&mut self.values, Some(value), scratch);
        }
        self.lengths.push(entries.len());
        bytes
    }

    fn finish(&mut self) -> Result<MapArray, ArrowError> {
        let entries = StructArray::try_new(
            columns::map_fields(),
            vec![Arc::new(self.keys.finish()), Arc::new(self.values.finish())],
            None,
        )?;
        MapArray::try_new(
            Arc::new(columns::map_entries()),
            OffsetBuffer::from_lengths(self.lengths.drain(..)),
            entries,
            self.valid.finish(),
            false,
        )
    }
}
