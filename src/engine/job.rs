//! Queries that run on while nobody waits: an engine in another place may be left alone with one, and
//! asked again by another process.

use std::fmt;

use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use super::{EngineError, Rows};

/// A query that an engine may go on with while nobody waits.
#[derive(Debug, Clone)]
pub struct Job<'a> {
    /// What tells it from every other, such as its window: whoever begins the same query under the
    /// same key gets the execution that is there.
    pub key: &'a str,
    /// How often it is tried, from 1. An execution that failed stays failed under its attempt.
    pub attempt: u32,
    /// The execution to come back to; `None` begins it.
    pub execution: Option<ExecutionId>,
    /// When whoever waits has to go.
    pub leave: Option<Instant>,
}

/// What has become of a [`Job`].
#[derive(Debug)]
pub enum Work {
    /// It is done.
    Rows(Rows),
    /// It runs: it has just been begun, or [`Job::leave`] has come. Come back with this id.
    Running(ExecutionId),
    /// The engine does not tell how it is, or does not give the answer it has: come back later.
    Unclear(EngineError),
    /// It failed in a way that may not happen again: the next attempt may succeed.
    Again(EngineError),
}

/// An engine's name for a query that it has taken. It stays valid for long, in every process.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct ExecutionId(String);

impl ExecutionId {
    /// The id as the engine writes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ExecutionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<ExecutionId> for String {
    fn from(id: ExecutionId) -> Self {
        id.0
    }
}

impl TryFrom<String> for ExecutionId {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let good = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        match (1..=128).contains(&text.len()) && text.bytes().all(good) {
            true => Ok(Self(text)),
            false => Err(format!("'{}' is no id of an execution", text.escape_debug())),
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    #[test]
    fn an_id_from_a_file_is_checked() {
        let read = |text: &str| serde_json::from_str::<ExecutionId>(text);
        let id = "\"0a1b2c3d-1111-2222-3333-444455556666\"";
        assert_eq!(serde_json::to_string(&read(id).unwrap()).unwrap(), id);
        for wrong in ["\"\"", "\"a b\"", "\"../x\"", "7"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
