//! `DISTINCT` and `ORDER BY` inside a call: rows are kept, and folded when all are there.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, UInt64Array};
use datafusion::arrow::compute::{SortOptions, take_arrays};
use datafusion::arrow::row::{RowConverter, SortField};
use datafusion::common::ScalarValue;
use datafusion::error::Result;
use datafusion::logical_expr::Accumulator;

use super::fold::{each_saved, saved};
use super::numbering::Numbering;
use super::planned::Recipe;
use super::rows::Rows;

/// The rows of one group: arguments first, then what they are sorted by.
#[derive(Debug)]
pub(super) struct Kept {
    recipe: Arc<Recipe>,
    rows: Rows,
    seen: Option<Numbering>,
}

impl Kept {
    pub(super) fn new(recipe: &Arc<Recipe>) -> Self {
        Self {
            recipe: Arc::clone(recipe),
            rows: Rows::new(&recipe.types),
            seen: recipe.distinct.as_ref().map(Numbering::new),
        }
    }

    fn arguments<'a>(&self, columns: &'a [ArrayRef]) -> &'a [ArrayRef] {
        &columns[..self.recipe.arguments.min(columns.len())]
    }

    fn sorted(&self, columns: Vec<ArrayRef>) -> Result<Vec<ArrayRef>> {
        if self.recipe.sorts.is_empty() {
            return Ok(columns);
        }
        let keys = &columns[self.recipe.arguments..];
        let field = |(key, (ascending, nulls_first)): (&ArrayRef, &(bool, bool))| {
            let options = SortOptions { descending: !ascending, nulls_first: *nulls_first };
            SortField::new_with_options(key.data_type().clone(), options)
        };
        let converter =
            RowConverter::new(keys.iter().zip(&self.recipe.sorts).map(field).collect())?;
        let rows = converter.convert_columns(keys)?;
        let mut order: Vec<usize> = (0..rows.num_rows()).collect();
        order.sort_by(|a, b| rows.row(*a).cmp(&rows.row(*b)));
        let order = UInt64Array::from_iter_values(order.into_iter().map(|row| row as u64));
        Ok(take_arrays(&columns, &order, None)?)
    }
}

impl Accumulator for Kept {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let arguments = self.arguments(values);
        match &mut self.seen {
            None => self.rows.push(values),
            Some(seen) => {
                let (_, fresh) = seen.number(arguments)?;
                self.rows.push_at(values, &fresh)
            }
        }
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        let mut all = self.recipe.start.one();
        if !self.rows.is_empty() {
            let columns = self.sorted(self.rows.columns()?)?;
            all.update_batch(self.arguments(&columns))?;
        }
        all.evaluate()
    }

    fn size(&self) -> usize {
        let seen = self.seen.as_ref().map_or(0, Numbering::bytes);
        size_of::<Self>() + self.rows.bytes() + seen
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        saved(&self.rows.columns()?)
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        each_saved(states, |columns| self.update_batch(columns))
    }
}
