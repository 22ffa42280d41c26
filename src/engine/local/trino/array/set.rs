//! Arrays as sets, in which NULL and NULL are the same: `array_distinct`, `array_union`,
//! `array_intersect`, `array_except`, `arrays_overlap`. NULL argument, NULL. Dialect 4.7.

use std::collections::HashSet;
use std::ops::Range;

use datafusion::arrow::array::{Array, ArrayRef};
use datafusion::arrow::compute::concat;
use datafusion::arrow::row::Rows;
use datafusion::common::internal_err;
use datafusion::error::Result;

use super::super::call::{Call, Put};
use super::super::elements::{is_null, keys};
use super::super::list::{Picks, Spans};
use crate::sql::ty::SqlType;

/// `array_distinct(array(T)) -> array(T)`: the first of those that are the same, in order.
pub(super) fn distinct(call: &Call) -> Result<ArrayRef> {
    let lists = call.lists(0)?;
    let keys = keys(&lists.items, item(call)?)?;
    let mut picks = Picks::new(call.rows);
    for row in 0..call.rows {
        picks.row(lists.spans.get(row).map(|span| {
            let mut seen = HashSet::with_capacity(span.len());
            span.filter(|at| seen.insert(keys.row(*at))).collect::<Vec<_>>().into_iter()
        }))?;
    }
    picks.lists(call.gives, &lists.items)
}

/// Two arrays of one type, their elements in one array.
struct Pair {
    items: ArrayRef,
    keys: Rows,
    left: Spans,
    right: Spans,
    /// Where the elements of the right array begin.
    middle: usize,
}

impl Pair {
    fn of(call: &Call) -> Result<Self> {
        let (left, right) = (call.lists(0)?, call.lists(1)?);
        let middle = left.items.len();
        let items = concat(&[&left.items, &right.items])?;
        let keys = keys(&items, item(call)?)?;
        Ok(Self { items, keys, left: left.spans, right: right.spans, middle })
    }

    /// Where the elements of both arrays lie in a row; `None` if one of them is NULL.
    fn get(&self, row: usize) -> Option<(Range<usize>, Range<usize>)> {
        let right = self.right.get(row)?;
        Some((self.left.get(row)?, self.middle + right.start..self.middle + right.end))
    }
}

fn each(
    call: &Call,
    choose: impl Fn(&Rows, Range<usize>, Range<usize>) -> Vec<usize>,
) -> Result<ArrayRef> {
    let pair = Pair::of(call)?;
    let mut picks = Picks::new(call.rows);
    for row in 0..call.rows {
        let spans = pair.get(row);
        picks.row(spans.map(|(left, right)| choose(&pair.keys, left, right).into_iter()))?;
    }
    picks.lists(call.gives, &pair.items)
}

/// `array_union(array(T), array(T)) -> array(T)`
pub(super) fn union(call: &Call) -> Result<ArrayRef> {
    each(call, |keys, left, right| {
        let mut seen = HashSet::new();
        left.chain(right).filter(|at| seen.insert(keys.row(*at))).collect()
    })
}

/// `array_intersect(array(T), array(T)) -> array(T)`: in the order of the longer one.
pub(super) fn intersect(call: &Call) -> Result<ArrayRef> {
    each(call, |keys, left, right| {
        let (longer, shorter) =
            if left.len() < right.len() { (right, left) } else { (left, right) };
        let mut wanted: HashSet<_> = shorter.map(|at| keys.row(at)).collect();
        longer.filter(|at| wanted.remove(&keys.row(*at))).collect()
    })
}

/// `array_except(array(T), array(T)) -> array(T)`; the first one as it is if the other is empty.
pub(super) fn except(call: &Call) -> Result<ArrayRef> {
    each(call, |keys, left, right| {
        if right.is_empty() {
            return left.collect();
        }
        let mut unwanted: HashSet<_> = right.map(|at| keys.row(at)).collect();
        left.filter(|at| unwanted.insert(keys.row(*at))).collect()
    })
}

/// `arrays_overlap(array(T), array(T)) -> boolean`: NULL if only a NULL in one could make it true.
pub(super) fn overlap(call: &Call) -> Result<ArrayRef> {
    let pair = Pair::of(call)?;
    bool::collect((0..call.rows).map(|row| {
        let Some((left, right)) = pair.get(row) else {
            return Ok(None);
        };
        let null = |at: &usize| is_null((&pair.items as &dyn Array, *at));
        let unsure = !left.is_empty()
            && !right.is_empty()
            && left.clone().chain(right.clone()).any(|at| null(&at));
        let known: HashSet<_> = left.filter(|at| !null(at)).map(|at| pair.keys.row(at)).collect();
        let found = right.into_iter().any(|at| !null(&at) && known.contains(&pair.keys.row(at)));
        Ok((found || !unsure).then_some(found))
    }))
}

/// The type of the elements.
fn item<'a>(call: &Call<'a>) -> Result<&'a SqlType> {
    match call.takes.first() {
        Some(SqlType::Array(item)) => Ok(item),
        _ => internal_err!("the first argument is no array"),
    }
}
