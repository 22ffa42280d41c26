//! `array_sort(array(T))` and `array_sort(array(T), (x, y) -> -1, 0 or 1)`. NULLs last, unless the
//! lambda says otherwise; equal elements keep their order. NULL argument, NULL. Dialect 4.7.

use std::cmp::Ordering;
use std::collections::VecDeque;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, UInt64Array};
use datafusion::arrow::compute::take;
use datafusion::arrow::datatypes::Int32Type;
use datafusion::common::internal_err;
use datafusion::error::Result;

use super::super::super::failure;
use super::super::call::{Call, Lambda};
use super::super::elements::{compare, is_null};
use super::super::list::Picks;
use crate::sql::ty::SqlType;

pub(super) fn sort(call: &Call) -> Result<ArrayRef> {
    let Some(SqlType::Array(item)) = call.takes.first() else {
        return internal_err!("the argument is no array");
    };
    let lists = call.lists(0)?;
    let items: &dyn Array = &lists.items;
    let mut picks = Picks::new(call.rows);
    for row in 0..call.rows {
        let Some(span) = lists.spans.get(row) else {
            picks.end_null()?;
            continue;
        };
        let (nulls, mut values): (Vec<usize>, Vec<usize>) =
            span.partition(|at| is_null((items, *at)));
        let mut failed = None;
        values.sort_by(|a, b| {
            compare((items, *a), (items, *b), item).unwrap_or_else(|error| {
                failed.get_or_insert(error);
                Ordering::Equal
            })
        });
        if let Some(error) = failed {
            return Err(error);
        }
        picks.row(Some(values.into_iter().chain(nulls)))?;
    }
    picks.lists(call.gives, &lists.items)
}

/// Two neighbouring parts of a row, each in order already, on their way into one.
struct Merge {
    row: usize,
    left: VecDeque<usize>,
    right: VecDeque<usize>,
    merged: Vec<usize>,
}

/// Merges neighbours, then neighbours of twice the length, and so on; one evaluation of the lambda
/// compares the heads of all parts of all rows.
pub(super) fn sort_by(call: &Call) -> Result<ArrayRef> {
    let lists = call.lists(0)?;
    let lambda = call.lambda(1)?;
    let spans: Vec<_> = (0..call.rows).map(|row| lists.spans.get(row)).collect();
    let longest = spans.iter().flatten().map(ExactSizeIterator::len).max().unwrap_or_default();
    let mut rows: Vec<Vec<usize>> =
        spans.iter().map(|span| span.clone().unwrap_or_default().collect()).collect();
    let mut width = 1;
    while width < longest {
        let mut merges: Vec<Merge> = Vec::new();
        for (row, order) in rows.iter_mut().enumerate() {
            for part in order.chunks(width.saturating_mul(2)) {
                let (left, right) = part.split_at(width.min(part.len()));
                let (left, right) = (left.iter().copied(), right.iter().copied());
                merges.push(Merge {
                    row,
                    left: left.collect(),
                    right: right.collect(),
                    merged: Vec::with_capacity(part.len()),
                });
            }
            order.clear();
        }
        merge(&lambda, &lists.items, &mut merges)?;
        for merge in merges {
            rows[merge.row].extend(merge.merged);
        }
        width = width.saturating_mul(2);
    }
    let mut picks = Picks::new(call.rows);
    for (span, order) in spans.iter().zip(rows) {
        picks.row(span.as_ref().map(|_| order.into_iter()))?;
    }
    picks.lists(call.gives, &lists.items)
}

fn merge(lambda: &Lambda, items: &ArrayRef, merges: &mut [Merge]) -> Result<()> {
    loop {
        let (mut open, mut heads) = (Vec::new(), (Vec::new(), Vec::new()));
        let mut owners = Vec::new();
        for merge in &mut *merges {
            match (merge.left.front(), merge.right.front()) {
                (Some(left), Some(right)) => {
                    heads.0.push(*left as u64);
                    heads.1.push(*right as u64);
                    owners.push(merge.row as u64);
                    open.push(merge);
                }
                _ => {
                    merge.merged.extend(merge.left.drain(..));
                    merge.merged.extend(merge.right.drain(..));
                }
            }
        }
        if open.is_empty() {
            return Ok(());
        }
        let left = take(items, &UInt64Array::from(heads.0), None)?;
        let right = take(items, &UInt64Array::from(heads.1), None)?;
        let orders = lambda.over(&[left, right], &UInt64Array::from(owners))?;
        for (merge, order) in open.into_iter().zip(orders.as_primitive::<Int32Type>()) {
            let next = match order {
                Some(-1 | 0) => merge.left.pop_front(),
                Some(1) => merge.right.pop_front(),
                _ => {
                    return Err(failure::argument(
                        "Lambda comparator must return either -1, 0, or 1",
                    ));
                }
            };
            merge.merged.extend(next);
        }
    }
}
