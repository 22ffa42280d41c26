//! Regular expressions, compiled once.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};

use datafusion::common::{ScalarValue, exec_datafusion_err};
use datafusion::error::Result;
use regex::Regex;

use super::scalar::{Text, constant};

/// Patterns kept; a query has a handful, so more means they come from a column.
const KEPT: usize = 256;

static COMPILED: LazyLock<Mutex<HashMap<String, Regex>>> = LazyLock::new(Mutex::default);

/// The compiled pattern.
fn compile(pattern: &str) -> Result<Regex> {
    let mut compiled = COMPILED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(regex) = compiled.get(pattern) {
        return Ok(regex.clone());
    }
    let regex = Regex::new(pattern).map_err(|error| {
        let error = error.to_string();
        let reason = error.lines().last().unwrap_or_default();
        exec_datafusion_err!(
            "INVALID_FUNCTION_ARGUMENT: pattern '{pattern}' cannot be used: {}",
            reason.trim_start_matches("error: ")
        )
    })?;
    if compiled.len() >= KEPT {
        compiled.clear();
    }
    compiled.insert(pattern.to_owned(), regex.clone());
    Ok(regex)
}

/// For [`Scalar::check`](super::scalar::Scalar::check) of functions whose second argument is a
/// pattern.
pub(super) fn check(arguments: &[Option<&ScalarValue>]) -> Result<()> {
    constant(arguments, 1).map_or(Ok(()), |pattern| compile(pattern).map(drop))
}

/// The patterns of one call, which remembers the last one.
#[derive(Default)]
pub(super) struct Patterns {
    last: Option<(String, Regex)>,
}

impl Patterns {
    /// The pattern in a row; `None` for NULL.
    pub(super) fn get(&mut self, patterns: &Text, row: usize) -> Result<Option<&Regex>> {
        let Some(pattern) = patterns.get(row) else {
            return Ok(None);
        };
        if self.last.as_ref().is_none_or(|(last, _)| last != pattern) {
            self.last = Some((pattern.to_owned(), compile(pattern)?));
        }
        Ok(self.last.as_ref().map(|(_, regex)| regex))
    }
}
