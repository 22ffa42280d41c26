//! Small arrays out of the elements of one: `combinations`, `ngrams`. NULL argument, NULL. Dialect
//! 4.7.

use datafusion::arrow::array::{ArrayRef, NullBufferBuilder};
use datafusion::common::internal_err;
use datafusion::error::Result;

use super::super::super::failure;
use super::super::call::Call;
use super::super::list::{Picks, list, offset};
use crate::sql::ty::SqlType;

/// Combinations are never larger.
const MOST_ELEMENTS: usize = 5;

/// There are never more combinations.
const MOST_COMBINATIONS: usize = 100_000;

/// `combinations(array(T), n) -> array(array(T))`: all choices of n elements, in order. Fails for n
/// over 5, and for more than 100000 choices.
pub(super) fn combinations(call: &Call) -> Result<ArrayRef> {
    each(call, |length, n| {
        let Ok(size) = usize::try_from(n) else {
            return Err(failure::argument(format!("combination size must not be negative: {n}")));
        };
        if size > MOST_ELEMENTS {
            return Err(failure::argument(format!(
                "combination size must not exceed {MOST_ELEMENTS}: {n}"
            )));
        }
        if count(length, size).is_none_or(|count| count > MOST_COMBINATIONS) {
            return Err(failure::argument("combinations exceed max size"));
        }
        Ok(choices(length, size))
    })
}

/// How many choices of `size` elements there are; `None` where that is no number of 64 bits.
fn count(length: usize, size: usize) -> Option<usize> {
    (0..size).try_fold(1_usize, |count, taken| {
        let rest = length.saturating_sub(taken);
        Some(count.checked_mul(rest)? / (taken + 1))
    })
}

fn choices(length: usize, size: usize) -> Vec<Vec<usize>> {
    let mut all = Vec::new();
    let mut choice: Vec<usize> = (0..size).collect();
    if size > length {
        return all;
    }
    loop {
        all.push(choice.clone());
        // The last place that can move on; those behind it follow it.
        let Some(place) = (0..size).rev().find(|place| choice[*place] < length - size + place)
        else {
            return all;
        };
        let next = choice[place] + 1;
        for (value, slot) in (next..).zip(&mut choice[place..]) {
            *slot = value;
        }
    }
}

/// `ngrams(array(T), n) -> array(array(T))`: each run of n elements; the whole array if it is
/// shorter. Fails unless n is positive.
pub(super) fn ngrams(call: &Call) -> Result<ArrayRef> {
    each(call, |length, n| {
        let Some(size) = usize::try_from(n).ok().filter(|size| *size > 0) else {
            return Err(failure::argument("N must be positive"));
        };
        let size = size.min(length);
        Ok((0..=length - size).map(|start| (start..start + size).collect()).collect())
    })
}

/// Arrays of arrays: `parts` makes positions of length and number.
fn each(call: &Call, parts: impl Fn(usize, i32) -> Result<Vec<Vec<usize>>>) -> Result<ArrayRef> {
    let SqlType::Array(inner) = call.gives else {
        return internal_err!("{} is no array", call.gives);
    };
    let (lists, numbers) = (call.lists(0)?, call.values::<i32>(1)?);
    let mut picks = Picks::new(call.rows);
    let (mut offsets, mut nulls) = (vec![0], NullBufferBuilder::new(call.rows));
    let mut made = 0;
    for row in 0..call.rows {
        let both = lists.spans.get(row).zip(numbers.get(row));
        nulls.append(both.is_some());
        if let Some((span, number)) = both {
            for part in parts(span.len(), number)? {
                picks.row(Some(part.into_iter().map(|at| span.start + at)))?;
                made += 1;
            }
        }
        offsets.push(offset(made)?);
    }
    list(call.gives, offsets, picks.lists(inner, &lists.items)?, nulls.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_are_counted_before_they_are_made() {
        for length in 0..9 {
            for size in 0..=MOST_ELEMENTS {
                assert_eq!(count(length, size), Some(choices(length, size).len()));
            }
        }
        assert_eq!(count(usize::MAX, 5), None);
    }
}
