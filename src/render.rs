//! Rendering: a template and a context become a [`Message`].
//!
//! The shipped templates are compiled in; a folder of the user's replaces any of them, file by
//! file. A form decides how values are escaped (`escape`), so no template can forget to: whatever
//! could steer a terminal or hide its meaning is written out ([`neutral`]), and nothing pings a
//! channel. An unknown field is an error that names the nearest known one ([`error`]), and a
//! template of the user's that fails, or makes what the service would refuse, gives way to the
//! shipped one rather than lose a message. What chat services get is made in `chat`.
//!
//! What is made for programs has no template: it is the context itself (`json`).
//!
//! Rendering knows no digest: it takes anything serialisable. Of the context it reads three fields:
//! `title` and `key`, the message's own, and `zone`, the time zone of the filter `time`.

use std::path::{Path, PathBuf};

use chrono_tz::Tz;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{Environment, Output, UndefinedBehavior, Value};
use serde::Serialize;

use crate::message::{Form, Message};
use crate::sink::terminal;

mod chat;
pub mod error;
mod escape;
mod figures;
mod json;
mod layout;
pub mod neutral;
mod paint;
mod source;

pub use error::RenderError;
pub(crate) use layout::{cut, squeeze, wrap};

use escape::Escape;
use source::Source;

/// How much work one template may do: three times what the longest digest of the shipped ones
/// needs, and a thousand times the usual.
const FUEL: u64 = 5_000_000;

/// Longest message, in bytes. No channel takes more, and no person.
const LONGEST: usize = 4 << 20;

/// How text is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// Whether the filters for colour do anything.
    pub color: bool,
    /// Columns of the terminal.
    pub width: u16,
}

impl Look {
    /// Columns where nothing is known of the terminal.
    pub const WIDTH: u16 = 100;

    /// The look for standard output: as wide as its terminal, within reason.
    pub fn of_stdout(color: bool) -> Self {
        let width = terminal::width().map_or(Self::WIDTH, |width| width.clamp(80, 120));
        Self { color, width }
    }
}

impl From<bool> for Look {
    fn from(color: bool) -> Self {
        Self { color, width: Self::WIDTH }
    }
}

/// Renders messages.
#[derive(Debug, Clone, Default)]
pub struct Renderer {
    folder: Option<PathBuf>,
}

/// Messages, and what people should know about how they came about.
#[derive(Debug, Clone)]
pub struct Rendered {
    /// The messages, in the order in which people are to read them: one, unless it does not fit.
    pub messages: Vec<Message>,
    /// Why they are not from the user's template, where that one failed.
    pub notice: Option<String>,
}

impl Renderer {
    /// A renderer with the shipped templates alone.
    pub fn shipped() -> Self {
        Self::default()
    }

    /// A renderer that prefers the templates in `folder`, laid out like the shipped ones:
    /// `<form>/<name>.<extension>.j2`.
    pub fn with_folder(folder: impl Into<PathBuf>) -> Self {
        Self { folder: Some(folder.into()) }
    }

    /// Renders one template: one message, or several where it does not fit into one.
    ///
    /// `look` is a [`Look`], or just whether to use colour.
    ///
    /// # Errors
    /// [`RenderError`] when there is no such template, or it fails.
    pub fn render(
        &self,
        form: Form,
        template: &str,
        context: &impl Serialize,
        look: impl Into<Look>,
    ) -> Result<Vec<Message>, RenderError> {
        if form == Form::Json {
            return Ok(vec![json::message(template, context)?]);
        }
        let source = Source::new(self.folder.as_deref());
        run(&source, form, template, &Value::from(Serde(context)), look.into())
    }

    /// Renders one template; where the user's own fails, the shipped one of the same name.
    ///
    /// # Errors
    /// [`RenderError`] when the user's template fails and none of this name is shipped.
    pub fn render_or_shipped(
        &self,
        form: Form,
        template: &str,
        context: &impl Serialize,
        look: impl Into<Look>,
    ) -> Result<Rendered, RenderError> {
        if form == Form::Json {
            return Ok(Rendered {
                messages: vec![json::message(template, context)?],
                notice: None,
            });
        }
        let (context, look) = (Value::from(Serde(context)), look.into());
        let own = Source::new(self.folder.as_deref());
        let error = match run(&own, form, template, &context, look) {
            Ok(messages) => return Ok(Rendered { messages, notice: None }),
            Err(error) => error,
        };
        match run(&Source::new(None), form, template, &context, look) {
            Ok(messages) if self.folder.is_some() => Ok(Rendered {
                messages,
                notice: Some(format!("the shipped template is used, because {error}")),
            }),
            _ => Err(error),
        }
    }

