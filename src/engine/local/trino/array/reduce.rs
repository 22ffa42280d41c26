//! `reduce(array(T), S, (S, T) -> S, S -> R) -> R`: the state goes through all elements from left
//! to right. NULL array, NULL. Dialect 4.7.

use datafusion::arrow::array::{Array, ArrayRef, UInt64Array};
use datafusion::arrow::compute::{concat, take};
use datafusion::error::Result;

use super::super::call::Call;

/// All rows go one element further at a time, so the lambda is evaluated once for each element of
/// the longest array.
pub(super) fn reduce(call: &Call) -> Result<ArrayRef> {
    let lists = call.lists(0)?;
    let (step, last) = (call.lambda(2)?, call.lambda(3)?);
    let spans: Vec<_> = (0..call.rows).map(|row| lists.spans.get(row)).collect();
    let length = |row: usize| spans[row].as_ref().map_or(0, ExactSizeIterator::len);
    // Long arrays first, so that those that go on are always in front.
    let mut order: Vec<usize> = (0..call.rows).filter(|row| spans[*row].is_some()).collect();
    order.sort_by_key(|row| std::cmp::Reverse(length(*row)));
    let owners = |rows: &[usize]| UInt64Array::from_iter_values(rows.iter().map(|row| *row as u64));

    let mut state = take(&call.array(1)?, &owners(&order), None)?;
    let mut done: Vec<ArrayRef> = Vec::new();
    let longest = order.first().map_or(0, |row| length(*row));
    for position in 0..longest {
        let open = order.partition_point(|row| length(*row) > position);
        if open < state.len() {
            done.push(state.slice(open, state.len() - open));
            state = state.slice(0, open);
        }
        let rows = &order[..open];
        let elements = rows.iter().filter_map(|row| spans[*row].as_ref());
        let elements =
            UInt64Array::from_iter_values(elements.map(|span| (span.start + position) as u64));
        let elements = take(&lists.items, &elements, None)?;
        state = step.over(&[state, elements], &owners(rows))?;
    }
    done.push(state);
    let states: Vec<&dyn Array> = done.iter().rev().map(AsRef::as_ref).collect();
    let values = last.over(&[concat(&states)?], &owners(&order))?;

    let mut places = vec![None; call.rows];
    for (place, row) in order.iter().enumerate() {
        places[*row] = Some(place as u64);
    }
    Ok(take(&values, &UInt64Array::from(places), None)?)
}
