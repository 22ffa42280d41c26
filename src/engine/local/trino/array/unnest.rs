//! `$unnest(keeps boolean, arrays and maps...) -> array(row(...))`: the rows that `UNNEST` gives
//! for each row. Dialect 2.3.
//!
//! Arrays stand side by side, short ones padded with NULL; of a map, key and value are a column
//! each; the last column counts from 1. With `keeps`, where there are no elements, there is one row
//! of NULLs.

use std::ops::Range;
use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, Int64Builder, StructArray, UInt64Builder};
use datafusion::arrow::compute::take;
use datafusion::error::Result;

use super::super::super::arrow;
use super::super::call::Call;
use super::super::list::{Spans, list, offset};
use crate::sql::ty::SqlType;

/// An argument: where its elements lie, the columns they come from, and which of them to take.
struct Source {
    spans: Spans,
    columns: Vec<ArrayRef>,
    picks: UInt64Builder,
}

pub(super) fn unnest(call: &Call) -> Result<ArrayRef> {
    let keeps = call.rows > 0 && call.values::<bool>(0)?.get(0) == Some(true);
    let mut sources = Vec::new();
    for (at, ty) in call.takes.iter().enumerate().skip(1) {
        let (spans, columns) = match ty {
            SqlType::Map(..) => {
                let maps = call.maps(at)?;
                (maps.spans, vec![maps.keys, maps.values])
            }
            _ => {
                let lists = call.lists(at)?;
                (lists.spans, vec![lists.items])
            }
        };
        sources.push(Source { spans, columns, picks: UInt64Builder::new() });
    }
    let mut offsets = vec![0];
    let mut ordinals = Int64Builder::new();
    let mut length = 0;
    for row in 0..call.rows {
        let span = |source: &Source| source.spans.get(row).unwrap_or_default();
        let longest = sources.iter().map(|source| span(source).len()).max().unwrap_or_default();
        let kept = usize::from(keeps && longest == 0);
        for source in &mut sources {
            let span = span(source);
            pad(&mut source.picks, span, longest + kept);
        }
        for ordinal in 1..=longest {
            ordinals.append_option(i64::try_from(ordinal).ok());
        }
        ordinals.append_nulls(kept);
        length += longest + kept;
        offsets.push(offset(length)?);
    }
    let mut columns = Vec::new();
    for source in &mut sources {
        let indices = source.picks.finish();
        for column in &source.columns {
            columns.push(take(column, &indices, None)?);
        }
    }
    columns.push(Arc::new(ordinals.finish()));
    let SqlType::Array(item) = call.gives else {
        return datafusion::common::internal_err!("{} is no array", call.gives);
    };
    let SqlType::Row(fields) = &**item else {
        return datafusion::common::internal_err!("{item} is no row");
    };
    let rows = StructArray::try_new(arrow::row_fields(fields), columns, None)?;
    list(call.gives, offsets, Arc::new(rows), None)
}

fn pad(picks: &mut UInt64Builder, span: Range<usize>, length: usize) {
    let missing = length.saturating_sub(span.len());
    span.for_each(|at| picks.append_value(at as u64));
    picks.append_nulls(missing);
}

/// The type of the rows.
pub(super) fn rows_type(takes: &[SqlType]) -> SqlType {
    let mut fields = Vec::new();
    for ty in takes {
        match ty {
            SqlType::Array(item) => fields.push((None, (**item).clone())),
            SqlType::Map(key, value) => {
                fields.extend([(None, (**key).clone()), (None, (**value).clone())]);
            }
            _ => {}
        }
    }
    fields.push((None, SqlType::Bigint));
    SqlType::array(SqlType::Row(fields))
}
