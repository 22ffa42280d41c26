//! `json_extract_scalar(x, path) -> varchar`, `json_extract(x, path) -> json`,
//! `json_size(x, path) -> bigint`, of text and JSON: what is at a path.
//!
//! * `json_extract_scalar`: strings come unescaped, numbers exactly as written; NULL for JSON null,
//!   an object or an array.
//! * `json_extract`: compact, keys in their order; JSON null is JSON null.
//! * `json_size`: members of an object, elements of an array, 0 for a scalar.
//!
//! NULL if any argument is, where there is nothing, and for text that is no JSON before the match.
//! A bad path is an error. Dialect 4.2.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, StringBuilder};
use datafusion::error::Result;

use super::super::super::json::{Cursor, unescape, write_value};
use super::super::call::{Call, Last};
use super::super::function::{Form, Function};
use super::path::{Path, check};

pub(super) const JSON_EXTRACT_SCALAR: Function = Function {
    name: "json_extract_scalar",
    forms: &[
        Form::new("(varchar, varchar) -> varchar", scalars).refusing(1, check),
        Form::new("(json, varchar) -> varchar", scalars).refusing(1, check),
    ],
};

pub(super) const JSON_EXTRACT: Function = Function {
    name: "json_extract",
    forms: &[
        Form::new("(varchar, varchar) -> json", values).refusing(1, check),
        Form::new("(json, varchar) -> json", values).refusing(1, check),
    ],
};

pub(super) const JSON_SIZE: Function = Function {
    name: "json_size",
    forms: &[
        Form::new("(varchar, varchar) -> bigint", sizes).refusing(1, check),
        Form::new("(json, varchar) -> bigint", sizes).refusing(1, check),
    ],
};

/// Bytes of a usual answer.
const USUAL: usize = 16;

fn scalars(call: &Call) -> Result<ArrayRef> {
    let (texts, paths) = (call.values::<&str>(0)?, call.values::<&str>(1)?);
    let mut path = Last::new();
    let mut unescaped = String::new();
    let mut answer = StringBuilder::with_capacity(call.rows, call.rows * USUAL);
    for row in 0..call.rows {
        let found = match (texts.get(row), paths.get(row)) {
            (Some(text), Some(written)) => path.of(written, Path::parse)?.find(text),
            _ => None,
        };
        let scalar = found.and_then(|cursor| scalar(cursor, &mut unescaped));
        answer.append_option(scalar);
    }
    Ok(Arc::new(answer.finish()))
}

fn scalar<'t>(mut cursor: Cursor<'t>, unescaped: &'t mut String) -> Option<&'t str> {
    match cursor.peek()? {
        b'{' | b'[' => None,
        b'"' => {
            let string = cursor.string()?;
            if !string.escaped {
                return Some(string.inner);
            }
            unescaped.clear();
            unescape(string.inner, unescaped);
            Some(unescaped)
        }
        _ => cursor.scalar().filter(|word| *word != "null"),
    }
}

fn values(call: &Call) -> Result<ArrayRef> {
    let mut path = Last::new();
    call.each2(|text: &str, written: &str| {
        let found = path.of(written, Path::parse)?.find(text);
        Ok(found.and_then(|mut cursor| {
            let mut value = String::new();
            write_value(&mut cursor, &mut value).map(|()| value)
        }))
    })
}

fn sizes(call: &Call) -> Result<ArrayRef> {
    let mut path = Last::new();
    call.each2(|text: &str, written: &str| {
        Ok(path.of(written, Path::parse)?.find(text).and_then(|mut cursor| size(&mut cursor)))
    })
}

/// Members of the object or elements of the array that comes next.
pub(super) fn size(cursor: &mut Cursor<'_>) -> Option<i64> {
    let bracket = cursor.peek()?;
    if !matches!(bracket, b'{' | b'[') {
        return cursor.skip().map(|()| 0);
    }
    let mut more = cursor.enter(bracket)?;
    let mut size = 0;
    while more {
        if bracket == b'{' {
            cursor.key()?;
        }
        cursor.skip()?;
        size += 1;
        more = cursor.more(bracket)?;
    }
    Some(size)
}
