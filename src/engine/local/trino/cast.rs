//! `CAST` and `TRY_CAST`, and the conversions that Trino makes by itself. Dialect 3.3.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, new_null_array};
use datafusion::arrow::compute::concat;
use datafusion::common::internal_err;
use datafusion::error::Result;

use super::super::{arrow, failure};
use super::call::{Argument, Call, Column, Put, Take};
use super::function::Form;
use super::json;
use crate::sql::ty::SqlType;

mod address;
mod decimal;
mod moment;
mod nested;
mod number;
mod rules;
mod text;

pub(super) use self::nested::repeats;
pub(crate) use self::rules::{allowed, may_fail};
pub(crate) use super::address::ip::write as write_address;

/// `CAST`.
///
/// # Errors
/// `INVALID_CAST_ARGUMENT` or `NUMERIC_VALUE_OUT_OF_RANGE` for a value that does not convert.
pub(crate) static CAST_FORM: Form =
    Form::new("(T) -> U", |call: &Call| convert(&call.array(0)?, from(call)?, call.gives)).fails();

/// `TRY_CAST`: NULL for a value that does not convert.
pub(crate) static TRY_CAST_FORM: Form = Form::new("(T) -> U", |call: &Call| {
    convert_or(OnFailure::Null, &call.array(0)?, from(call)?, call.gives)
});

fn from<'p>(call: &Call<'p>) -> Result<&'p SqlType> {
    match call.takes {
        [from] => Ok(from),
        takes => internal_err!("a cast of {} values", takes.len()),
    }
}

/// What becomes of a value that does not convert.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum OnFailure {
    Fail,
    Null,
}

impl OnFailure {
    /// One value for each row. NULL gives NULL.
    fn each<'a, A: Take<'a>, V: Put>(
        self,
        values: &'a ArrayRef,
        mut convert: impl FnMut(A) -> Result<Option<V>>,
    ) -> Result<ArrayRef> {
        let array = A::array(values)?;
        V::collect((0..values.len()).map(|row| match A::take(array, row) {
            Some(value) => self.or(convert(value)),
            None => Ok(None),
        }))
    }

    /// What was converted, or what stands for it.
    fn or<V>(self, converted: Result<Option<V>>) -> Result<Option<V>> {
        match converted {
            Err(error) if self == Self::Null && failure::of(&error).is_some() => Ok(None),
            converted => converted,
        }
    }
}

/// Values of the type `from` as the type `to`, which must be [`allowed`].
///
/// # Errors
/// As [`CAST_FORM`], for the first value that does not convert.
pub(super) fn convert(values: &ArrayRef, from: &SqlType, to: &SqlType) -> Result<ArrayRef> {
    convert_or(OnFailure::Fail, values, from, to)
}

/// The value of a text behind a type's name: `BIGINT '7'`, `JSON '{}'`.
///
/// # Errors
/// If the text is no such value.
pub(crate) fn literal(text: &ArrayRef, ty: &SqlType) -> Result<ArrayRef> {
    if *ty != SqlType::Json {
        return convert(text, &SqlType::VARCHAR, ty);
    }
    // A cast to JSON makes a JSON string of the text; the literal holds JSON.
    let parse = super::function("json_parse").and_then(|parse| parse.forms.first());
    let Some(parse) = parse else {
        return internal_err!("there is no json_parse");
    };
    let argument = Argument::Column(Column::new(Arc::clone(text), false));
    let takes = [SqlType::VARCHAR];
    let call = Call { rows: text.len(), arguments: vec![argument], takes: &takes, gives: ty };
    (parse.run)(&call)
}

fn convert_or(or: OnFailure, values: &ArrayRef, from: &SqlType, to: &SqlType) -> Result<ArrayRef> {
    use SqlType as T;
    if from.same(to) {
        return Ok(Arc::clone(values));
    }
    match (from, to) {
        (T::Unknown, to) => Ok(new_null_array(&arrow::data_type(to), values.len())),
        (T::Array(_) | T::Map(..) | T::Row(_), _) | (_, T::Json) | (T::Json, _)
            if or == OnFailure::Null =>
        {
            by_halves(values, from, to)
        }
        (from, T::Json) => json::to_json(values, from),
        (T::Json, T::Varchar(length)) => {
            text::fitting(&json::from_json(values, &T::VARCHAR)?, *length)
        }
        (T::Json, to) => json::from_json(values, to),
        (T::Array(from), T::Array(to)) => nested::array(values, from, to),
        (T::Map(from, from_value), T::Map(to, to_value)) => {
            nested::map(values, (from, from_value), (to, to_value))
        }
        (T::Row(from), T::Row(to)) => nested::row(values, from, to),
        (from, T::Varchar(length)) => text::convert(or, values, from, *length),
        (from, T::Boolean) => number::to_boolean(or, values, from),
        (from, T::Tinyint) => number::to_whole::<i8>(or, values, from),
        (from, T::Smallint) => number::to_whole::<i16>(or, values, from),
        (from, T::Integer) => number::to_whole::<i32>(or, values, from),
        (from, T::Bigint) => number::to_whole::<i64>(or, values, from),
        (from, T::Real) => number::to_real(or, values, from),
        (from, T::Double) => number::to_double(or, values, from),
        (from, T::Decimal(precision, scale)) => {
            decimal::convert(or, values, from, *precision, *scale)
        }
        (from, T::Varbinary | T::IpAddress) => address::convert(or, values, from, to),
        (from, T::Date) => moment::to_date(or, values, from),
        (from, T::Time(precision)) => moment::to_time(or, values, from, *precision),
        (from, T::Timestamp(precision)) => moment::to_timestamp(or, values, from, *precision),
        (from, T::TimestampTz(precision)) => moment::to_timestamp_tz(or, values, from, *precision),
        (from, to) => no_cast(from, to),
    }
}

/// The planner lets no such cast through.
fn no_cast(from: &SqlType, to: &SqlType) -> Result<ArrayRef> {
    internal_err!("a cast of {from} to {to}")
}

/// NULL for rows that do not convert, of conversions that fail for all rows at once: halves of
/// what fails, down to single rows.
fn by_halves(values: &ArrayRef, from: &SqlType, to: &SqlType) -> Result<ArrayRef> {
    let mut parts = Vec::new();
    let mut waiting = vec![Arc::clone(values)];
    while let Some(part) = waiting.pop() {
        match convert(&part, from, to) {
            Ok(converted) => parts.push(converted),
            Err(error) if failure::of(&error).is_none() => return Err(error),
            Err(_) if part.len() <= 1 => {
                parts.push(new_null_array(&arrow::data_type(to), part.len()));
            }
            Err(_) => {
                let half = part.len() / 2;
                waiting.push(part.slice(half, part.len() - half));
                waiting.push(part.slice(0, half));
            }
        }
    }
    match parts.as_slice() {
        [only] => Ok(Arc::clone(only)),
        parts => Ok(concat(&parts.iter().map(|part| &**part).collect::<Vec<_>>())?),
    }
}
