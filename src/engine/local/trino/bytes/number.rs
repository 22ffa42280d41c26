//! `to_big_endian_32`, `from_big_endian_32` of `integer`, `..._64` of `bigint`, `to_ieee754_32`,
//! `from_ieee754_32` of `real`, `..._64` of `double`: numbers as bytes, the highest first. Any other
//! number of bytes is an error.

use datafusion::error::DataFusionError;

use super::super::super::failure;
use super::super::call::Call;
use super::super::function::{Form, Function};

pub(super) const TO_BIG_ENDIAN_32: Function = Function {
    name: "to_big_endian_32",
    forms: &[Form::new("(integer) -> varbinary", |call: &Call| {
        call.each1(|number: i32| Ok(Some(number.to_be_bytes().to_vec())))
    })],
};

pub(super) const TO_BIG_ENDIAN_64: Function = Function {
    name: "to_big_endian_64",
    forms: &[Form::new("(bigint) -> varbinary", |call: &Call| {
        call.each1(|number: i64| Ok(Some(number.to_be_bytes().to_vec())))
    })],
};

pub(super) const TO_IEEE754_32: Function = Function {
    name: "to_ieee754_32",
    forms: &[Form::new("(real) -> varbinary", |call: &Call| {
        call.each1(|number: f32| Ok(Some(number.to_be_bytes().to_vec())))
    })],
};

pub(super) const TO_IEEE754_64: Function = Function {
    name: "to_ieee754_64",
    forms: &[Form::new("(double) -> varbinary", |call: &Call| {
        call.each1(|number: f64| Ok(Some(number.to_be_bytes().to_vec())))
    })],
};

pub(super) const FROM_BIG_ENDIAN_32: Function = Function {
    name: "from_big_endian_32",
    forms: &[Form::new("(varbinary) -> integer", |call: &Call| {
        call.each1(|bytes: &[u8]| match bytes.try_into() {
            Ok(bytes) => Ok(Some(i32::from_be_bytes(bytes))),
            Err(_) => Err(not_so_long(4, bytes.len())),
        })
    })
    .fails()],
};

pub(super) const FROM_BIG_ENDIAN_64: Function = Function {
    name: "from_big_endian_64",
    forms: &[Form::new("(varbinary) -> bigint", |call: &Call| {
        call.each1(|bytes: &[u8]| match bytes.try_into() {
            Ok(bytes) => Ok(Some(i64::from_be_bytes(bytes))),
            Err(_) => Err(not_so_long(8, bytes.len())),
        })
    })
    .fails()],
};

pub(super) const FROM_IEEE754_32: Function = Function {
    name: "from_ieee754_32",
    forms: &[Form::new("(varbinary) -> real", |call: &Call| {
        call.each1(|bytes: &[u8]| match bytes.try_into() {
            Ok(bytes) => Ok(Some(f32::from_be_bytes(bytes))),
            Err(_) => Err(no_float(4)),
        })
    })
    .fails()],
};

pub(super) const FROM_IEEE754_64: Function = Function {
    name: "from_ieee754_64",
    forms: &[Form::new("(varbinary) -> double", |call: &Call| {
        call.each1(|bytes: &[u8]| match bytes.try_into() {
            Ok(bytes) => Ok(Some(f64::from_be_bytes(bytes))),
            Err(_) => Err(no_float(8)),
        })
    })
    .fails()],
};

fn not_so_long(wanted: usize, length: usize) -> DataFusionError {
    failure::argument(format!("expected {wanted}-byte input, but got instead: {length}"))
}

fn no_float(wanted: usize) -> DataFusionError {
    let message = format!("Input floating-point value must be exactly {wanted} bytes long");
    failure::argument(message)
}
