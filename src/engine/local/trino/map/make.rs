//! Maps out of arrays: `map`, `map_from_entries`, `multimap_from_entries`. NULL argument, NULL.
//! All fail for a key that is NULL. Dialect 4.7.

use std::collections::HashMap;
use std::sync::Arc;

use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, NullArray, NullBufferBuilder, UInt64Array,
};
use datafusion::arrow::compute::take;
use datafusion::arrow::datatypes::ArrowNativeType;
use datafusion::common::internal_err;
use datafusion::error::Result;

use super::super::super::failure;
use super::super::call::Call;
use super::super::elements::{holds_null, is_null, keys, shown};
use super::super::list::{self, Flat, Picks, offset};
use super::unique;
use crate::sql::ty::SqlType;

/// `map() -> map(unknown, unknown)`: without entries.
pub(super) fn empty(call: &Call) -> Result<ArrayRef> {
    let nothing = || Arc::new(NullArray::new(0));
    list::map(call.gives, vec![0; call.rows + 1], nothing(), nothing(), None)
}

/// `map(array(K), array(V)) -> map(K, V)`: fails for keys that are there twice or hold a NULL, and
/// for arrays of different lengths.
pub(super) fn map(call: &Call) -> Result<ArrayRef> {
    let Some(SqlType::Array(key)) = call.takes.first() else {
        return internal_err!("the keys are no array");
    };
    let (all_keys, all_values) = (call.lists(0)?, call.lists(1)?);
    let (mut key_places, mut value_places): (Vec<u64>, Vec<u64>) = (Vec::new(), Vec::new());
    let (mut offsets, mut nulls) = (vec![0], NullBufferBuilder::new(call.rows));
    for row in 0..call.rows {
        let both = all_keys.spans.get(row).zip(all_values.spans.get(row));
        nulls.append(both.is_some());
        let (keys, values) = both.unwrap_or_default();
        if keys.len() != values.len() {
            return Err(failure::argument("Key and value arrays must be the same length"));
        }
        key_places.extend(keys.map(|at| at as u64));
        value_places.extend(values.map(|at| at as u64));
        offsets.push(offset(key_places.len())?);
    }
    let keys = take(&all_keys.items, &UInt64Array::from(key_places), None)?;
    let values = take(&all_values.items, &UInt64Array::from(value_places), None)?;
    for at in 0..keys.len() {
        let value = (&keys as &dyn Array, at);
        if !is_null(value) && holds_null(value, key) {
            let key = shown((&keys, at), key)?;
            return Err(failure::argument(format!("map key cannot be indeterminate: {key}")));
        }
    }
    let spans = offsets.windows(2).map(|span| span[0].as_usize()..span[1].as_usize());
    unique::check(&keys, key, spans)?;
    list::map(call.gives, offsets, keys, values, nulls.finish())
}

/// The entries of an array of rows of two fields.
struct Entries {
    flat: Flat,
    keys: ArrayRef,
    values: ArrayRef,
}

impl Entries {
    fn of(call: &Call) -> Result<Self> {
        let lists = call.lists(0)?;
        let flat = lists.spans.flat(call.rows)?;
        let rows = flat.of(&lists.items)?;
        let Some([keys, values]) = rows.as_struct_opt().map(|rows| rows.columns()) else {
            return internal_err!("entries are {}", rows.data_type());
        };
        if rows.null_count() > 0 {
            return Err(failure::argument("map entry cannot be null"));
        }
        Ok(Self { keys: Arc::clone(keys), values: Arc::clone(values), flat })
    }
}

/// `map_from_entries(array(row(K, V))) -> map(K, V)`: fails for keys that are there twice, and for
/// an entry that is NULL.
pub(super) fn from_entries(call: &Call) -> Result<ArrayRef> {
    let SqlType::Map(key, _) = call.gives else {
        return internal_err!("{} is no map", call.gives);
    };
    let Entries { flat, keys, values } = Entries::of(call)?;
    unique::check(&keys, key, (0..call.rows).filter_map(|row| flat.get(row)))?;
    list::map(call.gives, flat.offsets.into_inner(), keys, values, flat.nulls)
}

/// `multimap_from_entries(array(row(K, V))) -> map(K, array(V))`: all values of a key, in order.
/// Fails for an entry that is NULL.
pub(super) fn multimap(call: &Call) -> Result<ArrayRef> {
    let SqlType::Map(key, of) = call.gives else {
        return internal_err!("{} is no map", call.gives);
    };
    let Entries { flat, keys: all, values } = Entries::of(call)?;
    let found = keys(&all, key)?;
    let (mut first, mut groups): (Vec<u64>, Vec<Vec<usize>>) = (Vec::new(), Vec::new());
    let (mut offsets, mut nulls) = (vec![0], NullBufferBuilder::new(call.rows));
    for row in 0..call.rows {
        let span = flat.get(row);
        nulls.append(span.is_some());
        let mut known = HashMap::new();
        for at in span.unwrap_or_default() {
            if is_null((&all as &dyn Array, at)) {
                return Err(failure::argument("map key cannot be null"));
            }
            let group = *known.entry(found.row(at)).or_insert_with(|| {
                first.push(at as u64);
                groups.push(Vec::new());
                groups.len() - 1
            });
            groups[group].push(at);
        }
        offsets.push(offset(groups.len())?);
    }
    let mut picks = Picks::new(groups.len());
    for group in groups {
        picks.row(Some(group.into_iter()))?;
    }
    let keys = take(&all, &UInt64Array::from(first), None)?;
    list::map(call.gives, offsets, keys, picks.lists(of, &values)?, nulls.finish())
}

/// Whether the elements are rows of two fields.
pub(super) fn has_pairs(takes: &[SqlType]) -> bool {
    pair(takes).is_some()
}

/// The type that [`from_entries`] gives.
pub(super) fn map_type(takes: &[SqlType]) -> SqlType {
    pair(takes).map_or(SqlType::Unknown, |(key, value)| SqlType::map(key, value))
}

/// The type that [`multimap`] gives.
pub(super) fn multimap_type(takes: &[SqlType]) -> SqlType {
    let ty = pair(takes).map(|(key, value)| SqlType::map(key, SqlType::array(value)));
    ty.unwrap_or(SqlType::Unknown)
}

fn pair(takes: &[SqlType]) -> Option<(SqlType, SqlType)> {
    let SqlType::Array(item) = takes.first()? else {
        return None;
    };
    match &**item {
        SqlType::Row(fields) => match fields.as_slice() {
            [(_, key), (_, value)] => Some((key.clone(), value.clone())),
            _ => None,
        },
        _ => None,
    }
}
