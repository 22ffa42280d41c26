//! Arrays side by side: `zip`, `zip_with`. Short ones are padded with NULL; NULL argument, NULL.
//! Dialect 4.7.

use std::sync::Arc;

use datafusion::arrow::array::{
    ArrayRef, NullBufferBuilder, StructArray, UInt64Array, UInt64Builder,
};
use datafusion::arrow::buffer::NullBuffer;
use datafusion::arrow::compute::take;
use datafusion::common::internal_err;
use datafusion::error::Result;

use super::super::super::arrow;
use super::super::call::Call;
use super::super::list::{list, offset};
use crate::sql::ty::SqlType;

/// The elements of some arrays, all of one length.
struct Zipped {
    columns: Vec<ArrayRef>,
    offsets: Vec<i32>,
    nulls: Option<NullBuffer>,
    owners: UInt64Array,
}

impl Zipped {
    /// Of the first `count` arguments.
    fn of(call: &Call, count: usize) -> Result<Self> {
        let lists = (0..count).map(|at| call.lists(at)).collect::<Result<Vec<_>>>()?;
        let mut picks: Vec<_> = lists.iter().map(|_| UInt64Builder::new()).collect();
        let (mut offsets, mut nulls) = (vec![0], NullBufferBuilder::new(call.rows));
        let mut owners: Vec<u64> = Vec::new();
        for row in 0..call.rows {
            let spans: Option<Vec<_>> = lists.iter().map(|list| list.spans.get(row)).collect();
            nulls.append(spans.is_some());
            let spans = spans.unwrap_or_default();
            let longest = spans.iter().map(ExactSizeIterator::len).max().unwrap_or_default();
            for (picks, span) in picks.iter_mut().zip(spans) {
                let missing = longest - span.len();
                span.for_each(|at| picks.append_value(at as u64));
                picks.append_nulls(missing);
            }
            owners.extend(std::iter::repeat_n(row as u64, longest));
            offsets.push(offset(owners.len())?);
        }
        let mut columns = Vec::with_capacity(count);
        for (list, picks) in lists.iter().zip(&mut picks) {
            columns.push(take(&list.items, &picks.finish(), None)?);
        }
        Ok(Self { columns, offsets, nulls: nulls.finish(), owners: owners.into() })
    }
}

/// `zip(array(A), array(B), ...) -> array(row(A, B, ...))`, of 2 to 5 arrays.
pub(super) fn zip(call: &Call) -> Result<ArrayRef> {
    let SqlType::Array(item) = call.gives else {
        return internal_err!("{} is no array", call.gives);
    };
    let SqlType::Row(fields) = &**item else {
        return internal_err!("{item} is no row");
    };
    let zipped = Zipped::of(call, fields.len())?;
    let rows = StructArray::try_new(arrow::row_fields(fields), zipped.columns, None)?;
    list(call.gives, zipped.offsets, Arc::new(rows), zipped.nulls)
}

/// The type that [`zip`] gives.
pub(super) fn rows_type(takes: &[SqlType]) -> SqlType {
    let fields = takes.iter().map(|ty| match ty {
        SqlType::Array(item) => (None, (**item).clone()),
        other => (None, other.clone()),
    });
    SqlType::array(SqlType::Row(fields.collect()))
}

/// `zip_with(array(A), array(B), (A, B) -> R) -> array(R)`
pub(super) fn zip_with(call: &Call) -> Result<ArrayRef> {
    let zipped = Zipped::of(call, 2)?;
    let made = call.lambda(2)?.over(&zipped.columns, &zipped.owners)?;
    list(call.gives, zipped.offsets, made, zipped.nulls)
}
