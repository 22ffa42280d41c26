//! Why a statement is not taken: Trino's code and words, where, and what to write instead.

use std::fmt;

/// A statement that is refused before it runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Trino's code, `SYNTAX_ERROR`.
    pub code: &'static str,
    /// What is wrong, in Trino's words where it has some.
    pub message: String,
    /// Byte in the text; `None` where no place can be named.
    pub at: Option<usize>,
    /// What to write instead.
    pub hint: Option<String>,
}

impl Refusal {
    /// A refusal at a byte of the text.
    pub fn new(code: &'static str, at: usize, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), at: Some(at), hint: None }
    }

    /// `SYNTAX_ERROR`.
    pub fn syntax(at: usize, message: impl Into<String>) -> Self {
        Self::new("SYNTAX_ERROR", at, message)
    }

    /// Adds what to write instead.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.message)
    }
}

impl std::error::Error for Refusal {}

/// Line and column of a byte of `text`, both from 1; columns count code points.
pub fn line_and_column(text: &str, at: usize) -> (u64, u64) {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    let before = &text[..at];
    let line = before.bytes().filter(|byte| *byte == b'\n').count() as u64 + 1;
    let start = before.rfind('\n').map_or(0, |newline| newline + 1);
    (line, before[start..].chars().count() as u64 + 1)
}
