//! `if(boolean, T[, T]) -> T`: the second argument where the first is true, else the third.
//!
//! A NULL condition counts as false; without a third argument the answer is NULL then. Only the
//! side that is taken runs, which is why this becomes a CASE before it gets to rows. Dialect 4.4.

use datafusion::arrow::datatypes::DataType;
use datafusion::common::{internal_err, plan_err};
use datafusion::error::Result;
use datafusion::logical_expr::{Expr, when};

use super::scalar::{Kind, Scalar, Takes, any};

pub(super) const IF: Scalar = Scalar {
    name: "if",
    takes: Takes::OneOf(&[&[Kind::Boolean, Kind::Any], &[Kind::Boolean, Kind::Any, Kind::Any]]),
    gives: second,
    check: any,
    run: |_| internal_err!("IF runs as CASE"),
    instead: Some(case),
};

fn second(arguments: &[DataType]) -> DataType {
    arguments.get(1).cloned().unwrap_or(DataType::Null)
}

fn case(arguments: Vec<Expr>) -> Result<Expr> {
    let mut arguments = arguments.into_iter();
    match (arguments.next(), arguments.next(), arguments.next()) {
        (Some(condition), Some(then), Some(otherwise)) => {
            when(condition, then).otherwise(otherwise)
        }
        (Some(condition), Some(then), None) => when(condition, then).end(),
        _ => plan_err!("FUNCTION_NOT_FOUND: Unexpected parameters for function if"),
    }
}
