//! `regexp_replace(varchar, pattern[, replacement]) -> varchar`: replaces every match.
//!
//! Without a replacement, matches are removed. `$1`, `$0` and `${name}` stand for groups, `\$` and
//! `\\` for themselves; `$12` is the longest group number that exists, and the rest is text. NULL
//! if any argument is. An unknown group is an error. Dialect 4.5.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, StringBuilder};
use datafusion::common::exec_datafusion_err;
use datafusion::error::{DataFusionError, Result};
use regex::{Captures, Regex};

use super::pattern::{self, Patterns};
use super::scalar::{Call, Kind, Scalar, Takes, text};

pub(super) const REGEXP_REPLACE: Scalar = Scalar {
    name: "regexp_replace",
    takes: Takes::OneOf(&[&[Kind::Text, Kind::Text], &[Kind::Text, Kind::Text, Kind::Text]]),
    gives: text,
    check: pattern::check,
    run,
    instead: None,
};

fn run(call: &Call) -> Result<ArrayRef> {
    let (texts, patterns) = (call.text(0)?, call.text(1)?);
    let replacements = (call.count() == 3).then(|| call.text(2)).transpose()?;
    let mut compiled = Patterns::default();
    let mut answer = StringBuilder::new();
    for row in 0..call.rows() {
        let replacement = replacements.as_ref().map_or(Some(""), |all| all.get(row));
        let pattern = compiled.get(&patterns, row)?;
        let (Some(pattern), Some(text), Some(with)) = (pattern, texts.get(row), replacement) else {
            answer.append_null();
            continue;
        };
        // A bad replacement is an error only where something is replaced, as in Trino.
        if !pattern.is_match(text) {
            answer.append_value(text);
            continue;
        }
        let parts = parts(with, pattern)?;
        let replaced = pattern.replace_all(text, |found: &Captures<'_>| {
            let mut out = String::new();
            for part in &parts {
                match part {
                    Part::Text(text) => out.push_str(text),
                    Part::Group(group) => {
                        out.push_str(found.get(*group).map_or("", |group| group.as_str()));
                    }
                }
            }
            out
        });
        answer.append_value(replaced);
    }
    Ok(Arc::new(answer.finish()))
}

/// A piece of a replacement.
enum Part {
    Text(String),
    Group(usize),
}

fn parts(replacement: &str, pattern: &Regex) -> Result<Vec<Part>> {
    let mut parts = Vec::new();
    let mut text = String::new();
    let mut rest = replacement.chars();
    while let Some(char) = rest.next() {
        match char {
            '\\' => text.push(rest.next().ok_or_else(|| {
                exec_datafusion_err!(
                    "INVALID_FUNCTION_ARGUMENT: Illegal replacement sequence: {replacement}"
                )
            })?),
            '$' => {
                let (group, after) =
                    group(rest.as_str(), pattern).ok_or_else(|| unknown_group(replacement))?;
                rest = after.chars();
                parts.push(Part::Text(std::mem::take(&mut text)));
                parts.push(Part::Group(group));
            }
            char => text.push(char),
        }
    }
    parts.push(Part::Text(text));
    Ok(parts)
}

/// The group that is named after a `$`, and what follows it.
fn group<'a>(text: &'a str, pattern: &Regex) -> Option<(usize, &'a str)> {
    if let Some(named) = text.strip_prefix('{') {
        let (name, after) = named.split_once('}')?;
        let at = pattern.capture_names().position(|known| known == Some(name))?;
        return Some((at, after));
    }
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    (1..=digits).rev().find_map(|length| {
        let (number, after) = text.split_at(length);
        let number = number.parse().ok()?;
        (number < pattern.captures_len()).then_some((number, after))
    })
}

fn unknown_group(replacement: &str) -> DataFusionError {
    exec_datafusion_err!(
        "INVALID_FUNCTION_ARGUMENT: Illegal replacement sequence: unknown group: {replacement}"
    )
}
