//! `json_parse(varchar) -> json`, `json_format(json) -> varchar`, `is_json_scalar(x) -> boolean`.
//!
//! * `json_parse`: the whole text must be one JSON value; keys are sorted at every level, and of a
//!   repeated key the last value counts. The error is `Cannot convert value to JSON: '...'`.
//! * `json_format`: the text of the value.
//! * `is_json_scalar`, of text and JSON: whether it is a number, a string, a boolean or null. The
//!   error for what is no JSON is `Invalid JSON value: ...`.
//!
//! NULL if the argument is. Dialect 4.2.

use datafusion::arrow::array::ArrayRef;
use datafusion::error::Result;

use super::super::super::failure;
use super::super::super::json::{Cursor, Keys, settle};
use super::super::call::Call;
use super::super::function::{Form, Function};

pub(super) const JSON_PARSE: Function = Function {
    name: "json_parse",
    forms: &[Form::new("(varchar) -> json", |call| {
        call.each1(|text: &str| parse_text(text).map(Some))
    })
    .fails()],
};

pub(super) const JSON_FORMAT: Function = Function {
    name: "json_format",
    forms: &[Form::new("(json) -> varchar", |call| call.array(0))],
};

pub(super) const IS_JSON_SCALAR: Function = Function {
    name: "is_json_scalar",
    forms: &[
        Form::new("(varchar) -> boolean", are_scalars).fails(),
        Form::new("(json) -> boolean", are_scalars).fails(),
    ],
};

/// Text as a value of the type `json`.
///
/// # Errors
/// If it is not one JSON value and nothing more.
fn parse_text(text: &str) -> Result<String> {
    let mut cursor = Cursor::new(text);
    settle(&mut cursor, Keys::Sorted)
        .filter(|_| cursor.is_at_end())
        .ok_or_else(|| failure::argument(format!("Cannot convert value to JSON: '{text}'")))
}

fn are_scalars(call: &Call) -> Result<ArrayRef> {
    call.each1(|text: &str| match is_scalar(text) {
        Some(answer) => Ok(Some(answer)),
        None => Err(failure::argument(format!("Invalid JSON value: {text}"))),
    })
}

fn is_scalar(text: &str) -> Option<bool> {
    let mut cursor = Cursor::new(text);
    let scalar = !matches!(cursor.peek()?, b'{' | b'[');
    cursor.skip()?;
    cursor.is_at_end().then_some(scalar)
}
