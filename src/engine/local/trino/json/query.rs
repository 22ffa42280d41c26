//! `json_exists(x, path) -> boolean`, `json_value(x, path) -> varchar`,
//! `json_query(x, path) -> varchar`: SQL's own JSON functions, without their clauses.
//!
//! * `json_exists`: whether the path leads to anything. False for text that is no JSON, and where
//!   a strict path fails.
//! * `json_value`: the one scalar that the path leads to; NULL where there is none or more than
//!   one, for JSON null, objects and arrays, and on every failure. Numbers are as `CAST` to varchar
//!   writes them.
//! * `json_query`: the one value that the path leads to, as JSON text; else NULL.
//!
//! Text counts up to the end of its first value; of repeated keys the last counts. NULL if the text
//! is. The planner has checked the path, which is constant. Dialect 4.2.

use datafusion::arrow::array::ArrayRef;
use datafusion::error::Result;

use super::super::super::failure;
use super::super::super::json::{Cursor, Keys, is_fraction, settle};
use super::super::call::{Call, Last, Put};
use super::super::float;
use super::super::function::{Form, Function};
use super::sql_path::SqlPath;

pub(super) const JSON_EXISTS: Function = Function {
    name: "json_exists",
    forms: &[Form::new("(varchar, varchar) -> boolean", |call| {
        answers(call, |found| Some(found.is_some_and(|found| !found.is_empty())))
    })],
};

pub(super) const JSON_VALUE: Function = Function {
    name: "json_value",
    forms: &[Form::new("(varchar, varchar) -> varchar", |call| {
        answers(call, |found| only(found).and_then(scalar))
    })],
};

pub(super) const JSON_QUERY: Function = Function {
    name: "json_query",
    forms: &[Form::new("(varchar, varchar) -> varchar", |call| {
        answers(call, |found| only(found).map(str::to_owned))
    })],
};

/// An answer for each row from what the path leads to.
fn answers<V: Put>(call: &Call, answer: fn(Option<Vec<&str>>) -> Option<V>) -> Result<ArrayRef> {
    let mut path = Last::new();
    call.each2(|text: &str, written: &str| {
        let path = path.of(written, |written| {
            SqlPath::parse(written).map_err(|_| failure::argument("Invalid JSON path"))
        })?;
        let document = settle(&mut Cursor::new(text), Keys::AsWritten);
        Ok(answer(document.as_deref().and_then(|document| path.find(document))))
    })
}

fn only(found: Option<Vec<&str>>) -> Option<&str> {
    match found?.as_slice() {
        [value] => Some(value),
        _ => None,
    }
}

fn scalar(value: &str) -> Option<String> {
    let mut cursor = Cursor::new(value);
    match cursor.peek()? {
        b'{' | b'[' => None,
        b'"' => cursor.string().map(|string| string.text().into_owned()),
        b't' | b'f' => Some(value.to_owned()),
        b'n' => None,
        _ if is_fraction(value) => {
            let mut text = String::new();
            float::write_double(value.parse().ok()?, &mut text);
            Some(text)
        }
        // Larger numbers are no numbers of SQL's.
        _ => value.parse::<i64>().ok().map(|_| value.to_owned()),
    }
}
