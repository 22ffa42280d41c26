//! Values of any type side by side: whether they are equal, which comes first, and keys to find
//! them by. Rows, arrays and maps are looked into.
//!
//! Of moments only the instant counts. `NaN` equals nothing, is the same as itself, and comes last.

use std::cmp::Ordering;

use datafusion::arrow::array::{Array, ArrayRef, AsArray};
use datafusion::arrow::datatypes::{
    ArrowNativeType, DataType, Date32Type, Decimal128Type, Float32Type, Float64Type, Int8Type,
    Int16Type, Int32Type, Int64Type, TimestampMicrosecondType,
};
use datafusion::arrow::row::Rows;
use datafusion::error::Result;

use super::super::{failure, text, zone};
use super::key::Keys;
use crate::sql::ty::SqlType;

/// A value: an array, and the position in it.
pub(crate) type At<'a> = (&'a dyn Array, usize);

/// Whether a value is NULL.
pub(crate) fn is_null((array, at): At<'_>) -> bool {
    array.data_type() == &DataType::Null || array.is_null(at)
}

/// Whether a value is `NaN`.
pub(crate) fn is_nan((array, at): At<'_>) -> bool {
    match array.data_type() {
        DataType::Float32 => array.as_primitive::<Float32Type>().value(at).is_nan(),
        DataType::Float64 => array.as_primitive::<Float64Type>().value(at).is_nan(),
        _ => false,
    }
}

/// `a = b`; `None` where that is NULL, because they are, or something in them.
pub(crate) fn equal(a: At<'_>, b: At<'_>, ty: &SqlType) -> Option<bool> {
    if is_null(a) || is_null(b) {
        return None;
    }
    match ty {
        SqlType::Array(item) => {
            let ((a, from), (b, other)) = (items(a), items(b));
            if from.len() != other.len() {
                return Some(false);
            }
            all(from.zip(other).map(|(i, j)| equal((a, i), (b, j), item)))
        }
        SqlType::Row(fields) => all(fields
            .iter()
            .enumerate()
            .map(|(at, (_, ty))| equal((field(a, at), a.1), (field(b, at), b.1), ty))),
        SqlType::Map(key, value) => equal_maps(a, b, key, value),
        _ => Some(order(a, b, ty) == Some(Ordering::Equal)),
    }
}

fn equal_maps(a: At<'_>, b: At<'_>, key: &SqlType, value: &SqlType) -> Option<bool> {
    let (one, other) = (entries(a), entries(b));
    if one.len() != other.len() {
        return Some(false);
    }
    let (a, b) = (a.0.as_map(), b.0.as_map());
    all(one.map(|i| {
        let is_key = |j: &usize| equal((a.keys(), i), (b.keys(), *j), key) == Some(true);
        match other.clone().find(is_key) {
            Some(j) => equal((a.values(), i), (b.values(), j), value),
            None => Some(false),
        }
    }))
}

/// Whether all hold, in three-valued logic.
fn all(mut terms: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut known = true;
    let some_false = terms.any(|term| {
        known &= term.is_some();
        term == Some(false)
    });
    if some_false { Some(false) } else { known.then_some(true) }
}

/// `a IS NOT DISTINCT FROM b`.
pub(crate) fn same(a: At<'_>, b: At<'_>, ty: &SqlType) -> bool {
    if is_null(a) || is_null(b) {
        return is_null(a) && is_null(b);
    }
    match ty {
        SqlType::Array(item) => {
            let ((a, from), (b, other)) = (items(a), items(b));
            from.len() == other.len() && from.zip(other).all(|(i, j)| same((a, i), (b, j), item))
        }
        SqlType::Row(fields) => fields
            .iter()
            .enumerate()
            .all(|(at, (_, ty))| same((field(a, at), a.1), (field(b, at), b.1), ty)),
        SqlType::Map(key, value) => {
            let (one, other) = (entries(a), entries(b));
            let (a, b) = (a.0.as_map(), b.0.as_map());
            one.len() == other.len()
                && one.clone().all(|i| {
                    other.clone().any(|j| {
                        same((a.keys(), i), (b.keys(), j), key)
                            && same((a.values(), i), (b.values(), j), value)
                    })
                })
        }
        _ => match order(a, b, ty) {
            Some(order) => order.is_eq(),
            None => is_nan(a) && is_nan(b),
        },
    }
}

/// Which comes first, of values that are not NULL.
///
/// # Errors
/// Where a NULL inside of them would decide.
pub(crate) fn compare(a: At<'_>, b: At<'_>, ty: &SqlType) -> Result<Ordering> {
    match ty {
        SqlType::Array(item) => {
            let ((a, from), (b, other)) = (items(a), items(b));
            let lengths = from.len().cmp(&other.len());
            for (i, j) in from.zip(other) {
                if is_null((a, i)) || is_null((b, j)) {
                    return Err(failure::not_supported(
                        "ARRAY comparison not supported for arrays with null elements",
                    ));
                }
                let order = compare((a, i), (b, j), item)?;
                if order.is_ne() {
                    return Ok(order);
                }
            }
            Ok(lengths)
        }
        SqlType::Row(fields) => {
            for (at, (_, ty)) in fields.iter().enumerate() {
                let (a, b) = ((field(a, at), a.1), (field(b, at), b.1));
                if is_null(a) || is_null(b) {
                    return Err(failure::not_supported(
                        "ROW comparison not supported for fields with null elements",
                    ));
                }
                let order = compare(a, b, ty)?;
                if order.is_ne() {
                    return Ok(order);
                }
            }
            Ok(Ordering::Equal)
        }
        _ => Ok(order(a, b, ty).unwrap_or_else(|| is_nan(a).cmp(&is_nan(b)))),
    }
}

