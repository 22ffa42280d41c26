//! Comparisons that are not left to DataFusion, because Arrow's go by a total order.
//!
//! * Of floating point numbers: there NaN is equal to itself and -0.0 is less than 0.0.
//! * Of arrays, maps and rows: there a NULL inside is a value like others. In Trino it leaves open
//!   whether two are equal, and may not decide which comes first.
//!
//! NULL argument, NULL, but for `$distinct`. Dialect 2.4.

use std::cmp::Ordering;

use datafusion::arrow::array::{Array, ArrayRef};
use datafusion::error::Result;

use super::super::call::{Call, Put};
use super::super::elements::{compare, equal, is_null, same};
use super::super::function::{Form, Function};
use crate::sql::ty::SqlType;

/// A question about two values; `$parts` answers it for those that have parts.
macro_rules! compared {
    ($name:literal, $operator:tt, $parts:expr) => {
        Function {
            name: $name,
            forms: &[
                Form::new("(real, real) -> boolean", |call| {
                    call.each2(|a: f32, b: f32| Ok(Some(a $operator b)))
                }),
                Form::new("(double, double) -> boolean", |call| {
                    call.each2(|a: f64, b: f64| Ok(Some(a $operator b)))
                }),
                Form::new("(T, T) -> boolean", $parts),
            ],
        }
    };
}

/// `a = b`
pub(super) const EQUAL: Function = compared!("$=", ==, is_equal);

/// `a < b`
pub(super) const LESS: Function = compared!("$<", <, is_less);

/// `a <= b`
pub(super) const AT_MOST: Function = compared!("$<=", <=, is_at_most);

/// `a IN (b, ...)`
pub(super) const IN: Function =
    Function { name: "$in", forms: &[Form::new("(T, T...) -> boolean", is_in)] };

/// `a IS DISTINCT FROM b`
pub(super) const DISTINCT: Function =
    Function { name: "$distinct", forms: &[Form::new("(T, T) -> boolean", is_distinct)] };

/// The number with one zero and one NaN, for what compares by Arrow's order all the same.
pub(super) const NORMAL: Function = Function {
    name: "$normal",
    forms: &[
        Form::new("(real) -> real", |call| {
            call.each1(|value: f32| Ok(Some(if value.is_nan() { f32::NAN } else { value + 0.0 })))
        }),
        Form::new("(double) -> double", |call| {
            call.each1(|value: f64| Ok(Some(if value.is_nan() { f64::NAN } else { value + 0.0 })))
        }),
    ],
};

type Value<'a> = (&'a dyn Array, usize);

fn is_equal(call: &Call) -> Result<ArrayRef> {
    each(call, |a, b, ty| Ok(equal(a, b, ty)))
}

/// Whether the first argument equals one of the others.
fn is_in(call: &Call) -> Result<ArrayRef> {
    let columns = (0..call.takes.len()).map(|at| call.column(at)).collect::<Result<Vec<_>>>()?;
    let ty = &call.takes[0];
    bool::collect((0..call.rows).map(|row| {
        let mut values =
            columns.iter().map(|column| (column.array() as &dyn Array, column.position(row)));
        let Some(wanted) = values.next() else {
            return Ok(None);
        };
        let mut unsure = false;
        let found = values.any(|value| {
            let equal = equal(wanted, value, ty);
            unsure |= equal.is_none();
            equal == Some(true)
        });
        Ok((found || !unsure).then_some(found))
    }))
}

fn is_less(call: &Call) -> Result<ArrayRef> {
    ordered(call, Ordering::is_lt)
}

fn is_at_most(call: &Call) -> Result<ArrayRef> {
    ordered(call, Ordering::is_le)
}

fn is_distinct(call: &Call) -> Result<ArrayRef> {
    each(call, |a, b, ty| Ok(Some(!same(a, b, ty))))
}

fn ordered(call: &Call, holds: impl Fn(Ordering) -> bool) -> Result<ArrayRef> {
    each(call, |a, b, ty| {
        if is_null(a) || is_null(b) {
            return Ok(None);
        }
        compare(a, b, ty).map(|order| Some(holds(order)))
    })
}

fn each(
    call: &Call,
    compare: impl Fn(Value<'_>, Value<'_>, &SqlType) -> Result<Option<bool>>,
) -> Result<ArrayRef> {
    let (a, b) = (call.column(0)?, call.column(1)?);
    bool::collect((0..call.rows).map(|row| {
        compare((a.array(), a.position(row)), (b.array(), b.position(row)), &call.takes[0])
    }))
}
