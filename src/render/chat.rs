//! Messages for chat services. A template writes lines of text in the markup of the service, with
//! an empty line between paragraphs; filters make of a value what is more than text, such as a
//! heading or a record. What the service gets is made of that here, so that no template has to
//! know JSON or count characters: lengths and counts are kept, and what does not fit into one
//! message goes into the next.

use minijinja::value::{Kwargs, ValueKind};
use minijinja::{Environment, Error, ErrorKind, State, Value};
use serde::{Deserialize, Serialize};

use super::escape::Escape;
use super::layout::shown;
use super::neutral;
use crate::message::{Form, Message};

mod fit;
mod slack;
mod teams;

/// Around what a filter leaves in the text. No value can hold these two: they are control
/// characters.
const START: char = '\x02';
const END: char = '\x03';

/// What a filter leaves in the text.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Mark {
    /// Plain text.
    Heading(String),
    /// Text in the service's markup, less important than the rest.
    Small(String),
    /// What it is about, and what is to say of it in the service's markup.
    Fact(String, String),
    /// Plain text of many lines, and what to say where not all of it fits.
    Code(String, String),
    /// A line across.
    Divider,
    /// What the service itself would take.
    Block(serde_json::Value),
}

/// A part of a message.
#[derive(Debug, PartialEq)]
enum Piece {
    /// Lines in the service's markup.
    Paragraph(Vec<String>),
    Facts(Vec<(String, String)>),
    Mark(Mark),
}

/// Makes the messages of what a template wrote.
///
/// # Errors
/// What the service would not take.
pub(super) fn messages(
    form: Form,
    text: &str,
    title: &str,
    key: &str,
) -> Result<Vec<Message>, String> {
    let pieces = pieces(text)?;
    if pieces.is_empty() {
        return Err("it writes nothing".to_owned());
    }
    let title = neutral::line(title);
    let bodies = match form {
        Form::Slack => slack::bodies(pieces, &title)?,
        _ => teams::bodies(pieces, &title)?,
    };
    let messages = (1..).zip(bodies).map(|(number, body)| Message {
        form,
        title: title.clone().into_owned(),
        body: neutral::json(&body).into_owned(),
        key: part(key, number),
    });
    Ok(messages.collect())
}

/// A line of code, which is JSON: what is not plain gets the escape that means the same there.
fn code_line(line: &str) -> String {
    neutral::line(&neutral::json(line)).into_owned()
}

/// The key of a message, where it is not the first one of its rendering.
fn part(key: &str, number: u32) -> String {
    if number == 1 || key.is_empty() {
        return key.to_owned();
    }
    crate::message::key(&[key, &number.to_string()])
}

/// Takes the text apart.
fn pieces(text: &str) -> Result<Vec<Piece>, String> {
    let mut pieces = Vec::new();
    for (number, part) in text.split(START).enumerate() {
        let text = match part.split_once(END) {
            _ if number == 0 => part,
            Some((mark, text)) => {
                add(&mut pieces, serde_json::from_str(mark).map_err(|error| error.to_string())?);
                text
            }
            None => return Err("it holds a control character".to_owned()),
        };
        for paragraph in text.split("\n\n") {
            let lines = paragraph.lines().map(str::trim).filter(|line| !line.is_empty());
            let lines: Vec<_> = lines.map(|line| neutral::line(line).into_owned()).collect();
            if !lines.is_empty() {
                pieces.push(Piece::Paragraph(lines));
            }
        }
    }
    Ok(pieces)
}

fn add(pieces: &mut Vec<Piece>, mark: Mark) {
    match (mark, pieces.last_mut()) {
        (Mark::Fact(label, text), Some(Piece::Facts(facts))) => facts.push((label, text)),
        (Mark::Fact(label, text), _) => pieces.push(Piece::Facts(vec![(label, text)])),
        // Services refuse a text without a letter.
        (Mark::Heading(text) | Mark::Small(text) | Mark::Code(text, _), _)
            if text.trim().is_empty() => {}
        (mark, _) => pieces.push(Piece::Mark(mark)),
    }
}

