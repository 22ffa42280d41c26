//! What tells one execution of a query from every other.

use sha2::{Digest as _, Sha256};

/// The client request token of a statement: Athena takes a statement once for each, and whoever
/// sends the same token gets the execution that is there. It has 64 characters; Athena takes 32 to
/// 128. The statement is a part of it, because Athena refuses a token that comes back with another.
pub(super) fn token(key: &str, attempt: u32, statement: &str, parameters: &[String]) -> String {
    let mut hash = Sha256::new();
    let attempt = attempt.to_string();
    let parameters = parameters.iter().map(String::as_str);
    for part in [key, &attempt, statement].into_iter().chain(parameters) {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A key that no other run has.
pub(super) fn unique_key() -> String {
    let now = chrono::Utc::now().timestamp_micros();
    format!("{now} {} {:x} {:x}", std::process::id(), fastrand::u64(..), fastrand::u64(..))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_the_same_for_the_same_run_only() {
        let same = token("window 7", 1, "SELECT 1", &[]);
        assert_eq!(same.len(), 64);
        assert_eq!(same, token("window 7", 1, "SELECT 1", &[]));
        let others = [
            token("window 7", 2, "SELECT 1", &[]),
            token("window 7", 1, "SELECT 2", &[]),
            token("window 7", 1, "SELECT 1", &["'x'".to_owned()]),
            token("window 71", 1, "SELECT 1", &[]),
            token(&unique_key(), 1, "SELECT 1", &[]),
        ];
        for other in &others {
            assert_ne!(*other, same);
        }
        assert_ne!(unique_key(), unique_key());
    }
}
