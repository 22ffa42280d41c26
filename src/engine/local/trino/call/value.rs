//! Types of Rust's that arguments are read as, and answers are built from.

use std::borrow::Cow;
use std::sync::Arc;

use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, BinaryArray, BinaryBuilder, BooleanArray, Date32Array,
    Decimal128Array, Float32Array, Float64Array, Int8Array, Int16Array, Int32Array, Int64Array,
    ListArray, ListBuilder, MapArray, StringArray, StringBuilder, StructArray,
    TimestampMicrosecondArray,
};
use datafusion::arrow::datatypes::{
    DataType, Date32Type, Decimal128Type, Field, Float32Type, Float64Type, Int8Type, Int16Type,
    Int32Type, Int64Type, TimestampMicrosecondType,
};
use datafusion::common::{internal_err, resources_err};
use datafusion::error::Result;

/// A type of Rust's that an argument can be read as.
pub(crate) trait Take<'a>: Sized {
    /// The array that holds it.
    type Array: 'a + ?Sized;

    /// Casts the array.
    fn array(array: &'a ArrayRef) -> Result<&'a Self::Array>;

    /// The value at a position; `None` for NULL.
    fn take(array: &'a Self::Array, at: usize) -> Option<Self>;
}

macro_rules! take {
    ($type:ty, $array:ty, $cast:ident $(::<$of:ty>)?) => {
        take!($type, $array, std::convert::identity, $cast $(::<$of>)?);
    };
    ($type:ty, $array:ty, $wrap:expr, $cast:ident $(::<$of:ty>)?) => {
        impl<'a> Take<'a> for $type {
            type Array = $array;

            fn array(array: &'a ArrayRef) -> Result<&'a $array> {
                match array.$cast$(::<$of>)?() {
                    Some(array) => Ok(array),
                    None => internal_err!("an argument is {}", array.data_type()),
                }
            }

            fn take(array: &'a $array, at: usize) -> Option<Self> {
                array.is_valid(at).then(|| $wrap(array.value(at)))
            }
        }
    };
}

take!(bool, BooleanArray, as_boolean_opt);
take!(i8, Int8Array, as_primitive_opt::<Int8Type>);
take!(i16, Int16Array, as_primitive_opt::<Int16Type>);
take!(i32, Int32Array, as_primitive_opt::<Int32Type>);
take!(i64, Int64Array, as_primitive_opt::<Int64Type>);
// The digits of a decimal; its scale is in the type.
take!(i128, Decimal128Array, as_primitive_opt::<Decimal128Type>);
take!(f32, Float32Array, as_primitive_opt::<Float32Type>);
take!(f64, Float64Array, as_primitive_opt::<Float64Type>);
take!(&'a str, StringArray, as_string_opt::<i32>);
take!(&'a [u8], BinaryArray, as_binary_opt::<i32>);

/// A day: days since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Days(pub(crate) i32);

/// A `timestamp`: microseconds since 1970 as clocks show them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Micros(pub(crate) i64);

/// The elements of an array, or the entries of a map, in one row.
#[derive(Debug, Clone)]
pub(crate) struct Items(pub(crate) ArrayRef);

take!(Days, Date32Array, Days, as_primitive_opt::<Date32Type>);
take!(Micros, TimestampMicrosecondArray, Micros, as_primitive_opt::<TimestampMicrosecondType>);
take!(Items, ListArray, Items, as_list_opt::<i32>);

impl<'a> Take<'a> for StructArray {
    type Array = MapArray;

    fn array(array: &'a ArrayRef) -> Result<&'a MapArray> {
        match array.as_map_opt() {
            Some(array) => Ok(array),
            None => internal_err!("an argument is {}", array.data_type()),
        }
    }

    fn take(array: &'a MapArray, at: usize) -> Option<Self> {
        array.is_valid(at).then(|| array.value(at))
    }
}

/// An argument that may be NULL without the answer being NULL.
impl<'a, A: Take<'a>> Take<'a> for Option<A> {
    type Array = A::Array;

    fn array(array: &'a ArrayRef) -> Result<&'a A::Array> {
        A::array(array)
    }

    fn take(array: &'a A::Array, at: usize) -> Option<Self> {
        Some(A::take(array, at))
    }
}

/// A type of Rust's that an answer can be built from.
pub(crate) trait Put: Sized {
    /// An array of these.
    fn collect(values: impl Iterator<Item = Result<Option<Self>>>) -> Result<ArrayRef>;
}

macro_rules! put {
    ($type:ty, $array:ty) => {
        impl Put for $type {
            fn collect(values: impl Iterator<Item = Result<Option<Self>>>) -> Result<ArrayRef> {
                Ok(Arc::new(values.collect::<Result<$array>>()?))
            }
        }
    };
    ($type:ty, $array:ty, $inner:expr) => {
        impl Put for $type {
            fn collect(values: impl Iterator<Item = Result<Option<Self>>>) -> Result<ArrayRef> {
                let values = values.map(|value| value.map(|value| value.map($inner)));
                Ok(Arc::new(values.collect::<Result<$array>>()?))
            }
        }
    };
}

put!(bool, BooleanArray);
put!(i8, Int8Array);
put!(i16, Int16Array);
put!(i32, Int32Array);
put!(i64, Int64Array);
// `decimal::typed` gives them the precision and scale of the type.
put!(i128, Decimal128Array);
put!(f32, Float32Array);
put!(f64, Float64Array);
put!(Days, Date32Array, |days: Self| days.0);
put!(Micros, TimestampMicrosecondArray, |micros: Self| micros.0);

/// Refuses what does not fit into an array any more.
pub(crate) fn room(filled: &[u8], more: usize) -> Result<()> {
    if filled.len().saturating_add(more) > i32::MAX as usize {
        return resources_err!("a function's answers to one batch of rows are over 2 GB");
    }
    Ok(())
}

macro_rules! put_text {
    ($type:ty) => {
        impl Put for $type {
            fn collect(values: impl Iterator<Item = Result<Option<Self>>>) -> Result<ArrayRef> {
                let mut builder = StringBuilder::new();
                for value in values {
                    let value = value?;
                    room(builder.values_slice(), value.as_ref().map_or(0, |value| value.len()))?;
                    builder.append_option(value);
                }
                Ok(Arc::new(builder.finish()))
            }
        }
    };
}

put_text!(String);
put_text!(&str);
put_text!(Cow<'_, str>);

macro_rules! put_bytes {
    ($type:ty) => {
        impl Put for $type {
            fn collect(values: impl Iterator<Item = Result<Option<Self>>>) -> Result<ArrayRef> {
                let mut builder = BinaryBuilder::new();
                for value in values {
                    let value = value?;
                    room(builder.values_slice(), value.as_ref().map_or(0, |value| value.len()))?;
                    builder.append_option(value);
                }
                Ok(Arc::new(builder.finish()))
            }
        }
    };
}

put_bytes!(Vec<u8>);
put_bytes!(&[u8]);
put_bytes!([u8; 16]);

/// An array of texts, some of them NULL.
impl Put for Vec<Option<String>> {
    fn collect(values: impl Iterator<Item = Result<Option<Self>>>) -> Result<ArrayRef> {
        let field = Field::new("item", DataType::Utf8, true);
        let mut builder = ListBuilder::new(StringBuilder::new()).with_field(field);
        for value in values {
            builder.append_option(value?);
        }
        Ok(Arc::new(builder.finish()))
    }
}
