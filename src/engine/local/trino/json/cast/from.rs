//! JSON as values: what is inside decides, so that `"12"`, `12` and `true` all become a `bigint`.
//! JSON null is NULL, except as JSON inside of something.

use std::collections::HashSet;
use std::sync::Arc;

use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Float64Array, Int64Array, ListArray, MapArray,
    StringArray, StructArray, new_null_array,
};
use datafusion::arrow::buffer::{NullBuffer, OffsetBuffer};
use datafusion::arrow::compute::{is_not_null, kernels::zip::zip};
use datafusion::common::internal_err;
use datafusion::error::{DataFusionError, Result};

use super::super::super::super::json::{Cursor, Keys, Quoted, is_fraction, settle};
use super::super::super::super::{arrow, failure};
use super::super::super::cast::{self, repeats};
use super::super::super::decimal::{self, Parsed};
use super::super::super::float;
use crate::sql::ty::SqlType;

/// JSON values as the type `to`.
///
/// # Errors
/// `INVALID_CAST_ARGUMENT` for the first value that does not convert.
pub(crate) fn from_json(values: &ArrayRef, to: &SqlType) -> Result<ArrayRef> {
    let Some(texts) = values.as_string_opt::<i32>() else {
        return internal_err!("JSON is {}", values.data_type());
    };
    let whole = texts.iter().map(|text| text.map(whole).transpose());
    let bad = match whole.collect::<Converted<Vec<_>>>().and_then(|whole| convert(&whole, to)) {
        Ok(converted) => return Ok(converted),
        Err(bad) => bad,
    };
    if texts.len() == 1 {
        return Err(bad.failure(texts.value(0), to));
    }
    for row in 0..values.len() {
        from_json(&values.slice(row, 1), to)?;
    }
    internal_err!("JSON does not convert, but each value does")
}

/// Why a value does not convert.
enum Bad {
    /// The failure of another cast inside.
    Cast(String),
    /// It is not what the type wants.
    Shape(String),
    /// It does not fit.
    Value,
    Other(DataFusionError),
}

type Converted<T> = std::result::Result<T, Bad>;

impl Bad {
    fn of(error: DataFusionError) -> Self {
        match failure::of(&error) {
            Some(failure) if failure.code == failure::Code::InvalidCastArgument => {
                Self::Cast(failure.message.clone())
            }
            Some(_) => Self::Value,
            None => Self::Other(error),
        }
    }

    /// As Trino says it of the whole JSON value.
    fn failure(self, json: &str, to: &SqlType) -> DataFusionError {
        let nested = matches!(to, SqlType::Array(_) | SqlType::Map(..) | SqlType::Row(_));
        failure::cast(match self {
            Self::Other(error) => return error,
            Self::Cast(reason) if !nested => reason,
            Self::Cast(reason) | Self::Shape(reason) if nested => {
                format!("Cannot cast to {to}. {reason}\n{json}")
            }
            _ if nested => format!("Cannot cast to {to}.\n{json}"),
            _ => format!("Cannot cast '{json}' to {}", name(to)),
        })
    }
}

/// The type as messages about single values call it.
fn name(ty: &SqlType) -> String {
    match ty {
        SqlType::Varchar(_) => "varchar".to_owned(),
        SqlType::Decimal(..) => ty.to_string().to_uppercase(),
        ty => ty.to_string(),
    }
}

/// The text if it is one JSON value and nothing more, which what `json_array_get` gives may not be.
fn whole(text: &str) -> Converted<&str> {
    let mut cursor = Cursor::new(text);
    let value = cursor.value().ok_or(Bad::Value)?;
    if cursor.is_at_end() { Ok(value) } else { Err(Bad::Value) }
}

/// A JSON value as written; `None` where there is none.
type Item<'a> = Option<&'a str>;

