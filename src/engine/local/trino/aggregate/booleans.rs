//! `bool_and(x)` and `every(x)`: whether all are true; `bool_or(x)`: whether any is. NULLs are
//! skipped; no values give NULL. Dialect 4.1.

use datafusion::arrow::datatypes::{DataType, Int8Type};

use super::reduce::Reduce;
use super::{Aggregate, AggregateForm, Method};

/// A function of booleans, which are 0 and 1.
macro_rules! of_booleans {
    ($name:literal, $combine:expr) => {
        Aggregate {
            name: $name,
            forms: &[AggregateForm::new("(boolean) -> boolean", |types| {
                Ok(Method::tally(Reduce::<Int8Type>::new(DataType::Int8, types.answer(), $combine)))
            })],
        }
    };
}

pub(super) const BOOL_AND: Aggregate = of_booleans!("bool_and", |a, b| Ok(a & b));
pub(super) const EVERY: Aggregate = of_booleans!("every", |a, b| Ok(a & b));
pub(super) const BOOL_OR: Aggregate = of_booleans!("bool_or", |a, b| Ok(a | b));
