//! The path language of `json_extract`, `json_extract_scalar` and `json_size`, and the walk along
//! a path through text.
//!
//! Dialect 4.2: the text is read from its start and only as far as the match needs; what follows
//! the match is not looked at. Of repeated keys the first counts. A step into a scalar finds
//! nothing.

use std::borrow::Cow;

use datafusion::common::exec_datafusion_err;
use datafusion::error::Result;

use super::super::json::{self, Cursor};

/// A parsed path.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Path(Vec<Step>);

/// One step: a key of an object, and a position in an array where it can be read as one.
#[derive(Debug, PartialEq, Eq)]
struct Step {
    key: String,
    index: Option<usize>,
}

impl Path {
    /// Reads a path.
    ///
    /// # Errors
    /// `Invalid JSON path: '..'`
    pub(super) fn parse(path: &str) -> Result<Self> {
        steps(path).map(Self).ok_or_else(|| {
            exec_datafusion_err!("INVALID_FUNCTION_ARGUMENT: Invalid JSON path: '{path}'")
        })
    }

    /// Goes to the value; `None` where there is none or the text before it is no JSON.
    pub(super) fn find<'a>(&self, text: &'a str) -> Option<Cursor<'a>> {
        let mut cursor = Cursor::new(text);
        for step in &self.0 {
            match cursor.peek()? {
                b'{' => enter_object(&mut cursor, &step.key)?,
                b'[' => enter_array(&mut cursor, step.index?)?,
                _ => return None,
            }
        }
        Some(cursor)
    }
}

fn enter_object(cursor: &mut Cursor<'_>, wanted: &str) -> Option<()> {
    cursor.eat(b'{')?;
    if cursor.peek()? == b'}' {
        return None;
    }
    loop {
        if unescaped(cursor.key()?) == wanted {
            return Some(());
        }
        cursor.skip()?;
        cursor.eat(b',')?;
    }
}

fn enter_array(cursor: &mut Cursor<'_>, wanted: usize) -> Option<()> {
    cursor.eat(b'[')?;
    for _ in 0..wanted {
        cursor.skip()?;
        cursor.eat(b',')?;
    }
    (cursor.peek()? != b']').then_some(())
}

/// The text of a string, given what is between its quotes.
pub(super) fn unescaped(inner: &str) -> Cow<'_, str> {
    if memchr::memchr(b'\\', inner.as_bytes()).is_none() {
        return Cow::Borrowed(inner);
    }
    let mut text = String::with_capacity(inner.len());
    json::unescape(inner, &mut text);
    Cow::Owned(text)
}

fn steps(path: &str) -> Option<Vec<Step>> {
    let mut rest = path.strip_prefix('$')?;
    let mut steps = Vec::new();
    while !rest.is_empty() {
        let key;
        (key, rest) = match rest.strip_prefix('.') {
            Some(name) => split_name(name, |char| char == ':')?,
            None => bracket(rest.strip_prefix('[')?)?,
        };
        let index = key.parse().ok().filter(|_| !key.starts_with('+'));
        steps.push(Step { key, index });
    }
    Some(steps)
}

/// What is in brackets: a name, or any text in quotes.
fn bracket(inside: &str) -> Option<(String, &str)> {
    let (key, rest) = match inside.strip_prefix('"') {
        Some(quoted) => quoted_text(quoted)?,
        None => split_name(inside, |_| false)?,
    };
    Some((key, rest.strip_prefix(']')?))
}

fn split_name(text: &str, also: fn(char) -> bool) -> Option<(String, &str)> {
    let part = |char: char| char.is_alphanumeric() || char == '_' || also(char);
    let end = text.find(|char| !part(char)).unwrap_or(text.len());
    (end > 0).then(|| (text[..end].to_owned(), &text[end..]))
}

fn quoted_text(text: &str) -> Option<(String, &str)> {
    let mut key = String::new();
    let mut chars = text.chars();
    loop {
        match chars.next()? {
            '"' => return Some((key, chars.as_str())),
            '\\' => key.push(chars.next().filter(|char| matches!(char, '"' | '\\'))?),
            char => key.push(char),
        }
    }
}
