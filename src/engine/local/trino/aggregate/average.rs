//! `avg(x)`: double for integers, else the type of x; decimals and intervals are rounded half up.
//! NULLs are skipped; no values give NULL. Dialect 4.1.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, Decimal128Array, Int64Array};
use datafusion::arrow::datatypes::{DataType, Decimal128Type, Int64Type};
use datafusion::common::internal_err;
use datafusion::error::Result;

use super::moments::Moments;
use super::sum::add_decimals;
use super::tally::{Groups, Tally};
use super::{Aggregate, AggregateForm, Method, Types};

pub(super) const AVG: Aggregate = Aggregate {
    name: "avg",
    forms: &[
        AggregateForm::new("(bigint) -> double", doubles),
        AggregateForm::new("(decimal) -> decimal", decimals),
        AggregateForm::new("(double) -> double", doubles),
        AggregateForm::new("(real) -> real", doubles),
        AggregateForm::new("(interval day to second) -> interval day to second", rounded),
        AggregateForm::new("(interval year to month) -> interval year to month", rounded),
    ],
};

/// Rows, and their sum.
fn mean(answer: fn(&[f64; 2]) -> Option<f64>, types: &Types<'_>) -> Method {
    Method::tally(Moments::<2> {
        add: |numbers, x, _| {
            numbers[0] += 1.0;
            numbers[1] += x;
        },
        merge: |numbers, other| {
            numbers[0] += other[0];
            numbers[1] += other[1];
        },
        answer,
        gives: types.answer(),
    })
}

fn doubles(types: &Types<'_>) -> Result<Method> {
    Ok(mean(|[rows, sum]| (*rows > 0.0).then(|| sum / rows), types))
}

fn rounded(types: &Types<'_>) -> Result<Method> {
    Ok(mean(|[rows, sum]| (*rows > 0.0).then(|| (sum / rows + 0.5).floor()), types))
}

fn decimals(types: &Types<'_>) -> Result<Method> {
    match types.answer() {
        DataType::Decimal128(precision, scale) => Ok(Method::tally(Mean { precision, scale })),
        ty => internal_err!("{ty} is no decimal"),
    }
}

/// The sum of decimals, and how many there are.
#[derive(Debug, Clone)]
struct Mean {
    precision: u8,
    scale: i8,
}

impl Tally for Mean {
    type Kept = (i128, i64);

    const EMPTY: Self::Kept = (0, 0);

    fn saves(&self) -> Vec<DataType> {
        vec![DataType::Decimal128(38, self.scale), DataType::Int64]
    }

    fn add(
        &self,
        columns: &[ArrayRef],
        groups: &Groups<'_>,
        kept: &mut [Self::Kept],
    ) -> Result<()> {
        let values = columns[0].as_primitive::<Decimal128Type>();
        for (row, group) in groups.rows() {
            if values.is_valid(row) {
                let (sum, rows) = &mut kept[group];
                *sum = add_decimals(*sum, values.value(row))?;
                *rows += 1;
            }
        }
        Ok(())
    }

    fn save(&self, kept: &[Self::Kept]) -> Result<Vec<ArrayRef>> {
        let sums = Decimal128Array::from_iter_values(kept.iter().map(|(sum, _)| *sum));
        let rows = Int64Array::from_iter_values(kept.iter().map(|(_, rows)| *rows));
        Ok(vec![Arc::new(sums.with_precision_and_scale(38, self.scale)?), Arc::new(rows)])
    }

    fn merge(
        &self,
        saved: &[ArrayRef],
        groups: &Groups<'_>,
        kept: &mut [Self::Kept],
    ) -> Result<()> {
        let sums = saved[0].as_primitive::<Decimal128Type>();
        let counts = saved[1].as_primitive::<Int64Type>();
        for (row, group) in groups.rows() {
            let (sum, rows) = &mut kept[group];
            *sum = add_decimals(*sum, sums.value(row))?;
            *rows += counts.value(row);
        }
        Ok(())
    }

    fn answer(&self, kept: &[Self::Kept]) -> Result<ArrayRef> {
        let means = kept.iter().map(|(sum, rows)| (*rows > 0).then(|| divided(*sum, *rows)));
        let means = means.collect::<Decimal128Array>();
        Ok(Arc::new(means.with_precision_and_scale(self.precision, self.scale)?))
    }
}

/// The quotient, rounded half away from zero.
fn divided(sum: i128, rows: i64) -> i128 {
    let rows = i128::from(rows);
    let (whole, rest) = (sum / rows, sum % rows);
    match rest.abs() * 2 >= rows {
        true => whole + sum.signum(),
        false => whole,
    }
}
