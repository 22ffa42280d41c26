//! `max_by(x, y)`, `min_by(x, y)`: x of the row with the largest or smallest y, the first of them;
//! it may be NULL. `max_by(x, y, n)`, `min_by(x, y, n)`: an array of x of n rows, n from 1 to 10000.
//! Rows whose y is NULL are skipped; no rows give NULL. Dialect 4.1.

use std::cmp::Ordering;
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, UInt64Array, new_empty_array};
use datafusion::arrow::compute::take_arrays;
use datafusion::arrow::datatypes::{DataType, Float32Type, Float64Type};
use datafusion::arrow::row::{RowConverter, Rows, SortField};
use datafusion::common::internal_err;
use datafusion::error::Result;

use super::super::super::arrow;
use super::super::key;
use super::fold::Fold;
use super::rows::null;
use super::top::{Limit, top};
use super::{Aggregate, AggregateForm, Method, Types};
use crate::sql::ty::SqlType;

pub(super) const MAX_BY: Aggregate = Aggregate {
    name: "max_by",
    forms: &[
        AggregateForm::new("(X, Y) -> X", |types| best(types, true)).ordering(1),
        AggregateForm::new("(X, Y, bigint) -> array(X)", |types| {
            let argument = "third argument of max_by";
            top(types, true, Limit { argument, least: "a positive integer" })
        })
        .ordering(1),
    ],
};

pub(super) const MIN_BY: Aggregate = Aggregate {
    name: "min_by",
    forms: &[
        AggregateForm::new("(X, Y) -> X", |types| best(types, false)).ordering(1),
        AggregateForm::new("(X, Y, bigint) -> array(X)", |types| {
            let argument = "third argument of min_by";
            top(types, false, Limit { argument, least: "a positive integer" })
        })
        .ordering(1),
    ],
};

/// The order of values: which of two is better.
#[derive(Debug)]
pub(super) struct Ranking {
    ty: SqlType,
    converter: RowConverter,
    largest: bool,
}

impl Ranking {
    /// The largest or the smallest values of type `ty` are the best.
    pub(super) fn new(ty: &SqlType, largest: bool) -> Result<Self> {
        let converter = RowConverter::new(vec![SortField::new(arrow::data_type(ty))])?;
        Ok(Self { ty: ty.clone(), converter, largest })
    }

    /// What values are compared by.
    pub(super) fn ranks(&self, column: &ArrayRef) -> Result<Rows> {
        let column = key::normal(column, &self.ty)?;
        let column = if self.largest { nan_first(column) } else { column };
        Ok(self.converter.convert_columns(&[column])?)
    }

    /// How `a` compares with `b`; `Less` is better.
    pub(super) fn compare(&self, a: &[u8], b: &[u8]) -> Ordering {
        if self.largest { b.cmp(a) } else { a.cmp(b) }
    }
}

/// NaN as the smallest number, which to Arrow it is if it has a sign.
fn nan_first(column: ArrayRef) -> ArrayRef {
    match column.data_type() {
        DataType::Float64 => {
            let first = |value: f64| if value.is_nan() { f64::NAN.copysign(-1.0) } else { value };
            Arc::new(column.as_primitive::<Float64Type>().unary::<_, Float64Type>(first))
        }
        DataType::Float32 => {
            let first = |value: f32| if value.is_nan() { f32::NAN.copysign(-1.0) } else { value };
            Arc::new(column.as_primitive::<Float32Type>().unary::<_, Float32Type>(first))
        }
        _ => column,
    }
}

/// The first argument of the best row, by the last one.
pub(super) fn best(types: &Types<'_>, largest: bool) -> Result<Method> {
    let Some(by) = types.takes.last() else {
        return internal_err!("there is nothing to go by");
    };
    let ranking = Arc::new(Ranking::new(by, largest)?);
    let arguments = types.arguments();
    Ok(Method::fold(arguments.clone(), move || Best {
        ranking: Arc::clone(&ranking),
        types: arguments.clone(),
        best: None,
    }))
}

/// The best row so far.
#[derive(Debug)]
struct Best {
    ranking: Arc<Ranking>,
    types: Vec<DataType>,
    best: Option<(Box<[u8]>, Vec<ArrayRef>)>,
}

impl Fold for Best {
    fn add(&mut self, columns: &[ArrayRef]) -> Result<()> {
        let Some(by) = columns.last() else {
            return Ok(());
        };
        let nulls = by.logical_nulls();
        let ranks = self.ranking.ranks(by)?;
        let mut best = self.best.as_ref().map(|(rank, _)| &**rank);
        let mut found = None;
        for row in
            (0..by.len()).filter(|row| nulls.as_ref().is_none_or(|nulls| nulls.is_valid(*row)))
        {
            let rank = ranks.row(row).data();
            if best.is_none_or(|best| self.ranking.compare(rank, best) == Ordering::Less) {
                best = Some(rank);
                found = Some(row);
            }
        }
        if let (Some(row), Some(rank)) = (found, best) {
            let rank: Box<[u8]> = rank.into();
            let row = take_arrays(columns, &UInt64Array::from(vec![row as u64]), None)?;
            self.best = Some((rank, row));
        }
        Ok(())
    }

    fn save(&self) -> Result<Vec<ArrayRef>> {
        Ok(match &self.best {
            Some((_, row)) => row.clone(),
            None => self.types.iter().map(new_empty_array).collect(),
        })
    }

    fn answer(&self) -> Result<ArrayRef> {
        Ok(match &self.best {
            Some((_, row)) => Arc::clone(&row[0]),
            None => null(&self.types[0]),
        })
    }

    fn bytes(&self) -> usize {
        let Some((rank, row)) = &self.best else {
            return 0;
        };
        rank.len() + row.iter().map(|column| column.get_array_memory_size()).sum::<usize>()
    }
}
