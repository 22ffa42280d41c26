//! Comparisons of arrays, maps and rows, where a NULL inside counts. NULL argument, NULL, but for
//! `$distinct`. Dialect 2.4.

use std::cmp::Ordering;

use datafusion::arrow::array::{Array, ArrayRef};
use datafusion::error::Result;

use super::call::{Call, Put};
use super::elements::{compare, equal, is_null, same};
use super::function::{Form, Function};
use crate::sql::ty::SqlType;

pub(super) const COMPARISON: &[Function] = &[
    Function { name: "$equal", forms: &[Form::new("(T, T) -> boolean", is_equal)] },
    Function { name: "$less", forms: &[Form::new("(T, T) -> boolean", is_less)] },
    Function { name: "$less_or_equal", forms: &[Form::new("(T, T) -> boolean", is_less_or_equal)] },
    Function { name: "$in", forms: &[Form::new("(T, T...) -> boolean", is_in)] },
    Function { name: "$distinct", forms: &[Form::new("(T, T) -> boolean", is_distinct)] },
];

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

fn is_less_or_equal(call: &Call) -> Result<ArrayRef> {
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
