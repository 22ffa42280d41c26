//! `replace(varchar, search[, by]) -> varchar`: every `search` becomes `by`, or nothing.
//!
//! An empty `search` puts `by` around every code point. Dialect 4.6.

use std::borrow::Cow;

use datafusion::error::Result;

use super::super::call::{Call, room};
use super::super::function::{Form, Function};

pub(super) const REPLACE: Function = Function {
    name: "replace",
    forms: &[
        Form::new("(varchar(x), varchar) -> varchar(x)", |call: &Call| {
            call.each2(|text: &str, search: &str| replaced(text, search, "").map(Some))
        }),
        Form::new("(varchar, varchar, varchar) -> varchar", |call: &Call| {
            call.each3(|text: &str, search: &str, by: &str| replaced(text, search, by).map(Some))
        }),
    ],
};

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
