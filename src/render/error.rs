//! What goes wrong in a template, said to the person who wrote it: where, what, and what to do.

use std::collections::BTreeSet;
use std::error::Error as _;
use std::path::PathBuf;

use minijinja::value::ValueKind;
use minijinja::{Error, ErrorKind, Value};

use super::source::{self, Source};
use crate::digest::words::clip;
use crate::message::Form;

/// Filters that are not the template engine's own, for suggestions.
const FILTERS: [&str; 33] = [
    "bold", "dim", "red", "green", "yellow", "blue", "magenta", "cyan", "width", "widest", "cut",
    "squeeze", "pad", "right", "column", "spread", "flow", "wrap", "plural", "number", "bytes",
    "seconds", "usd", "time", "pretty", "italic", "code", "link", "heading", "small", "fact",
    "fence", "block",
];

/// A template that could not be rendered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}{}: {reason}; {remedy}", .file.as_ref().map_or_else(
    || format!("shipped template {template}"),
    |file| format!("template {}", file.display()),
), .line.map_or_else(String::new, |line| format!(" line {line}")))]
pub struct RenderError {
    /// Its name, `text/digest.txt.j2`.
    pub template: String,
    /// The user's file, unless the template is a shipped one.
    pub file: Option<PathBuf>,
    /// The line, where it is known.
    pub line: Option<usize>,
    /// What is wrong.
    pub reason: String,
    /// What to do about it.
    pub remedy: String,
}

impl RenderError {
    pub(super) fn new(error: &Error, asked: &str, source: &Source, context: &Value) -> Self {
        // An error in a partial comes wrapped in the error of its include.
        let mut inner = error;
        while let Some(next) = inner.source().and_then(|next| next.downcast_ref::<Error>()) {
            inner = next;
        }
        let template = inner.name().unwrap_or(asked).to_owned();
        let reason = match inner.detail() {
            Some(detail) if inner.kind() == ErrorKind::UndefinedError => detail.to_owned(),
            Some(detail) => format!("{}: {detail}", inner.kind()),
            None => inner.kind().to_string(),
        };
        Self {
            file: source.file(&template),
            line: inner.line(),
            remedy: remedy(inner, asked, context),
            reason: clip(&reason),
            template,
        }
    }

    pub(super) fn too_long(name: &str, source: &Source) -> Self {
        Self {
            template: name.to_owned(),
            file: source.file(name),
            line: None,
            reason: format!("it writes more than {} MB", super::LONGEST >> 20),
            remedy: "look for a loop that repeats too much".to_owned(),
        }
    }
}

impl RenderError {
    /// A message that the service behind the form would refuse.
    pub(super) fn refused(name: &str, source: &Source, form: Form, reason: &str) -> Self {
        Self {
            template: name.to_owned(),
            file: source.file(name),
            line: None,
            reason: clip(reason),
            remedy: format!("look at it with `clickops render --form {form}`"),
        }
    }
}

fn remedy(error: &Error, asked: &str, context: &Value) -> String {
    let detail = error.detail().unwrap_or_default();
    match error.kind() {
        ErrorKind::UndefinedError => {
            let unknown = detail.split('`').nth(1).unwrap_or_default();
            let unknown = unknown.rsplit('.').next().unwrap_or_default();
            let mut fields = BTreeSet::new();
            collect(context, 8, &mut fields);
            match nearest(unknown, fields.iter().map(String::as_str)) {
                Some(field) => format!("the nearest field is `{field}`"),
                None => "templates/README.md lists the fields".to_owned(),
            }
        }
        ErrorKind::UnknownFilter => {
            let unknown = detail
                .split(['`', '"', ' '])
                .find(|word| !word.is_empty() && !["filter", "is", "unknown"].contains(word));
            match nearest(unknown.unwrap_or_default(), FILTERS.into_iter()) {
                Some(filter) => format!("the nearest filter is `{filter}`"),
                None => "templates/README.md lists the filters".to_owned(),
            }
        }
        ErrorKind::TemplateNotFound | ErrorKind::BadInclude => {
            let missing = detail.split(['\'', '"']).nth(1).unwrap_or_default();
            let missing = missing.rsplit('/').next().unwrap_or_default();
            if asked.rsplit('/').next() == Some(missing) {
                return no_template(asked, missing);
            }
            let shipped = source::files(asked);
            match nearest(missing, shipped.iter().map(String::as_str)) {
                Some(name) => format!("the nearest shipped one is `{name}`"),
                None => "put it into the templates folder".to_owned(),
            }
        }
        ErrorKind::OutOfFuel => "look for a loop that repeats too much".to_owned(),
        ErrorKind::InvalidOperation if detail.starts_with("recursion limit") => {
            "look for a template that includes itself".to_owned()
        }
        _ => "compare with the shipped template of this name".to_owned(),
    }
}

/// What to do where the template itself is unknown: its parts are none, so they are not offered.
fn no_template(asked: &str, missing: &str) -> String {
    let shipped = source::files(asked);
    let name = |file: &str| file.split('.').next().unwrap_or_default().to_owned();
    let mut names: Vec<_> = shipped.iter().map(|file| name(file)).collect();
    names.retain(|name| !name.starts_with('_'));
    names.sort();
    let list = names.join(", ");
    let missing = name(missing);
    let distance = |name: &&str| strsim::damerau_levenshtein(name, &missing);
    match names.iter().map(String::as_str).min_by_key(distance) {
        Some(name) if distance(&name) <= 2 => {
            format!("did you mean `{name}`? Shipped are {list}")
        }
        _ => format!("shipped are {list}; others go into the templates folder"),
    }
}

/// All names of fields, down to some depth.
fn collect(value: &Value, depth: u8, fields: &mut BTreeSet<String>) {
    if depth == 0 || !matches!(value.kind(), ValueKind::Map | ValueKind::Seq) {
        return;
    }
    let is_map = value.kind() == ValueKind::Map;
    // Items of a list are alike: the first few tell all fields.
    let most = if is_map { usize::MAX } else { 3 };
    for item in value.try_iter().into_iter().flatten().take(most) {
        if is_map {
            fields.extend(item.as_str().map(str::to_owned));
            if let Ok(inner) = value.get_item(&item) {
                collect(&inner, depth - 1, fields);
            }
        } else {
            collect(&item, depth - 1, fields);
        }
    }
}

fn nearest<'a>(unknown: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    known
        .map(|name| (strsim::damerau_levenshtein(unknown, name), name))
        .filter(|(distance, name)| *distance <= name.len().max(unknown.len()) / 2)
        .min()
        .map(|(_, name)| name)
}
