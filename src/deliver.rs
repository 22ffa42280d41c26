//! Delivery of one message: at the pace of its channel, and again where that can help.
//!
//! The mark that a message was delivered is the caller's ([`crate::report`]), made after each one.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep_until, timeout};

use crate::message::Message;
use crate::sink::{Receipt, Sink, SinkError};

#[cfg(test)]
mod tests;

/// Tries for one message in one run; the next run tries again.
const TRIES: u32 = 3;
/// A side that asks for more patience than this, in seconds, is left to the next run.
const LONGEST_PAUSE: u32 = 60;
/// Messages that may go out at once before a channel's pace holds.
const BURST: u32 = 4;
/// Seconds to wait for an answer. Sinks give up sooner: this is for one that hangs all the same.
const ANSWER: u32 = 30;

/// Until when a run may deliver.
#[derive(Clone, Copy)]
pub struct Allowed<'a> {
    /// Whether one more try may begin: it is this run's turn, and there is time.
    pub now: &'a (dyn Fn() -> bool + Sync),
    /// When the run has to leave; `None` is never.
    pub leave: Option<Instant>,
}

impl Allowed<'_> {
    /// Waits until `time`; gives whether there is still time then, without waiting if not.
    async fn until(self, time: Instant) -> bool {
        if time <= Instant::now() {
            return (self.now)();
        }
        if self.leave.is_some_and(|leave| time >= leave) {
            return false;
        }
        sleep_until(time).await;
        // Another run may have taken over meanwhile, and sent it.
        (self.now)()
    }
}

/// Why a message is still here.
#[derive(Debug)]
pub enum Undelivered {
    /// There was no time, or another run has taken over.
    NoTime,
    /// Its channel did not take it.
    Failed(SinkError),
}

/// How fast a channel takes messages, over all that a run has for it.
#[derive(Debug)]
pub struct Pace {
    second: Duration,
    state: Mutex<State>,
}

#[derive(Debug, Clone, Copy, Default)]
struct State {
    /// When all that went out would have gone out one by one.
    even: Option<Instant>,
    /// Until when the other side asked to be left alone.
    closed: Option<Instant>,
}

impl Pace {
    /// One whose pauses are so long for each second: a simulation lives faster.
    pub fn new(second: Duration) -> Self {
        Self { second, state: Mutex::default() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for Pace {
    fn default() -> Self {
        Self::new(Duration::from_secs(1))
    }
}

impl State {
    /// When the next try may go out.
    fn next(&self, now: Instant, every: Option<Duration>) -> Instant {
        let burst = every.unwrap_or_default() * (BURST - 1);
        let even = self.even.and_then(|even| even.checked_sub(burst));
        [even, self.closed].into_iter().flatten().fold(now, Instant::max)
    }

    /// Notes a try.
    fn take(&mut self, now: Instant, every: Option<Duration>) {
        self.even = every.map(|every| self.even.map_or(now, |even| even.max(now)) + every);
    }

    /// Notes that the other side wants to be left alone.
    fn close(&mut self, now: Instant, pause: Duration) {
        // No run lasts so long, and a pause of this length can still be reckoned with.
        let end = now.checked_add(pause).unwrap_or(now + Duration::from_secs(1 << 30));
        self.closed = self.closed.max(Some(end));
    }
}

/// Delivers `message`, under the one that the other side calls `under`.
///
/// # Errors
/// [`Undelivered`] when it was refused, every try failed, or no further one is allowed.
pub async fn deliver(
    sink: &dyn Sink,
    pace: &Pace,
    message: &Message,
    under: Option<&str>,
    allowed: Allowed<'_>,
) -> Result<Receipt, Undelivered> {
    let mut failed = None;
    let mut pause = pace.second;
    let longest = pace.second * LONGEST_PAUSE;
    for _ in 0..TRIES {
        let now = Instant::now();
        let next = pace.state().next(now, sink.pace());
        let wait = next - now;
        if wait > longest {
            let reason = "it asks to be left alone for a while".to_owned();
            let error = SinkError::Retry { reason, after: Some(wait) };
            return Err(Undelivered::Failed(failed.unwrap_or(error)));
        }
        if !allowed.until(next).await {
            return Err(failed.map_or(Undelivered::NoTime, Undelivered::Failed));
        }
        pace.state().take(Instant::now(), sink.pace());
        let answer = timeout(pace.second * ANSWER, sink.deliver(message, under)).await;
        match answer.unwrap_or_else(|_| Err(hangs())) {
            Err(SinkError::Retry { after, reason }) => {
                tracing::warn!(message.key, reason, "delivery failed");
                let wait = after.unwrap_or_default().saturating_add(some_of(pause));
                pace.state().close(Instant::now(), wait);
                failed = Some(SinkError::Retry { after, reason });
                pause *= 2;
            }
            done => return done.map_err(Undelivered::Failed),
        }
    }
    Err(failed.map_or(Undelivered::NoTime, Undelivered::Failed))
}

fn hangs() -> SinkError {
    SinkError::Retry { reason: "it does not answer".to_owned(), after: None }
}

/// Not the same for all who failed at the same time: they would come back at the same time.
fn some_of(pause: Duration) -> Duration {
    pause.mul_f64(0.5 + fastrand::f64())
}
