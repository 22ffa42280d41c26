//! `arbitrary(x)`, `any_value(x)`: a value that is not NULL; here the first. No values give NULL.
//! Dialect 4.1.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, UInt64Array, new_empty_array};
use datafusion::arrow::compute::take;
use datafusion::arrow::datatypes::DataType;
use datafusion::error::Result;

use super::fold::Fold;
use super::rows::null;
use super::{Aggregate, AggregateForm, Method, Types};

pub(super) const ARBITRARY: Aggregate =
    Aggregate { name: "arbitrary", forms: &[AggregateForm::new("(T) -> T", first)] };

pub(super) const ANY_VALUE: Aggregate =
    Aggregate { name: "any_value", forms: &[AggregateForm::new("(T) -> T", first)] };

/// The first value that is not NULL.
pub(super) fn first(types: &Types<'_>) -> Result<Method> {
    let ty = types.answer();
    Ok(Method::fold(vec![ty.clone()], move || First { ty: ty.clone(), value: None }))
}

#[derive(Debug)]
struct First {
    ty: DataType,
    value: Option<ArrayRef>,
}

impl Fold for First {
    fn add(&mut self, columns: &[ArrayRef]) -> Result<()> {
        if self.value.is_some() {
            return Ok(());
        }
        let column = &columns[0];
        let nulls = column.logical_nulls();
        let found = match &nulls {
            None => (!column.is_empty()).then_some(0),
            Some(nulls) => nulls.valid_indices().next(),
        };
        if let Some(row) = found {
            self.value = Some(take(column, &UInt64Array::from(vec![row as u64]), None)?);
        }
        Ok(())
    }

    fn save(&self) -> Result<Vec<ArrayRef>> {
        Ok(vec![self.value.clone().unwrap_or_else(|| new_empty_array(&self.ty))])
    }

    fn answer(&self) -> Result<ArrayRef> {
        Ok(self.value.as_ref().map_or_else(|| null(&self.ty), Arc::clone))
    }

    fn bytes(&self) -> usize {
        self.value.as_ref().map_or(0, |value| value.get_array_memory_size())
    }
}
