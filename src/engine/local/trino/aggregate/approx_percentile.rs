//! `approx_percentile(x[, weight], p[, accuracy])`: the value below which the share p of all values
//! lies; p from 0 to 1, or an array of these, which gives an array. A row counts as often as its
//! weight says, which is at least 1. NULLs are skipped; no values give NULL.
//!
//! Trino answers from a digest, this is the value itself; few values give the same. Dialect 4.1.

use std::sync::Arc;

use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, Float64Array, UInt64Array, new_empty_array,
};
use datafusion::arrow::compute::{sort_to_indices, take};
use datafusion::arrow::datatypes::{DataType, Float64Type};
use datafusion::error::Result;

use super::super::super::failure;
use super::super::float;
use super::fold::Fold;
use super::rows::{Rows, list_of, null, without_nulls};
use super::{Aggregate, AggregateForm, Method, Types};

pub(super) const APPROX_PERCENTILE: Aggregate = Aggregate {
    name: "approx_percentile",
    forms: &[
        AggregateForm::new("(bigint, double) -> bigint", percentile),
        AggregateForm::new("(bigint, double, double) -> bigint", percentile),
        AggregateForm::new("(bigint, double, double, double) -> bigint", percentile),
        AggregateForm::new("(bigint, array(double)) -> array(bigint)", percentile),
        AggregateForm::new("(bigint, double, array(double)) -> array(bigint)", percentile),
        AggregateForm::new("(real, double) -> real", percentile),
        AggregateForm::new("(real, double, double) -> real", percentile),
        AggregateForm::new("(real, double, double, double) -> real", percentile),
        AggregateForm::new("(real, array(double)) -> array(real)", percentile),
        AggregateForm::new("(real, double, array(double)) -> array(real)", percentile),
        AggregateForm::new("(double, double) -> double", percentile),
        AggregateForm::new("(double, double, double) -> double", percentile),
        AggregateForm::new("(double, double, double, double) -> double", percentile),
        AggregateForm::new("(double, array(double)) -> array(double)", percentile),
        AggregateForm::new("(double, double, array(double)) -> array(double)", percentile),
    ],
};

fn percentile(types: &Types<'_>) -> Result<Method> {
    let mut saves = types.arguments();
    // How exact the answer is to be does not matter to one that is exact.
    saves.truncate(3);
    let shares = saves[saves.len() - 1].clone();
    let values = saves[..saves.len() - 1].to_vec();
    let gives = types.answer();
    Ok(Method::fold(saves, move || Percentile {
        rows: Rows::new(&values),
        shares: new_empty_array(&shares),
        gives: gives.clone(),
    }))
}

/// Values, and weights if there are any.
#[derive(Debug)]
struct Percentile {
    rows: Rows,
    /// Shares of the last row, one value if there was a row.
    shares: ArrayRef,
    gives: DataType,
}

impl Percentile {
    /// The values for these shares.
    fn at(&self, shares: &Float64Array) -> Result<ArrayRef> {
        let columns = self.rows.columns()?;
        let values = &columns[0];
        let weights = columns.get(1).map(|column| column.as_primitive::<Float64Type>());
        let order = sort_to_indices(values, None, None)?;
        let mut sum = 0.0;
        let reached: Vec<f64> = order
            .values()
            .iter()
            .map(|row| {
                sum += weights.map_or(1.0, |weights| weights.value(*row as usize));
                sum
            })
            .collect();
        let mut rows = Vec::new();
        for share in shares {
            let share = share.ok_or_else(|| failure::argument("Percentile cannot be null"))?;
            if !(0.0..=1.0).contains(&share) {
                return Err(failure::argument("Percentile must be between 0 and 1"));
            }
            let place = reached.partition_point(|reached| *reached <= share * sum);
            rows.push(u64::from(order.value(place.min(reached.len() - 1))));
        }
        Ok(take(values, &UInt64Array::from(rows), None)?)
    }
}

impl Fold for Percentile {
    fn add(&mut self, columns: &[ArrayRef]) -> Result<()> {
        let columns = columns.get(..3).unwrap_or(columns);
        let shares = columns.len() - 1;
        let columns =
            (0..=shares).try_fold(columns.to_vec(), |rows, at| without_nulls(&rows, at))?;
        if let [_, weights, _] = columns.as_slice() {
            let mut weights = weights.as_primitive::<Float64Type>().iter().flatten();
            if let Some(weight) = weights.find(|weight| weight.is_nan() || *weight < 1.0) {
                let mut message = "weight must be >= 1, was ".to_owned();
                float::show_double(weight, &mut message);
                return Err(failure::argument(message));
            }
        }
        let rows = columns[0].len();
        if rows > 0 {
            self.shares = columns[shares].slice(rows - 1, 1);
        }
        self.rows.push(&columns[..shares])
    }

    fn save(&self) -> Result<Vec<ArrayRef>> {
        let mut columns = self.rows.columns()?;
        columns.push(Arc::clone(&self.shares));
        Ok(columns)
    }

    fn merge(&mut self, saved: &[ArrayRef]) -> Result<()> {
        let [rows @ .., shares] = saved else {
            return Ok(());
        };
        if !shares.is_empty() {
            self.shares = Arc::clone(shares);
        }
        self.rows.push(rows)
    }

    fn answer(&self) -> Result<ArrayRef> {
        if self.rows.is_empty() {
            return Ok(null(&self.gives));
        }
        match self.shares.as_primitive_opt::<Float64Type>() {
            Some(share) => self.at(share),
            None => {
                let shares = self.shares.as_list::<i32>().value(0);
                Ok(Arc::new(list_of(&self.at(shares.as_primitive::<Float64Type>())?)?))
            }
        }
    }

    fn bytes(&self) -> usize {
        self.rows.bytes() + self.shares.get_array_memory_size()
    }
}