    /// Names of the shipped templates of a form, without partials.
    pub fn templates(form: Form) -> Vec<String> {
        source::names(form)
    }

    /// The folder with the user's templates.
    pub fn folder(&self) -> Option<&Path> {
        self.folder.as_deref()
    }
}

fn run(
    source: &Source,
    form: Form,
    template: &str,
    context: &Value,
    look: Look,
) -> Result<Vec<Message>, RenderError> {
    let look = Look { color: look.color && form.has_color(), ..look };
    let name = source::path(form, template);
    let environment = environment(source, form, context, look);
    let fail = |error| RenderError::new(&error, &name, source, context);
    let mut page = Page::default();
    environment
        .get_template(&name)
        .and_then(|template| template.render_captured_to(context.clone(), &mut page))
        .map_err(
            |error| {
                if page.full { RenderError::too_long(&name, source) } else { fail(error) }
            },
        )?;
    // Templates write UTF-8 only; a replacement character would be a bug that people can see.
    let text = String::from_utf8_lossy(&page.bytes);
    let (title, key) = (text_field(context, "title"), text_field(context, "key"));
    match form {
        Form::Slack | Form::Teams => chat::messages(form, &text, &title, &key)
            .map_err(|reason| RenderError::refused(&name, source, form, &reason)),
        Form::Text | Form::Json => Ok(vec![Message {
            form,
            title: neutral::line(&title).into_owned(),
            body: neutral::page(text.trim_matches('\n'), look.color),
            key,
        }]),
    }
}

/// Makes the environment of one rendering. It is cheap, templates are small, and an edited file
/// counts at once.
fn environment(source: &Source, form: Form, context: &Value, look: Look) -> Environment<'static> {
    let escape = Escape::of(form);
    let mut environment = Environment::new();
    let loader = source.clone();
    environment.set_loader(move |name| loader.load(name));
    // An include names its neighbour: `_run.txt.j2`.
    environment.set_path_join_callback(|name, parent| match parent.rsplit_once('/') {
        Some((folder, _)) if !name.contains('/') => format!("{folder}/{name}").into(),
        _ => name.into(),
    });
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    // Off, errors do not say which field is unknown.
    environment.set_debug(true);
    environment.set_fuel(Some(FUEL));
    if let Ok(syntax) = SyntaxConfig::builder()
        .trim_blocks(true)
        .lstrip_blocks(true)
        .keep_trailing_newline(true)
        .build()
    {
        environment.set_syntax(syntax);
    }
    environment.set_auto_escape_callback(move |_| escape.mode());
    environment.set_formatter(move |out, _, value| write(escape, out, value));
    // Nothing in a template switches escaping off.
    environment.remove_filter("safe");
    environment.remove_filter("tojson");
    let zone: Tz = text_field(context, "zone").parse().unwrap_or(Tz::UTC);
    figures::add(&mut environment, zone);
    layout::add(&mut environment);
    match form {
        Form::Slack | Form::Teams => chat::add_filters(&mut environment, escape),
        Form::Text | Form::Json => paint::add(&mut environment, look.color),
    }
    environment.add_global("width", i64::from(look.width));
    environment
}

/// Writes a value: whatever the template does, values stay within their line and do nothing.
fn write(escape: Escape, out: &mut Output, value: &Value) -> Result<(), minijinja::Error> {
    if value.is_none() {
        return Ok(());
    }
    match value.as_str() {
        Some(text) if value.is_safe() => out.write_str(text)?,
        Some(text) => out.write_str(&escape.value(text))?,
        None => out.write_str(&escape.value(&value.to_string()))?,
    }
    Ok(())
}

fn text_field(context: &Value, name: &str) -> String {
    context
        .get_attr(name)
        .ok()
        .and_then(|value| value.as_str().map(str::to_owned))
        .unwrap_or_default()
}

/// What a template has written, up to [`LONGEST`].
#[derive(Debug, Default)]
struct Page {
    bytes: Vec<u8>,
    full: bool,
}

impl std::io::Write for Page {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if self.bytes.len() + bytes.len() > LONGEST {
            self.full = true;
            return Err(std::io::ErrorKind::FileTooLarge.into());
        }
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
