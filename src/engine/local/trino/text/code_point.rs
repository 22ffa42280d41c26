//! `chr(bigint) -> varchar(1)`: the text of one code point. What is none is an error.
//!
//! `codepoint(varchar(1)) -> integer`: the other way. The empty text is an error; text that may be
//! longer is refused. Dialect 4.6.

use datafusion::arrow::array::ArrayRef;
use datafusion::error::Result;

use super::super::super::failure;
use super::super::call::Call;
use super::super::function::{Form, Function, whole};

pub(super) const CHR: Function = Function {
    name: "chr",
    forms: &[Form::new("(bigint) -> varchar(1)", chr).checked(0, |constants| {
        whole(constants, 0).map_or(Ok(()), |number| char_of(number).map(|_| ()))
    })],
};

pub(super) const CODEPOINT: Function = Function {
    name: "codepoint",
    forms: &[Form::new("(varchar(1)) -> integer", codepoint).fails()],
};

fn chr(call: &Call) -> Result<ArrayRef> {
    call.each1(|number: i64| char_of(number).map(|char| Some(char.to_string())))
}

fn char_of(number: i64) -> Result<char> {
    u32::try_from(number)
        .ok()
        .and_then(char::from_u32)
        .ok_or_else(|| failure::argument(format!("Not a valid Unicode code point: {number}")))
}

fn codepoint(call: &Call) -> Result<ArrayRef> {
    call.each1(|text: &str| {
        let mut chars = text.chars();
        match (chars.next(), chars.next()) {
            (Some(char), None) => Ok(i32::try_from(u32::from(char)).ok()),
            _ => Err(failure::argument("Input string must be a single character string")),
        }
    })
}
