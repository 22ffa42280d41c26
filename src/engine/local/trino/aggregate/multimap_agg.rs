//! `multimap_agg(k, v)`: a map from each key to an array of its values, in the order in which they
//! come. Rows whose k is NULL are skipped, NULL values are kept. No rows give NULL. Dialect 4.1.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, ListArray, UInt64Array};
use datafusion::arrow::buffer::OffsetBuffer;
use datafusion::arrow::compute::take;
use datafusion::arrow::datatypes::{DataType, Field};
use datafusion::error::Result;

use super::super::key::Keys;
use super::fold::Fold;
use super::numbering::Numbering;
use super::rows::{Rows, map_of, null, without_nulls};
use super::{Aggregate, AggregateForm, Method};

pub(super) const MULTIMAP_AGG: Aggregate = Aggregate {
    name: "multimap_agg",
    forms: &[AggregateForm::new("(K, V) -> map(K, array(V))", |types| {
        let keys = Arc::new(Keys::new(&types.takes[..1])?);
        let (arguments, answer) = (types.arguments(), types.answer());
        Ok(Method::fold(arguments.clone(), move || Multimap {
            keys: Arc::clone(&keys),
            rows: Rows::new(&arguments),
            gives: answer.clone(),
        }))
    })],
};

/// All entries.
#[derive(Debug)]
struct Multimap {
    keys: Arc<Keys>,
    rows: Rows,
    gives: DataType,
}

impl Fold for Multimap {
    fn add(&mut self, columns: &[ArrayRef]) -> Result<()> {
        self.rows.push(&without_nulls(columns, 0)?)
    }

    fn save(&self) -> Result<Vec<ArrayRef>> {
        self.rows.columns()
    }

    fn answer(&self) -> Result<ArrayRef> {
        if self.rows.is_empty() {
            return Ok(null(&self.gives));
        }
        let columns = self.rows.columns()?;
        let mut numbering = Numbering::new(&self.keys);
        let (numbers, fresh) = numbering.number(&columns[..1])?;
        let mut lengths = vec![0; numbering.count()];
        for number in &numbers {
            lengths[*number] += 1;
        }
        let mut order: Vec<usize> = (0..numbers.len()).collect();
        order.sort_by_key(|row| numbers[*row]);
        let order = UInt64Array::from_iter_values(order.into_iter().map(|row| row as u64));
        let values = take(&columns[1], &order, None)?;
        let field = Arc::new(Field::new("item", values.data_type().clone(), true));
        let lists = ListArray::try_new(field, OffsetBuffer::from_lengths(lengths), values, None)?;
        map_of(take(&columns[0], &fresh, None)?, Arc::new(lists), &self.gives)
    }

    fn bytes(&self) -> usize {
        self.rows.bytes()
    }
}
