//! Secrets: values that never print, and where they are kept.
//!
//! A config names a secret by a [`Reference`] and never holds it. [`Secrets`] looks it up when it is
//! needed, and keeps it for as long as the process does or until it is [told to](Secrets::forget).
//! Whatever goes wrong on the way is a [`SecretError`], which names the reference and not the value.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Serialize, Serializer};
use tokio::sync::Mutex;

mod error;
#[cfg(feature = "aws")]
mod parameters;
#[cfg(not(feature = "aws"))]
#[path = "secret/no_parameters.rs"]
mod parameters;
mod reference;
mod stored;

pub use error::SecretError;
pub use reference::{Misread, Reference};

use parameters::Parameters;

/// What a secret holds until somebody writes the real one, as the Terraform module creates it.
/// Values that begin like this are refused.
pub const PLACEHOLDER: &str = "REPLACE_ME";

/// What is printed in place of a secret.
const HIDDEN: &str = "(secret)";

/// A value that never prints.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Takes a value as it is stored; blanks and line ends around it belong to its file.
    pub fn new(text: &str) -> Self {
        Self(text.trim().to_owned())
    }

    /// The value itself, for whoever sends or signs with it. It must not get into any text.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(HIDDEN)
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(HIDDEN)
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(HIDDEN)
    }
}

/// A secret that was looked up.
#[derive(Debug, Clone)]
pub struct Found {
    /// Its value.
    pub secret: Secret,
    /// What people should know about how it is kept; told once.
    pub note: Option<String>,
}

/// The secrets of a config.
#[derive(Debug, Default)]
pub struct Secrets {
    known: BTreeSet<Reference>,
    parameters: Parameters,
    found: Mutex<BTreeMap<Reference, Found>>,
}

impl Secrets {
    /// Secrets of which these are known to be needed. None is looked up yet.
    pub fn new(known: impl IntoIterator<Item = Reference>) -> Self {
        Self { known: known.into_iter().collect(), ..Self::default() }
    }

    /// Looks a secret up. The first that is in SSM brings the other known ones along, because a
    /// request takes ten.
    ///
    /// # Errors
    /// [`SecretError`] when it cannot be had or is none yet. It is not kept: the next call asks
    /// again.
    pub async fn get(&self, reference: &Reference) -> Result<Found, SecretError> {
        // Held while asking: others wait for the same answer.
        let mut found = self.found.lock().await;
        let mut trouble = None;
        if !found.contains_key(reference) {
            let mut wanted = BTreeSet::from([reference]);
            if matches!(reference, Reference::Ssm(_)) {
                let in_ssm = |one: &&Reference| matches!(one, Reference::Ssm(_));
                wanted.extend(self.known.iter().filter(in_ssm));
                wanted.retain(|one| !found.contains_key(*one));
            }
            for (one, looked_up) in self.look_up(wanted).await {
                match looked_up {
                    Ok(secret) => drop(found.insert(one, secret)),
                    Err(error) if one == *reference => trouble = Some(error),
                    // Whoever needs it asks again.
                    Err(_) => {}
                }
            }
        }
        match (found.get_mut(reference), trouble) {
            (Some(known), _) => Ok(Found { secret: known.secret.clone(), note: known.note.take() }),
            (None, Some(error)) => Err(error),
            (None, None) => Err(SecretError::unanswered(reference)),
        }
    }

    /// Looks all known ones up, whatever is kept.
    pub async fn all(&self) -> BTreeMap<Reference, Result<Found, SecretError>> {
        self.look_up(self.known.iter().collect()).await
    }

    /// Keeps none any longer, so that one that was changed is looked up anew.
    pub async fn forget(&self) {
        self.found.lock().await.clear();
    }

    async fn look_up(
        &self,
        wanted: BTreeSet<&Reference>,
    ) -> BTreeMap<Reference, Result<Found, SecretError>> {
        let mut looked_up = BTreeMap::new();
        let mut names = Vec::new();
        for reference in wanted {
            let value = match reference {
                Reference::Ssm(name) => {
                    names.push(name.as_str());
                    continue;
                }
                Reference::Env(name) => stored::in_environment(name),
                Reference::File(path) => stored::in_file(path),
            };
            let value = value.map_err(|trouble| SecretError::of(reference, trouble));
            looked_up.insert(reference.clone(), value.and_then(|text| usable(reference, &text)));
        }
        if !names.is_empty() {
            looked_up.extend(self.parameters.get(&names).await);
        }
        looked_up
    }
}

/// The secret in a value, unless it is none yet.
fn usable(reference: &Reference, text: &str) -> Result<Found, SecretError> {
    let secret = Secret::new(text);
    if secret.0.is_empty() {
        return Err(SecretError::empty(reference));
    }
    if secret.0.starts_with(PLACEHOLDER) {
        return Err(SecretError::placeholder(reference));
    }
    Ok(Found { secret, note: None })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests;
