//! `transform_keys(map(K, V), (K, V) -> W) -> map(W, V)` and
//! `transform_values(map(K, V), (K, V) -> W) -> map(K, W)`. NULL map, NULL. Dialect 4.7.

use std::sync::Arc;

use datafusion::arrow::array::ArrayRef;
use datafusion::common::internal_err;
use datafusion::error::Result;

use super::super::call::Call;
use super::super::list::map;
use super::unique;
use crate::sql::ty::SqlType;

/// Fails for keys that become NULL or the same.
pub(super) fn keys(call: &Call) -> Result<ArrayRef> {
    let SqlType::Map(key, _) = call.gives else {
        return internal_err!("{} is no map", call.gives);
    };
    let maps = call.maps(0)?;
    let flat = maps.spans.flat(call.rows)?;
    let (keys, values) = (flat.of(&maps.keys)?, flat.of(&maps.values)?);
    let keys = call.lambda(1)?.over(&[keys, Arc::clone(&values)], &flat.owners)?;
    unique::check(&keys, key, (0..call.rows).filter_map(|row| flat.get(row)))?;
    map(call.gives, flat.offsets.into_inner(), keys, values, flat.nulls)
}

pub(super) fn values(call: &Call) -> Result<ArrayRef> {
    let maps = call.maps(0)?;
    let flat = maps.spans.flat(call.rows)?;
    let (keys, values) = (flat.of(&maps.keys)?, flat.of(&maps.values)?);
    let values = call.lambda(1)?.over(&[Arc::clone(&keys), values], &flat.owners)?;
    map(call.gives, flat.offsets.into_inner(), keys, values, flat.nulls)
}
