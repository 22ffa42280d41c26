//! `regexp_like(varchar, pattern) -> boolean`: whether the pattern matches anywhere.
//! `regexp_count(varchar, pattern) -> bigint`: how often it matches.
//! `regexp_position(varchar, pattern[, start[, n]]) -> integer`: where its first or `n`th match
//! from the `start`th code point on begins, from 1; -1 if there is none.
//! `regexp_split(varchar, pattern) -> array(varchar)`: what is between the matches.
//!
//! NULL if any argument is. A bad pattern is an error; so are a
//! `start` and an `n` below 1. Dialect 4.5.

use std::ops::ControlFlow;

use datafusion::arrow::array::ArrayRef;
use datafusion::error::Result;

use super::super::super::failure;
use super::super::call::{Call, Last};
use super::super::function::{Form, Function};
use super::check;
use super::pattern::{Pattern, compiled};

pub(super) const REGEXP_LIKE: Function = Function {
    name: "regexp_like",
    forms: &[Form::new("(varchar, varchar) -> boolean", |call| {
        let mut patterns = Last::new();
        call.each2(|text: &str, written: &str| {
            patterns.of(written, compiled)?.is_match(text).map(Some)
        })
    })
    .refusing(1, check)],
};

pub(super) const REGEXP_COUNT: Function = Function {
    name: "regexp_count",
    forms: &[Form::new("(varchar, varchar) -> bigint", |call| {
        let mut patterns = Last::new();
        call.each2(|text: &str, written: &str| {
            count(patterns.of(written, compiled)?, text).map(Some)
        })
    })
    .refusing(1, check)],
};

pub(super) const REGEXP_POSITION: Function = Function {
    name: "regexp_position",
    forms: &[
        Form::new("(varchar, varchar) -> integer", positions).refusing(1, check),
        Form::new("(varchar, varchar, bigint) -> integer", positions).refusing(1, check).fails(),
        Form::new("(varchar, varchar, bigint, bigint) -> integer", positions)
            .refusing(1, check)
            .fails(),
    ],
};

pub(super) const REGEXP_SPLIT: Function = Function {
    name: "regexp_split",
    forms: &[Form::new("(varchar, varchar) -> array(varchar)", |call| {
        let mut patterns = Last::new();
        call.each2(|text: &str, written: &str| {
            split(patterns.of(written, compiled)?, text).map(Some)
        })
    })
    .refusing(1, check)],
};

fn count(pattern: &Pattern, text: &str) -> Result<i64> {
    let mut count = 0;
    pattern.each_match(text, 0, 0, |_| {
        count += 1;
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(count)
}

fn positions(call: &Call) -> Result<ArrayRef> {
    let number =
        |at: usize| (call.arguments.len() > at).then(|| call.values::<i64>(at)).transpose();
    let (starts, occurrences) = (number(2)?, number(3)?);
    let mut patterns = Last::new();
    let mut row = 0;
    // A NULL among the first two arguments must not keep the rows from being counted.
    call.each2(|text: Option<&str>, written: Option<&str>| {
        let start = starts.as_ref().map_or(Some(1), |starts| starts.get(row));
        let occurrence = occurrences.as_ref().map_or(Some(1), |occurrences| occurrences.get(row));
        row += 1;
        let (Some(text), Some(written), Some(start), Some(occurrence)) =
            (text, written, start, occurrence)
        else {
            return Ok(None);
        };
        position(patterns.of(written, compiled)?, text, start, occurrence).map(Some)
    })
}

fn position(pattern: &Pattern, text: &str, start: i64, occurrence: i64) -> Result<i32> {
    if start < 1 {
        return Err(failure::argument("start position cannot be smaller than 1"));
    }
    if occurrence < 1 {
        return Err(failure::argument("occurrence cannot be smaller than 1"));
    }
    let from = usize::try_from(start - 1).ok().and_then(|at| text.char_indices().nth(at));
    let Some((from, _)) = from else {
        return Ok(-1);
    };
    let mut left = occurrence;
    let mut found = None;
    pattern.each_match(text, from, 0, |groups| {
        left -= 1;
        if left > 0 {
            return Ok(ControlFlow::Continue(()));
        }
        found = groups.first().cloned().flatten();
        Ok(ControlFlow::Break(()))
    })?;
    let before = found.and_then(|found| text.get(..found.start));
    Ok(before.map_or(-1, |before| i32::try_from(before.chars().count() + 1).unwrap_or(i32::MAX)))
}

fn split(pattern: &Pattern, text: &str) -> Result<Vec<Option<String>>> {
    let mut parts = Vec::new();
    let mut end = 0;
    pattern.each_match(text, 0, 0, |groups| {
        if let Some(Some(found)) = groups.first() {
            parts.push(text.get(end..found.start).map(str::to_owned));
            end = found.end;
        }
        Ok(ControlFlow::Continue(()))
    })?;
    parts.push(text.get(end..).map(str::to_owned));
    Ok(parts)
}
