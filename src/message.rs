//! A message: what one channel gets, rendered, and the form it is in.
//!
//! A message is final. Sinks carry it and never change it; what it says is decided by templates.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// What a message is written in. A form is one variant here, and a folder of templates unless it is
/// made for programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Form {
    /// Plain text of fixed width, for terminals and logs.
    Text,
    /// Blocks of Slack's Block Kit.
    Slack,
    /// An Adaptive Card for Microsoft Teams.
    Teams,
    /// All that templates know, for programs.
    Json,
}

impl Form {
    /// All forms, in the order in which help lists them.
    pub const ALL: [Self; 4] = [Self::Text, Self::Slack, Self::Teams, Self::Json];

    /// The name in `--form`, and the folder under `templates/`.
    pub fn folder(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Slack => "slack",
            Self::Teams => "teams",
            Self::Json => "json",
        }
    }

    /// The extension of its templates, before `.j2`. It decides how values are escaped.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Text => "txt",
            Self::Slack => "mrkdwn",
            Self::Teams => "md",
            Self::Json => "json",
        }
    }

    /// Whether colour means anything in this form.
    pub fn has_color(self) -> bool {
        match self {
            Self::Text => true,
            Self::Slack | Self::Teams | Self::Json => false,
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
    let name = |form: &Form| match form {
        Form::Text => "text (also called \"terminal\")",
        other => other.folder(),
    };
    Form::ALL.iter().map(name).collect::<Vec<_>>().join(", ")
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
    /// Stable [`key`] of the message: the ledger remembers it, so that the same message is not
    /// delivered twice, and receivers know by it one that is. Empty in a preview.
    pub key: String,
}

/// A name that only a message made of these parts has, however often it is made: the first half of
/// a SHA-256, so that neither the length nor the letters of a part matter.
pub fn key(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
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
            "unknown form \"txet\"; known are text (also called \"terminal\"), slack, teams, json"
        );
    }

    #[test]
    fn a_key_tells_parts_apart() {
        let keys = [key(&["a", "b"]), key(&["ab"]), key(&["a", "b", ""]), key(&["b", "a"])];
        let different: std::collections::BTreeSet<_> = keys.iter().collect();
        assert_eq!(different.len(), keys.len());
        assert!(keys.iter().all(|key| key.len() == 32));
        assert_eq!(keys[0], key(&["a", "b"]));
    }
}
