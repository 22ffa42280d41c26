//! Casts of arrays, maps and rows: of what is inside them.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::Arc;

use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, ListArray, MapArray, StructArray, UInt64Array,
};
use datafusion::arrow::buffer::{NullBuffer, OffsetBuffer};
use datafusion::arrow::compute::{is_null, nullif, take};
use datafusion::arrow::row::{RowConverter, SortField};
use datafusion::common::internal_err;
use datafusion::error::Result;

use super::super::super::{arrow, failure};
use super::convert;
use crate::sql::ty::SqlType;

/// An array, item by item.
pub(super) fn array(values: &ArrayRef, from: &SqlType, to: &SqlType) -> Result<ArrayRef> {
    let Some(lists) = values.as_list_opt::<i32>() else {
        return internal_err!("{} is no array", values.data_type());
    };
    let ranges = Ranges::of(lists.offsets(), lists.nulls());
    let items = convert(&ranges.take(lists.values())?, from, to)?;
    let field = Arc::new(arrow::item_field(to));
    Ok(Arc::new(ListArray::try_new(field, ranges.offsets, items, lists.nulls().cloned())?))
}

/// A map, its keys and values.
///
/// # Errors
/// Also if two keys of a map become the same, or a key becomes NULL.
pub(super) fn map(
    values: &ArrayRef,
    from: (&SqlType, &SqlType),
    to: (&SqlType, &SqlType),
) -> Result<ArrayRef> {
    let Some(maps) = values.as_map_opt() else {
        return internal_err!("{} is no map", values.data_type());
    };
    let ranges = Ranges::of(maps.offsets(), maps.nulls());
    let keys = convert(&ranges.take(maps.keys())?, from.0, to.0)?;
    if keys.null_count() > 0 {
        return Err(failure::cast("map key is null"));
    }
    if !from.0.same(to.0) && repeats(&keys, &ranges.offsets)? {
        return Err(failure::cast("duplicate keys"));
    }
    let values = convert(&ranges.take(maps.values())?, from.1, to.1)?;
    let entries = StructArray::try_new(arrow::entry_fields(to.0, to.1), vec![keys, values], None)?;
    let field = Arc::new(arrow::entries_field(to.0, to.1));
    let nulls = maps.nulls().cloned();
    Ok(Arc::new(MapArray::try_new(field, ranges.offsets, entries, nulls, false)?))
}

