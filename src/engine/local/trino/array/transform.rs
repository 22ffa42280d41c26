//! `transform(array(T), T -> U) -> array(U)` and `filter(array(T), T -> boolean) -> array(T)`.
//! `filter` leaves out elements for which the lambda gives NULL. NULL array, NULL. Dialect 4.7.

use datafusion::arrow::array::{Array, ArrayRef, AsArray};
use datafusion::arrow::compute::{filter as keep, prep_null_mask_filter};
use datafusion::error::Result;

use super::super::call::Call;
use super::super::list::{list, offset};

pub(super) fn transform(call: &Call) -> Result<ArrayRef> {
    let lists = call.lists(0)?;
    let flat = lists.spans.flat(call.rows)?;
    let items = call.lambda(1)?.over(&[flat.of(&lists.items)?], &flat.owners)?;
    list(call.gives, flat.offsets.into_inner(), items, flat.nulls)
}

pub(super) fn filter(call: &Call) -> Result<ArrayRef> {
    let lists = call.lists(0)?;
    let flat = lists.spans.flat(call.rows)?;
    let items = flat.of(&lists.items)?;
    let kept = call.lambda(1)?.over(&[ArrayRef::clone(&items)], &flat.owners)?;
    let kept = match kept.null_count() {
        0 => kept.as_boolean().clone(),
        _ => prep_null_mask_filter(kept.as_boolean()),
    };
    let (mut offsets, mut count) = (vec![0], 0);
    for row in 0..call.rows {
        let span = flat.get(row).unwrap_or_default();
        count += kept.values().slice(span.start, span.len()).count_set_bits();
        offsets.push(offset(count)?);
    }
    list(call.gives, offsets, keep(&items, &kept)?, flat.nulls)
}
