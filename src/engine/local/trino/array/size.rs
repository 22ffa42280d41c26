//! `cardinality(array)`, `cardinality(map)`: how many elements, those of inner arrays not counted.
//! NULL argument, NULL. Dialect 4.7.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, Int64Array};
use datafusion::error::Result;

use super::super::call::Call;
use super::super::list::Spans;

pub(super) fn of_array(call: &Call) -> Result<ArrayRef> {
    Ok(sizes(call, &call.lists(0)?.spans))
}

pub(super) fn of_map(call: &Call) -> Result<ArrayRef> {
    Ok(sizes(call, &call.maps(0)?.spans))
}

fn sizes(call: &Call, spans: &Spans) -> ArrayRef {
    let size = |row| spans.get(row).and_then(|span| i64::try_from(span.len()).ok());
    Arc::new((0..call.rows).map(size).collect::<Int64Array>())
}
