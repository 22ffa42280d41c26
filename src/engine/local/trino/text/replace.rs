//! `replace(varchar, search[, by]) -> varchar`: every `search` becomes `by`, or nothing.
//!
//! An empty `search` puts `by` around every code point. Dialect 4.6.

use std::borrow::Cow;

use datafusion::error::Result;

use super::super::call::{Call, room};
use super::super::function::{Form, Function};
use crate::sql::ty::SqlType;

pub(super) const REPLACE: Function = Function {
    name: "replace",
    forms: &[
        Form::new("(varchar(x), varchar) -> varchar(x)", |call: &Call| {
            call.each2(|text: &str, search: &str| replaced(text, search, "").map(Some))
        }),
        Form::new("(varchar(x), varchar, varchar(x)) -> varchar", |call: &Call| {
            call.each3(|text: &str, search: &str, by: &str| replaced(text, search, by).map(Some))
        })
        .giving(longest),
    ],
};

/// The type of text with another one around each of its code points.
fn longest(takes: &[SqlType]) -> SqlType {
    let length = match takes {
        [SqlType::Varchar(Some(text)), _, SqlType::Varchar(Some(by))] => {
            by.checked_mul(text.saturating_add(1)).and_then(|more| text.checked_add(more))
        }
        _ => None,
    };
    SqlType::Varchar(length)
}

fn replaced<'a>(text: &'a str, search: &str, by: &str) -> Result<Cow<'a, str>> {
    if !text.contains(search) {
        return Ok(Cow::Borrowed(text));
    }
    let most = (text.len() / search.len().max(1) + 1).saturating_mul(by.len());
    if room(text.as_bytes(), most).is_err() {
        let exact = text.matches(search).count().saturating_mul(by.len());
        room(text.as_bytes(), exact)?;
    }
    Ok(Cow::Owned(text.replace(search, by)))
}
