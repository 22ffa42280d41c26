//! Rounding. Dialect 4.4. Halves are rounded away from zero.

use datafusion::arrow::array::ArrayRef;
use datafusion::arrow::datatypes::i256;
use datafusion::common::internal_err;
use datafusion::error::{DataFusionError, Result};

use super::super::super::failure;
use super::super::call::Call;
use super::super::decimal::{self, MOST_DIGITS, narrowed, power_of_ten};
use super::super::function::{Form, Function};
use super::super::whole::Whole;
use crate::sql::ty::SqlType;

/// `round(x)`, `round(x, d)`: to d digits behind the point, or before it if d is negative. Of the
/// type of x; a decimal loses its fraction without d, and has room for one more digit with it.
/// `NUMERIC_VALUE_OUT_OF_RANGE` where the type is too narrow.
pub(super) const ROUND: Function = Function {
    name: "round",
    forms: &[
        Form::new("(tinyint) -> tinyint", same),
        Form::new("(smallint) -> smallint", same),
        Form::new("(integer) -> integer", same),
        Form::new("(bigint) -> bigint", same),
        Form::new("(decimal) -> decimal", |call| to_whole(call, decimal::divide))
            .giving(|takes| without_fraction(takes, 1)),
        Form::new("(real) -> real", |call| call.each1(|value: f32| Ok(Some(value.round())))),
        Form::new("(double) -> double", |call| call.each1(|value: f64| Ok(Some(value.round())))),
        Form::new("(tinyint, integer) -> tinyint", round_whole::<i8>).fails(),
        Form::new("(smallint, integer) -> smallint", round_whole::<i16>).fails(),
        Form::new("(integer, integer) -> integer", round_whole::<i32>).fails(),
        Form::new("(bigint, integer) -> bigint", round_whole::<i64>).fails(),
        Form::new("(decimal, integer) -> decimal", |call| at_place(call, decimal::divide))
            .fails()
            .giving(one_digit_more),
        Form::new("(real, integer) -> real", |call| {
            call.each2(|value: f32, places| Ok(Some(round_double(f64::from(value), places) as f32)))
        }),
        Form::new("(double, integer) -> double", |call| {
            call.each2(|value, places| Ok(Some(round_double(value, places))))
        }),
    ],
};

/// `truncate(x)`, `truncate(x, d)`: cuts the fraction, of decimals what follows the d-th digit.
pub(super) const TRUNCATE: Function = Function {
    name: "truncate",
    forms: &[
        Form::new("(decimal) -> decimal", |call| to_whole(call, i256::checked_div))
            .giving(|takes| without_fraction(takes, 0)),
        Form::new("(decimal, integer) -> decimal", |call| at_place(call, i256::checked_div)),
        Form::new("(real) -> real", |call| call.each1(|value: f32| Ok(Some(value.trunc())))),
        Form::new("(double) -> double", |call| call.each1(|value: f64| Ok(Some(value.trunc())))),
    ],
};

/// `floor(x)`: the next smaller whole number, of the type of x.
pub(super) const FLOOR: Function = Function {
    name: "floor",
    forms: &[
        Form::new("(tinyint) -> tinyint", same),
        Form::new("(smallint) -> smallint", same),
        Form::new("(integer) -> integer", same),
        Form::new("(bigint) -> bigint", same),
        Form::new("(decimal) -> decimal", |call| to_whole(call, floor))
            .giving(|takes| without_fraction(takes, 1)),
        Form::new("(real) -> real", |call| call.each1(|value: f32| Ok(Some(value.floor())))),
        Form::new("(double) -> double", |call| call.each1(|value: f64| Ok(Some(value.floor())))),
    ],
};

const CEILS: &[Form] = &[
    Form::new("(tinyint) -> tinyint", same),
    Form::new("(smallint) -> smallint", same),
    Form::new("(integer) -> integer", same),
    Form::new("(bigint) -> bigint", same),
    Form::new("(decimal) -> decimal", |call| to_whole(call, ceil))
        .giving(|takes| without_fraction(takes, 1)),
    Form::new("(real) -> real", |call| call.each1(|value: f32| Ok(Some(value.ceil())))),
    Form::new("(double) -> double", |call| call.each1(|value: f64| Ok(Some(value.ceil())))),
];

/// `ceil(x)`: the next greater whole number, of the type of x.
pub(super) const CEIL: Function = Function { name: "ceil", forms: CEILS };

/// `ceiling(x)`
pub(super) const CEILING: Function = Function { name: "ceiling", forms: CEILS };

