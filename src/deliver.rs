//! Delivery of one message: tries again where that can help.
//!
//! The mark that a message was delivered is the caller's ([`crate::report`]), made after each one.

use std::time::Duration;

use crate::message::Message;
use crate::sink::{Receipt, Sink, SinkError};

/// Tries for one message in one run; the next run tries again.
const TRIES: u32 = 3;
/// A side that asks for more patience than this is left to the next run.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// Delivers `message`.
///
/// # Errors
/// The last [`SinkError`] when it was refused, or every try failed.
pub async fn deliver(sink: &dyn Sink, message: &Message) -> Result<Receipt, SinkError> {
    let mut pause = Duration::from_secs(1);
    for _ in 1..TRIES {
        match sink.deliver(message).await {
            Err(SinkError::Retry { after, reason }) => {
                let wait = after.unwrap_or(pause);
                if wait > LONGEST_PAUSE {
                    return Err(SinkError::Retry { after, reason });
                }
                tracing::warn!(message.key, reason, "delivery failed, trying again");
                tokio::time::sleep(wait).await;
                pause *= 2;
            }
            done => return done,
        }
    }
    sink.deliver(message).await
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use async_trait::async_trait;

    use super::*;
    use crate::message::Form;

    /// Fails so many times, then accepts.
    struct Moody(AtomicU32, Option<Duration>);

    #[async_trait]
    impl Sink for Moody {
        fn form(&self) -> Form {
            Form::Text
        }

        async fn deliver(&self, _: &Message) -> Result<Receipt, SinkError> {
            let left = self.0.fetch_sub(1, Ordering::Relaxed);
            if left > 0 {
                return Err(SinkError::Retry { reason: "busy".to_owned(), after: self.1 });
            }
            Ok(Receipt::default())
        }
    }

    async fn tried(fails: u32, after: Option<Duration>) -> bool {
        let message = Message {
            form: Form::Text,
            title: String::new(),
            body: String::new(),
            key: String::new(),
        };
        deliver(&Moody(AtomicU32::new(fails), after), &message).await.is_ok()
    }

    #[tokio::test]
    async fn a_busy_side_gets_some_more_tries_and_not_for_ever() {
        let soon = Some(Duration::from_millis(1));
        assert!(tried(0, None).await);
        assert!(tried(TRIES - 1, soon).await);
        assert!(!tried(TRIES, soon).await);
        assert!(!tried(1, Some(LONGEST_PAUSE * 2)).await);
    }
}
