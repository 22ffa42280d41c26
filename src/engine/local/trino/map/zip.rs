//! `map_zip_with(map(K, V), map(K, W), (K, V, W) -> R) -> map(K, R)`: all keys of both maps; the
//! lambda gets NULL from the map that does not have the key. NULL map, NULL. Dialect 4.7.

use std::collections::HashMap;
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, NullBufferBuilder, UInt64Array};
use datafusion::arrow::compute::{concat, take};
use datafusion::common::internal_err;
use datafusion::error::Result;

use super::super::call::Call;
use super::super::elements::keys;
use super::super::list::{map, offset};
use crate::sql::ty::SqlType;

pub(super) fn zip_with(call: &Call) -> Result<ArrayRef> {
    let SqlType::Map(key, _) = call.gives else {
        return internal_err!("{} is no map", call.gives);
    };
    let (left, right) = (call.maps(0)?, call.maps(1)?);
    let middle = left.keys.len();
    let all_keys = concat(&[&left.keys as &dyn Array, &right.keys])?;
    let found = keys(&all_keys, key)?;
    // For each entry: its key, and where its values lie, if they do.
    let (mut places, mut owners) = (Vec::new(), Vec::new());
    let (mut lefts, mut rights) = (Vec::new(), Vec::new());
    let (mut offsets, mut nulls) = (vec![0], NullBufferBuilder::new(call.rows));
    for row in 0..call.rows {
        let both = left.spans.get(row).zip(right.spans.get(row));
        nulls.append(both.is_some());
        let (one, other) = both.unwrap_or_default();
        let mut rest: HashMap<_, usize> =
            other.clone().map(|at| (found.row(middle + at), at)).collect();
        for at in one {
            places.push(at as u64);
            lefts.push(Some(at as u64));
            rights.push(rest.remove(&found.row(at)).map(|at| at as u64));
        }
        for at in other.filter(|at| rest.contains_key(&found.row(middle + *at))) {
            places.push((middle + at) as u64);
            lefts.push(None);
            rights.push(Some(at as u64));
        }
        owners.resize(places.len(), row as u64);
        offsets.push(offset(places.len())?);
    }
    let keys = take(&all_keys, &UInt64Array::from(places), None)?;
    let lefts = take(&left.values, &UInt64Array::from(lefts), None)?;
    let rights = take(&right.values, &UInt64Array::from(rights), None)?;
    let made = call.lambda(2)?.over(&[Arc::clone(&keys), lefts, rights], &owners.into())?;
    map(call.gives, offsets, keys, made, nulls.finish())
}
