//! `sum(x)`: bigint for integers, decimal(38,s) for decimals, else the type of x. NULLs are
//! skipped; no values give NULL. A sum that does not fit is an error. Dialect 4.1.

use datafusion::arrow::datatypes::{DataType, Decimal128Type, Float64Type, Int32Type, Int64Type};
use datafusion::error::Result;

use super::super::super::failure;
use super::reduce::Reduce;
use super::{Aggregate, AggregateForm, Method, Types};
use crate::sql::ty::SqlType;

pub(super) const SUM: Aggregate = Aggregate {
    name: "sum",
    forms: &[
        AggregateForm::new("(bigint) -> bigint", integers),
        AggregateForm::new("(decimal) -> decimal", decimals).giving(|takes| match takes {
            [SqlType::Decimal(_, scale), ..] => SqlType::Decimal(38, *scale),
            _ => SqlType::Decimal(38, 0),
        }),
        AggregateForm::new("(double) -> double", doubles),
        AggregateForm::new("(real) -> real", doubles),
        AggregateForm::new("(interval day to second) -> interval day to second", integers),
        AggregateForm::new("(interval year to month) -> interval year to month", months),
    ],
};

/// The largest decimal there is.
const MOST: i128 = 10_i128.pow(38) - 1;

fn integers(types: &Types<'_>) -> Result<Method> {
    Ok(Method::tally(Reduce::<Int64Type>::new(DataType::Int64, types.answer(), |a, b| {
        a.checked_add(b)
            .ok_or_else(|| failure::range(format!("bigint addition overflow: {a} + {b}")))
    })))
}

fn months(types: &Types<'_>) -> Result<Method> {
    Ok(Method::tally(Reduce::<Int32Type>::new(DataType::Int32, types.answer(), |a, b| {
        a.checked_add(b)
            .ok_or_else(|| failure::range(format!("integer addition overflow: {a} + {b}")))
    })))
}

fn decimals(types: &Types<'_>) -> Result<Method> {
    Ok(Method::tally(Reduce::<Decimal128Type>::new(types.answer(), types.answer(), add_decimals)))
}

/// The sum of two decimals of one scale.
pub(super) fn add_decimals(a: i128, b: i128) -> Result<i128> {
    let sum = a.checked_add(b).filter(|sum| (-MOST..=MOST).contains(sum));
    sum.ok_or_else(|| failure::range("Decimal overflow"))
}

/// From the first to the last, as Trino adds them: the order shows in the last digits.
fn doubles(types: &Types<'_>) -> Result<Method> {
    let add = |a: f64, b: f64| Ok(a + b);
    Ok(Method::tally(Reduce::<Float64Type>::new(DataType::Float64, types.answer(), add)))
}
