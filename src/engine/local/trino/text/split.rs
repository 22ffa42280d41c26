//! `split_part(varchar, delimiter, index) -> varchar`: a part, counted from 1. NULL past the end. An
//! empty delimiter parts code points. An index below 1 is an error.
//!
//! `split(varchar, delimiter[, limit]) -> array(varchar)`: all parts, empty ones too; the last of at
//! most `limit` parts holds the rest. An empty delimiter and a limit below 1 are errors.
//! Dialect 4.6.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, ListBuilder, StringBuilder};
use datafusion::error::Result;
use memchr::memmem;

use super::super::super::failure;
use super::super::call::{Call, Values, room};
use super::super::function::{Form, Function, constant_text, whole};

pub(super) const SPLIT_PART: Function = Function {
    name: "split_part",
    forms: &[Form::new("(varchar(x), varchar, bigint) -> varchar(x)", split_part)
        .checked(2, |constants| position(whole(constants, 2).unwrap_or(1)).map(|_| ()))],
};

pub(super) const SPLIT: Function = Function {
    name: "split",
    forms: &[
        Form::new("(varchar(x), varchar) -> array(varchar(x))", |call: &Call| split(call, None))
            .checked(1, |constants| delimits(constant_text(constants, 1).unwrap_or(","))),
        Form::new("(varchar(x), varchar, bigint) -> array(varchar(x))", |call: &Call| {
            split(call, Some(call.values(2)?))
        })
        .fails(),
    ],
};

fn split_part(call: &Call) -> Result<ArrayRef> {
    call.each3(|text: &str, delimiter: &str, index: i64| {
        position(index).map(|position| part(text, delimiter, position))
    })
}

/// An index from 0.
fn position(index: i64) -> Result<usize> {
    match index.checked_sub(1).and_then(|position| usize::try_from(position).ok()) {
        Some(position) => Ok(position),
        None => Err(failure::argument("Index must be greater than zero")),
    }
}

fn part<'a>(text: &'a str, delimiter: &str, position: usize) -> Option<&'a str> {
    if !delimiter.is_empty() {
        return text.split(delimiter).nth(position);
    }
    let (start, char) = text.char_indices().nth(position)?;
    text.get(start..start + char.len_utf8())
}

fn split<'a>(call: &'a Call, limits: Option<Values<'a, i64>>) -> Result<ArrayRef> {
    let (texts, delimiters) = (call.values::<&str>(0)?, call.values::<&str>(1)?);
    let mut builder = ListBuilder::new(StringBuilder::new());
    for row in 0..call.rows {
        let most = match &limits {
            None => Some(i64::from(i32::MAX)),
            Some(limits) => limits.get(row),
        };
        let (Some(text), Some(delimiter), Some(most)) = (texts.get(row), delimiters.get(row), most)
        else {
            builder.append_null();
            continue;
        };
        delimits(delimiter)?;
        let most = limit(most)?;
        room(builder.values().values_slice(), text.len())?;
        let mut start = 0;
        for end in memmem::find_iter(text.as_bytes(), delimiter).take(most - 1) {
            builder.values().append_value(text.get(start..end).unwrap_or_default());
            start = end + delimiter.len();
        }
        builder.values().append_value(text.get(start..).unwrap_or_default());
        builder.append(true);
    }
    Ok(Arc::new(builder.finish()))
}

fn delimits(delimiter: &str) -> Result<()> {
    match delimiter {
        "" => Err(failure::argument("The delimiter may not be the empty string")),
        _ => Ok(()),
    }
}

fn limit(limit: i64) -> Result<usize> {
    if limit < 1 {
        return Err(failure::argument("Limit must be positive"));
    }
    match i32::try_from(limit).map(usize::try_from) {
        Ok(Ok(limit)) => Ok(limit),
        _ => Err(failure::argument("Limit is too large")),
    }
}
