//! `regexp_replace(varchar, pattern[, replacement]) -> varchar`: replaces every match.
//!
//! Without a replacement, matches are removed. `$1`, `$0` and `${name}` stand for groups, `\$` and
//! `\\` for themselves; `$12` is the longest group number that exists, and the rest is text. A bad
//! replacement is an error where something is replaced. The replacement can also be a lambda that
//! takes the groups as an array, without the whole match; if it gives NULL for one, all is NULL.
//!
//! NULL if any argument is. A bad pattern is an error.
//! Dialect 4.5.

use std::borrow::Cow;
use std::ops::{ControlFlow, Range};
use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, AsArray, ListBuilder, StringBuilder, UInt64Array};
use datafusion::arrow::datatypes::{DataType, Field};
use datafusion::common::ScalarValue;
use datafusion::error::Result;

use super::super::call::{Call, Last, Put};
use super::super::function::{Form, Function, constant_text};
use super::check;
use super::pattern::{Pattern, compiled};
use super::replacement::Replacement;

pub(super) const REGEXP_REPLACE: Function = Function {
    name: "regexp_replace",
    forms: &[
        Form::new("(varchar, varchar) -> varchar", |call| {
            let mut patterns = Last::new();
            call.each2(|text: &str, written: &str| {
                replace(patterns.of(written, compiled)?, text, "").map(Some)
            })
        })
        .refusing(1, check),
        Form::new("(varchar, varchar, varchar) -> varchar", |call| {
            let mut patterns = Last::new();
            call.each3(|text: &str, written: &str, replacement: &str| {
                replace(patterns.of(written, compiled)?, text, replacement).map(Some)
            })
        })
        .checked_all(&[1, 2], check_replacement),
        Form::new("(varchar, varchar, function(array(varchar), varchar)) -> varchar", by_lambda)
            .refusing(1, check)
            .fails(),
    ],
};

fn check_replacement(arguments: &[Option<&ScalarValue>]) -> Result<()> {
    match (constant_text(arguments, 1), constant_text(arguments, 2)) {
        (Some(text), Some(with)) => Replacement::parse(with, &*compiled(text)?).map(drop),
        _ => Ok(()),
    }
}

fn replace<'t>(pattern: &Pattern, text: &'t str, written: &str) -> Result<Cow<'t, str>> {
    let mut replacement = None;
    let mut out = String::new();
    let mut end = 0;
    pattern.each_match(text, 0, usize::MAX, |groups| {
        let replacement = match &replacement {
            Some(replacement) => replacement,
            None => replacement.insert(Replacement::parse(written, pattern)?),
        };
        if let Some(Some(found)) = groups.first() {
            out.push_str(text.get(end..found.start).unwrap_or_default());
            replacement.write(text, groups, &mut out);
            end = found.end;
        }
        Ok(ControlFlow::Continue(()))
    })?;
    if replacement.is_none() {
        return Ok(Cow::Borrowed(text));
    }
    out.push_str(text.get(end..).unwrap_or_default());
    Ok(Cow::Owned(out))
}

/// The lambda runs once, over the matches of all rows.
fn by_lambda(call: &Call) -> Result<ArrayRef> {
    let (texts, written) = (call.values::<&str>(0)?, call.values::<&str>(1)?);
    let mut patterns = Last::new();
    let mut matches: Vec<Vec<Range<usize>>> = Vec::with_capacity(call.rows);
    let mut rows = Vec::new();
    let item = Field::new("item", DataType::Utf8, true);
    let mut parameters = ListBuilder::new(StringBuilder::new()).with_field(item);
    for row in 0..call.rows {
        let mut of_row = Vec::new();
        if let (Some(text), Some(written)) = (texts.get(row), written.get(row)) {
            let pattern = patterns.of(written, compiled)?;
            pattern.each_match(text, 0, usize::MAX, |groups| {
                let mut groups = groups.iter().cloned();
                of_row.extend(groups.next().flatten());
                for group in groups {
                    let group = group.and_then(|group| text.get(group));
                    parameters.values().append_option(group);
                }
                parameters.append(true);
                rows.push(row as u64);
                Ok(ControlFlow::Continue(()))
            })?;
        }
        matches.push(of_row);
    }
    let answers =
        call.lambda(2)?.over(&[Arc::new(parameters.finish())], &UInt64Array::from(rows))?;
    let mut answers = answers.as_string::<i32>().iter();
    String::collect(matches.into_iter().enumerate().map(|(row, matches)| {
        let answers: Vec<_> = answers.by_ref().take(matches.len()).collect();
        let (Some(text), Some(_)) = (texts.get(row), written.get(row)) else {
            return Ok(None);
        };
        let mut out = String::new();
        let mut end = 0;
        for (found, answer) in matches.into_iter().zip(answers) {
            let Some(answer) = answer else {
                return Ok(None);
            };
            out.push_str(text.get(end..found.start).unwrap_or_default());
            out.push_str(answer);
            end = found.end;
        }
        out.push_str(text.get(end..).unwrap_or_default());
        Ok(Some(out))
    }))
}
