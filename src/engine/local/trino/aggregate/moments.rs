//! Tallies of `N` doubles, the first of which counts rows.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, Float64Array};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Float64Type};
use datafusion::error::Result;

use super::tally::{Groups, Tally};

/// A function of one or two columns of numbers. Rows with a NULL are skipped.
#[derive(Debug, Clone)]
pub(super) struct Moments<const N: usize> {
    /// Takes in a row; of one column, the second number is the first again.
    pub(super) add: fn(&mut [f64; N], f64, f64),
    /// Takes in what others gave.
    pub(super) merge: fn(&mut [f64; N], &[f64; N]),
    /// The answer; `None` for NULL.
    pub(super) answer: fn(&[f64; N]) -> Option<f64>,
    /// The type of the answer.
    pub(super) gives: DataType,
}

impl<const N: usize> Tally for Moments<N> {
    type Kept = [f64; N];

    const EMPTY: Self::Kept = [0.0; N];

    fn saves(&self) -> Vec<DataType> {
        vec![DataType::Float64; N]
    }

    fn add(
        &self,
        columns: &[ArrayRef],
        groups: &Groups<'_>,
        kept: &mut [Self::Kept],
    ) -> Result<()> {
        let first = doubles(&columns[0])?;
        let second = match columns.get(1) {
            Some(column) => doubles(column)?,
            None => first.clone(),
        };
        for (row, group) in groups.rows() {
            if first.is_valid(row) && second.is_valid(row) {
                (self.add)(&mut kept[group], first.value(row), second.value(row));
            }
        }
        Ok(())
    }

    fn save(&self, kept: &[Self::Kept]) -> Result<Vec<ArrayRef>> {
        let column = |at: usize| -> ArrayRef {
            Arc::new(Float64Array::from_iter_values(kept.iter().map(|numbers| numbers[at])))
        };
        Ok((0..N).map(column).collect())
    }

    fn merge(
        &self,
        saved: &[ArrayRef],
        groups: &Groups<'_>,
        kept: &mut [Self::Kept],
    ) -> Result<()> {
        let columns = saved.iter().map(doubles).collect::<Result<Vec<_>>>()?;
        for (row, group) in groups.rows() {
            let other = std::array::from_fn(|at| columns[at].value(row));
            if other[0] == 0.0 {
                continue;
            }
            match kept[group][0] == 0.0 {
                true => kept[group] = other,
                false => (self.merge)(&mut kept[group], &other),
            }
        }
        Ok(())
    }

    fn answer(&self, kept: &[Self::Kept]) -> Result<ArrayRef> {
        let answers = kept.iter().map(|numbers| (self.answer)(numbers));
        Ok(cast(&answers.collect::<Float64Array>(), &self.gives)?)
    }
}

fn doubles(column: &ArrayRef) -> Result<Float64Array> {
    match column.as_primitive_opt::<Float64Type>() {
        Some(values) => Ok(values.clone()),
        None => Ok(cast(column, &DataType::Float64)?.as_primitive::<Float64Type>().clone()),
    }
}
