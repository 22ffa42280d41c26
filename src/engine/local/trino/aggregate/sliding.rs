//! Frames whose start moves: rows are kept, and folded anew for each frame.
//!
//! Trino does the same for most functions. It costs as many steps as there are rows in the frame,
//! and gives sums of doubles that do not depend on rows that have left it.

use std::collections::VecDeque;
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef};
use datafusion::common::ScalarValue;
use datafusion::error::Result;
use datafusion::logical_expr::Accumulator;

use super::planned::Recipe;

/// The rows of the frame.
#[derive(Debug)]
pub(super) struct Sliding {
    recipe: Arc<Recipe>,
    frame: VecDeque<Vec<ArrayRef>>,
}

impl Sliding {
    pub(super) fn new(recipe: &Arc<Recipe>) -> Self {
        Self { recipe: Arc::clone(recipe), frame: VecDeque::new() }
    }

    fn all(&self) -> Result<Box<dyn Accumulator>> {
        let mut all = self.recipe.one();
        for batch in &self.frame {
            all.update_batch(batch)?;
        }
        Ok(all)
    }
}

fn length(columns: &[ArrayRef]) -> usize {
    columns.first().map_or(0, Array::len)
}

impl Accumulator for Sliding {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        if length(values) > 0 {
            self.frame.push_back(values.to_vec());
        }
        Ok(())
    }

    /// Rows leave in the order in which they came.
    fn retract_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let mut leaving = length(values);
        while leaving > 0 {
            let Some(first) = self.frame.front_mut() else {
                return Ok(());
            };
            let rows = length(first);
            if rows <= leaving {
                self.frame.pop_front();
                leaving -= rows;
                continue;
            }
            for column in first {
                *column = column.slice(leaving, rows - leaving);
            }
            leaving = 0;
        }
        Ok(())
    }

    fn supports_retract_batch(&self) -> bool {
        true
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        self.all()?.evaluate()
    }

    fn size(&self) -> usize {
        // The values belong to the window, which keeps them for longer.
        size_of::<Self>() + self.frame.len() * size_of::<Vec<ArrayRef>>()
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        self.all()?.state()
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        let mut all = self.all()?;
        all.merge_batch(states)
    }
}
