//! Looking for elements: `array_position`, `array_remove`, `contains_sequence`. NULL argument,
//! NULL. Dialect 4.7.

use datafusion::arrow::array::{Array, ArrayRef};
use datafusion::common::internal_err;
use datafusion::error::Result;

use super::super::super::failure;
use super::super::call::{Call, Put};
use super::super::elements::{equal, is_null, same};
use super::super::list::Picks;
use crate::sql::ty::SqlType;

/// `array_position(array(T), T) -> bigint`: from 1, of the first element that equals it; else 0.
pub(super) fn position(call: &Call) -> Result<ArrayRef> {
    let (lists, wanted, ty) = (call.lists(0)?, call.column(1)?, &call.takes[1]);
    i64::collect((0..call.rows).map(|row| {
        let value = (wanted.array() as &dyn Array, wanted.position(row));
        let Some(span) = lists.spans.get(row).filter(|_| !is_null(value)) else {
            return Ok(None);
        };
        for (position, at) in (1..).zip(span) {
            if is_equal("array_position", (&lists.items, at), value, ty)? {
                return Ok(Some(position));
            }
        }
        Ok(Some(0))
    }))
}

/// `array_remove(array(T), T) -> array(T)`: without the elements that equal it. NULL ones stay.
pub(super) fn remove(call: &Call) -> Result<ArrayRef> {
    let (lists, wanted, ty) = (call.lists(0)?, call.column(1)?, &call.takes[1]);
    let mut picks = Picks::new(call.rows);
    for row in 0..call.rows {
        let value = (wanted.array() as &dyn Array, wanted.position(row));
        let Some(span) = lists.spans.get(row).filter(|_| !is_null(value)) else {
            picks.end_null()?;
            continue;
        };
        for at in span {
            if !is_equal("array_remove", (&lists.items, at), value, ty)? {
                picks.push(at);
            }
        }
        picks.end()?;
    }
    picks.lists(call.gives, &lists.items)
}

/// Whether an element equals a value; a NULL element does not, but a NULL inside of one leaves it
/// open.
fn is_equal(
    name: &str,
    element: (&dyn Array, usize),
    value: (&dyn Array, usize),
    ty: &SqlType,
) -> Result<bool> {
    match equal(element, value, ty) {
        Some(equal) => Ok(equal),
        None if is_null(element) => Ok(false),
        None => Err(failure::not_supported(format!(
            "{name} does not support arrays with elements that are null or contain null"
        ))),
    }
}

/// `contains_sequence(array(T), array(T)) -> boolean`: whether the second lies in the first, in one
/// piece. NULL and NULL are the same.
pub(super) fn contains_sequence(call: &Call) -> Result<ArrayRef> {
    let Some(SqlType::Array(item)) = call.takes.first() else {
        return internal_err!("the first argument is no array");
    };
    let (lists, parts) = (call.lists(0)?, call.lists(1)?);
    bool::collect((0..call.rows).map(|row| {
        let (Some(list), Some(part)) = (lists.spans.get(row), parts.spans.get(row)) else {
            return Ok(None);
        };
        let starts = list.start..(list.end + 1).saturating_sub(part.len());
        let matches = |start: usize| {
            (start..)
                .zip(part.clone())
                .all(|(a, b)| same((&lists.items, a), (&parts.items, b), item))
        };
        Ok(Some(starts.into_iter().any(matches)))
    }))
}
