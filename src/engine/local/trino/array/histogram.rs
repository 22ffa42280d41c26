//! `array_histogram(array(T)) -> map(T, bigint)`: how often each element is there. NULL elements do
//! not count; NULL argument, NULL. Dialect 4.7.

use std::collections::HashMap;
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, Int64Array, NullBufferBuilder};
use datafusion::arrow::compute::take;
use datafusion::common::internal_err;
use datafusion::error::Result;

use super::super::call::Call;
use super::super::elements::{is_null, keys};
use super::super::list::{map, offset};
use crate::sql::ty::SqlType;

pub(super) fn histogram(call: &Call) -> Result<ArrayRef> {
    let Some(SqlType::Array(item)) = call.takes.first() else {
        return internal_err!("the argument is no array");
    };
    let lists = call.lists(0)?;
    let keys = keys(&lists.items, item)?;
    let (mut first, mut counts): (Vec<u64>, Vec<i64>) = (Vec::new(), Vec::new());
    let (mut offsets, mut nulls) = (vec![0], NullBufferBuilder::new(call.rows));
    for row in 0..call.rows {
        let span = lists.spans.get(row);
        nulls.append(span.is_some());
        let mut known = HashMap::new();
        for at in span.unwrap_or_default() {
            if is_null((&lists.items as &dyn Array, at)) {
                continue;
            }
            let place = *known.entry(keys.row(at)).or_insert_with(|| {
                first.push(at as u64);
                counts.push(0);
                counts.len() - 1
            });
            counts[place] += 1;
        }
        offsets.push(offset(counts.len())?);
    }
    let elements = take(&lists.items, &datafusion::arrow::array::UInt64Array::from(first), None)?;
    let counts = Arc::new(Int64Array::from(counts));
    map(call.gives, offsets, elements, counts, nulls.finish())
}