fn convert(items: &[Item<'_>], to: &SqlType) -> Converted<ArrayRef> {
    match to {
        SqlType::Json => {
            Ok(Arc::new(StringArray::from_iter(items.iter().map(|item| {
                item.and_then(|item| settle(&mut Cursor::new(item), Keys::AsWritten))
            }))))
        }
        SqlType::Array(item) => array(items, item),
        SqlType::Map(key, value) => map(items, key, value),
        SqlType::Row(fields) => row(items, fields),
        SqlType::Varchar(_) => text(items, to),
        SqlType::Decimal(precision, scale) => decimal(items, to, *precision, *scale),
        _ => scalar(items, to),
    }
}

/// What a value that is neither an array nor an object is.
#[derive(Clone, Copy)]
enum Scalar<'a> {
    Null,
    Boolean(bool),
    /// A number without a fraction.
    Whole(&'a str),
    Fraction(f64),
    Text(Quoted<'a>),
}

impl<'a> Scalar<'a> {
    fn read(item: Item<'a>, to: &SqlType) -> Converted<Self> {
        let Some(item) = item else {
            return Ok(Self::Null);
        };
        match item.as_bytes().first() {
            Some(b't') => Ok(Self::Boolean(true)),
            Some(b'f') => Ok(Self::Boolean(false)),
            Some(b'n') => Ok(Self::Null),
            Some(b'"') => Cursor::new(item).string().map(Self::Text).ok_or(Bad::Value),
            Some(b'-' | b'0'..=b'9') if is_fraction(item) => {
                item.parse().map(Self::Fraction).map_err(|_| Bad::Value)
            }
            Some(b'-' | b'0'..=b'9') => Ok(Self::Whole(item)),
            _ => {
                let shown = shown(item);
                Err(Bad::Shape(format!("Unexpected token when cast to {}: {shown}", name(to))))
            }
        }
    }
}

/// The first part of a value, as messages show it.
fn shown(item: &str) -> String {
    match item.as_bytes().first() {
        Some(b'{') => "{".to_owned(),
        Some(b'"') => match Cursor::new(item).string() {
            Some(string) => string.text().into_owned(),
            None => item.to_owned(),
        },
        Some(b'[') => "[".to_owned(),
        _ => item.to_owned(),
    }
}

/// Each scalar as a cast of its own type converts it.
fn scalar(items: &[Item<'_>], to: &SqlType) -> Converted<ArrayRef> {
    let floating = matches!(to, SqlType::Real | SqlType::Double);
    let (mut booleans, mut wholes, mut fractions, mut texts) = (vec![], vec![], vec![], vec![]);
    for item in items {
        let scalar = Scalar::read(*item, to)?;
        booleans.push(if let Scalar::Boolean(value) = scalar { Some(value) } else { None });
        wholes.push(match scalar {
            Scalar::Whole(digits) if !floating => {
                Some(digits.parse::<i64>().map_err(|_| Bad::Value)?)
            }
            _ => None,
        });
        fractions.push(match scalar {
            Scalar::Whole(digits) if floating => digits.parse().ok(),
            Scalar::Fraction(value) => Some(value),
            _ => None,
        });
        texts.push(if let Scalar::Text(value) = scalar { Some(value.text()) } else { None });
    }
    let kinds: [(ArrayRef, SqlType); 4] = [
        (Arc::new(BooleanArray::from(booleans)), SqlType::Boolean),
        (Arc::new(Int64Array::from(wholes)), SqlType::Bigint),
        (Arc::new(Float64Array::from(fractions)), SqlType::Double),
        (Arc::new(StringArray::from_iter(texts)), SqlType::VARCHAR),
    ];
    let mut answer = new_null_array(&arrow::data_type(to), items.len());
    for (values, from) in kinds {
        if values.null_count() == values.len() {
            continue;
        }
        let converted = cast::convert(&values, &from, to).map_err(Bad::of)?;
        let there = is_not_null(&converted).map_err(|error| Bad::Other(error.into()))?;
        answer = zip(&there, &converted, &answer).map_err(|error| Bad::Other(error.into()))?;
    }
    Ok(answer)
}

fn text(items: &[Item<'_>], to: &SqlType) -> Converted<ArrayRef> {
    let texts = items.iter().map(|item| {
        Ok(match Scalar::read(*item, to)? {
            Scalar::Null => None,
            Scalar::Boolean(value) => Some(value.to_string()),
            Scalar::Whole(digits) => Some(digits.to_owned()),
            Scalar::Fraction(value) => {
                let mut text = String::new();
                float::write_double(value, &mut text);
                Some(text)
            }
            Scalar::Text(string) => Some(string.text().into_owned()),
        })
    });
    let texts: ArrayRef = Arc::new(texts.collect::<Converted<StringArray>>()?);
    cast::convert(&texts, &SqlType::VARCHAR, to).map_err(Bad::of)
}

fn decimal(items: &[Item<'_>], to: &SqlType, precision: u8, scale: i8) -> Converted<ArrayRef> {
    let values = items.iter().map(|item| {
        let parsed = match Scalar::read(*item, to)? {
            Scalar::Null => return Ok(None),
            Scalar::Boolean(value) => {
                decimal::parse(if value { "1" } else { "0" }, precision, scale)
            }
            Scalar::Text(string) => decimal::parse(&string.text(), precision, scale),
            Scalar::Whole(_) | Scalar::Fraction(_) => {
                decimal::parse(item.unwrap_or_default(), precision, scale)
            }
        };
        match parsed {
            Parsed::Value(value) => Ok(Some(value)),
            Parsed::TooLarge => Err(Bad::Cast(format!("Cannot cast input json to {}", name(to)))),
            Parsed::NotANumber => Err(Bad::Value),
        }
    });
    let values = values.collect::<Converted<datafusion::arrow::array::Decimal128Array>>()?;
    let values: ArrayRef = Arc::new(values);
    decimal::typed(&values, precision, scale).map_err(Bad::Other)
}

fn is_null(item: Item<'_>) -> bool {
    item.is_none_or(|item| item == "null")
}

fn array(items: &[Item<'_>], ty: &SqlType) -> Converted<ArrayRef> {
    let mut elements = Vec::new();
    let mut lengths = Vec::with_capacity(items.len());
    for item in items {
        let before = elements.len();
        if let Some(array) = item.filter(|item| *item != "null") {
            if !array.starts_with('[') {
                let shown = shown(array);
                return Err(Bad::Shape(format!("Expected a json array, but got {shown}")));
            }
            elements_of(array, &mut elements).ok_or(Bad::Value)?;
        }
        lengths.push(elements.len() - before);
    }
    let field = Arc::new(arrow::item_field(ty));
    let elements = convert(&elements, ty)?;
    let array =
        ListArray::try_new(field, OffsetBuffer::from_lengths(lengths), elements, nulls(items));
    array.map(|array| Arc::new(array) as ArrayRef).map_err(|error| Bad::Other(error.into()))
}

fn nulls(items: &[Item<'_>]) -> Option<NullBuffer> {
    Some(NullBuffer::from_iter(items.iter().map(|item| !is_null(*item))))
}

fn elements_of<'a>(array: &'a str, elements: &mut Vec<Item<'a>>) -> Option<()> {
    let mut cursor = Cursor::new(array);
    let mut more = cursor.enter(b'[')?;
    while more {
        elements.push(Some(cursor.value()?));
        more = cursor.more(b'[')?;
    }
    Some(())
}

/// The members of an object.
fn members<'a>(object: &'a str) -> Option<Vec<(Quoted<'a>, &'a str)>> {
    let mut cursor = Cursor::new(object);
    let mut members = Vec::new();
    let mut more = cursor.enter(b'{')?;
    while more {
        members.push((cursor.key()?, cursor.value()?));
        more = cursor.more(b'{')?;
    }
    Some(members)
}

fn map(items: &[Item<'_>], key: &SqlType, value: &SqlType) -> Converted<ArrayRef> {
    let (mut keys, mut values) = (Vec::new(), Vec::new());
    let mut lengths = Vec::with_capacity(items.len());
    for item in items {
        let before = keys.len();
        if let Some(object) = item.filter(|item| *item != "null") {
            if !object.starts_with('{') {
                let shown = shown(object);
                return Err(Bad::Shape(format!("Expected a json object, but got {shown}")));
            }
            for (key, value) in members(object).ok_or(Bad::Value)? {
                keys.push(key.text());
                values.push(Some(value));
            }
        }
        lengths.push(keys.len() - before);
    }
    let offsets = OffsetBuffer::from_lengths(lengths);
    let keys: ArrayRef = Arc::new(StringArray::from_iter_values(keys));
    let keys = cast::convert(&keys, &SqlType::VARCHAR, key).map_err(Bad::of)?;
    if repeats(&keys, &offsets).map_err(Bad::Other)? {
        return Err(Bad::Shape("Duplicate map keys are not allowed".to_owned()));
    }
    let values = convert(&values, value)?;
    let fields = arrow::entry_fields(key, value);
    let map = StructArray::try_new(fields, vec![keys, values], None).and_then(|entries| {
        let field = Arc::new(arrow::entries_field(key, value));
        MapArray::try_new(field, offsets, entries, nulls(items), false)
    });
    map.map(|map| Arc::new(map) as ArrayRef).map_err(|error| Bad::Other(error.into()))
}

/// Objects by name, arrays by position.
fn row(items: &[Item<'_>], fields: &[(Option<String>, SqlType)]) -> Converted<ArrayRef> {
    let mut columns = vec![Vec::with_capacity(items.len()); fields.len()];
    for item in items {
        let values = match item {
            None | Some("null") => vec![None; fields.len()],
            Some(array) if array.starts_with('[') => by_position(array, fields)?,
            Some(object) if object.starts_with('{') => by_name(object, fields)?,
            Some(other) => {
                let shown = shown(other);
                return Err(Bad::Shape(format!(
                    "Expected a json array or object, but got {shown}"
                )));
            }
        };
        for (column, value) in columns.iter_mut().zip(values) {
            column.push(value);
        }
    }
    let columns = columns.iter().zip(fields).map(|(column, (_, ty))| convert(column, ty));
    let columns = columns.collect::<Converted<Vec<_>>>()?;
    let row = StructArray::try_new_with_length(
        arrow::row_fields(fields),
        columns,
        nulls(items),
        items.len(),
    );
    row.map(|row| Arc::new(row) as ArrayRef).map_err(|error| Bad::Other(error.into()))
}

fn by_position<'a>(
    array: &'a str,
    fields: &[(Option<String>, SqlType)],
) -> Converted<Vec<Item<'a>>> {
    let mut values = Vec::new();
    elements_of(array, &mut values).ok_or(Bad::Value)?;
    if let Some((_, missing)) = fields.get(values.len()) {
        let missing = name(missing);
        return Err(Bad::Shape(format!("Unexpected token when cast to {missing}: ]")));
    }
    if let Some(Some(extra)) = values.get(fields.len()) {
        return Err(Bad::Shape(format!("Expected json array ending, but got {}", shown(extra))));
    }
    Ok(values)
}

fn by_name<'a>(object: &'a str, fields: &[(Option<String>, SqlType)]) -> Converted<Vec<Item<'a>>> {
    if fields.iter().any(|(name, _)| name.is_none()) {
        let reason = "Cannot cast a JSON object to anonymous row type. Input must be a JSON array.";
        return Err(Bad::Shape(reason.to_owned()));
    }
    let mut values = vec![None; fields.len()];
    let mut known = HashSet::new();
    for (key, value) in members(object).ok_or(Bad::Value)? {
        let key = key.text().to_lowercase();
        // Of fields with one name, the last is filled.
        let Some(at) = fields.iter().rposition(|(name, _)| name.as_deref() == Some(&key)) else {
            continue;
        };
        if !known.insert(at) {
            return Err(Bad::Shape(format!("Duplicate field: {key}")));
        }
        if let Some(field) = values.get_mut(at) {
            *field = Some(value);
        }
    }
    Ok(values)
}