/// Adds what only templates for chat services can use.
pub(super) fn add_filters(environment: &mut Environment<'static>, escape: Escape) {
    type Change = fn(Escape, &str) -> String;
    let plain: Change = |_, text| text.to_owned();
    let styles: [(&str, Change); 9] = [
        ("bold", Escape::bold),
        ("italic", Escape::italic),
        ("dim", plain),
        ("red", plain),
        ("green", plain),
        ("yellow", plain),
        ("blue", plain),
        ("magenta", plain),
        ("cyan", plain),
    ];
    for (name, change) in styles {
        environment.add_filter(name, move |state: &mut State, value: &Value| {
            let text = marked_up(state, value)?;
            Ok::<_, Error>(Value::from_safe_string(change(escape, &text)))
        });
    }
    environment.add_filter("code", move |state: &mut State, value: &Value| {
        let text = shown(state, value)?;
        Ok::<_, Error>(Value::from_safe_string(escape.code(text.as_str())))
    });
    environment.add_filter("link", move |state: &mut State, value: &Value, address: &Value| {
        let text = marked_up(state, value)?;
        let address = shown(state, address)?;
        Ok::<_, Error>(Value::from_safe_string(escape.link(&text, address.as_str())))
    });
    environment.add_filter("heading", |state: &mut State, value: &Value| {
        Ok::<_, Error>(left(&Mark::Heading(shown(state, value)?.as_str().to_owned())))
    });
    environment.add_filter("small", |state: &mut State, value: &Value| {
        Ok::<_, Error>(left(&Mark::Small(marked_up(state, value)?)))
    });
    environment.add_filter("fact", move |state: &mut State, value: &Value, label: &str| {
        let text = marked_up(state, value)?;
        if text.trim().is_empty() {
            return Ok(Value::from_safe_string(String::new()));
        }
        Ok::<_, Error>(left(&Mark::Fact(escape.value(label), text)))
    });
    environment.add_filter("fence", |state: &mut State, value: &Value, options: Kwargs| {
        let more = options.get::<Option<Value>>("more")?.unwrap_or_default();
        options.assert_all_used()?;
        let text = shown(state, value)?.as_str().to_owned();
        let more = if more.is_none() || more.is_undefined() {
            String::new()
        } else {
            shown(state, &more)?.as_str().to_owned()
        };
        Ok::<_, Error>(left(&Mark::Code(text, more)))
    });
    environment.add_filter("block", move |value: &Value| {
        let block = written(escape, value).map_err(|error| {
            Error::new(ErrorKind::BadSerialization, "not a block").with_source(error)
        })?;
        Ok::<_, Error>(left(&Mark::Block(block)))
    });
    environment.add_global("divider", left(&Mark::Divider));
}

/// A block of the template's own. A text in it is markup where the template captured it as such, and
/// otherwise a value like any other.
fn written(escape: Escape, value: &Value) -> Result<serde_json::Value, serde_json::Error> {
    let items = || value.try_iter().into_iter().flatten();
    match value.kind() {
        ValueKind::Map => {
            let field = |name: &Value| value.get_item(name).unwrap_or_default();
            let plain = field(&"type".into()).as_str() == Some("plain_text");
            let mut fields = serde_json::Map::new();
            for name in items() {
                let inner = field(&name);
                let text = inner.as_str().filter(|_| !plain && !inner.is_safe());
                let inner = match text {
                    Some(text) if name.as_str() == Some("text") => escape.value(text).into(),
                    _ => written(escape, &inner)?,
                };
                fields.insert(name.to_string(), inner);
            }
            Ok(fields.into())
        }
        ValueKind::Seq | ValueKind::Iterable => {
            items().map(|item| written(escape, &item)).collect()
        }
        _ => serde_json::to_value(value),
    }
}

/// A value in the service's markup: what is no markup yet is escaped.
fn marked_up(state: &mut State, value: &Value) -> Result<String, Error> {
    if value.is_none() {
        return Ok(String::new());
    }
    state.format(value.clone())
}

fn left(mark: &Mark) -> Value {
    // Of texts and JSON, nothing can fail to be written.
    let mark = serde_json::to_string(mark).unwrap_or_default();
    Value::from_safe_string(format!("{START}{mark}{END}"))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_paragraphs_and_what_filters_left() {
        let heading = left(&Mark::Heading("a \u{2} \"b\"".to_owned()));
        let fact = left(&Mark::Fact("Who".to_owned(), "Ann".to_owned()));
        let text = format!(
            "\n  one \ntwo\n\n\n{heading}three\n{fact}\n{fact}{divider}",
            divider = left(&Mark::Divider)
        );
        let lines = |lines: &[&str]| {
            Piece::Paragraph(lines.iter().map(|line| (*line).to_owned()).collect())
        };
        let fact = || ("Who".to_owned(), "Ann".to_owned());
        assert_eq!(
            pieces(&text).unwrap(),
            [
                lines(&["one", "two"]),
                Piece::Mark(Mark::Heading("a \u{2} \"b\"".to_owned())),
                lines(&["three"]),
                Piece::Facts(vec![fact(), fact()]),
                Piece::Mark(Mark::Divider),
            ]
        );
        assert!(pieces("a\u{2}b").is_err());
    }

    #[test]
    fn further_messages_have_keys_of_their_own() {
        assert_eq!(part("k", 1), "k");
        assert_ne!(part("k", 2), part("k", 3));
        assert_eq!(part("k", 2), part("k", 2));
        assert_eq!(part("", 2), "");
    }
}
