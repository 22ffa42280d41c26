//! `starts_with(varchar, prefix) -> boolean`, `ends_with(varchar, suffix) -> boolean`: whether the
//! text begins, or ends, with another. Every text does with the empty one.
//!
//! Athena may be older than `ends_with`. Dialect 4.6.

use super::super::call::Call;
use super::super::function::{Form, Function};

pub(super) const STARTS_WITH: Function = Function {
    name: "starts_with",
    forms: &[Form::new("(varchar, varchar) -> boolean", |call: &Call| {
        call.each2(|text: &str, prefix: &str| Ok(Some(text.starts_with(prefix))))
    })],
};

pub(super) const ENDS_WITH: Function = Function {
    name: "ends_with",
    forms: &[Form::new("(varchar, varchar) -> boolean", |call: &Call| {
        call.each2(|text: &str, suffix: &str| Ok(Some(text.ends_with(suffix))))
    })],
};
