//! What an invocation is answered with.
//!
//! It is an error where collecting failed, or nothing was done at all: a config or an event that
//! cannot be used, a store that cannot be reached or is in use, logs that cannot be listed, a query
//! that failed. Lambda tries these again, and counts them. Anything else is made good by the next
//! tick, which comes anyway; such an answer is no error, and says that it is not complete.

use std::time::Duration;

use lambda_runtime::Diagnostic;
use serde::Serialize;

use crate::doctor::{Check, State};
use crate::error::Error;
use crate::ledger::Counts;
use crate::tick::{Looked, Ticked};

/// An answer quotes no more warnings; all of them are in the log.
const WARNINGS: usize = 20;

/// What came of an invocation.
#[derive(Debug, Default, Serialize)]
pub(super) struct Answer {
    /// What was done; nothing if the event could not be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    action: Option<&'static str>,
    /// Whether nothing is left for the next tick but what will be new.
    complete: bool,
    #[serde(flatten)]
    pub(super) figures: Option<Figures>,
    /// What was put into Athena.
    #[serde(skip_serializing_if = "Option::is_none")]
    steps: Option<Vec<String>>,
    /// What was found out about each thing that a run needs.
    #[serde(skip_serializing_if = "Option::is_none")]
    checks: Option<Vec<Check>>,
    warnings: Vec<String>,
    pub(super) errors: Vec<Told>,
    /// How long it took.
    pub(super) milliseconds: u64,
    /// Whether it is an error for Lambda.
    #[serde(skip)]
    failed: bool,
}

/// What a tick comes to in numbers.
#[derive(Debug, Default, Serialize)]
pub(super) struct Figures {
    /// Logs read to their end.
    pub(super) logs: u64,
    /// Logs and folders that could not be read.
    pub(super) damaged_logs: usize,
    /// Bytes of the logs, as stored.
    pub(super) bytes_delivered: u64,
    /// Bytes that the engine read.
    pub(super) bytes_scanned: u64,
    /// What the engine costs.
    pub(super) dollars: f64,
    /// Logs that are left to the next tick, because there was no time for them.
    pub(super) left_logs: usize,
    /// Whether anything is, listed or not.
    #[serde(skip)]
    left: bool,
    /// Whether it could look at what was new.
    #[serde(skip)]
    pub(super) looked: bool,
    /// Findings new to the journal.
    pub(super) collected: usize,
    /// What has become of them, and of those that earlier ticks had left.
    #[serde(flatten)]
    pub(super) counts: Option<Counts>,
    /// Messages that channels accepted.
    pub(super) messages: usize,
}

/// An error, told.
#[derive(Debug, Serialize)]
pub(super) struct Told {
    stage: &'static str,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
}

impl From<Error> for Told {
    fn from(error: Error) -> Self {
        Self { stage: error.stage, message: error.message, hint: error.hint }
    }
}

impl Figures {
    fn of(ticked: &Ticked) -> Self {
        let mut figures = Self {
            counts: ticked.counts,
            messages: ticked.sent.as_ref().map_or(0, |sent| sent.messages),
            ..Self::default()
        };
        if let Ok(Looked { collected, unread, failed }) = &ticked.looked {
            figures.looked = failed.is_none();
            figures.logs = collected.logs;
            figures.damaged_logs = unread.len();
            figures.left_logs = collected.left_logs;
            figures.left = collected.left > 0;
            figures.bytes_delivered = collected.delivered;
            figures.bytes_scanned = collected.bytes;
            figures.dollars = collected.dollars.unwrap_or_default();
            figures.collected = collected.findings;
        }
        figures
    }

    /// Whether each finding is where one has to be.
    fn add_up(&self) -> bool {
        self.counts.is_none_or(|Counts { findings, sent, hidden, pending }| {
            sent.checked_add(hidden).and_then(|sum| sum.checked_add(pending)) == Some(findings)
        })
    }

    /// Whether the tick has done all that there was to do.
    fn complete(&self) -> bool {
        self.damaged_logs == 0 && !self.left
    }
}

impl Answer {
    /// The answer after a tick.
    pub(super) fn of(action: &'static str, ticked: Ticked, mut warnings: Vec<String>) -> Self {
        let figures = Figures::of(&ticked);
        let trouble = match ticked.looked {
            Ok(looked) => looked.failed,
            Err(error) => Some(error),
        };
        let failed = trouble.is_some();
        let sent = ticked.sent.as_ref().is_ok_and(|sent| sent.complete);
        let errors = trouble.into_iter().chain(ticked.sent.err());
        let more = warnings.len().saturating_sub(WARNINGS);
        if more > 0 {
            warnings.truncate(WARNINGS);
            warnings.push(format!("{more} more warnings are in the log"));
        }
        Self {
            action: Some(action),
            complete: !failed && sent && figures.complete(),
            figures: Some(figures),
            warnings,
            errors: errors.map(Told::from).collect(),
            failed,
            ..Self::default()
        }
    }

