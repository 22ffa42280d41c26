//! A period that nobody looked at: the message that says so.
//!
//! Silence must never mean "we could not look". When a run fails, the channels that would have
//! heard of changes hear of the gap, and later that it was caught up.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde::Serialize;

use super::moments::{Clock, Moment, Span};
use super::{VERSION, words};
use crate::message;

/// What went wrong, and since when.
#[derive(Debug, Clone)]
pub struct Outage {
    /// Name of the report that could not be made.
    pub report: String,
    /// Start of what nobody has looked at.
    pub from: DateTime<Utc>,
    /// Its end, so far.
    pub to: DateTime<Utc>,
    /// Zone in which people read times.
    pub zone: Tz,
    /// The stage that failed: `logs`, `query`, `journal`, ...
    pub stage: String,
    /// What it said.
    pub error: String,
    /// What a person can do about it.
    pub remedy: Option<String>,
    /// When the next run will try again, where that is known.
    pub next: Option<DateTime<Utc>>,
    /// The time of the message.
    pub now: DateTime<Utc>,
}

/// The context of the template `failure`.
#[derive(Debug, Clone, Serialize)]
pub struct OutageNotice {
    /// Version of this context, now 1.
    pub version: u32,
    /// The notice in one plain line.
    pub title: String,
    /// Name of the message, the same whenever it is sent again.
    pub key: String,
    /// Name of the report.
    pub report: String,
    /// Time zone of all texts, as an IANA name.
    pub zone: String,
    /// What nobody has looked at.
    pub period: Span,
    /// The stage that failed.
    pub stage: String,
    /// What it said.
    pub error: String,
    /// What a person can do about it.
    pub remedy: Option<String>,
    /// When the next run will try again.
    pub next: Option<Moment>,
    /// The time of the message.
    pub now: Moment,
}

impl OutageNotice {
    /// Makes the notice of an outage.
    pub fn build(outage: &Outage) -> Self {
        let clock = Clock::new(outage.zone, outage.from, outage.to);
        Self {
            version: VERSION,
            title: format!(
                "ClickOps {}: nobody was looking, {}",
                words::clip(&outage.report),
                clock.period_text()
            ),
            key: message::key(&[&outage.report, "failure", &outage.from.to_rfc3339()]),
            report: words::clip(&outage.report),
            zone: outage.zone.name().to_owned(),
            period: clock.period(),
            stage: words::clip(&outage.stage),
            error: words::clip(&outage.error),
            remedy: words::known_clip(outage.remedy.as_deref()),
            next: outage.next.map(|next| clock.moment(next)),
            now: clock.moment(outage.now),
        }
    }
}
