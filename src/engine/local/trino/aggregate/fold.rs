//! Functions that keep what they want of one group.

use std::fmt;
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray};
use datafusion::arrow::datatypes::{DataType, Field};
use datafusion::common::ScalarValue;
use datafusion::error::Result;
use datafusion::logical_expr::Accumulator;

use super::rows::list_of;
use super::start::Start;

/// What is known of one group.
pub(super) trait Fold: fmt::Debug + Send + Sync + 'static {
    /// Takes rows in; `columns` are the arguments.
    fn add(&mut self, columns: &[ArrayRef]) -> Result<()>;

    /// What is known as columns, which need not be of one length.
    fn save(&self) -> Result<Vec<ArrayRef>>;

    /// Takes in what another fold of the same group knows.
    fn merge(&mut self, saved: &[ArrayRef]) -> Result<()> {
        self.add(saved)
    }

    /// The answer, as an array of one value.
    fn answer(&self) -> Result<ArrayRef>;

    /// How many bytes it holds besides itself.
    fn bytes(&self) -> usize;
}

/// Begins folds.
pub(super) struct Folds<S> {
    saves: Vec<DataType>,
    start: S,
}

impl<S> Folds<S> {
    pub(super) fn new(saves: Vec<DataType>, start: S) -> Self {
        Self { saves, start }
    }
}

impl<S> fmt::Debug for Folds<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Folds").field("saves", &self.saves).finish_non_exhaustive()
    }
}

impl<F: Fold, S: Fn() -> F + Send + Sync> Start for Folds<S> {
    fn saves(&self) -> Vec<DataType> {
        self.saves.iter().map(saved_as).collect()
    }

    fn one(&self) -> Box<dyn Accumulator> {
        Box::new(Folded((self.start)()))
    }
}

/// The type of a saved column: a list of its values.
pub(super) fn saved_as(item: &DataType) -> DataType {
    DataType::List(Arc::new(Field::new("item", item.clone(), true)))
}

/// Columns as lists of their values, one row in all.
pub(super) fn saved(columns: &[ArrayRef]) -> Result<Vec<ScalarValue>> {
    columns.iter().map(|column| Ok(ScalarValue::List(Arc::new(list_of(column)?)))).collect()
}

/// Calls `each` with the columns that were [`saved`] in each row of `states`.
pub(super) fn each_saved(
    states: &[ArrayRef],
    mut each: impl FnMut(&[ArrayRef]) -> Result<()>,
) -> Result<()> {
    let rows = states.first().map_or(0, Array::len);
    for row in 0..rows {
        let columns: Vec<_> =
            states.iter().map(|state| state.as_list::<i32>().value(row)).collect();
        each(&columns)?;
    }
    Ok(())
}

#[derive(Debug)]
struct Folded<F>(F);

impl<F: Fold> Accumulator for Folded<F> {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        self.0.add(values)
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        ScalarValue::try_from_array(&self.0.answer()?, 0)
    }

    fn size(&self) -> usize {
        size_of::<Self>() + self.0.bytes()
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        saved(&self.0.save()?)
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        each_saved(states, |columns| self.0.merge(columns))
    }
}
