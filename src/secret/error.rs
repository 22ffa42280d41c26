//! Why a secret cannot be had.

use std::fmt;

use super::{PLACEHOLDER, Reference};

/// What went wrong, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Trouble {
    pub(super) reason: String,
    pub(super) remedy: String,
}

/// A secret that cannot be had. It names the reference, and never holds a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretError {
    /// Where the secret should be.
    pub reference: Reference,
    /// What is wrong.
    pub reason: String,
    /// What to do about it; a fragment without a full stop.
    pub remedy: String,
}

impl SecretError {
    pub(super) fn of(reference: &Reference, trouble: Trouble) -> Self {
        let Trouble { reason, remedy } = trouble;
        Self { reference: reference.clone(), reason, remedy }
    }

    /// It is there, and empty.
    pub(super) fn empty(reference: &Reference) -> Self {
        let reason = "it is empty".to_owned();
        Self::of(reference, Trouble { reason, remedy: write_it(reference) })
    }

    /// Nobody has written the real one.
    pub(super) fn placeholder(reference: &Reference) -> Self {
        let reason = format!("it still holds the placeholder, {PLACEHOLDER}");
        Self::of(reference, Trouble { reason, remedy: write_it(reference) })
    }

    /// The service answered, and not about this one.
    pub(super) fn unanswered(reference: &Reference) -> Self {
        let reason = "it was asked for, and the answer does not speak of it".to_owned();
        Self::of(reference, Trouble { reason, remedy: "check how its name is written".to_owned() })
    }
}

impl fmt::Display for SecretError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot use the secret {}: {}", self.reference, self.reason)
    }
}

impl std::error::Error for SecretError {}

/// How a person sets the value.
pub(super) fn write_it(reference: &Reference) -> String {
    match reference {
        // From a file, because a shell remembers what is typed.
        Reference::Ssm(name) => format!(
            "write the real value with `aws ssm put-parameter --overwrite --type SecureString \
             --name {name} --value file://secret.txt`"
        ),
        Reference::Env(name) => format!("set the variable {name} to the real value"),
        Reference::File(path) => format!("write the real value to {}", path.display()),
    }
}
