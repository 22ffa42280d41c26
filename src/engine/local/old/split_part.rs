//! `split_part(varchar, delimiter, index) -> varchar`: a part, counted from 1.
//!
//! NULL past the end and if any argument is. An empty delimiter splits into code points. An index
//! below 1 is an error. Dialect 4.6.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, StringBuilder};
use datafusion::common::exec_datafusion_err;
use datafusion::error::Result;

use super::scalar::{Call, Kind, Scalar, Takes, any, integer, text};

pub(super) const SPLIT_PART: Scalar = Scalar {
    name: "split_part",
    takes: Takes::OneOf(&[&[Kind::Text, Kind::Text, Kind::Bigint]]),
    gives: text,
    check: any,
    run,
    instead: None,
};

fn run(call: &Call) -> Result<ArrayRef> {
    let (texts, delimiters, indexes) = (call.text(0)?, call.text(1)?, call.bigint(2)?);
    let mut answer = StringBuilder::new();
    for row in 0..call.rows() {
        let (Some(text), Some(delimiter), Some(index)) =
            (texts.get(row), delimiters.get(row), integer(&indexes, row))
        else {
            answer.append_null();
            continue;
        };
        let index = usize::try_from(index - 1).map_err(|_| {
            exec_datafusion_err!("INVALID_FUNCTION_ARGUMENT: Index must be greater than zero")
        })?;
        answer.append_option(part(text, delimiter, index));
    }
    Ok(Arc::new(answer.finish()))
}

fn part<'a>(text: &'a str, delimiter: &str, index: usize) -> Option<&'a str> {
    if !delimiter.is_empty() {
        return text.split(delimiter).nth(index);
    }
    if text.is_empty() {
        return (index == 0).then_some(text);
    }
    let (start, char) = text.char_indices().nth(index)?;
    text.get(start..start + char.len_utf8())
}