/// Whether a key stands twice in one map.
pub(in super::super) fn repeats(keys: &ArrayRef, offsets: &OffsetBuffer<i32>) -> Result<bool> {
    let converter = RowConverter::new(vec![SortField::new(keys.data_type().clone())])?;
    let keys = converter.convert_columns(&[Arc::clone(keys)])?;
    let mut seen = HashSet::new();
    for range in offsets.windows(2).map(range) {
        seen.clear();
        if !range.into_iter().all(|at| seen.insert(keys.row(at))) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// A row, field by field.
pub(super) fn row(
    values: &ArrayRef,
    from: &[(Option<String>, SqlType)],
    to: &[(Option<String>, SqlType)],
) -> Result<ArrayRef> {
    let Some(rows) = values.as_struct_opt() else {
        return internal_err!("{} is no row", values.data_type());
    };
    let absent = if rows.null_count() > 0 { Some(is_null(rows)?) } else { None };
    let mut columns = Vec::with_capacity(to.len());
    for (column, ((_, from), (_, to))) in rows.columns().iter().zip(from.iter().zip(to)) {
        // What lies under a row that is NULL must not fail.
        let column = match &absent {
            Some(absent) => nullif(column, absent)?,
            None => Arc::clone(column),
        };
        columns.push(convert(&column, from, to)?);
    }
    let fields = arrow::row_fields(to);
    let nulls = rows.nulls().cloned();
    Ok(Arc::new(StructArray::try_new_with_length(fields, columns, nulls, rows.len())?))
}

/// Where the items of each row lie among all that count: those of rows that are not NULL.
struct Ranges {
    old: Vec<Range<usize>>,
    offsets: OffsetBuffer<i32>,
}

impl Ranges {
    fn of(offsets: &OffsetBuffer<i32>, nulls: Option<&NullBuffer>) -> Self {
        let old: Vec<_> = offsets
            .windows(2)
            .map(range)
            .enumerate()
            .map(
                |(row, range)| {
                    if nulls.is_some_and(|nulls| nulls.is_null(row)) { 0..0 } else { range }
                },
            )
            .collect();
        let offsets = OffsetBuffer::from_lengths(old.iter().map(ExactSizeIterator::len));
        Self { old, offsets }
    }

    /// The items that count.
    fn take(&self, items: &ArrayRef) -> Result<ArrayRef> {
        let mut used = self.old.iter().filter(|range| !range.is_empty());
        let Some(first) = used.next() else {
            return Ok(items.slice(0, 0));
        };
        let mut end = first.end;
        let together = used.all(|range| {
            let follows = range.start == end;
            end = range.end;
            follows
        });
        if together {
            return Ok(items.slice(first.start, end - first.start));
        }
        let positions = self.old.iter().cloned().flatten().map(|at| at as u64);
        Ok(take(items, &UInt64Array::from_iter_values(positions), None)?)
    }
}

fn range(ends: &[i32]) -> Range<usize> {
    let end = |at: usize| ends.get(at).and_then(|end| usize::try_from(*end).ok()).unwrap_or(0);
    end(0)..end(1)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use datafusion::arrow::array::{BooleanArray, Int32Array, StringArray};

    use super::super::{OnFailure, convert_or};
    use super::*;
    use crate::engine::local::text;
    use SqlType as T;

    /// Lists of texts; those at the positions in `absent` are NULL, with their items still there.
    fn lists(lists: &[&[&str]], absent: &[usize]) -> ArrayRef {
        let items: StringArray = lists.iter().copied().flatten().map(|text| Some(*text)).collect();
        let nulls = (0..lists.len()).map(|row| !absent.contains(&row)).collect::<Vec<_>>();
        let offsets = OffsetBuffer::from_lengths(lists.iter().map(|list| list.len()));
        let field = Arc::new(arrow::item_field(&T::VARCHAR));
        Arc::new(ListArray::new(field, offsets, Arc::new(items), Some(nulls.into())))
    }

    fn shown(values: &ArrayRef, ty: &SqlType) -> Vec<String> {
        let value =
            |row| text::value(values, row, ty).unwrap().unwrap_or_else(|| "NULL".to_owned());
        (0..values.len()).map(value).collect()
    }

    #[test]
    fn items_of_what_is_null_do_not_fail() {
        let (from, to) = (T::array(T::VARCHAR), T::array(T::Bigint));
        let values = lists(&[&["1", "2"], &["x"], &[], &["3"]], &[1]);
        let converted = convert(&values, &from, &to).unwrap();
        assert_eq!(converted.data_type(), &arrow::data_type(&to));
        assert_eq!(shown(&converted, &to), ["[1, 2]", "NULL", "[]", "[3]"]);
        let part = convert(&values.slice(2, 2), &from, &to).unwrap();
        assert_eq!(shown(&part, &to), ["[]", "[3]"]);
    }

    #[test]
    fn only_rows_that_fail_are_null() {
        let (from, to) = (T::array(T::VARCHAR), T::array(T::Integer));
        let values = lists(&[&["1"], &["2", "x"], &["3"], &["y"], &[]], &[]);
        assert!(convert(&values, &from, &to).is_err());
        let converted = convert_or(OnFailure::Null, &values, &from, &to).unwrap();
        assert_eq!(shown(&converted, &to), ["[1]", "NULL", "[3]", "NULL", "[]"]);
        assert_eq!(converted.data_type(), &arrow::data_type(&to));
    }

    #[test]
    fn fields_of_what_is_null_do_not_fail() {
        let row = |ty| T::Row(vec![(Some("a".to_owned()), ty)]);
        let (from, to) = (row(T::VARCHAR), row(T::Date));
        let T::Row(fields) = &from else { unreachable!() };
        let texts: ArrayRef =
            Arc::new(StringArray::from(vec![Some("2026-01-02"), Some("x"), None]));
        let nulls = BooleanArray::from(vec![true, false, true]).values().clone();
        let rows =
            StructArray::new(arrow::row_fields(fields), vec![texts], Some(NullBuffer::new(nulls)));
        let converted = convert(&(Arc::new(rows) as ArrayRef), &from, &to).unwrap();
        assert_eq!(shown(&converted, &to), ["{a=2026-01-02}", "NULL", "{a=null}"]);
    }

    #[test]
    fn keys_of_a_map_stay_different() {
        let map = |keys: &[&str], lengths: &[usize]| {
            let keys: ArrayRef = Arc::new(StringArray::from(keys.to_vec()));
            let numbers = (0..).take(keys.len());
            let values: ArrayRef = Arc::new(Int32Array::from_iter_values(numbers));
            let entries = StructArray::new(
                arrow::entry_fields(&T::VARCHAR, &T::Integer),
                vec![keys, values],
                None,
            );
            let field = Arc::new(arrow::entries_field(&T::VARCHAR, &T::Integer));
            let offsets = OffsetBuffer::from_lengths(lengths.iter().copied());
            Arc::new(MapArray::new(field, offsets, entries, None, false)) as ArrayRef
        };
        let (from, to) = (T::map(T::VARCHAR, T::Integer), T::map(T::Bigint, T::VARCHAR));
        let converted = convert(&map(&["1", "2", "1"], &[2, 0, 1]), &from, &to).unwrap();
        assert_eq!(shown(&converted, &to), ["{1=0, 2=1}", "{}", "{1=2}"]);
        let error = convert(&map(&["1", "01"], &[2]), &from, &to).unwrap_err();
        assert!(error.to_string().contains("duplicate keys"), "{error}");
    }
}
