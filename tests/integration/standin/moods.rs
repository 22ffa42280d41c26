//! What services do besides what they should: fail, be slow, lose an answer, have enough.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use super::http::Reply;

/// What happens to one request.
#[derive(Debug, Clone)]
pub(crate) enum Fault {
    /// It is answered like this, and not taken.
    Status(u16, Vec<(&'static str, String)>, String),
    /// It waits, and then goes on as ever.
    Slow(Duration),
    /// The connection ends, and it is not taken.
    Hangup,
    /// It is taken, and the connection ends before the answer.
    Lost,
}

impl Fault {
    /// Too many, with how many seconds to wait.
    pub(crate) fn busy(seconds: u32) -> Self {
        let wait = vec![("Retry-After", seconds.to_string())];
        Self::Status(429, wait, "hush".to_owned())
    }
}

/// The moods of a service.
#[derive(Default)]
pub(super) struct Moods {
    faults: Mutex<VecDeque<Fault>>,
    bucket: Mutex<Option<Bucket>>,
}

/// How many requests a service takes.
struct Bucket {
    every: Duration,
    burst: f64,
    left: f64,
    since: Instant,
}

impl Moods {
    /// The next requests are answered like this, one after the other.
    pub(super) fn fail(&self, faults: &[Fault]) {
        self.faults.lock().unwrap().extend(faults.iter().cloned());
    }

    /// From now on one request is taken each such time, and so many at once.
    pub(super) fn limit(&self, every: Duration, burst: u32) {
        let burst = f64::from(burst);
        *self.bucket.lock().unwrap() =
            Some(Bucket { every, burst, left: burst, since: Instant::now() });
    }

    /// Answers a request by its mood, or as `take` does, which also takes what is in it.
    pub(super) fn answer(&self, take: impl FnOnce() -> Reply) -> Reply {
        // Not in the match, where the lock would be held for as long as a slow answer takes.
        let fault = self.faults.lock().unwrap().pop_front();
        match fault {
            Some(Fault::Status(status, headers, body)) => {
                return Reply::Whole(status, headers, body.into_bytes());
            }
            Some(Fault::Hangup) => return Reply::Hangup,
            Some(Fault::Lost) => {
                take();
                return Reply::Hangup;
            }
            Some(Fault::Slow(time)) => std::thread::sleep(time),
            None => {}
        }
        match self.wait() {
            Some(time) => {
                let seconds = time.as_secs_f64().ceil().max(1.0).to_string();
                Reply::Whole(429, vec![("Retry-After", seconds)], b"rate_limited".to_vec())
            }
            None => take(),
        }
    }

    /// How long until there is room for one more; it counts the request if that is now.
    fn wait(&self) -> Option<Duration> {
        let mut bucket = self.bucket.lock().unwrap();
        let bucket = bucket.as_mut()?;
        let come = bucket.since.elapsed().as_secs_f64() / bucket.every.as_secs_f64();
        bucket.left = (bucket.left + come).min(bucket.burst);
        bucket.since = Instant::now();
        if bucket.left < 1.0 {
            return Some(bucket.every.mul_f64(1.0 - bucket.left));
        }
        bucket.left -= 1.0;
        None
    }
}
