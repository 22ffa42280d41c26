//! The secrets that one delivery needs, and what people should know of it.

use super::http::Address;
use super::{Receipt, SinkError};
use crate::secret::{Reference, Secret, Secrets};

/// Looks secrets up.
pub(super) struct Lookup<'a> {
    secrets: &'a Secrets,
    notes: Vec<String>,
}

impl<'a> Lookup<'a> {
    pub(super) fn of(secrets: &'a Secrets) -> Self {
        Self { secrets, notes: Vec::new() }
    }

    /// A secret.
    ///
    /// # Errors
    /// [`SinkError::Broken`] when it cannot be had.
    pub(super) async fn secret(&mut self, reference: &Reference) -> Result<Secret, SinkError> {
        let found = self.secrets.get(reference).await;
        let found = found.map_err(|error| SinkError::broken(error.to_string(), error.remedy))?;
        self.notes.extend(found.note);
        Ok(found.secret)
    }

    /// The address in a secret.
    ///
    /// # Errors
    /// As [`Lookup::secret`], and when it is none that is safe to send to.
    pub(super) async fn address(&mut self, reference: &Reference) -> Result<Address, SinkError> {
        let secret = self.secret(reference).await?;
        Address::of(&secret).map_err(|reason| misfit(reference, reason, "write the real one there"))
    }

    /// Adds what people should know.
    pub(super) fn note(&mut self, note: String) {
        self.notes.push(note);
    }

    /// The receipt of a message that the other side calls `id`.
    pub(super) fn receipt(self, id: Option<String>) -> Receipt {
        let note = (!self.notes.is_empty()).then(|| self.notes.join("; "));
        Receipt { id, note }
    }
}

/// That a secret holds something, and not what its channel needs.
pub(super) fn misfit(reference: &Reference, reason: &str, remedy: &str) -> SinkError {
    SinkError::broken(format!("{reference} {reason}"), remedy)
}
