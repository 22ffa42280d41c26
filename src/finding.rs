//! One finding: one event that a detection reports, typed.
//!
//! Everything before this module makes findings, everything after it only reads them. It knows no
//! engine, no sink and no template.

use std::collections::BTreeMap;
use std::fmt;

use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

pub mod rows;

/// The columns that every detection returns first, in this order. Further columns are allowed and
/// end up in [`Finding::extra`].
pub const COLUMNS: [&str; 22] = [
    "event_id",
    "event_time",
    "account_id",
    "region",
    "event_source",
    "event_name",
    "actor",
    "actor_type",
    "actor_arn",
    "session",
    "source_ip",
    "user_agent",
    "signal",
    "channel",
    "confidence",
    "verdict",
    "rule",
    "outcome",
    "error_code",
    "resource",
    "shared_event_id",
    "log_file",
];

/// CloudTrail delivers within about five minutes of the call; a finding whose log came this much
/// later than the call is marked as late.
pub const LATE_AFTER: Duration = Duration::minutes(30);

/// What the detection says of one event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// A person changed something by hand in the console, and it worked.
    Clickops,
    /// The same, but the call failed or was denied.
    Attempted,
    /// A service made the call as a consequence of what a person did in the console.
    Chained,
    /// By hand in the console, but it changes a session or starts something, not configuration.
    Operational,
    /// Anything else.
    Not,
}

impl Verdict {
    /// Every verdict there is.
    pub const ALL: [Self; 5] =
        [Self::Clickops, Self::Attempted, Self::Chained, Self::Operational, Self::Not];

    /// The verdict that the SQL calls so.
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|verdict| verdict.as_str() == word)
    }

    /// The word as the SQL writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Clickops => "clickops",
            Self::Attempted => "attempted",
            Self::Chained => "chained",
            Self::Operational => "operational",
            Self::Not => "not",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// How sure the detection is that the call came from the console.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// Set by AWS itself, or a user agent that only the console sends.
    High,
    /// The usual look of the console, which something else could also have.
    Medium,
    /// A hint only.
    Low,
}

impl Confidence {
    /// The word as the SQL writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::High => "high",
            Self::Medium => "medium",
            Self::Low => "low",
        }
    }

    /// The confidence that the SQL calls so.
    pub fn named(word: &str) -> Option<Self> {
        [Self::High, Self::Medium, Self::Low]
            .into_iter()
            .find(|confidence| confidence.as_str() == word)
    }
}

/// One event that a detection reports. Field for field the columns of a detection ([`COLUMNS`]);
/// `None` is SQL `NULL`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Finding {
    /// The view that found it.
    #[serde(default)]
    pub detection: String,
    /// CloudTrail's `eventID`, or a hash of the record where it has none.
    pub event_id: String,
    /// When the call completed, as CloudTrail wrote it (ISO 8601, UTC).
    pub event_time: String,
    /// The account whose trail got the event.
    pub account_id: Option<String>,
    /// The region whose trail got the event; `us-east-1` for global services.
    pub region: Option<String>,
    /// The service, `ec2.amazonaws.com`.
    pub event_source: String,
    /// The API action, `RunInstances`.
    pub event_name: String,
    /// The person's name, as good as the record tells.
    pub actor: Option<String>,
    /// `userIdentity.type`.
    pub actor_type: Option<String>,
    /// `userIdentity.arn`.
    pub actor_arn: Option<String>,
    /// What all calls of one sign-in share.
    pub session: Option<String>,
    /// Address of the caller, or the name of an AWS service.
    pub source_ip: Option<String>,
    /// What the client calls itself. Chosen by the client: never trust it.
    pub user_agent: Option<String>,
    /// The mark of the console that was found (`flag`, `browser`, ...).
    pub signal: Option<String>,
    /// The way the person took: `console`, `cloudshell`, ...
    pub channel: Option<String>,
    /// How sure the signal is.
    pub confidence: Option<Confidence>,
    /// What the detection says of the event.
    pub verdict: Verdict,
    /// Number of the rule that decided, `C1` to `C10` or `N...`: users tune by it.
    pub rule: Option<String>,
    /// `success`, `denied`, `failed` or `dry-run`.
    pub outcome: Option<String>,
    /// CloudTrail's `errorCode`.
    pub error_code: Option<String>,
    /// The resource touched, as good as the record tells.
    pub resource: Option<String>,
    /// Shared by the copies of one event in several accounts.
    pub shared_event_id: Option<String>,
    /// Address of the log that holds the event.
    pub log_file: Option<String>,
    /// Whether a report shows it. Findings that are not shown are counted.
    #[serde(default = "shown")]
    pub reported: bool,
    /// Name of the exclusion that hides it.
    #[serde(default)]
    pub exclusion: Option<String>,
    /// `noise` or `accepted`, when an exclusion hides it.
    #[serde(default)]
    pub exclusion_kind: Option<String>,
    /// Delivery minute of its log, where the log's name tells it.
    #[serde(default)]
    pub delivered: Option<DateTime<Utc>>,
    /// Columns beyond [`COLUMNS`], by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub extra: BTreeMap<String, Option<String>>,
    /// The full CloudTrail record, secrets redacted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raw: Option<Box<RawValue>>,
}

fn shown() -> bool {
    true
}

impl Finding {
    /// The event's own time; `None` where the record holds no readable one.
    pub fn time(&self) -> Option<DateTime<Utc>> {
        DateTime::parse_from_rfc3339(&self.event_time).ok().map(|time| time.with_timezone(&Utc))
    }

    /// How long after the call its log came, when that is longer than [`LATE_AFTER`].
    pub fn late_by(&self) -> Option<Duration> {
        let late = self.delivered? - self.time()?;
        (late > LATE_AFTER).then_some(late)
    }

    /// The action with the short name of its service, `ec2:RunInstances`.
    pub fn action(&self) -> String {
        let service =
            self.event_source.strip_suffix(".amazonaws.com").unwrap_or(&self.event_source);
        format!("{service}:{}", self.event_name)
    }
}
