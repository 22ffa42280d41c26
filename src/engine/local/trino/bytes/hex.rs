//! `to_hex(varbinary) -> varchar` in capitals, `from_hex(varchar or varbinary) -> varbinary`.
//!
//! An odd number of digits, and what is no digit, are errors. Dialect 4.9.

use std::fmt::Write as _;

use datafusion::arrow::array::ArrayRef;
use datafusion::error::Result;

use super::super::super::failure;
use super::super::call::Call;
use super::super::function::{Form, Function};

pub(super) const TO_HEX: Function = Function {
    name: "to_hex",
    forms: &[Form::new("(varbinary) -> varchar", |call: &Call| {
        call.each1(|bytes: &[u8]| Ok(Some(encoded(bytes))))
    })],
};

pub(super) const FROM_HEX: Function = Function {
    name: "from_hex",
    forms: &[
        Form::new("(varchar) -> varbinary", |call: &Call| {
            call.each1(|text: &str| decoded(text.as_bytes()).map(Some))
        })
        .fails(),
        Form::new("(varbinary) -> varbinary", from_bytes).fails(),
    ],
};

fn from_bytes(call: &Call) -> Result<ArrayRef> {
    call.each1(|bytes: &[u8]| decoded(bytes).map(Some))
}

fn encoded(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut out, byte| {
        let _ = write!(out, "{byte:02X}");
        out
    })
}

fn decoded(text: &[u8]) -> Result<Vec<u8>> {
    if text.len() % 2 == 1 {
        return Err(failure::argument(format!("invalid input length {}", text.len())));
    }
    text.chunks(2)
        .map(|pair| pair.iter().try_fold(0, |byte, digit| Ok(byte << 4 | value(*digit)?)))
        .collect()
}

fn value(digit: u8) -> Result<u8> {
    match char::from(digit).to_digit(16) {
        Some(value) => Ok(value as u8),
        None => Err(failure::argument(not_a_digit(digit))),
    }
}

/// Java's words; it takes a byte for a signed number, and that for a UTF-16 unit.
pub(in super::super) fn not_a_digit(byte: u8) -> String {
    let number = byte.cast_signed();
    let char = char::from_u32(u32::from(i16::from(number).cast_unsigned())).unwrap_or('\u{fffd}');
    format!("not a hexadecimal digit: \"{char}\" = {number}")
}
