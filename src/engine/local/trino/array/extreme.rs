//! `array_max(array(T)) -> T` and `array_min`: NULL for an empty array, and if any element is NULL;
//! `NaN` only where there is nothing else. NULL argument, NULL. Dialect 4.7.

use std::cmp::Ordering;

use datafusion::arrow::array::{Array, ArrayRef, UInt64Array};
use datafusion::arrow::compute::take;
use datafusion::error::Result;

use super::super::call::Call;
use super::super::elements::{beats, is_null};

pub(super) fn max(call: &Call) -> Result<ArrayRef> {
    extreme(call, Ordering::Greater)
}

pub(super) fn min(call: &Call) -> Result<ArrayRef> {
    extreme(call, Ordering::Less)
}

fn extreme(call: &Call, wanted: Ordering) -> Result<ArrayRef> {
    let lists = call.lists(0)?;
    let items: &dyn Array = &lists.items;
    let best = (0..call.rows).map(|row| {
        let Some(span) = lists.spans.get(row) else {
            return Ok(None);
        };
        let mut best: Option<usize> = None;
        for at in span {
            if is_null((items, at)) {
                return Ok(None);
            }
            best = match best {
                Some(best) if !beats((items, at), (items, best), call.gives, wanted)? => Some(best),
                _ => Some(at),
            };
        }
        Ok(best.map(|at| at as u64))
    });
    Ok(take(&lists.items, &best.collect::<Result<UInt64Array>>()?, None)?)
}
