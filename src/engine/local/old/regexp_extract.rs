//! `regexp_extract(varchar, pattern[, group]) -> varchar`: the first match, or a group of it.
//!
//! NULL if any argument is, if nothing matches, or if the group took no part in the match. A group
//! that the pattern does not have is an error. Dialect 4.5.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, StringBuilder};
use datafusion::common::exec_err;
use datafusion::error::Result;

use super::pattern::{self, Patterns};
use super::scalar::{Call, Kind, Scalar, Takes, integer, text};

pub(super) const REGEXP_EXTRACT: Scalar = Scalar {
    name: "regexp_extract",
    takes: Takes::OneOf(&[&[Kind::Text, Kind::Text], &[Kind::Text, Kind::Text, Kind::Bigint]]),
    gives: text,
    check: pattern::check,
    run,
    instead: None,
};

fn run(call: &Call) -> Result<ArrayRef> {
    let (texts, patterns) = (call.text(0)?, call.text(1)?);
    let groups = (call.count() == 3).then(|| call.bigint(2)).transpose()?;
    let mut compiled = Patterns::default();
    let mut answer = StringBuilder::new();
    for row in 0..call.rows() {
        let group = groups.as_ref().map_or(Some(0), |all| integer(all, row));
        let pattern = compiled.get(&patterns, row)?;
        let (Some(pattern), Some(text), Some(group)) = (pattern, texts.get(row), group) else {
            answer.append_null();
            continue;
        };
        let known = pattern.captures_len() - 1;
        let Some(group) = usize::try_from(group).ok().filter(|group| *group <= known) else {
            return if group < 0 {
                exec_err!("INVALID_FUNCTION_ARGUMENT: Group cannot be negative")
            } else {
                exec_err!(
                    "INVALID_FUNCTION_ARGUMENT: Pattern has {known} groups. \
                     Cannot access group {group}"
                )
            };
        };
        let found = match group {
            0 => pattern.find(text),
            group => pattern.captures(text).and_then(|found| found.get(group)),
        };
        answer.append_option(found.map(|found| found.as_str()));
    }
    Ok(Arc::new(answer.finish()))
}
