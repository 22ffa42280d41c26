//! `regexp_like(varchar, pattern) -> boolean`: whether the pattern is found anywhere.
//!
//! NULL if any argument is. A bad pattern is an error. Dialect 4.5.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, BooleanBuilder};
use datafusion::error::Result;

use super::pattern::{self, Patterns};
use super::scalar::{Call, Kind, Scalar, Takes, boolean};

pub(super) const REGEXP_LIKE: Scalar = Scalar {
    name: "regexp_like",
    takes: Takes::OneOf(&[&[Kind::Text, Kind::Text]]),
    gives: boolean,
    check: pattern::check,
    run,
    instead: None,
};

fn run(call: &Call) -> Result<ArrayRef> {
    let (texts, patterns) = (call.text(0)?, call.text(1)?);
    let mut compiled = Patterns::default();
    let mut answer = BooleanBuilder::with_capacity(call.rows());
    for row in 0..call.rows() {
        let pattern = compiled.get(&patterns, row)?;
        let found = pattern.zip(texts.get(row));
        answer.append_option(found.map(|(pattern, text)| pattern.is_match(text)));
    }
    Ok(Arc::new(answer.finish()))
}
