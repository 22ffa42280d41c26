//! Signs of numbers. Dialect 4.4.

use datafusion::arrow::array::ArrayRef;
use datafusion::common::internal_err;
use datafusion::error::Result;

use super::super::super::failure;
use super::super::call::Call;
use super::super::decimal;
use super::super::function::{Form, Function};
use super::super::whole::Whole;
use crate::sql::ty::SqlType;

/// `abs(x)`, of the type of x. `NUMERIC_VALUE_OUT_OF_RANGE` for the least whole number.
pub(super) const ABS: Function = Function {
    name: "abs",
    forms: &[
        Form::new("(tinyint) -> tinyint", abs::<i8>).fails(),
        Form::new("(smallint) -> smallint", abs::<i16>).fails(),
        Form::new("(integer) -> integer", abs::<i32>).fails(),
        Form::new("(bigint) -> bigint", abs::<i64>).fails(),
        Form::new("(decimal) -> decimal", |call| {
            let SqlType::Decimal(precision, scale) = *call.gives else {
                return internal_err!("{} is no decimal", call.gives);
            };
            let values = call.each1(|value: i128| Ok(value.checked_abs()))?;
            decimal::typed(&values, precision, scale)
        }),
        Form::new("(real) -> real", |call| call.each1(|value: f32| Ok(Some(value.abs())))),
        Form::new("(double) -> double", |call| call.each1(|value: f64| Ok(Some(value.abs())))),
    ],
};

fn abs<T: Whole>(call: &Call) -> Result<ArrayRef> {
    call.each1(|value: T| {
        let number: i64 = value.into();
        let positive = if number < 0 { value.negate() } else { Some(value) };
        positive.map(Some).ok_or_else(|| {
            failure::range(format!("Value {value} is out of range for abs({})", T::NAME))
        })
    })
}

/// `sign(x)`: -1, 0 or 1, of the type of x; for a decimal, one digit.
pub(super) const SIGN: Function = Function {
    name: "sign",
    forms: &[
        Form::new("(tinyint) -> tinyint", sign::<i8>),
        Form::new("(smallint) -> smallint", sign::<i16>),
        Form::new("(integer) -> integer", sign::<i32>),
        Form::new("(bigint) -> bigint", sign::<i64>),
        Form::new("(decimal) -> decimal", |call| {
            decimal::typed(&call.each1(|value: i128| Ok(Some(value.signum())))?, 1, 0)
        })
        .giving(|_| SqlType::Decimal(1, 0)),
        Form::new("(real) -> real", |call| {
            call.each1(|value: f32| Ok(Some(if value == 0.0 { value } else { value.signum() })))
        }),
        Form::new("(double) -> double", |call| {
            call.each1(|value: f64| Ok(Some(if value == 0.0 { value } else { value.signum() })))
        }),
    ],
};

fn sign<T: Whole>(call: &Call) -> Result<ArrayRef> {
    call.each1(|value: T| {
        let number: i64 = value.into();
        Ok(T::try_from(number.signum()).ok())
    })
}
