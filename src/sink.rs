//! Where messages go: the [`Sink`] trait. Each sink is a file in this module's folder.
//!
//! To add one:
//!
//! 1. A file beside `webhook.rs`, whose type is a [`Sink`]. `http.rs` posts and says what a status
//!    means, `lookup.rs` gets secrets; what an answer's body says may be a secret too.
//! 2. Its settings in [`crate::config::Channel`]: the keys it takes are one line of the table there,
//!    and one arm makes them of what is written.
//! 3. One arm in `src/app/channels.rs`.
//!
//! A sink for a service with markup of its own also needs a [`Form`].

use std::time::Duration;

use async_trait::async_trait;

use crate::message::{Form, Message};

mod http;
mod lookup;
mod slack;
pub mod slack_bot;
pub mod slack_webhook;
pub mod teams;
pub mod terminal;
pub mod webhook;

/// Delivers one rendered message to one place.
#[async_trait]
pub trait Sink: Send + Sync {
    /// The form it takes; the caller renders messages in this form.
    fn form(&self) -> Form;

    /// At most one message goes out each such time, where the other side takes no more. It allows
    /// short bursts.
    fn pace(&self) -> Option<Duration> {
        None
    }

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
        after: Option<Duration>,
    },
    /// The channel takes nothing until somebody mends it; the message waits.
    #[error("{reason}; {remedy}")]
    Broken {
        /// What went wrong.
        reason: String,
        /// What a person can do about it.
        remedy: String,
    },
    /// The message is refused for itself; others may get through.
    #[error("{reason} ({remedy})")]
    Refused {
        /// What went wrong.
        reason: String,
        /// What a person can do about it.
        remedy: String,
    },
}

impl SinkError {
    fn broken(reason: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::Broken { reason: reason.into(), remedy: remedy.into() }
    }

    fn refused(reason: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::Refused { reason: reason.into(), remedy: remedy.into() }
    }
}