    /// The answer after an examination. What it found amiss is no error of the invocation.
    pub(super) fn examined(checks: Vec<Check>) -> Self {
        Self {
            action: Some("doctor"),
            complete: checks.iter().all(|check| check.state != State::Failed),
            checks: Some(checks),
            ..Self::default()
        }
    }

    /// The answer after SQL was put into Athena.
    pub(super) fn applied(steps: Vec<String>) -> Self {
        Self { action: Some("apply-sql"), complete: true, steps: Some(steps), ..Self::default() }
    }

    /// The answer when nothing was done.
    pub(super) fn failed(error: Error) -> Self {
        Self { errors: vec![error.into()], failed: true, ..Self::default() }
    }

    /// Notes how long it took.
    pub(super) fn took(&mut self, time: Duration) {
        self.milliseconds = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
    }

    /// Says in the log how it went.
    pub(super) fn log(&self) {
        for Told { stage, message, hint } in &self.errors {
            tracing::error!(stage, hint, "{message}");
        }
        if let Some(figures) = self.figures.as_ref().filter(|figures| !figures.add_up()) {
            tracing::error!(?figures.counts, "findings are not the sum of sent, hidden and pending");
        }
        let (action, complete, milliseconds) = (self.action, self.complete, self.milliseconds);
        tracing::info!(action, complete, milliseconds, "answered");
    }

    /// The answer for Lambda.
    pub(super) fn given(self) -> Result<Self, Diagnostic> {
        match self.errors.first() {
            Some(Told { stage, message, hint }) if self.failed => Err(Diagnostic {
                error_type: format!("clickops.{stage}"),
                error_message: match hint {
                    Some(hint) => format!("{stage}: {message}. {hint}"),
                    None => format!("{stage}: {message}"),
                },
            }),
            _ => Ok(self),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::tick::Sent;

    fn ticked(looked: Result<&[&str], Error>, sent: Result<bool, Error>) -> Ticked {
        let unread = |logs: &[&str]| -> BTreeMap<String, String> {
            logs.iter().map(|log| ((*log).to_owned(), "broken".to_owned())).collect()
        };
        Ticked {
            looked: looked.map(|logs| Looked { unread: unread(logs), ..Looked::default() }),
            sent: sent.map(|complete| Sent { complete, ..Sent::default() }),
            counts: None,
        }
    }

    fn given(ticked: Ticked) -> Result<(bool, usize), String> {
        let answer = Answer::of("run", ticked, Vec::new()).given();
        answer
            .map(|answer| (answer.complete, answer.errors.len()))
            .map_err(|error| format!("{}: {}", error.error_type, error.error_message))
    }

    #[test]
    fn an_invocation_fails_only_if_nothing_new_was_looked_at() {
        let trouble = || Error::usage("no way", "Go around.");
        assert_eq!(given(ticked(Ok(&[]), Ok(true))), Ok((true, 0)));
        assert_eq!(given(ticked(Ok(&["a"]), Ok(true))), Ok((false, 0)));
        assert_eq!(given(ticked(Ok(&[]), Ok(false))), Ok((false, 0)));
        assert_eq!(given(ticked(Ok(&[]), Err(trouble()))), Ok((false, 1)));
        let error = "clickops.usage: usage: no way. Go around.";
        assert_eq!(given(ticked(Err(trouble()), Ok(true))), Err(error.to_owned()));
    }

    #[test]
    fn what_is_left_for_want_of_time_is_not_complete() {
        let mut left = ticked(Ok(&[]), Ok(true));
        if let Ok(looked) = &mut left.looked {
            looked.collected.left = 1;
        }
        assert_eq!(given(left), Ok((false, 0)));
    }

    #[test]
    fn a_finding_that_is_nowhere_is_noticed() {
        let figures = |findings, sent, hidden, pending| Figures {
            counts: Some(Counts { findings, sent, hidden, pending }),
            ..Figures::default()
        };
        assert!(figures(6, 1, 2, 3).add_up() && Figures::default().add_up());
        assert!(!figures(7, 1, 2, 3).add_up() && !figures(0, u64::MAX, 1, 0).add_up());
    }

    #[test]
    fn an_answer_quotes_some_warnings_and_counts_the_rest() {
        let warnings = |count: usize| {
            let warnings = vec!["x".to_owned(); count];
            Answer::of("run", ticked(Ok(&[]), Ok(true)), warnings).warnings
        };
        assert_eq!(warnings(WARNINGS).len(), WARNINGS);
        let many = warnings(WARNINGS + 5);
        assert_eq!(many.last().map(String::as_str), Some("5 more warnings are in the log"));
        assert_eq!(many.len(), WARNINGS + 1);
    }
}
