//! Times as people write them, on the command line and in the events of the Lambda.

use std::time::Duration;

use chrono::{DateTime, Utc};

/// A time, or how long before now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moment {
    At(DateTime<Utc>),
    Before(Duration),
}

impl Moment {
    /// Reads `24h` or RFC 3339; the error says what to write.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        match humantime::parse_duration(text) {
            Ok(span) => Ok(Self::Before(span)),
            Err(_) => time(text)
                .map(Self::At)
                .map_err(|_| "write a length of time such as 24h or 7d, or a time such as 2026-11-23T09:00:00Z".to_owned()),
        }
    }

    /// The time that is meant; the first one there is for lengths beyond all time.
    pub(crate) fn from(self, now: DateTime<Utc>) -> DateTime<Utc> {
        match self {
            Self::At(time) => time,
            Self::Before(span) => crate::ledger::before(now, span),
        }
    }
}

/// A time, as RFC 3339; the error says what to write.
pub(crate) fn time(text: &str) -> Result<DateTime<Utc>, String> {
    DateTime::parse_from_rfc3339(text)
        .map(|time| time.with_timezone(&Utc))
        .map_err(|_| "write it as 2026-11-23T09:00:00Z".to_owned())
}
