//! Parts of arrays: `slice`, `trim_array`. NULL argument, NULL. Dialect 4.7.

use datafusion::arrow::array::ArrayRef;
use datafusion::error::Result;

use super::super::super::failure;
use super::super::call::Call;
use super::super::list::Picks;

/// `slice(array(T), start, length) -> array(T)`: `start` from 1, or backwards from -1. What lies
/// past the end is left out, and nothing is there before the start. Fails for a start at 0 and for
/// a negative length.
pub(super) fn slice(call: &Call) -> Result<ArrayRef> {
    let lists = call.lists(0)?;
    let (starts, lengths) = (call.values::<i64>(1)?, call.values::<i64>(2)?);
    let mut picks = Picks::new(call.rows);
    for row in 0..call.rows {
        let (Some(span), Some(start), Some(length)) =
            (lists.spans.get(row), starts.get(row), lengths.get(row))
        else {
            picks.end_null()?;
            continue;
        };
        if length < 0 {
            return Err(failure::argument("length must be greater than or equal to 0"));
        }
        if start == 0 {
            return Err(failure::argument("SQL array indices start at 1"));
        }
        let size = i64::try_from(span.len()).unwrap_or(i64::MAX);
        let first = if start > 0 { start - 1 } else { size.saturating_add(start) };
        // A length too large to be added gives nothing, in Trino too.
        let last = first.checked_add(length).unwrap_or(-1).min(size);
        let part = (0 <= first && first < last).then_some((first as usize, last as usize));
        let part = part.map_or(0..0, |(first, last)| span.start + first..span.start + last);
        picks.row(Some(part))?;
    }
    picks.lists(call.gives, &lists.items)
}

/// `trim_array(array(T), bigint) -> array(T)`: without so many elements at the end. Fails if there
/// are fewer.
pub(super) fn trim(call: &Call) -> Result<ArrayRef> {
    let (lists, sizes) = (call.lists(0)?, call.values::<i64>(1)?);
    let mut picks = Picks::new(call.rows);
    for row in 0..call.rows {
        let (Some(span), Some(size)) = (lists.spans.get(row), sizes.get(row)) else {
            picks.end_null()?;
            continue;
        };
        let Ok(less) = usize::try_from(size) else {
            return Err(failure::argument(format!("size must not be negative: {size}")));
        };
        let length = span.len();
        if less > length {
            return Err(failure::argument(format!(
                "size must not exceed array cardinality {length}: {size}"
            )));
        }
        picks.row(Some(span.start..span.end - less))?;
    }
    picks.lists(call.gives, &lists.items)
}
