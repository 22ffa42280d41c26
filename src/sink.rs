//! Where messages go: the [`Sink`] trait. Each sink is a file in this module's folder.

use async_trait::async_trait;

use crate::message::{Form, Message};

mod http;
pub mod terminal;
pub mod webhook;

/// Delivers one rendered message to one place.
#[async_trait]
pub trait Sink: Send + Sync {
    /// The form it takes; the caller renders messages in this form.
    fn form(&self) -> Form;

    /// Delivers one message, exactly as it is, and returns once the other side has accepted it.
    ///
    /// `under` is the other side's name for the message that this one belongs under, as the
    /// [`Receipt`] of that one gave it; a sink without threads leaves it alone.
    ///
    /// It tries once. Pacing, retries and the mark in the ledger are the caller's: after `Ok` the
    /// caller marks the message as delivered, so a crash between the two delivers it once more,
    /// and never loses it.
    ///
    /// # Errors
    /// [`SinkError`] says whether trying again can help.
    async fn deliver(&self, message: &Message, under: Option<&str>) -> Result<Receipt, SinkError>;

    /// Tells whether a message could go out, as far as can be told without sending one.
    ///
    /// # Errors
    /// As [`Sink::deliver`].
    async fn ready(&self) -> Result<(), SinkError> {
        Ok(())
    }
}

/// What the other side said when it accepted a message.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Receipt {
    /// The other side's name for the message, where it gives one.
    pub id: Option<String>,
    /// Something people should know though the message was delivered.
    pub note: Option<String>,
}

/// Why a message was not delivered.
#[derive(Debug, thiserror::Error)]
pub enum SinkError {
    /// Trying again later can help.
    #[error("{reason}")]
    Retry {
        /// What went wrong.
        reason: String,
        /// How long the other side asks to wait.
        after: Option<std::time::Duration>,
    },
    /// The message or the channel is refused: the same message will not get through later.
    #[error("{reason} ({remedy})")]
    Refused {
        /// What went wrong.
        reason: String,
        /// What a person can do about it.
        remedy: String,
    },
}
