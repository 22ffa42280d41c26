//! The path language of `json_extract`, `json_extract_scalar` and `json_size`, and the way along a
//! path through text. Dialect 4.2.
//!
//! The text is read from its start and only as far as the match needs; what follows the match is
//! not looked at. Of repeated keys the first counts. A step into a scalar finds nothing.

use datafusion::common::ScalarValue;
use datafusion::error::Result;

use super::super::super::failure;
use super::super::super::json::Cursor;
use super::super::function::constant_text;

/// A parsed path.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Path(Vec<Step>);

/// One step: a key of an object, and a position in an array where it can be read as one.
#[derive(Debug, PartialEq, Eq)]
struct Step {
    key: String,
    index: Option<usize>,
}

/// Fails for a constant path, the second argument, that cannot be read.
pub(super) fn check(arguments: &[Option<&ScalarValue>]) -> Result<()> {
    constant_text(arguments, 1).map_or(Ok(()), |path| Path::parse(path).map(drop))
}

impl Path {
    /// Reads a path.
    ///
    /// # Errors
    /// `Invalid JSON path: '..'`
    pub(super) fn parse(path: &str) -> Result<Self> {
        steps(path)
            .map(Self)
            .ok_or_else(|| failure::argument(format!("Invalid JSON path: '{path}'")))
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
    let mut more = cursor.enter(b'{')?;
    while more {
        if cursor.key()?.is(wanted) {
            return Some(());
        }
        cursor.skip()?;
        more = cursor.more(b'{')?;
    }
    None
}

fn enter_array(cursor: &mut Cursor<'_>, wanted: usize) -> Option<()> {
    let mut more = cursor.enter(b'[')?;
    for _ in 0..wanted {
        if !more {
            return None;
        }
        cursor.skip()?;
        more = cursor.more(b'[')?;
    }
    more.then_some(())
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
    let (name, rest) = text.split_at(text.find(|char| !part(char)).unwrap_or(text.len()));
    (!name.is_empty()).then(|| (name.to_owned(), rest))
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
