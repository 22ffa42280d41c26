//! Whose turn it is to use the store: no two runs send the same messages.

use tokio::time::Instant;

use super::App;
use crate::config::Place;
use crate::error::{Error, Exit};
use crate::store::dir::{self, DirStore};
use crate::store::lease::{Lease, LeaseError};

/// A run's turn to use the store.
#[derive(Debug)]
pub enum Turn {
    /// Nobody else can reach the store.
    Alone,
    /// Of a folder.
    Folder(dir::Turn),
    /// Of a store that other machines reach.
    Lease(Lease),
}

impl App {
    /// Waits until no other run uses the store, if need be until `leave`; what it gives keeps the
    /// others waiting.
    ///
    /// # Errors
    /// [`Error`] when the store cannot be written, or another run still uses it.
    pub async fn turn(&self, leave: Option<Instant>) -> Result<Turn, Error> {
        match &self.config.store {
            Place::Memory => Ok(Turn::Alone),
            Place::Dir(root) => {
                let turn = DirStore::new(root).turn(leave).await?;
                turn.map(Turn::Folder).ok_or_else(|| busy("another run uses the store"))
            }
            Place::S3(_) => Ok(Turn::Lease(Lease::take(self.store()?.into(), leave).await?)),
        }
    }
}

impl Turn {
    /// Whether nobody else can have taken it over yet.
    pub fn is_held(&self) -> bool {
        match self {
            // The system takes it back from nobody who lives.
            Self::Alone | Self::Folder(_) => true,
            Self::Lease(lease) => lease.is_held(),
        }
    }

    /// Lets the next run have its turn at once.
    pub async fn end(self) {
        if let Self::Lease(lease) = self {
            lease.end().await;
        }
    }
}

impl From<LeaseError> for Error {
    fn from(error: LeaseError) -> Self {
        match error {
            LeaseError::Store(error) => error.into(),
            LeaseError::Busy(_) => busy(error.to_string()),
        }
    }
}

fn busy(message: impl Into<String>) -> Error {
    Error {
        exit: Exit::Partly,
        stage: "store",
        message: message.into(),
        hint: Some(
            "Nothing is lost: what it leaves is done by the next run. A run that died is waited for \
             half a minute."
                .to_owned(),
        ),
    }
}