fn same(call: &Call) -> Result<ArrayRef> {
    call.array(0)
}

fn floor(value: i256, by: i256) -> Option<i256> {
    let below = value.is_negative() && value.checked_rem(by)? != i256::ZERO;
    let quotient = value.checked_div(by)?;
    if below { quotient.checked_add(i256::MINUS_ONE) } else { Some(quotient) }
}

fn ceil(value: i256, by: i256) -> Option<i256> {
    let above = !value.is_negative() && value.checked_rem(by)? != i256::ZERO;
    let quotient = value.checked_div(by)?;
    if above { quotient.checked_add(i256::ONE) } else { Some(quotient) }
}

/// The decimal type without digits behind the point, and so many more before it if there were any.
fn without_fraction(takes: &[SqlType], more: u8) -> SqlType {
    match takes.first() {
        Some(SqlType::Decimal(precision, scale)) => {
            let whole = precision.saturating_sub(scale.unsigned_abs());
            let more = if *scale > 0 { more } else { 0 };
            SqlType::Decimal((whole + more).clamp(1, MOST_DIGITS), 0)
        }
        _ => SqlType::Unknown,
    }
}

fn one_digit_more(takes: &[SqlType]) -> SqlType {
    match takes.first() {
        Some(SqlType::Decimal(precision, scale)) => {
            SqlType::Decimal((precision + 1).min(MOST_DIGITS), *scale)
        }
        _ => SqlType::Unknown,
    }
}

fn sizes(call: &Call) -> Result<(i8, u8, i8)> {
    match (call.takes.first(), call.gives) {
        (Some(SqlType::Decimal(_, from)), SqlType::Decimal(precision, scale)) => {
            Ok((*from, *precision, *scale))
        }
        _ => internal_err!("{:?} are no decimals", call.takes),
    }
}

/// Decimals without fractions; `divide` says which way they are rounded.
fn to_whole(call: &Call, divide: fn(i256, i256) -> Option<i256>) -> Result<ArrayRef> {
    let (from, precision, scale) = sizes(call)?;
    let unit = i256::from_i128(power_of_ten(from.unsigned_abs().into()));
    let values = call.each1(|value: i128| {
        Ok(divide(i256::from_i128(value), unit).and_then(|value| value.to_i128()))
    })?;
    decimal::typed(&values, precision, scale)
}

/// Decimals cut or rounded at a digit, with zeros after it.
fn at_place(call: &Call, divide: fn(i256, i256) -> Option<i256>) -> Result<ArrayRef> {
    let (from, precision, scale) = sizes(call)?;
    let values = call.each2(|value: i128, places: i32| {
        let dropped = i64::from(from) - i64::from(places);
        if dropped <= 0 {
            return Ok(Some(value));
        }
        if dropped > i64::from(MOST_DIGITS) {
            return Ok(Some(0));
        }
        let unit = i256::from_i128(power_of_ten(u32::try_from(dropped).unwrap_or(0)));
        let rounded =
            divide(i256::from_i128(value), unit).and_then(|value| value.checked_mul(unit));
        match rounded.and_then(|value| narrowed(value, precision)) {
            Some(value) => Ok(Some(value)),
            None => Err(decimal::overflow()),
        }
    })?;
    decimal::typed(&values, precision, scale)
}

fn round_whole<T: Whole>(call: &Call) -> Result<ArrayRef> {
    call.each2(|value: T, places: i32| {
        let number = i128::from(Into::<i64>::into(value));
        if places >= 0 {
            return Ok(Some(value));
        }
        if places < -i32::from(MOST_DIGITS) {
            return Ok(T::try_from(0_i64).ok());
        }
        let unit = power_of_ten(places.unsigned_abs());
        let up = (number.abs() + unit / 2) / unit * unit;
        let rounded = if number < 0 { -up } else { up };
        T::try_from(rounded).map(Some).map_err(|_| out_of_range::<T>(number, rounded))
    })
}

fn out_of_range<T: Whole>(value: i128, rounded: i128) -> DataFusionError {
    if T::BITS == i64::BITS {
        failure::range(format!("numerical overflow: {value}"))
    } else {
        failure::range(format!("Out of range for {}: {rounded}", T::NAME))
    }
}

fn round_double(value: f64, places: i32) -> f64 {
    if !value.is_finite() {
        return value;
    }
    let factor = 10_f64.powf(f64::from(places));
    let scaled = value * factor;
    if scaled.is_infinite() { value } else { scaled.round() / factor }
}
