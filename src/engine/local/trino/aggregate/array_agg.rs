//! `array_agg(x)`: an array of all values, NULLs too. No rows give NULL. Dialect 4.1.

use std::sync::Arc;

use datafusion::arrow::array::ArrayRef;
use datafusion::arrow::datatypes::DataType;
use datafusion::error::Result;

use super::fold::Fold;
use super::rows::{Rows, list_of, null};
use super::{Aggregate, AggregateForm, Method};

pub(super) const ARRAY_AGG: Aggregate = Aggregate {
    name: "array_agg",
    forms: &[AggregateForm::new("(T) -> array(T)", |types| {
        let (arguments, answer) = (types.arguments(), types.answer());
        Ok(Method::fold(arguments.clone(), move || All {
            rows: Rows::new(&arguments),
            gives: answer.clone(),
        }))
    })],
};

#[derive(Debug)]
struct All {
    rows: Rows,
    gives: DataType,
}

impl Fold for All {
    fn add(&mut self, columns: &[ArrayRef]) -> Result<()> {
        self.rows.push(columns)
    }

    fn save(&self) -> Result<Vec<ArrayRef>> {
        self.rows.columns()
    }

    fn answer(&self) -> Result<ArrayRef> {
        match self.rows.is_empty() {
            true => Ok(null(&self.gives)),
            false => Ok(Arc::new(list_of(&self.rows.columns()?[0])?)),
        }
    }

    fn bytes(&self) -> usize {
        self.rows.bytes()
    }
}
