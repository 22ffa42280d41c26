//! `shuffle(array(T)) -> array(T)`: the elements in a random order. NULL argument, NULL. Dialect
//! 4.7.

use std::hash::{BuildHasher, RandomState};

use datafusion::arrow::array::ArrayRef;
use datafusion::error::Result;

use super::super::call::Call;
use super::super::list::Picks;

pub(super) fn shuffle(call: &Call) -> Result<ArrayRef> {
    let lists = call.lists(0)?;
    let random = RandomState::new();
    let mut picks = Picks::new(call.rows);
    for row in 0..call.rows {
        picks.row(lists.spans.get(row).map(|span| {
            let mut order: Vec<usize> = span.collect();
            order.sort_by_cached_key(|at| random.hash_one((row, at)));
            order.into_iter()
        }))?;
    }
    picks.lists(call.gives, &lists.items)
}
