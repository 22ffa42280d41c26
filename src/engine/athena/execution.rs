//! What tells one execution of a query from every other.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// Athena's name for a query that it has taken. It stays valid for 45 days, in every process.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct ExecutionId(String);

impl ExecutionId {
    /// The id as Athena writes it.
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
            false => Err(format!("'{}' is no id of an Athena execution", text.escape_debug())),
        }
    }
}

/// What makes a run unique, such as its window and attempt. Athena takes a statement once for each
/// key: whoever starts the same statement under the same key gets the execution that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunKey {
    parts: Vec<String>,
}

impl RunKey {
    /// The key of these parts, in this order.
    pub fn of<T: Into<String>>(parts: impl IntoIterator<Item = T>) -> Self {
        Self { parts: parts.into_iter().map(Into::into).collect() }
    }

    /// A key that no other run has.
    pub fn unique() -> Self {
        let random = || fastrand::u64(..).to_string();
        let now = chrono::Utc::now().timestamp_micros().to_string();
        Self::of([now, std::process::id().to_string(), random(), random()])
    }

    /// The key of a further attempt. A failed execution stays failed under its own key.
    #[must_use]
    pub fn attempt(&self, number: u32) -> Self {
        Self::of(self.parts.iter().cloned().chain([number.to_string()]))
    }

    /// The client request token, 64 characters: Athena takes 32 to 128. The statement is a part of
    /// it, because Athena refuses a token that comes back with another one.
    pub(super) fn token(&self, statement: &str, parameters: &[String]) -> String {
        let mut hash = Sha256::new();
        let parts = self.parts.iter().chain(parameters).map(String::as_str).chain([statement]);
        for part in parts {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
        hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_the_same_for_the_same_run_only() {
        let key = RunKey::of(["window 7", "console_activity"]);
        let token = key.token("SELECT 1", &[]);
        assert_eq!(token.len(), 64);
        assert_eq!(token, key.clone().token("SELECT 1", &[]));
        let others = [
            key.attempt(2).token("SELECT 1", &[]),
            key.token("SELECT 2", &[]),
            key.token("SELECT 1", &["'x'".to_owned()]),
            RunKey::of(["window 7console_activity", ""]).token("SELECT 1", &[]),
            RunKey::unique().token("SELECT 1", &[]),
        ];
        for other in &others {
            assert_ne!(*other, token);
        }
        assert_ne!(RunKey::unique(), RunKey::unique());
    }

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
