//! A message: what one channel gets, rendered, and the form it is in.
//!
//! A message is final. Sinks carry it and never change it; what it says is decided by templates.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What a message is written in. A form is a folder of templates and one variant here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Form {
    /// Plain text of fixed width, for terminals and logs.
    Text,
}

impl Form {
    /// All forms, in the order in which help lists them.
    pub const ALL: [Self; 1] = [Self::Text];

    /// The name in `--form`, and the folder under `templates/`.
    pub fn folder(self) -> &'static str {
        match self {
            Self::Text => "text",
        }
    }

    /// The extension of its templates, before `.j2`. It decides how values are escaped.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Text => "txt",
        }
    }

    /// Whether colour means anything in this form.
    pub fn has_color(self) -> bool {
        match self {
            Self::Text => true,
        }
    }
}

impl fmt::Display for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.folder())
    }
}

impl FromStr for Form {
    type Err = UnknownForm;

    fn from_str(name: &str) -> Result<Self, UnknownForm> {
        let wanted = name.trim().to_ascii_lowercase();
        if wanted == "terminal" {
            return Ok(Self::Text);
        }
        Self::ALL
            .into_iter()
            .find(|form| form.folder() == wanted)
            .ok_or(UnknownForm { name: wanted })
    }
}

/// A form that does not exist.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown form \"{}\"; known are {}", .name.escape_debug(), known_forms())]
pub struct UnknownForm {
    name: String,
}

fn known_forms() -> String {
    let names: Vec<_> = Form::ALL.iter().map(|form| form.folder()).collect();
    format!("{} (also called \"terminal\")", names.join(", "))
}

/// One rendered message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// What the body is written in.
    pub form: Form,
    /// One plain line that says the same as the body: for notifications, subjects and logs.
    pub title: String,
    /// The rendered template.
    pub body: String,
    /// Stable name of the message: the ledger remembers it, so that the same message is not
    /// delivered twice. Empty until [`Message::keyed`] gives one.
    pub key: String,
}

impl Message {
    /// The same message under a stable name, which the caller makes from report, channel and
    /// period.
    #[must_use]
    pub fn keyed(mut self, key: impl Into<String>) -> Self {
        self.key = key.into();
        self
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_found_by_name_and_alias() {
        assert_eq!("text".parse(), Ok(Form::Text));
        assert_eq!(" Terminal".parse(), Ok(Form::Text));
        let error = "txet".parse::<Form>().unwrap_err();
        assert_eq!(
            error.to_string(),
            "unknown form \"txet\"; known are text (also called \"terminal\")"
        );
    }
}
