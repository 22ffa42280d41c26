//! How fast Athena is asked again, and for how long.

use std::time::Duration;

/// Pauses and patience. The defaults suit Athena; tests take shorter ones.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// The first pause before asking how a query is.
    pub first: Duration,
    /// The longest pause.
    pub longest: Duration,
    /// The first pause of the SDK after a request that failed in passing.
    pub backoff: Duration,
    /// How long one answer may take.
    pub answer: Duration,
    /// How long a query that finds no place in the queue is offered again.
    pub patience: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            first: Duration::from_millis(200),
            longest: Duration::from_secs(5),
            backoff: Duration::from_millis(500),
            answer: Duration::from_secs(30),
            patience: Duration::from_secs(5 * 60),
        }
    }
}

impl Pace {
    /// Growing pauses, each a little off, so that queries that began together do not ask together.
    pub(super) fn pauses(&self) -> Pauses {
        Pauses { next: self.first, longest: self.longest }
    }
}

/// Pauses that grow.
#[derive(Debug)]
pub(super) struct Pauses {
    next: Duration,
    longest: Duration,
}

impl Pauses {
    pub(super) fn next(&mut self) -> Duration {
        let pause = self.next;
        self.next = (pause * 3 / 2).min(self.longest);
        pause.mul_f64(0.75 + fastrand::f64() / 2.0)
    }

    pub(super) async fn wait(&mut self) {
        tokio::time::sleep(self.next()).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_up_to_the_longest() {
        let pace = Pace::default();
        let mut pauses = pace.pauses();
        let around = |pause: Duration, expected: Duration| {
            pause >= expected.mul_f64(0.75) && pause <= expected.mul_f64(1.25)
        };
        assert!(around(pauses.next(), pace.first));
        assert!(around(pauses.next(), pace.first * 3 / 2));
        let last = (0..20).map(|_| pauses.next()).last().unwrap_or_default();
        assert!(around(last, pace.longest), "{last:?}");
    }
}
