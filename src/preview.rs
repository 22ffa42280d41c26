//! How a message will look, without sending it: as a page for a browser ([`html()`]), as text for a
//! terminal ([`terminal()`]), and in Slack's own Block Kit Builder ([`builder_url`]).
//!
//! A body is read into `Shown`, which knows no service any more; from there on both pictures are
//! made of the same. Nothing of a message is left out: what no picture can be made of is a box with
//! its JSON. And whatever would do something when the message arrives, such as to notify a channel,
//! is marked as live.

use serde_json::Value;

use crate::message::{Form, Message};
use crate::render::neutral;

mod builder;
mod emphasis;
mod html;
mod slack;
mod teams;
mod terminal;

pub use builder::builder_url;
pub use html::html;
pub use terminal::terminal;

/// A message as its service shows it.
#[derive(Debug, Default, PartialEq)]
struct Shown {
    blocks: Vec<Block>,
    /// What is read where the rest cannot be shown, such as in notifications: a name for it, and the
    /// text.
    aside: Option<(&'static str, Vec<Span>)>,
}

/// One part of a message, and how it stands apart from the one above.
#[derive(Debug, PartialEq)]
struct Block {
    gap: Gap,
    /// Whether there is a line above it.
    ruled: bool,
    part: Part,
}

/// Space above a part.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Gap {
    None,
    Small,
    #[default]
    Default,
    Large,
}

#[derive(Debug, PartialEq)]
enum Part {
    Text {
        spans: Vec<Span>,
        tone: Tone,
    },
    Quote(Vec<Span>),
    List(Vec<Item>),
    Code(Vec<Span>),
    Divider,
    /// Names and values.
    Facts(Vec<(Vec<Span>, Vec<Span>)>),
    Columns(Vec<Vec<Block>>),
    Group {
        mood: Mood,
        blocks: Vec<Block>,
    },
    Buttons(Vec<Button>),
    /// A picture by what it says; it is never fetched.
    Picture(String),
    /// What has no picture here.
    Unknown {
        kind: String,
        json: String,
    },
}

#[derive(Debug, PartialEq)]
struct Item {
    /// `•`, or a number.
    marker: String,
    /// How deep it lies in other lists.
    depth: usize,
    spans: Vec<Span>,
}

#[derive(Debug, PartialEq)]
struct Button {
    label: String,
    /// Where it leads.
    to: Option<String>,
}

/// How a text is set.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Tone {
    size: Size,
    bold: bool,
    subtle: bool,
    mono: bool,
    mood: Mood,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Size {
    Small,
    #[default]
    Default,
    Medium,
    Large,
    ExtraLarge,
}

/// What a colour means.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Mood {
    #[default]
    Default,
    Accent,
    Good,
    Warning,
    Attention,
    /// Only set apart.
    Emphasis,
}

#[derive(Debug, Clone, PartialEq)]
enum Span {
    Text(String),
    Styled(Style, Vec<Span>),
    Code(Vec<Span>),
    Link {
        to: String,
        label: Vec<Span>,
    },
    /// What does something by itself: a mention.
    Live(String),
    Break,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Style {
    Bold,
    Italic,
    Strike,
}

impl Shown {
    /// Reads a message.
    fn of(message: &Message) -> Self {
        let code =
            || Self { blocks: vec![Part::Code(vec![text(&message.body)]).into()], aside: None };
        match (message.form, serde_json::from_str(&message.body)) {
            (Form::Slack, Ok(body)) => slack::shown(&body),
            (Form::Teams, Ok(body)) => teams::shown(&body),
            (Form::Json, Ok::<Value, _>(body)) => Self {
                blocks: vec![Part::Code(vec![Span::Text(pretty(&body))]).into()],
                aside: None,
            },
            (Form::Slack | Form::Teams | Form::Json, Err(_)) | (Form::Text, _) => code(),
        }
    }
}

impl From<Part> for Block {
    fn from(part: Part) -> Self {
        Self { gap: Gap::Default, ruled: false, part }
    }
}

impl Part {
    /// What has no picture.
    fn unknown(kind: &str, value: &Value) -> Self {
        Self::Unknown { kind: clean(kind), json: pretty(value) }
    }
}

/// A text of a message as a span.
fn text(value: &str) -> Span {
    Span::Text(clean(value))
}

/// A text of a message without what would steer a terminal or turn the order of a page. All texts
/// that are shown go through here.
fn clean(value: &str) -> String {
    let value = value.replace("\r\n", "\n").replace('\r', "\n").replace('\t', "    ");
    neutral::lines(&value).into_owned()
}

/// JSON for people.
fn pretty(value: &Value) -> String {
    // Of JSON, nothing can fail to be written.
    clean(&serde_json::to_string_pretty(value).unwrap_or_default())
}

/// A text field, empty if it is none.
fn field<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// A list field, empty if it is none.
fn items<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

/// Whether a browser opens the address as a page.
fn is_web(address: &str) -> bool {
    let scheme = address.split_once("://").map(|(scheme, _)| scheme.to_ascii_lowercase());
    matches!(scheme.as_deref(), Some("http" | "https"))
}