/// Whether `new` is further in the direction `wanted` than `best`; `NaN` never is.
///
/// # Errors
/// As [`compare`].
pub(crate) fn beats(new: At<'_>, best: At<'_>, ty: &SqlType, wanted: Ordering) -> Result<bool> {
    if is_nan(new) || is_nan(best) {
        return Ok(!is_nan(new));
    }
    Ok(compare(new, best, ty)? == wanted)
}

/// The order of two values of a type without parts; `None` if one of them is `NaN`.
fn order((a, i): At<'_>, (b, j): At<'_>, ty: &SqlType) -> Option<Ordering> {
    macro_rules! primitive {
        ($type:ty) => {
            a.as_primitive::<$type>().value(i).partial_cmp(&b.as_primitive::<$type>().value(j))
        };
    }
    match ty {
        SqlType::TimestampTz(_) => {
            let millis =
                |array: &dyn Array, at| zone::millis(array.as_primitive::<Int64Type>().value(at));
            Some(millis(a, i).cmp(&millis(b, j)))
        }
        SqlType::Boolean => Some(a.as_boolean().value(i).cmp(&b.as_boolean().value(j))),
        SqlType::Tinyint => primitive!(Int8Type),
        SqlType::Smallint => primitive!(Int16Type),
        SqlType::Integer | SqlType::IntervalYear => primitive!(Int32Type),
        SqlType::Bigint | SqlType::IntervalDay | SqlType::Time(_) => primitive!(Int64Type),
        SqlType::Real => primitive!(Float32Type),
        SqlType::Double => primitive!(Float64Type),
        SqlType::Decimal(..) => primitive!(Decimal128Type),
        SqlType::Date => primitive!(Date32Type),
        SqlType::Timestamp(_) => primitive!(TimestampMicrosecondType),
        SqlType::Varchar(_) | SqlType::Json => {
            Some(a.as_string::<i32>().value(i).cmp(b.as_string::<i32>().value(j)))
        }
        SqlType::Varbinary | SqlType::IpAddress => {
            Some(a.as_binary::<i32>().value(i).cmp(b.as_binary::<i32>().value(j)))
        }
        SqlType::Unknown | SqlType::Array(_) | SqlType::Map(..) | SqlType::Row(_) => {
            Some(Ordering::Equal)
        }
    }
}

/// A key for each value of an array, for looking up many: it is the same for values that are not
/// distinct.
pub(crate) fn keys(values: &ArrayRef, ty: &SqlType) -> Result<Rows> {
    Keys::new(std::slice::from_ref(ty))?.rows(std::slice::from_ref(values))
}

/// Whether there is a NULL in a value that is not NULL.
pub(crate) fn holds_null(value: At<'_>, ty: &SqlType) -> bool {
    let null = |value, ty| is_null(value) || holds_null(value, ty);
    match ty {
        SqlType::Array(item) => {
            let (items, mut span) = items(value);
            span.any(|at| null((items, at), item))
        }
        SqlType::Row(fields) => {
            fields.iter().enumerate().any(|(at, (_, ty))| null((field(value, at), value.1), ty))
        }
        SqlType::Map(_, of) => {
            let values = value.0.as_map().values();
            entries(value).any(|at| null((values, at), of))
        }
        _ => false,
    }
}

/// A value as Trino's errors show it: the fields of a row without names, in brackets.
pub(crate) fn shown(value: (&ArrayRef, usize), ty: &SqlType) -> Result<String> {
    let (array, at) = value;
    if is_null((array, at)) {
        return Ok("null".to_owned());
    }
    let parts: Vec<String> = match ty {
        SqlType::Row(fields) => fields
            .iter()
            .zip(array.as_struct().columns())
            .map(|((_, ty), column)| shown((column, at), ty))
            .collect::<Result<_>>()?,
        SqlType::Array(item) => {
            let list = array.as_list::<i32>();
            let (_, span) = items((array, at));
            span.map(|at| shown((list.values(), at), item)).collect::<Result<_>>()?
        }
        _ => return Ok(text::value(array, at, ty)?.unwrap_or_default()),
    };
    Ok(format!("[{}]", parts.join(", ")))
}

fn items((array, at): At<'_>) -> (&dyn Array, std::ops::Range<usize>) {
    let list = array.as_list::<i32>();
    let offsets = list.value_offsets();
    (list.values(), offsets[at].as_usize()..offsets[at + 1].as_usize())
}

fn entries((array, at): At<'_>) -> std::ops::Range<usize> {
    let offsets = array.as_map().value_offsets();
    offsets[at].as_usize()..offsets[at + 1].as_usize()
}

fn field<'a>((array, _): At<'a>, at: usize) -> &'a dyn Array {
    array.as_struct().column(at)
}
