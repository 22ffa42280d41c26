//! What is in a map, in its own order: `map_keys`, `map_values`, `map_entries`. NULL argument,
//! NULL. Dialect 4.7.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, StructArray};
use datafusion::common::internal_err;
use datafusion::error::Result;

use super::super::super::arrow;
use super::super::call::Call;
use super::super::list::list;
use crate::sql::ty::SqlType;

/// `map_keys(map(K, V)) -> array(K)`
pub(super) fn keys(call: &Call) -> Result<ArrayRef> {
    let maps = call.maps(0)?;
    let flat = maps.spans.flat(call.rows)?;
    let keys = flat.of(&maps.keys)?;
    list(call.gives, flat.offsets.into_inner(), keys, flat.nulls)
}

/// `map_values(map(K, V)) -> array(V)`
pub(super) fn values(call: &Call) -> Result<ArrayRef> {
    let maps = call.maps(0)?;
    let flat = maps.spans.flat(call.rows)?;
    let values = flat.of(&maps.values)?;
    list(call.gives, flat.offsets.into_inner(), values, flat.nulls)
}

/// `map_entries(map(K, V)) -> array(row(K, V))`
pub(super) fn entries(call: &Call) -> Result<ArrayRef> {
    let SqlType::Array(item) = call.gives else {
        return internal_err!("{} is no array", call.gives);
    };
    let SqlType::Row(fields) = &**item else {
        return internal_err!("{item} is no row");
    };
    let maps = call.maps(0)?;
    let flat = maps.spans.flat(call.rows)?;
    let columns = vec![flat.of(&maps.keys)?, flat.of(&maps.values)?];
    let rows = StructArray::try_new(arrow::row_fields(fields), columns, None)?;
    list(call.gives, flat.offsets.into_inner(), Arc::new(rows), flat.nulls)
}

/// The type that [`entries`] gives.
pub(super) fn rows_type(takes: &[SqlType]) -> SqlType {
    match takes.first() {
        Some(SqlType::Map(key, value)) => {
            SqlType::array(SqlType::Row(vec![(None, (**key).clone()), (None, (**value).clone())]))
        }
        _ => SqlType::Unknown,
    }
}
