//! `max(x)`, `min(x)`: the largest and smallest value of an orderable type; text by code point. NaN
//! is neither unless there is nothing else. `max(x, n)`, `min(x, n)`: an array of the n largest or
//! smallest, n from 1 to 10000. NULLs are skipped; no values give NULL. Dialect 4.1.

use datafusion::arrow::datatypes::{ArrowPrimitiveType, Float32Type, Float64Type};
use datafusion::error::Result;
use datafusion::functions_aggregate::min_max::{max_udaf, min_udaf};

use super::arbitrary;
use super::by::best;
use super::reduce::Reduce;
use super::top::{Limit, top};
use super::{Aggregate, AggregateForm, Method, Types};
use crate::sql::ty::SqlType;

pub(super) const MAX: Aggregate = Aggregate {
    name: "max",
    forms: &[
        AggregateForm::new("(T) -> T", |types| one(types, true)).ordering(0),
        AggregateForm::new("(T, bigint) -> array(T)", |types| {
            top(types, true, Limit { argument: "second argument of max_n", least: "positive" })
        })
        .ordering(0),
    ],
};

pub(super) const MIN: Aggregate = Aggregate {
    name: "min",
    forms: &[
        AggregateForm::new("(T) -> T", |types| one(types, false)).ordering(0),
        AggregateForm::new("(T, bigint) -> array(T)", |types| {
            top(types, false, Limit { argument: "second argument of min_n", least: "positive" })
        })
        .ordering(0),
    ],
};

fn one(types: &Types<'_>, largest: bool) -> Result<Method> {
    Ok(match types.gives {
        SqlType::Unknown => return arbitrary::first(types),
        SqlType::Array(_) | SqlType::Row(_) => return best(types, largest),
        SqlType::Real => number::<Float32Type>(types, largest),
        SqlType::Double => number::<Float64Type>(types, largest),
        // Packed moments are in the order of time; of equal ones any may be the answer.
        _ => Method::borrowed(if largest { max_udaf() } else { min_udaf() }),
    })
}

/// Of numbers that may be NaN, the only value that is not equal to itself.
#[expect(clippy::eq_op, reason = "only NaN is not equal to itself")]
fn number<P: ArrowPrimitiveType>(types: &Types<'_>, largest: bool) -> Method
where
    P::Native: PartialOrd,
{
    let combine: fn(P::Native, P::Native) -> Result<P::Native> = match largest {
        true => |a, b| Ok(if b > a || a != a { b } else { a }),
        false => |a, b| Ok(if b < a || a != a { b } else { a }),
    };
    Method::tally(Reduce::<P>::new(types.answer(), types.answer(), combine))
}
