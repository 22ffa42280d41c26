//! `listagg(x[, separator]) WITHIN GROUP (ORDER BY y)`: all texts, in order, with the separator
//! between them, which is empty if not given. NULLs are skipped; no values give NULL. More than
//! 1048576 bytes are an error. Dialect 4.1.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, StringArray};
use datafusion::arrow::datatypes::DataType;
use datafusion::error::Result;

use super::super::super::failure;
use super::fold::Fold;
use super::rows::{Rows, null, without_nulls};
use super::{Aggregate, AggregateForm, Method, Types};

pub(super) const LISTAGG: Aggregate = Aggregate {
    name: "listagg",
    forms: &[
        AggregateForm::new("(varchar) -> varchar", listagg),
        AggregateForm::new("(varchar, varchar) -> varchar", listagg),
    ],
};

/// The longest text that Trino makes.
const MOST_BYTES: usize = 1_048_576;

fn listagg(types: &Types<'_>) -> Result<Method> {
    let arguments = types.arguments();
    Ok(Method::fold(arguments.clone(), move || List { rows: Rows::new(&arguments) }))
}

/// Texts, and the separator again with each.
#[derive(Debug)]
struct List {
    rows: Rows,
}

impl Fold for List {
    fn add(&mut self, columns: &[ArrayRef]) -> Result<()> {
        self.rows.push(&without_nulls(columns, 0)?)
    }

    fn save(&self) -> Result<Vec<ArrayRef>> {
        self.rows.columns()
    }

    fn answer(&self) -> Result<ArrayRef> {
        if self.rows.is_empty() {
            return Ok(null(&DataType::Utf8));
        }
        let columns = self.rows.columns()?;
        let separators = columns.get(1).map(|column| column.as_string::<i32>());
        let texts = columns[0].as_string::<i32>();
        let mut all = String::new();
        for row in 0..texts.len() {
            if row > 0
                && let Some(separators) = separators.filter(|all| all.is_valid(row))
            {
                all.push_str(separators.value(row));
            }
            all.push_str(texts.value(row));
            if all.len() > MOST_BYTES {
                return Err(failure::too_large(format!(
                    "Concatenated string has the length in bytes larger than the maximum output length {MOST_BYTES}"
                )));
            }
        }
        Ok(Arc::new(StringArray::from(vec![all])))
    }

    fn bytes(&self) -> usize {
        self.rows.bytes()
    }
}
