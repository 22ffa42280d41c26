//! What ends a command: the stage it happened in, what to do, and the exit code.
//!
//! Stages have their own error types; here they meet the person at the terminal.

use std::fmt;
use std::process::ExitCode;

use crate::collect::CollectError;
use crate::config::ConfigError;
use crate::engine::EngineError;
use crate::exclusion::ExclusionError;
use crate::finding::rows::RowError;
use crate::journal::JournalError;
use crate::ledger::LedgerError;
use crate::query::{BoundQuery, QueryError};
use crate::render::{RenderError, neutral};
use crate::store::StoreError;
use crate::table::ddl::DdlError;

/// Exit codes. Other programs rely on them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Exit {
    /// All went well.
    Done = 0,
    /// A run failed in part: some log, some channel, some report.
    Partly = 1,
    /// Wrong usage or config.
    Usage = 2,
    /// The engine refused the query or failed.
    Engine = 3,
    /// Nothing could be read.
    Nothing = 4,
    /// Somebody pressed Ctrl-C; the number is the one that shells use.
    Interrupted = 130,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// An error as a person reads it.
#[derive(Debug)]
pub struct Error {
    /// The exit code that goes with it.
    pub exit: Exit,
    /// A word of the two straight lines, or what else was being done.
    pub stage: &'static str,
    /// What is wrong; a fragment without a full stop.
    pub message: String,
    /// What to do about it; a sentence.
    pub hint: Option<String>,
}

impl Error {
    /// An error of wrong usage.
    pub fn usage(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { exit: Exit::Usage, stage: "usage", message: message.into(), hint: Some(hint.into()) }
    }

    /// Nothing could be read.
    pub fn nothing(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self {
            exit: Exit::Nothing,
            stage: "logs",
            message: message.into(),
            hint: Some(hint.into()),
        }
    }

    /// The system gives no threads to work with.
    pub fn start(error: &std::io::Error) -> Self {
        Self {
            exit: Exit::Nothing,
            stage: "start",
            message: format!("cannot start threads: {error}"),
            hint: Some("Raise the limit on processes (`ulimit -u`) or memory.".to_owned()),
        }
    }

    /// The lines that tell a person. Messages quote files and logs, so nothing in them may steer a
    /// terminal.
    pub fn report(&self) -> String {
        let hint = self.hint.as_ref().map(|hint| format!("hint: {hint}\n")).unwrap_or_default();
        neutral::lines(&format!("error: {self}\n{hint}")).into_owned()
    }

    /// An engine's error, with the file and line of the query that it is about.
    pub fn engine(error: &EngineError, query: &BoundQuery) -> Self {
        let place = error.at.and_then(|(line, column)| {
            let (origin, line, column) = query.written_at(line, column)?;
            Some(format!("{origin}:{line}:{column}: "))
        });
        let place = place.unwrap_or_else(|| format!("{}: ", query.name));
        Self {
            exit: Exit::Engine,
            stage: "query",
            // It may quote values of events, which must not look like lines of our own.
            message: format!("{place}{}", neutral::line(&error.to_string())),
            hint: error.hint.clone(),
        }
    }

    fn of(exit: Exit, stage: &'static str, error: &dyn fmt::Display, hint: Option<String>) -> Self {
        Self { exit, stage, message: error.to_string(), hint }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.stage, self.message)
    }
}

impl std::error::Error for Error {}

/// An error and what it comes from, in one line.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        let next = error.to_string();
        if !text.ends_with(&next) {
            text = format!("{text}: {next}");
        }
        source = error.source();
    }
    text
}

/// A remedy as it ends a message, made a sentence of its own.
pub fn sentence(remedy: &str) -> String {
    let mut rest = remedy.chars();
    let first: String = rest.next().into_iter().flat_map(char::to_uppercase).collect();
    format!("{first}{}.", rest.as_str())
}

impl From<ConfigError> for Error {
    fn from(error: ConfigError) -> Self {
        Self::of(Exit::Usage, "config", &error, error.hint())
    }
}

impl From<ExclusionError> for Error {
    fn from(error: ExclusionError) -> Self {
        ConfigError::from(error).into()
    }
}

impl From<QueryError> for Error {
    fn from(error: QueryError) -> Self {
        Self::of(Exit::Usage, "query", &error, error.hint())
    }
}

impl From<DdlError> for Error {
    fn from(error: DdlError) -> Self {
        Self::of(Exit::Usage, "table", &error, Some(error.hint().to_owned()))
    }
}

impl From<RowError> for Error {
    fn from(error: RowError) -> Self {
        let hint = "sql/README.md lists the columns of a detection.".to_owned();
        Self::of(Exit::Engine, "findings", &error, Some(hint))
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        let hint = match &error {
            StoreError::Changed(_) => "Run it again: the other run has done its part.".to_owned(),
            StoreError::Failed { remedy, .. } => sentence(remedy),
        };
        Self::of(Exit::Partly, "store", &error, Some(hint))
    }
}

impl From<LedgerError> for Error {
    fn from(error: LedgerError) -> Self {
        match error {
            LedgerError::Store(error) => error.into(),
            LedgerError::Damaged(_) => {
                let hint = "Move ledger.json out of the store and run `clickops ledger set-until` \
                            with the time up to which everything was reported.";
                Self::of(Exit::Partly, "ledger", &error, Some(hint.to_owned()))
            }
        }
    }
}

impl From<JournalError> for Error {
    fn from(error: JournalError) -> Self {
        match error {
            JournalError::Store(error) => error.into(),
            JournalError::Damaged { .. } => {
                let hint = "Restore the file from a backup, or delete the line.".to_owned();
                Self::of(Exit::Partly, "journal", &error, Some(hint))
            }
        }
    }
}

impl From<RenderError> for Error {
    fn from(error: RenderError) -> Self {
        let hint = Some("templates/README.md lists what a template may use.".to_owned());
        Self::of(Exit::Partly, "render", &error, hint)
    }
}

impl From<CollectError> for Error {
    fn from(error: CollectError) -> Self {
        match error {
            CollectError::Query(error) => error.into(),
            CollectError::Engine { error, query } => Self::engine(&error, &query),
            CollectError::Columns { detection, error } => {
                Self { message: format!("{detection}: {error}"), ..error.into() }
            }
            CollectError::Ledger(error) => error.into(),
            CollectError::Journal(error) => error.into(),
        }
    }
}
