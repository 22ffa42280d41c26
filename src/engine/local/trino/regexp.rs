//! Regular expressions, with Java's syntax. Dialect 4.5.
//!
//! Trino's engine backtracks. Patterns that need that (look-around, back references, atomic groups)
//! run on one that does too, all others on one whose time is linear.

use datafusion::common::ScalarValue;
use datafusion::error::Result;

use super::function::{Function, constant_text};

mod class;
mod extract;
mod matches;
mod pattern;
mod property;
mod replace;
mod replacement;
mod translate;

pub(super) const REGEXP: &[Function] = &[
    matches::REGEXP_LIKE,
    matches::REGEXP_COUNT,
    matches::REGEXP_POSITION,
    matches::REGEXP_SPLIT,
    extract::REGEXP_EXTRACT,
    extract::REGEXP_EXTRACT_ALL,
    replace::REGEXP_REPLACE,
];

/// Fails for a constant pattern, the second argument, that cannot be used.
fn check(arguments: &[Option<&ScalarValue>]) -> Result<()> {
    constant_text(arguments, 1).map_or(Ok(()), |text| pattern::compiled(text).map(drop))
}
