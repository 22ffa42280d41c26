//! `count(*)`, `count()`: rows. `count(x)`: values that are not NULL. `count_if(b)`: rows for which
//! b is true. bigint; no rows give 0. Dialect 4.1.

use datafusion::common::ScalarValue;
use datafusion::error::Result;
use datafusion::functions_aggregate::count::count_udaf;
use datafusion::logical_expr::expr::Case;
use datafusion::logical_expr::utils::COUNT_STAR_EXPANSION;
use datafusion::logical_expr::{Expr, lit};

use super::{Aggregate, AggregateForm, Borrowed, Method};
use crate::sql::ty::SqlType;

pub(super) const COUNT: Aggregate = Aggregate {
    name: "count",
    forms: &[
        AggregateForm::new("() -> bigint", |_| {
            counted(|_| vec![Expr::Literal(COUNT_STAR_EXPANSION, None)])
        }),
        AggregateForm::new("(T) -> bigint", |types| match types.takes {
            // Arrow's arrays of nothing but NULL do not say so.
            [SqlType::Unknown] => counted(|_| vec![lit(ScalarValue::Boolean(None))]),
            _ => counted(|arguments| arguments),
        }),
    ],
};

pub(super) const COUNT_IF: Aggregate = Aggregate {
    name: "count_if",
    forms: &[AggregateForm::new("(boolean) -> bigint", |_| {
        counted(|arguments| arguments.into_iter().map(only_true).collect())
    })],
};

fn counted(arguments: fn(Vec<Expr>) -> Vec<Expr>) -> Result<Method> {
    Ok(Method::Borrowed(Borrowed { function: count_udaf(), arguments, counts_repeats: true }))
}

fn only_true(condition: Expr) -> Expr {
    let branch = (Box::new(condition), Box::new(lit(true)));
    Expr::Case(Case::new(None, vec![branch], None))
}
