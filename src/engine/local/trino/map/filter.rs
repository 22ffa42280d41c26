//! `map_filter(map(K, V), (K, V) -> boolean) -> map(K, V)`: without the entries for which the lambda
//! gives false or NULL. NULL map, NULL. Dialect 4.7.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray};
use datafusion::error::Result;

use super::super::call::Call;
use super::super::list::Picks;

pub(super) fn filter(call: &Call) -> Result<ArrayRef> {
    let maps = call.maps(0)?;
    let flat = maps.spans.flat(call.rows)?;
    let (keys, values) = (flat.of(&maps.keys)?, flat.of(&maps.values)?);
    let kept = call.lambda(1)?.over(&[Arc::clone(&keys), Arc::clone(&values)], &flat.owners)?;
    let kept = kept.as_boolean();
    let mut picks = Picks::new(call.rows);
    for row in 0..call.rows {
        let span = flat.get(row);
        picks.row(span.map(|span| span.filter(|at| kept.is_valid(*at) && kept.value(*at))))?;
    }
    picks.maps(call.gives, &keys, &values)
}
