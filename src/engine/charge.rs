//! What a service charges for a query.

use std::fmt;
use std::time::Duration;

use crate::figures;

const MEGABYTE: u64 = 1_000_000;
const TERABYTE: f64 = 1e12;

/// Athena charges for so much even when it has read less.
const LEAST_MEGABYTES: u64 = 10;

/// What a query cost, and how long it took there.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Charge {
    /// Bytes scanned, as stored.
    pub bytes: u64,
    /// Dollars, without what S3 and KMS charge on their own account.
    pub dollars: f64,
    /// How long the engine worked.
    pub engine: Duration,
    /// How long it waited before that.
    pub queue: Duration,
    /// The service's names for the executions.
    pub executions: Vec<String>,
}

impl Charge {
    /// The price of a query that scanned so many bytes, at so many dollars for a terabyte: by the
    /// megabyte, and at least ten of them.
    pub fn price(bytes: u64, per_terabyte: f64) -> f64 {
        let megabytes = bytes.div_ceil(MEGABYTE).max(LEAST_MEGABYTES);
        // A price needs no more than 53 bits of bytes.
        (megabytes * MEGABYTE) as f64 / TERABYTE * per_terabyte
    }

    /// Adds what another execution cost.
    pub fn add(&mut self, other: Self) {
        self.bytes += other.bytes;
        self.dollars += other.dollars;
        self.engine += other.engine;
        self.queue += other.queue;
        self.executions.extend(other.executions);
    }
}

/// `38.1 MB scanned, $0.0002, 1.2 s (0.1 s queued)`.
impl fmt::Display for Charge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = |time: Duration| figures::seconds(time.as_secs_f64());
        write!(
            f,
            "{} scanned, {}, {} ({} queued)",
            figures::bytes(self.bytes),
            figures::usd(self.dollars),
            seconds(self.engine + self.queue),
            seconds(self.queue)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_price_goes_by_the_megabyte_and_has_a_minimum() {
        for (bytes, dollars) in
            [(0, 0.00005), (9_999_999, 0.00005), (10_000_001, 0.000055), (1_000_000_000_000, 5.0)]
        {
            let price = Charge::price(bytes, 5.0);
            assert!((price - dollars).abs() < 1e-12, "{bytes}: {price}");
        }
    }

    #[test]
    fn executions_add_up() {
        let one = |bytes, id: &str| Charge {
            bytes,
            dollars: Charge::price(bytes, 5.0),
            engine: Duration::from_millis(1100),
            queue: Duration::from_millis(50),
            executions: vec![id.to_owned()],
        };
        let mut sum = one(38_100_000, "a");
        sum.add(one(1_000_000, "b"));
        assert_eq!(sum.executions, ["a", "b"]);
        assert_eq!(sum.to_string(), "39.1 MB scanned, $0.0002, 2.3 s (0.1 s queued)");
    }
}
