//! What an engine works on while nobody waits.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Keys, Ledger};
use crate::engine::job::ExecutionId;
use crate::logs::{Log, LogKey, Span};

/// A part of a window that an engine works on, maybe while nobody waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unfinished {
    logs: Keys,
    /// The minutes that it covers, where nobody lists logs.
    #[serde(default)]
    pub span: Option<Span>,
    /// How often it is tried, from 1.
    pub attempt: u32,
    /// What to come back to, by detection.
    pub executions: BTreeMap<String, ExecutionId>,
}

impl Unfinished {
    /// One that is to begin.
    pub fn of(logs: &[Log], span: Option<Span>) -> Self {
        Self::covering(Keys(logs.iter().map(|log| log.key).collect()), span)
    }

    pub(super) fn covering(logs: Keys, span: Option<Span>) -> Self {
        Self { logs, span, attempt: 1, executions: BTreeMap::new() }
    }

    /// Whether `other` does its work: it has logs of it, or all of its minutes.
    fn is_done_by(&self, other: &Self) -> bool {
        let covers = |whole: &Span, part: &Span| {
            let begins = whole.since.is_none_or(|since| part.since.is_some_and(|at| at >= since));
            let ends = whole.until.is_none_or(|until| part.until.is_some_and(|at| at <= until));
            begins && ends
        };
        let minutes = other.span.as_ref().zip(self.span.as_ref());
        !self.logs.0.is_disjoint(&other.logs.0) || minutes.is_some_and(|(o, s)| covers(o, s))
    }

    /// Its logs.
    pub fn logs(&self) -> impl Iterator<Item = &LogKey> {
        self.logs.0.iter()
    }

    /// What tells it from every other part.
    pub fn key(&self) -> String {
        let minute = |time: Option<DateTime<Utc>>| time.map_or(i64::MIN, |time| time.timestamp());
        let [since, until] = match &self.span {
            Some(span) => [minute(span.since), minute(span.until)],
            None => [0; 2],
        };
        let logs = String::from(self.logs.clone());
        LogKey::of(&[logs.as_bytes(), &since.to_le_bytes(), &until.to_le_bytes()]).to_string()
    }
}

impl Ledger {
    /// Notes what an engine works on.
    pub fn begin(&mut self, part: Unfinished) {
        self.end(&part);
        self.unfinished.push(part);
    }

    /// Forgets minutes that an engine works on: the next run looks at others.
    pub(super) fn give_up_minutes(&mut self) {
        self.unfinished.retain(|part| part.span.is_none());
    }

    /// Forgets what an engine worked on.
    pub fn end(&mut self, part: &Unfinished) {
        self.unfinished.retain(|other| !other.is_done_by(part));
    }
}
