//! `json_array_get(x, i) -> json`, `json_array_length(x) -> bigint`,
//! `json_array_contains(x, v) -> boolean`, of text and JSON.
//!
//! * `json_array_get`: the element at `i`, from 0, or counted from the end if `i` is negative. NULL
//!   where there is none, and for JSON null. A string comes without quotes, which makes it a
//!   broken JSON value; numbers come as written.
//! * `json_array_contains`: whether an element is `v`. Types count: 1 is not `1.0`, and `"5"` is
//!   not 5. Elements inside elements do not count.
//!
//! NULL if any argument is, for what is no array, and for text that is no JSON before the answer is
//! known. Dialect 4.2.

use std::borrow::Cow;

use datafusion::arrow::array::ArrayRef;
use datafusion::error::Result;

use super::super::super::json::{Cursor, is_fraction, write_value};
use super::super::call::{Call, Take};
use super::super::function::{Form, Function};
use super::extract::size;

pub(super) const JSON_ARRAY_GET: Function = Function {
    name: "json_array_get",
    forms: &[Form::new("(varchar, bigint) -> json", get), Form::new("(json, bigint) -> json", get)],
};

pub(super) const JSON_ARRAY_LENGTH: Function = Function {
    name: "json_array_length",
    forms: &[Form::new("(varchar) -> bigint", length), Form::new("(json) -> bigint", length)],
};

pub(super) const JSON_ARRAY_CONTAINS: Function = Function {
    name: "json_array_contains",
    forms: &[
        Form::new("(varchar, boolean) -> boolean", |call| contains::<bool>(call)),
        Form::new("(varchar, bigint) -> boolean", |call| contains::<i64>(call)),
        Form::new("(varchar, double) -> boolean", |call| contains::<f64>(call)),
        Form::new("(varchar, varchar) -> boolean", |call| contains::<&str>(call)),
        Form::new("(json, boolean) -> boolean", |call| contains::<bool>(call)),
        Form::new("(json, bigint) -> boolean", |call| contains::<i64>(call)),
        Form::new("(json, double) -> boolean", |call| contains::<f64>(call)),
        Form::new("(json, varchar) -> boolean", |call| contains::<&str>(call)),
    ],
};

fn get(call: &Call) -> Result<ArrayRef> {
    call.each2(|text: &str, index: i64| Ok(element(text, index)))
}

fn element(text: &str, index: i64) -> Option<Cow<'_, str>> {
    let mut cursor = Cursor::new(text);
    let index = if index < 0 { index.checked_add(length_of(text)?)? } else { index };
    let mut index = u64::try_from(index).ok()?;
    let mut more = cursor.enter(b'[')?;
    while more && index > 0 {
        cursor.skip()?;
        more = cursor.more(b'[')?;
        index -= 1;
    }
    if !more {
        return None;
    }
    match cursor.peek()? {
        b'{' | b'[' => {
            let mut value = String::new();
            write_value(&mut cursor, &mut value)?;
            Some(Cow::Owned(value))
        }
        b'"' => cursor.string().map(|string| string.text()),
        _ => cursor.scalar().filter(|word| *word != "null").map(Cow::Borrowed),
    }
}

fn length(call: &Call) -> Result<ArrayRef> {
    call.each1(|text: &str| Ok(length_of(text)))
}

fn length_of(text: &str) -> Option<i64> {
    let mut cursor = Cursor::new(text);
    (cursor.peek()? == b'[').then_some(())?;
    size(&mut cursor)
}

fn contains<'a, V: Wanted + Take<'a>>(call: &'a Call) -> Result<ArrayRef> {
    call.each2(|text: &str, wanted: V| Ok(search(text, &wanted)))
}

fn search(text: &str, wanted: &impl Wanted) -> Option<bool> {
    let mut cursor = Cursor::new(text);
    let mut more = cursor.enter(b'[')?;
    while more {
        if wanted.is_next(&mut cursor)? {
            return Some(true);
        }
        more = cursor.more(b'[')?;
    }
    Some(false)
}

/// A value to look for.
trait Wanted {
    /// Passes a value; whether it is this one.
    fn is_next(&self, cursor: &mut Cursor<'_>) -> Option<bool>;
}

/// Passes a value, and gives it if it is a number or word.
fn scalar<'a>(cursor: &mut Cursor<'a>) -> Option<Option<&'a str>> {
    match cursor.peek()? {
        b'{' | b'[' | b'"' => cursor.skip().map(|()| None),
        _ => cursor.scalar().map(Some),
    }
}

impl Wanted for bool {
    fn is_next(&self, cursor: &mut Cursor<'_>) -> Option<bool> {
        scalar(cursor).map(|word| word == Some(if *self { "true" } else { "false" }))
    }
}

impl Wanted for i64 {
    fn is_next(&self, cursor: &mut Cursor<'_>) -> Option<bool> {
        scalar(cursor).map(|word| word.and_then(|word| word.parse().ok()) == Some(*self))
    }
}

impl Wanted for f64 {
    fn is_next(&self, cursor: &mut Cursor<'_>) -> Option<bool> {
        let fraction = scalar(cursor)?.filter(|word| is_fraction(word));
        Some(fraction.and_then(|word| word.parse().ok()) == Some(*self) && self.is_finite())
    }
}

impl Wanted for &str {
    fn is_next(&self, cursor: &mut Cursor<'_>) -> Option<bool> {
        match cursor.peek()? {
            b'"' => cursor.string().map(|string| string.is(self)),
            _ => cursor.skip().map(|()| false),
        }
    }
}
