//! A channel is tried again, at its pace, and not for ever.

use std::sync::atomic::{AtomicU32, Ordering};

use async_trait::async_trait;

use super::*;
use crate::message::Form;

/// Fails so many times, then accepts. One that would fail for ever does not answer at all.
struct Moody(AtomicU32, Option<Duration>);

#[async_trait]
impl Sink for Moody {
    fn form(&self) -> Form {
        Form::Text
    }

    async fn deliver(&self, _: &Message, _: Option<&str>) -> Result<Receipt, SinkError> {
        if self.0.load(Ordering::Relaxed) == u32::MAX {
            std::future::pending::<()>().await;
        }
        let left = self.0.fetch_sub(1, Ordering::Relaxed);
        if left > 0 {
            return Err(SinkError::Retry { reason: "busy".to_owned(), after: self.1 });
        }
        Ok(Receipt::default())
    }
}

const ALWAYS: Allowed<'_> = Allowed { now: &|| true, leave: None };

/// So long is a second here.
const SECOND: Duration = Duration::from_millis(2);

/// How long it takes until a message is taken; `None` if it is not.
async fn took(fails: u32, after: Option<Duration>, allowed: Allowed<'_>) -> Option<Duration> {
    let empty = String::new;
    let message = Message { form: Form::Text, title: empty(), body: empty(), key: empty() };
    let (sink, pace) = (Moody(fails.into(), after), Pace::new(SECOND));
    let begun = Instant::now();
    let done = deliver(&sink, &pace, &message, None, allowed).await;
    done.is_ok().then(|| begun.elapsed())
}

#[tokio::test]
async fn a_busy_side_gets_some_more_tries_and_not_for_ever() {
    assert!(took(0, None, ALWAYS).await.is_some());
    let twice = took(TRIES - 1, None, ALWAYS).await;
    assert!(twice.is_some_and(|took| took >= SECOND / 2 + SECOND));
    assert_eq!(took(TRIES, None, ALWAYS).await, None);
    let asked = took(1, Some(SECOND * 30), ALWAYS).await;
    assert!(asked.is_some_and(|took| took >= SECOND * 30));
    assert_eq!(took(1, Some(SECOND * LONGEST_PAUSE * 2), ALWAYS).await, None);
    assert_eq!(took(1, Some(Duration::MAX), ALWAYS).await, None);
    assert_eq!(took(u32::MAX, None, ALWAYS).await, None, "it hangs");
}

#[tokio::test]
async fn whoever_has_to_leave_or_has_lost_its_turn_does_not_try_again() {
    let leave = Some(Instant::now() + Duration::from_secs(3600));
    assert!(took(1, None, Allowed { now: &|| true, leave }).await.is_some());
    let leave = Some(Instant::now() + SECOND * 30);
    let hurried = Allowed { now: &|| true, leave };
    assert!(took(1, Some(SECOND * 40), hurried).await.is_none());
    let asked = AtomicU32::new(0);
    let now = || asked.fetch_add(1, Ordering::Relaxed) == 0;
    assert!(took(1, None, Allowed { now: &now, leave: None }).await.is_none());
}

#[test]
fn a_channel_gets_a_burst_and_then_one_message_at_a_time() {
    let begun = Instant::now();
    let every = Some(Duration::from_secs(1));
    let mut state = State::default();
    let times = |state: &mut State, mut now: Instant, count: u32| -> Vec<u64> {
        let mut at = || {
            now = state.next(now, every);
            state.take(now, every);
            (now - begun).as_secs()
        };
        (0..count).map(|_| at()).collect()
    };
    assert_eq!(times(&mut state, begun, 7), [0, 0, 0, 0, 1, 2, 3]);
    // What was not used is not saved up.
    let later = begun + Duration::from_secs(60);
    assert_eq!(times(&mut state, later, 6), [60, 60, 60, 60, 61, 62]);
    // A pause that the other side asks for holds for all, and a shorter one does not end it.
    let end = begun + Duration::from_secs(62);
    state.close(end, Duration::from_secs(20));
    state.close(end, Duration::from_secs(2));
    assert_eq!(times(&mut state, end, 2), [82, 82]);
    assert_eq!(State::default().next(begun, None), begun);
}
