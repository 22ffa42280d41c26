//! `regexp_extract(varchar, pattern[, group]) -> varchar`: the first match, or a group of it.
//! `regexp_extract_all(varchar, pattern[, group]) -> array(varchar)`: of all matches.
//!
//! No match gives NULL and the empty array; a group that did not take part is NULL. NULL if any
//! argument is. A bad pattern is an error, and so is a group that
//! the pattern does not have. Dialect 4.5.

use std::ops::ControlFlow;

use datafusion::arrow::array::ArrayRef;
use datafusion::common::ScalarValue;
use datafusion::error::Result;

use super::super::super::failure;
use super::super::call::{Call, Last};
use super::super::function::{Form, Function, constant_text, whole};
use super::check;
use super::pattern::{Pattern, compiled};

pub(super) const REGEXP_EXTRACT: Function = Function {
    name: "regexp_extract",
    forms: &[
        Form::new("(varchar, varchar) -> varchar", |call| {
            let mut patterns = Last::new();
            call.each2(|text: &str, written: &str| first(patterns.of(written, compiled)?, text, 0))
        })
        .refusing(1, check),
        Form::new("(varchar, varchar, bigint) -> varchar", |call: &Call| {
            let mut patterns = Last::new();
            call.each3(|text: &str, written: &str, group: i64| {
                let pattern = patterns.of(written, compiled)?;
                first(pattern, text, group_of(pattern, group)?)
            })
        })
        .checked_all(&[1, 2], check_group),
    ],
};

pub(super) const REGEXP_EXTRACT_ALL: Function = Function {
    name: "regexp_extract_all",
    forms: &[
        Form::new("(varchar, varchar) -> array(varchar)", |call| {
            let mut patterns = Last::new();
            call.each2(|text: &str, written: &str| {
                all(patterns.of(written, compiled)?, text, 0).map(Some)
            })
        })
        .refusing(1, check),
        Form::new(
            "(varchar, varchar, bigint) -> array(varchar)",
            |call: &Call| -> Result<ArrayRef> {
                let mut patterns = Last::new();
                call.each3(|text: &str, written: &str, group: i64| {
                    let pattern = patterns.of(written, compiled)?;
                    all(pattern, text, group_of(pattern, group)?).map(Some)
                })
            },
        )
        .checked_all(&[1, 2], check_group),
    ],
};

fn check_group(arguments: &[Option<&ScalarValue>]) -> Result<()> {
    match (constant_text(arguments, 1), whole(arguments, 2)) {
        (Some(text), Some(group)) => group_of(&*compiled(text)?, group).map(drop),
        _ => Ok(()),
    }
}

/// The number of a group of the pattern.
fn group_of(pattern: &Pattern, group: i64) -> Result<usize> {
    let groups = pattern.groups();
    if group < 0 {
        return Err(failure::argument("Group cannot be negative"));
    }
    usize::try_from(group).ok().filter(|group| *group <= groups).ok_or_else(|| {
        failure::argument(format!("Pattern has {groups} groups. Cannot access group {group}"))
    })
}

fn first<'t>(pattern: &Pattern, text: &'t str, group: usize) -> Result<Option<&'t str>> {
    let mut found = None;
    pattern.each_match(text, 0, group, |groups| {
        found = groups.get(group).cloned().flatten();
        Ok(ControlFlow::Break(()))
    })?;
    Ok(found.and_then(|found| text.get(found)))
}

fn all(pattern: &Pattern, text: &str, group: usize) -> Result<Vec<Option<String>>> {
    let mut found = Vec::new();
    pattern.each_match(text, 0, group, |groups| {
        let part = groups.get(group).cloned().flatten();
        found.push(part.and_then(|part| text.get(part)).map(str::to_owned));
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(found)
}
