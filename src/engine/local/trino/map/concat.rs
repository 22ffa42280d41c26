//! `map_concat(map(K, V), map(K, V), ...) -> map(K, V)`: of keys that are in more than one map, the
//! last map's values. Its entries come first, in Trino too. NULL argument, NULL. Dialect 4.7.

use std::collections::HashSet;

use datafusion::arrow::array::{Array, ArrayRef};
use datafusion::arrow::compute::concat as join;
use datafusion::common::internal_err;
use datafusion::error::Result;

use super::super::call::Call;
use super::super::elements::keys;
use super::super::list::Picks;
use crate::sql::ty::SqlType;

pub(super) fn concat(call: &Call) -> Result<ArrayRef> {
    let SqlType::Map(key, _) = call.gives else {
        return internal_err!("{} is no map", call.gives);
    };
    let count = call.arguments.len();
    let maps = (0..count).map(|at| call.maps(at)).collect::<Result<Vec<_>>>()?;
    let all_keys: Vec<&dyn Array> = maps.iter().map(|map| &*map.keys).collect();
    let all_values: Vec<&dyn Array> = maps.iter().map(|map| &*map.values).collect();
    let (all_keys, all_values) = (join(&all_keys)?, join(&all_values)?);
    let found = keys(&all_keys, key)?;
    let mut picks = Picks::new(call.rows);
    for row in 0..call.rows {
        let mut start = 0;
        let mut spans = Vec::with_capacity(count);
        for map in &maps {
            let span = map.spans.get(row);
            spans.push(span.map(|span| start + span.start..start + span.end));
            start += map.keys.len();
        }
        let spans: Option<Vec<_>> = spans.into_iter().collect();
        let mut seen = HashSet::new();
        picks.row(spans.map(|spans| {
            spans.into_iter().rev().flatten().filter(|at| seen.insert(found.row(*at)))
        }))?;
    }
    picks.maps(call.gives, &all_keys, &all_values)
}
