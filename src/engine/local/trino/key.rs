//! Values as keys: two that are not distinct become the same bytes.
//!
//! Of a moment only the instant counts, `-0.0` is `0.0`, one NaN is like another, and entries of maps have no order.

use std::sync::Arc;

use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, ListArray, MapArray, StructArray, UInt64Array,
};
use datafusion::arrow::buffer::OffsetBuffer;
use datafusion::arrow::compute::take;
use datafusion::arrow::datatypes::{Float32Type, Float64Type, Int64Type};
use datafusion::arrow::row::{RowConverter, Rows, SortField};
use datafusion::common::internal_err;
use datafusion::error::Result;
use datafusion::logical_expr::Expr;

use super::super::{arrow, zone};
use super::call::Call;
use super::function::{Form, Planned};
use crate::sql::ty::SqlType;

static FORM: Form = Form::new("(T) -> T", run);

/// The key of `value`, which has the same type.
pub(crate) fn of(value: Expr, ty: &SqlType) -> Expr {
    if is_plain(ty) {
        return value;
    }
    let takes = vec![ty.clone()];
    Planned::new("$key", &FORM, takes, ty.clone(), Vec::new(), false).call(vec![value])
}

/// Whether values of this type are their own keys.
pub(crate) fn is_plain(ty: &SqlType) -> bool {
    match ty {
        SqlType::TimestampTz(_) | SqlType::Real | SqlType::Double | SqlType::Map(..) => false,
        SqlType::Array(item) => is_plain(item),
        SqlType::Row(fields) => fields.iter().all(|(_, ty)| is_plain(ty)),
        _ => true,
    }
}

fn run(call: &Call) -> Result<ArrayRef> {
    normal(&call.array(0)?, call.gives)
}

/// The keys of an array's values.
pub(super) fn normal(array: &ArrayRef, ty: &SqlType) -> Result<ArrayRef> {
    if is_plain(ty) {
        return Ok(Arc::clone(array));
    }
    Ok(match ty {
        SqlType::TimestampTz(_) => {
            let packed = array.as_primitive::<Int64Type>();
            Arc::new(packed.unary::<_, Int64Type>(zone::instant))
        }
        SqlType::Real => {
            let one = |value: f32| if value.is_nan() { f32::NAN } else { value + 0.0 };
            Arc::new(array.as_primitive::<Float32Type>().unary::<_, Float32Type>(one))
        }
        SqlType::Double => {
            let one = |value: f64| if value.is_nan() { f64::NAN } else { value + 0.0 };
            Arc::new(array.as_primitive::<Float64Type>().unary::<_, Float64Type>(one))
        }
        SqlType::Array(item) => {
            let list = array.as_list::<i32>();
            let values = normal(list.values(), item)?;
            let field = Arc::new(arrow::item_field(item));
            Arc::new(ListArray::try_new(
                field,
                list.offsets().clone(),
                values,
                list.nulls().cloned(),
            )?)
        }
        SqlType::Row(fields) => {
            let row = array.as_struct();
            let columns =
                row.columns().iter().zip(fields).map(|(column, (_, ty))| normal(column, ty));
            let columns = columns.collect::<Result<Vec<_>>>()?;
            let nulls = row.nulls().cloned();
            Arc::new(StructArray::try_new(arrow::row_fields(fields), columns, nulls)?)
        }
        SqlType::Map(key, value) => map(array.as_map(), key, value)?,
        _ => return internal_err!("{ty} is plain"),
    })
}

/// Maps with their entries in the order of the keys.
fn map(array: &MapArray, key: &SqlType, value: &SqlType) -> Result<ArrayRef> {
    let (keys, values) = (normal(array.keys(), key)?, normal(array.values(), value)?);
    let order = Keys::new(std::slice::from_ref(key))?;
    let rows = order.rows(std::slice::from_ref(&keys))?;
    let offsets = array.offsets();
    let mut sorted: Vec<usize> = Vec::with_capacity(keys.len());
    for row in 0..array.len() {
        let start = sorted.len();
        let (from, to) = (offsets[row], offsets[row + 1]);
        sorted.extend((from..to).filter_map(|at| usize::try_from(at).ok()));
        sorted[start..].sort_by(|a, b| rows.row(*a).cmp(&rows.row(*b)));
    }
    let sorted = UInt64Array::from_iter_values(sorted.into_iter().map(|at| at as u64));
    let columns = vec![take(&keys, &sorted, None)?, take(&values, &sorted, None)?];
    let entries = StructArray::try_new(arrow::entry_fields(key, value), columns, None)?;
    let lengths = (0..array.len()).map(|row| array.value_length(row) as usize);
    let field = Arc::new(arrow::entries_field(key, value));
    let nulls = array.nulls().cloned();
    Ok(Arc::new(MapArray::try_new(
        field,
        OffsetBuffer::from_lengths(lengths),
        entries,
        nulls,
        false,
    )?))
}

/// Keys of rows of several columns, as bytes that can be compared.
#[derive(Debug)]
pub(super) struct Keys {
    types: Vec<SqlType>,
    converter: RowConverter,
}

impl Keys {
    /// Keys of columns of these types.
    pub(super) fn new(types: &[SqlType]) -> Result<Self> {
        let fields = types.iter().map(|ty| SortField::new(arrow::data_type(ty)));
        Ok(Self { types: types.to_vec(), converter: RowConverter::new(fields.collect())? })
    }

    /// The keys of these rows.
    pub(super) fn rows(&self, columns: &[ArrayRef]) -> Result<Rows> {
        let columns = columns.iter().zip(&self.types).map(|(column, ty)| normal(column, ty));
        Ok(self.converter.convert_columns(&columns.collect::<Result<Vec<_>>>()?)?)
    }
}
