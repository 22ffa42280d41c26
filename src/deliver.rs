//! Delivery of one message: tries again where that can help.
//!
//! The mark that a message was delivered is the caller's ([`crate::report`]), made after each one.

use std::time::Duration;

use tokio::time::Instant;

use crate::message::Message;
use crate::sink::{Receipt, Sink, SinkError};

/// Tries for one message in one run; the next run tries again.
const TRIES: u32 = 3;
/// A side that asks for more patience than this is left to the next run.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// Until when a run may deliver.
#[derive(Clone, Copy)]
pub struct Allowed<'a> {
    /// Whether one more try may begin: it is this run's turn, and there is time.
    pub now: &'a (dyn Fn() -> bool + Sync),
    /// When the run has to leave; `None` is never.
    pub leave: Option<Instant>,
}

/// Delivers `message`, under the one that the other side calls `under`.
///
/// # Errors
/// The last [`SinkError`] when it was refused, every try failed, or no further one is allowed.
pub async fn deliver(
    sink: &dyn Sink,
    message: &Message,
    under: Option<&str>,
    allowed: Allowed<'_>,
) -> Result<Receipt, SinkError> {
    let mut pause = Duration::from_secs(1);
    for _ in 1..TRIES {
        match sink.deliver(message, under).await {
            Err(SinkError::Retry { after, reason }) => {
                let wait = after.unwrap_or(pause);
                let late = allowed.leave.is_some_and(|leave| Instant::now() + wait >= leave);
                if wait > LONGEST_PAUSE || late {
                    return Err(SinkError::Retry { after, reason });
                }
                tracing::warn!(message.key, reason, "delivery failed, trying again");
                tokio::time::sleep(wait).await;
                // Another run may have taken over meanwhile, and sent it.
                if !(allowed.now)() {
                    return Err(SinkError::Retry { after, reason });
                }
                pause *= 2;
            }
            done => return done,
        }
    }
    sink.deliver(message, under).await
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

        async fn deliver(&self, _: &Message, _: Option<&str>) -> Result<Receipt, SinkError> {
            let left = self.0.fetch_sub(1, Ordering::Relaxed);
            if left > 0 {
                return Err(SinkError::Retry { reason: "busy".to_owned(), after: self.1 });
            }
            Ok(Receipt::default())
        }
    }

    async fn tried(fails: u32, after: Option<Duration>) -> bool {
        tried_if(fails, after, Allowed { now: &|| true, leave: None }).await
    }

    async fn tried_if(fails: u32, after: Option<Duration>, allowed: Allowed<'_>) -> bool {
        let message = Message {
            form: Form::Text,
            title: String::new(),
            body: String::new(),
            key: String::new(),
        };
        deliver(&Moody(AtomicU32::new(fails), after), &message, None, allowed).await.is_ok()
    }

    #[tokio::test]
    async fn a_busy_side_gets_some_more_tries_and_not_for_ever() {
        let soon = Some(Duration::from_millis(1));
        assert!(tried(0, None).await);
        assert!(tried(TRIES - 1, soon).await);
        assert!(!tried(TRIES, soon).await);
        assert!(!tried(1, Some(LONGEST_PAUSE * 2)).await);
        // Whoever has to leave, or has lost its turn, does not try again.
        let leave = Some(Instant::now() + Duration::from_secs(5));
        let while_there_is_time = Allowed { now: &|| true, leave };
        assert!(tried_if(1, soon, while_there_is_time).await);
        assert!(!tried_if(1, Some(Duration::from_secs(6)), while_there_is_time).await);
        assert!(!tried_if(1, soon, Allowed { now: &|| false, leave: None }).await);
    }
}
