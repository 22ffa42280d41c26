//! `histogram(x)`: a map from each value to how often it comes, in the order in which they come
//! first. NULLs are skipped; no values give NULL. Dialect 4.1.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, AsArray, Int64Array};
use datafusion::arrow::datatypes::{DataType, Int64Type};
use datafusion::error::Result;

use super::super::key::Keys;
use super::fold::Fold;
use super::numbering::Numbering;
use super::rows::{Rows, map_of, null, without_nulls};
use super::{Aggregate, AggregateForm, Method};

pub(super) const HISTOGRAM: Aggregate = Aggregate {
    name: "histogram",
    forms: &[AggregateForm::new("(K) -> map(K, bigint)", |types| {
        let keys = Arc::new(Keys::new(types.takes)?);
        let (arguments, answer) = (types.arguments(), types.answer());
        let saves = [arguments.clone(), vec![DataType::Int64]].concat();
        Ok(Method::fold(saves, move || Histogram {
            numbering: Numbering::new(&keys),
            values: Rows::new(&arguments),
            counts: Vec::new(),
            gives: answer.clone(),
        }))
    })],
};

#[derive(Debug)]
struct Histogram {
    numbering: Numbering,
    values: Rows,
    /// By the numbers of the values.
    counts: Vec<i64>,
    gives: DataType,
}

impl Histogram {
    /// Counts values, each `times(row)` times.
    fn count(&mut self, values: &[ArrayRef], times: impl Fn(usize) -> i64) -> Result<()> {
        let (numbers, fresh) = self.numbering.number(values)?;
        self.values.push_at(values, &fresh)?;
        self.counts.resize(self.numbering.count(), 0);
        for (row, number) in numbers.into_iter().enumerate() {
            self.counts[number] += times(row);
        }
        Ok(())
    }
}

impl Fold for Histogram {
    fn add(&mut self, columns: &[ArrayRef]) -> Result<()> {
        self.count(&without_nulls(columns, 0)?, |_| 1)
    }

    fn save(&self) -> Result<Vec<ArrayRef>> {
        let mut columns = self.values.columns()?;
        columns.push(Arc::new(Int64Array::from(self.counts.clone())));
        Ok(columns)
    }

    fn merge(&mut self, saved: &[ArrayRef]) -> Result<()> {
        let counts = saved[1].as_primitive::<Int64Type>();
        self.count(&saved[..1], |row| counts.value(row))
    }

    fn answer(&self) -> Result<ArrayRef> {
        if self.values.is_empty() {
            return Ok(null(&self.gives));
        }
        let counts = Arc::new(Int64Array::from(self.counts.clone()));
        map_of(Arc::clone(&self.values.columns()?[0]), counts, &self.gives)
    }

    fn bytes(&self) -> usize {
        self.numbering.bytes() + self.values.bytes() + self.counts.capacity() * size_of::<i64>()
    }
}
