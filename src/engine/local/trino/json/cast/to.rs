//! Values as JSON: arrays as arrays, maps as objects with sorted keys, rows as objects with the
//! names of their fields, days and timestamps as strings. NULL is null inside, and NULL outside.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, NullArray, StringArray, StringBuilder};
use datafusion::arrow::compute::cast as arrow_cast;
use datafusion::arrow::datatypes::{DataType, Float32Type, Float64Type};
use datafusion::common::internal_err;
use datafusion::error::Result;

use super::super::super::super::json::quote;
use super::super::super::{cast, float};
use crate::sql::ty::SqlType;

/// Values of the type `from` as JSON.
pub(crate) fn to_json(values: &ArrayRef, from: &SqlType) -> Result<ArrayRef> {
    Ok(Arc::new(json(values, from)?))
}

fn json(values: &ArrayRef, ty: &SqlType) -> Result<StringArray> {
    use SqlType as T;
    match ty {
        T::Json => Ok(values.as_string::<i32>().clone()),
        T::Unknown => {
            let nulls = arrow_cast(&NullArray::new(values.len()), &DataType::Utf8)?;
            Ok(nulls.as_string::<i32>().clone())
        }
        T::Varchar(_) | T::Date | T::Timestamp(_) => {
            let texts = plain(values, ty)?;
            written(&texts, |row, out| quote(texts.value(row), out))
        }
        T::Real | T::Double => {
            let numbers = plain(values, ty)?;
            written(&numbers, |row, out| match numbers.value(row) {
                number @ ("NaN" | "Infinity" | "-Infinity") => quote(number, out),
                number => out.push_str(number),
            })
        }
        T::Array(item) => {
            let Some(lists) = values.as_list_opt::<i32>() else {
                return internal_err!("{} is no array", values.data_type());
            };
            let items = json(lists.values(), item)?;
            written(lists, |row, out| {
                let ends = lists.value_offsets();
                between(out, "[]", range(ends, row), |at, out| value(&items, at, out));
            })
        }
        T::Map(key, item) => {
            let Some(maps) = values.as_map_opt() else {
                return internal_err!("{} is no map", values.data_type());
            };
            let (keys, items) = (plain(maps.keys(), key)?, json(maps.values(), item)?);
            written(maps, |row, out| {
                let mut entries: Vec<_> = range(maps.value_offsets(), row).collect();
                entries.sort_by(|a, b| {
                    keys.value(*a).encode_utf16().cmp(keys.value(*b).encode_utf16())
                });
                between(out, "{}", entries, |at, out| {
                    quote(keys.value(at), out);
                    out.push(':');
                    value(&items, at, out);
                });
            })
        }
        T::Row(fields) => {
            let Some(rows) = values.as_struct_opt() else {
                return internal_err!("{} is no row", values.data_type());
            };
            let columns = rows.columns().iter().zip(fields);
            let columns: Vec<_> = columns
                .map(|(column, (name, ty))| Ok((name.as_deref().unwrap_or(""), json(column, ty)?)))
                .collect::<Result<_>>()?;
            written(rows, |row, out| {
                between(out, "{}", &columns, |(name, column), out| {
                    quote(name, out);
                    out.push(':');
                    value(column, row, out);
                });
            })
        }
        ty => plain(values, ty),
    }
}

/// Values as text without quotes: numbers with a fraction as results show them, all else as casts
/// write it.
fn plain(values: &ArrayRef, ty: &SqlType) -> Result<StringArray> {
    match ty {
        SqlType::Double => {
            let numbers = values.as_primitive::<Float64Type>();
            written(numbers, |row, out| float::show_double(numbers.value(row), out))
        }
        SqlType::Real => {
            let numbers = values.as_primitive::<Float32Type>();
            written(numbers, |row, out| float::show_real(numbers.value(row), out))
        }
        ty => Ok(cast::convert(values, ty, &SqlType::VARCHAR)?.as_string::<i32>().clone()),
    }
}

/// A text for each row that is not NULL.
fn written(values: &dyn Array, write: impl Fn(usize, &mut String)) -> Result<StringArray> {
    let mut builder = StringBuilder::new();
    let mut text = String::new();
    for row in 0..values.len() {
        if values.is_null(row) {
            builder.append_null();
            continue;
        }
        text.clear();
        write(row, &mut text);
        builder.append_value(&text);
    }
    Ok(builder.finish())
}

/// Writes parts with commas between them, in brackets.
fn between<T>(
    out: &mut String,
    brackets: &str,
    parts: impl IntoIterator<Item = T>,
    write: impl Fn(T, &mut String),
) {
    let (open, close) = brackets.split_at(1);
    out.push_str(open);
    for (at, part) in parts.into_iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        write(part, out);
    }
    out.push_str(close);
}

fn value(values: &StringArray, at: usize, out: &mut String) {
    out.push_str(if values.is_null(at) { "null" } else { values.value(at) });
}

/// Where the items of a row are.
fn range(ends: &[i32], row: usize) -> std::ops::Range<usize> {
    let end = |at: usize| ends.get(at).and_then(|end| usize::try_from(*end).ok()).unwrap_or(0);
    end(row)..end(row + 1)
}
