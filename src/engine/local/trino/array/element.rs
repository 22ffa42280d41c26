//! One element of an array or a map: `a[i]`, `m[k]`, `element_at`. NULL argument, NULL. Dialect
//! 4.7.

use datafusion::arrow::array::{Array, ArrayRef, AsArray, UInt64Array};
use datafusion::arrow::compute::take;
use datafusion::common::ScalarValue;
use datafusion::error::{DataFusionError, Result};

use super::super::super::failure;
use super::super::call::Call;
use super::super::elements::{equal, is_null};
use super::super::list::Maps;
use super::super::text_of;
use crate::sql::ty::SqlType;

/// `a[i]`, from 1. Fails outside of the array.
pub(super) fn subscript(call: &Call) -> Result<ArrayRef> {
    pick(call, |length, index| {
        let position = position(index)?;
        if index < 0 {
            return Err(failure::argument(format!("Array subscript is negative: {index}")));
        }
        if position >= length {
            return Err(failure::argument(format!(
                "Array subscript must be less than or equal to array length: {index} > {length}"
            )));
        }
        Ok(Some(position))
    })
}

/// `element_at(a, i)`, from 1, or backwards from -1. NULL outside of the array; fails at 0.
pub(super) fn element_at(call: &Call) -> Result<ArrayRef> {
    pick(call, |length, index| {
        let position = position(index)?;
        Ok(match index > 0 {
            true => (position < length).then_some(position),
            false => length.checked_sub(position),
        })
    })
}

/// An index at 0 fails; others cannot.
pub(super) fn position_is_right(arguments: &[Option<&ScalarValue>]) -> bool {
    matches!(arguments, [_, Some(ScalarValue::Int64(Some(index)))] if *index != 0)
}

/// How far an index is from the start, or from behind the end.
fn position(index: i64) -> Result<usize> {
    let distance = match index {
        0 => return Err(failure::argument("SQL array indices start at 1")),
        1.. => index.unsigned_abs() - 1,
        _ => index.unsigned_abs(),
    };
    Ok(usize::try_from(distance).unwrap_or(usize::MAX))
}

/// The elements whose positions `position` makes of length and index.
fn pick(
    call: &Call,
    mut position: impl FnMut(usize, i64) -> Result<Option<usize>>,
) -> Result<ArrayRef> {
    let lists = call.lists(0)?;
    let indices = call.values::<i64>(1)?;
    let places = (0..call.rows).map(|row| match (lists.spans.get(row), indices.get(row)) {
        (Some(span), Some(index)) => {
            let position = position(span.len(), index)?;
            Ok::<_, DataFusionError>(position.map(|position| (span.start + position) as u64))
        }
        _ => Ok(None),
    });
    Ok(take(&lists.items, &places.collect::<Result<UInt64Array>>()?, None)?)
}

/// `m[k]`. Fails for a key that is not there.
pub(super) fn value(call: &Call) -> Result<ArrayRef> {
    let missing = |at: usize, keys: &ArrayRef| {
        let ty = &call.takes[1];
        let key = match text_of::castable(ty) {
            true => text_of::varchar(&keys.slice(at, 1), ty)?,
            false => return Err(failure::argument("Key not present in map")),
        };
        let key = key.as_string::<i32>().value(0);
        Err(failure::argument(format!("Key not present in map: {key}")))
    };
    look_up(call, missing)
}

/// `element_at(m, k)`. NULL for a key that is not there.
pub(super) fn value_or_null(call: &Call) -> Result<ArrayRef> {
    look_up(call, |_, _| Ok(None))
}

fn look_up(
    call: &Call,
    missing: impl Fn(usize, &ArrayRef) -> Result<Option<u64>>,
) -> Result<ArrayRef> {
    let maps = call.maps(0)?;
    let (wanted, ty) = (call.column(1)?, &call.takes[1]);
    let places = (0..call.rows).map(|row| {
        let at = wanted.position(row);
        match maps.spans.get(row) {
            Some(_) if is_null((wanted.array(), at)) => Ok(None),
            Some(span) => match find(&maps, span, (wanted.array(), at), ty) {
                Some(place) => Ok(Some(place as u64)),
                None => missing(at, wanted.array()),
            },
            None => Ok::<_, DataFusionError>(None),
        }
    });
    Ok(take(&maps.values, &places.collect::<Result<UInt64Array>>()?, None)?)
}

/// Where in `span` the entry with this key lies.
fn find(
    maps: &Maps,
    mut span: std::ops::Range<usize>,
    key: (&ArrayRef, usize),
    ty: &SqlType,
) -> Option<usize> {
    if let (Some(keys), Some(wanted)) = (maps.keys.as_string_opt::<i32>(), key.0.as_string_opt()) {
        let wanted: &str = datafusion::arrow::array::StringArray::value(wanted, key.1);
        return span.find(|at| keys.value(*at) == wanted);
    }
    span.find(|at| equal((&maps.keys as &dyn Array, *at), (key.0, key.1), ty) == Some(true))
}
