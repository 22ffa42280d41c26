//! Messages for programs: the context that templates get, as one line of JSON.

use serde::Serialize;

use super::{RenderError, neutral};
use crate::message::{Form, Message};

/// The messages there are, as the folders of templates name them.
const KINDS: [&str; 4] = ["digest", "quiet", "event", "failure"];

/// A context under the name of its message. The context has `version`, and its fields are never
/// renamed or removed.
#[derive(Serialize)]
struct Body<'a, T> {
    kind: &'a str,
    #[serde(flatten)]
    context: &'a T,
}

/// Makes the message.
pub(super) fn message(kind: &str, context: &impl Serialize) -> Result<Message, RenderError> {
    let fail = |reason: String, remedy: String| RenderError {
        template: super::source::path(Form::Json, kind),
        file: None,
        line: None,
        reason,
        remedy,
    };
    if !KINDS.contains(&kind) {
        let remedy = format!("there are {}", KINDS.join(", "));
        return Err(fail("no message is called so".to_owned(), remedy));
    }
    let json = |error: serde_json::Error| fail(error.to_string(), "report it as a bug".to_owned());
    let body = serde_json::to_value(Body { kind, context }).map_err(json)?;
    let field = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
    let text = serde_json::to_string(&body).map_err(json)?;
    Ok(Message {
        form: Form::Json,
        title: neutral::line(&field("title")).into_owned(),
        key: field("key"),
        // People read it too.
        body: neutral::json(&text).into_owned(),
    })
}
