//! `json_extract_scalar(varchar, path) -> varchar`: the string, number or boolean at a path.
//!
//! Strings come unescaped, numbers exactly as written. NULL if any argument is, for JSON null, for
//! an object or array, where there is nothing, and for text that is no JSON. A bad path is an
//! error, while planning if it is constant. Dialect 4.2.

use std::borrow::Cow;
use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, StringBuilder};
use datafusion::common::ScalarValue;
use datafusion::error::Result;

use super::json_path::{Path, unescaped};
use super::scalar::{Call, Kind, Scalar, Takes, Text, constant, text};

pub(super) const JSON_EXTRACT_SCALAR: Scalar = Scalar {
    name: "json_extract_scalar",
    takes: Takes::OneOf(&[&[Kind::Text, Kind::Text]]),
    gives: text,
    check,
    run,
    instead: None,
};

fn check(arguments: &[Option<&ScalarValue>]) -> Result<()> {
    constant(arguments, 1).map_or(Ok(()), |path| Path::parse(path).map(drop))
}

fn run(call: &Call) -> Result<ArrayRef> {
    let (texts, paths) = (call.text(0)?, call.text(1)?);
    let constant = match &paths {
        Text::Constant(Some(path)) => Some(Path::parse(path)?),
        _ => None,
    };
    let mut answer = StringBuilder::new();
    for row in 0..call.rows() {
        let of_row;
        let path = match (&constant, paths.get(row)) {
            (Some(path), _) => Some(path),
            (None, Some(path)) => {
                of_row = Path::parse(path)?;
                Some(&of_row)
            }
            (None, None) => None,
        };
        let found = path.zip(texts.get(row));
        answer.append_option(found.and_then(|(path, text)| scalar(path, text)));
    }
    Ok(Arc::new(answer.finish()))
}

fn scalar<'a>(path: &Path, text: &'a str) -> Option<Cow<'a, str>> {
    let mut cursor = path.find(text)?;
    match cursor.peek()? {
        b'{' | b'[' => None,
        b'"' => cursor.string().map(unescaped),
        _ => {
            let word = cursor.scalar()?;
            (word != "null").then_some(Cow::Borrowed(word))
        }
    }
}
