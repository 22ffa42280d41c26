//! `any_match(array(T), T -> boolean) -> boolean`, `all_match`, `none_match`: in three-valued
//! logic, and over an empty array false, true, true. Elements behind one that decides are not
//! looked at. NULL array, NULL. Dialect 4.7.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, BooleanArray, UInt64Array};
use datafusion::arrow::compute::{not, take};
use datafusion::error::Result;

use super::super::super::failure;
use super::super::call::{Call, Lambda};
use super::super::list::Flat;

pub(super) fn any(call: &Call) -> Result<ArrayRef> {
    Ok(Arc::new(some(call, true)?))
}

pub(super) fn all(call: &Call) -> Result<ArrayRef> {
    Ok(Arc::new(not(&some(call, false)?)?))
}

pub(super) fn none(call: &Call) -> Result<ArrayRef> {
    Ok(Arc::new(not(&some(call, true)?)?))
}

/// Whether the lambda gives `wanted` for some element; NULL if only a NULL could be it.
fn some(call: &Call, wanted: bool) -> Result<BooleanArray> {
    let lists = call.lists(0)?;
    let flat = lists.spans.flat(call.rows)?;
    let items = flat.of(&lists.items)?;
    let lambda = call.lambda(1)?;
    let matches = match lambda.over(&[Arc::clone(&items)], &flat.owners) {
        // It may be an element behind one that decides.
        Err(error) if failure::of(&error).is_some() => {
            step_by_step(&lambda, &items, &flat, call.rows, wanted)?
        }
        matches => matches?,
    };
    let matches = matches.as_boolean();
    let found = (0..call.rows).map(|row| {
        let mut unsure = false;
        for at in flat.get(row)? {
            match matches.is_valid(at) {
                true if matches.value(at) == wanted => return Some(true),
                true => {}
                false => unsure = true,
            }
        }
        (!unsure).then_some(false)
    });
    Ok(found.collect())
}

/// The lambda's values for the first elements of all rows, then for the second ones of those where
/// the first did not decide, and so on; false behind one that decides.
fn step_by_step(
    lambda: &Lambda,
    items: &ArrayRef,
    flat: &Flat,
    rows: usize,
    wanted: bool,
) -> Result<ArrayRef> {
    let mut matches = vec![Some(!wanted); items.len()];
    let mut open: Vec<(u64, std::ops::Range<usize>)> =
        (0..rows).filter_map(|row| Some((row as u64, flat.get(row)?))).collect();
    loop {
        open.retain(|(_, span)| !span.is_empty());
        if open.is_empty() {
            return Ok(Arc::new(BooleanArray::from(matches)));
        }
        let heads: UInt64Array = open.iter().map(|(_, span)| Some(span.start as u64)).collect();
        let owners: UInt64Array = open.iter().map(|(row, _)| Some(*row)).collect();
        let found = lambda.over(&[take(items, &heads, None)?], &owners)?;
        for ((_, span), found) in open.iter_mut().zip(found.as_boolean()) {
            matches[span.start] = found;
            span.start = if found == Some(wanted) { span.end } else { span.start + 1 };
        }
    }
}
