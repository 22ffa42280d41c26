//! `flatten(array(array(T))) -> array(T)`: the elements of the inner arrays, one level. Inner
//! arrays that are NULL are left out; NULL argument, NULL. Dialect 4.7.

use datafusion::arrow::array::{Array, ArrayRef, AsArray};
use datafusion::arrow::datatypes::ArrowNativeType;
use datafusion::common::internal_err;
use datafusion::error::Result;

use super::super::call::Call;
use super::super::list::Picks;

pub(super) fn flatten(call: &Call) -> Result<ArrayRef> {
    let lists = call.lists(0)?;
    let Some(inner) = lists.items.as_list_opt::<i32>() else {
        return internal_err!("an inner array is {}", lists.items.data_type());
    };
    let offsets = inner.value_offsets();
    let mut picks = Picks::new(call.rows);
    for row in 0..call.rows {
        let span = lists.spans.get(row);
        picks.row(span.map(|span| {
            span.filter(|at| inner.is_valid(*at))
                .flat_map(|at| offsets[at].as_usize()..offsets[at + 1].as_usize())
        }))?;
    }
    picks.lists(call.gives, inner.values())
}
