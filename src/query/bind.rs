//! Binding: a text with values in place of its `:name` holes.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::catalogue::SqlFile;
use super::header::Param;
use super::lexer::Lexed;
use super::value::Type;
use super::{Filled, QueryError};
use crate::sql::refusal::line_and_column;
use crate::sql::token::{self, Kind};

/// A text to bind, and what is known of it.
pub(super) struct Source<'a> {
    pub(super) name: &'a str,
    pub(super) origin: &'a str,
    pub(super) text: &'a str,
    pub(super) params: Option<&'a [Param]>,
}

impl<'a> Source<'a> {
    pub(super) fn of(file: &'a SqlFile) -> Self {
        let header = &file.header;
        let (origin, text) = (&file.origin, &file.text);
        Self { name: &header.name, origin, text, params: Some(&header.params) }
    }
}

/// A text that has its values.
#[derive(Debug, Default)]
pub(super) struct Bound {
    pub(super) text: String,
    /// Where they stand.
    pub(super) filled: Vec<Filled>,
    /// The bytes of those that could travel apart from the text.
    pub(super) parameters: Vec<Range<usize>>,
}

impl From<String> for Bound {
    fn from(text: String) -> Self {
        Self { text, ..Self::default() }
    }
}

/// Puts literals into the holes, and tells where. Values that no header declares are text. Without
/// values the holes stay.
pub(super) fn bind(
    source: &Source<'_>,
    lexed: &Lexed,
    values: Option<&BTreeMap<String, String>>,
    known: &mut BTreeSet<String>,
) -> Result<Bound, QueryError> {
    let error = |reason: String, hint: String| QueryError::Value {
        query: source.name.to_owned(),
        reason,
        hint,
    };
    let Some(values) = values else {
        return Ok(source.text[..lexed.end].to_owned().into());
    };
    let mut bound = Bound::default();
    let mut from = 0;
    for (hole, name) in &lexed.holes {
        let param = match source.params {
            None => None,
            Some(params) => {
                Some(params.iter().find(|param| param.name == *name).ok_or_else(|| {
                    error(
                        format!("':{name}' is not declared"),
                        format!("Add a line `-- param: {name} text What it means.` to its header."),
                    )
                })?)
            }
        };
        known.insert(name.clone());
        let kind = param.map_or(Type::undeclared(name), |param| param.kind);
        let value = values
            .get(name)
            .or_else(|| param.and_then(|param| param.default.as_ref()))
            .ok_or_else(|| QueryError::NoValue {
                query: source.name.to_owned(),
                name: name.clone(),
                about: param.map(|param| param.about.clone()).unwrap_or_default(),
            })?;
        let literal = kind.literal(value).map_err(|wanted| {
            error(format!("parameter '{name}' cannot be '{value}'"), format!("Give {wanted}."))
        })?;
        bound.text.push_str(&source.text[from..hole.start]);
        let start = bound.text.len();
        let (line, column) = line_and_column(&bound.text, start);
        let characters = |text: &str| text.chars().count() as u64;
        let (length, written) = (characters(&literal), characters(&source.text[hole.clone()]));
        bound.filled.push(Filled { line, column, length, written });
        bound.text.push_str(&literal);
        if lexed.in_where.contains(&hole.start) {
            let values = values_in(kind, &literal).into_iter();
            bound.parameters.extend(values.map(|at| start + at.start..start + at.end));
        }
        from = hole.end;
    }
    bound.text.push_str(&source.text[from..lexed.end]);
    Ok(bound)
}

/// The bytes of each value in the literal of a hole: a list has several.
fn values_in(kind: Type, literal: &str) -> Vec<Range<usize>> {
    if kind != Type::List {
        return std::iter::once(0..literal.len()).collect();
    }
    let tokens = token::tokens(literal).unwrap_or_default();
    let texts = tokens.into_iter().filter(|token| matches!(token.kind, Kind::Text(_)));
    texts.map(|token| token.span).collect()
}
