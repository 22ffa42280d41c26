//! `array_join(array, separator[, null_text]) -> varchar`: the elements as `CAST` to varchar writes
//! them. NULL elements are left out, or written as `null_text`. NULL argument, NULL. Dialect 4.7.

use datafusion::arrow::array::{Array, ArrayRef, AsArray};
use datafusion::common::internal_err;
use datafusion::error::Result;

use super::super::call::{Call, Put};
use super::super::text_of;
use crate::sql::ty::SqlType;

pub(super) fn join(call: &Call) -> Result<ArrayRef> {
    let Some(SqlType::Array(item)) = call.takes.first() else {
        return internal_err!("there is no array to join");
    };
    let lists = call.lists(0)?;
    // Elements behind rows that are NULL must not fail to convert.
    let flat = lists.spans.flat(call.rows)?;
    let texts = text_of::varchar(&flat.of(&lists.items)?, item)?;
    let texts = texts.as_string::<i32>();
    let separators = call.values::<&str>(1)?;
    let null_texts = match call.takes.len() {
        3 => Some(call.values::<&str>(2)?),
        _ => None,
    };
    String::collect((0..call.rows).map(|row| {
        let null_text = null_texts.as_ref().map(|texts| texts.get(row));
        let (Some(span), Some(separator)) = (flat.get(row), separators.get(row)) else {
            return Ok(None);
        };
        let null_text = match null_text {
            Some(None) => return Ok(None),
            Some(text) => text,
            None => None,
        };
        let mut out = String::new();
        let mut first = true;
        for at in span {
            let text = if texts.is_null(at) { null_text } else { Some(texts.value(at)) };
            let Some(text) = text else {
                continue;
            };
            if !first {
                out.push_str(separator);
            }
            out.push_str(text);
            first = false;
        }
        Ok(Some(out))
    }))
}

/// Whether the elements can be written as text.
pub(super) fn has_text(takes: &[SqlType]) -> bool {
    matches!(takes.first(), Some(SqlType::Array(item)) if text_of::castable(item))
}
