//! Where queries run: the [`Engine`] trait and what it gives back.
//!
//! [`local`] is the embedded engine, [`athena`] the one in AWS. An engine knows nothing of detections or reports: it gets a
//! bound query and answers with text.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use tokio::sync::mpsc;

use self::charge::Charge;
use self::job::{ExecutionId, Job, Work};
use crate::query::BoundQuery;

#[cfg(feature = "aws")]
pub mod athena;
pub mod charge;
pub mod job;
#[cfg(feature = "local")]
pub mod local;
pub mod replay;

/// Runs one bound query and gives every row, as text, in the query's order.
#[async_trait]
pub trait Engine: Send + Sync {
    /// Starts the query over exactly the logs in [`BoundQuery::logs`].
    ///
    /// A log that cannot be read is no error: it is listed in [`Scan::damaged`] once the rows are
    /// drained, and the other logs' rows still come.
    ///
    /// # Errors
    /// [`EngineError`] when the statement is refused, before any row is read; errors while running
    /// come from [`Rows::page`].
    async fn rows(&self, query: &BoundQuery) -> Result<Rows, EngineError>;

    /// Begins a query that may take longer than whoever asks can wait, or comes back to it. Engines
    /// whose work ends with the process give its rows at once.
    ///
    /// # Errors
    /// As [`Engine::rows`]; the execution is given up.
    async fn work(&self, query: &BoundQuery, _: &Job<'_>) -> Result<Work, EngineError> {
        Ok(Work::Rows(self.rows(query).await?))
    }

    /// Stops an execution that nobody will come back to.
    ///
    /// # Errors
    /// [`EngineError`] when the engine cannot be reached at all.
    async fn abandon(&self, _: ExecutionId) -> Result<(), EngineError> {
        Ok(())
    }

    /// How much one query may read beyond what `query`, which reads nothing, says.
    ///
    /// # Errors
    /// [`EngineError`] as [`Engine::rows`].
    fn room(&self, _: &BoundQuery) -> Result<Room, EngineError> {
        Ok(Room::default())
    }

    /// Waits, not for long, until work that nobody wants any more is stopped where it runs. To be
    /// called before the process ends.
    async fn close(&self) {}
}

/// How much one query may read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    /// Bytes of logs, as stored.
    pub bytes: u64,
    /// Bytes of text that say which logs.
    pub text: usize,
    /// How many such queries may run at once.
    pub parts: usize,
}

impl Default for Room {
    /// A query that works here: it needs memory, and all of the machine.
    fn default() -> Self {
        Self { bytes: 32 * 1024 * 1024, text: usize::MAX, parts: 1 }
    }
}

/// One row: a text or `NULL` for each column.
pub type Row = Vec<Option<String>>;

/// The answer to a query: named columns, and rows that arrive page by page, so that an answer of
/// any size needs little memory.
#[derive(Debug)]
pub struct Rows {
    /// Output names, in order. Two columns may have the same name.
    pub columns: Vec<String>,
    /// What the query has read so far; complete once the last page has come.
    pub scan: Arc<Scan>,
    pages: mpsc::Receiver<Page>,
    ended: bool,
}

/// What an engine sends: a page, or `None` after the last one.
pub type Page = Result<Option<Vec<Row>>, EngineError>;

impl Rows {
    /// Rows whose pages come through `pages`.
    ///
    /// Only `Ok(None)` ends them. A channel that closes without it is an engine that broke down,
    /// and rows that are missing must never look like rows that are not there.
    pub fn new(columns: Vec<String>, scan: Arc<Scan>, pages: mpsc::Receiver<Page>) -> Self {
        Self { columns, scan, pages, ended: false }
    }

    /// The next rows; `None` after the last.
    ///
    /// # Errors
    /// [`EngineError`] when the query fails while running. No page follows an error.
    pub async fn page(&mut self) -> Result<Option<Vec<Row>>, EngineError> {
        if self.ended {
            return Ok(None);
        }
        let page = self.pages.recv().await.unwrap_or_else(|| Err(EngineError::stopped()));
        self.ended = !matches!(page, Ok(Some(_)));
        page
    }

    /// All remaining rows at once.
    ///
    /// # Errors
    /// As [`Rows::page`].
    pub async fn all(&mut self) -> Result<Vec<Row>, EngineError> {
        let mut rows = Vec::new();
        while let Some(page) = self.page().await? {
            rows.extend(page);
        }
        Ok(rows)
    }
}

/// What one query has read. Shared with the progress display while the query runs.
#[derive(Debug, Default)]
pub struct Scan {
    /// Logs read to their end.
    pub logs: AtomicU64,
    /// Bytes as stored (compressed where the log is).
    pub bytes: AtomicU64,
    /// Records read.
    pub records: AtomicU64,
    /// Reasons by address.
    damaged: Mutex<BTreeMap<String, String>>,
    charge: Mutex<Option<Charge>>,
}

/// A log that could not be read to its end, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Damaged {
    /// The log's address, as in [`crate::logs::Log::address`].
    pub log: String,
    /// What is wrong, and what to do about it.
    pub reason: String,
}

impl Scan {
    /// Notes a log that could not be read to its end. The first reason for a log stays.
    pub fn damage(&self, log: impl Into<String>, reason: impl Into<String>) {
        self.reasons().entry(log.into()).or_insert_with(|| reason.into());
    }

    /// The logs that could not be read to their end, by address.
    pub fn damaged(&self) -> Vec<Damaged> {
        let reasons = self.reasons();
        let damaged = |(log, reason): (&String, &String)| Damaged {
            log: log.clone(),
            reason: reason.clone(),
        };
        reasons.iter().map(damaged).collect()
    }

    /// Adds what a service charges.
    pub fn charged(&self, charge: Charge) {
        let mut sum = self.charge.lock().unwrap_or_else(PoisonError::into_inner);
        sum.get_or_insert_default().add(charge);
    }

    /// What a service charges so far; `None` where queries run in this process.
    pub fn charge(&self) -> Option<Charge> {
        self.charge.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Counts a log that was read to its end.
    pub fn finished_log(&self) {
        self.logs.fetch_add(1, Ordering::Relaxed);
    }

    fn reasons(&self) -> MutexGuard<'_, BTreeMap<String, String>> {
        self.damaged.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Why an engine gave no answer.
#[derive(Debug, Clone, thiserror::Error)]
pub struct EngineError {
    /// Whether the statement was refused before it ran.
    pub refused: bool,
    /// Athena's code where there is one, `TYPE_MISMATCH`.
    pub code: Option<Cow<'static, str>>,
    /// What is wrong.
    pub message: String,
    /// Line and column in [`BoundQuery::sql`], from 1.
    pub at: Option<(u64, u64)>,
    /// What to do about it.
    pub hint: Option<String>,
}

impl EngineError {
    /// The pages ended without their end: a task of the engine panicked or was aborted.
    fn stopped() -> Self {
        Self {
            refused: false,
            code: None,
            message: "the engine stopped unexpectedly".to_owned(),
            at: None,
            hint: Some(
                "its answer is not complete; if a panic is printed above, report it as a bug"
                    .to_owned(),
            ),
        }
    }
}

impl fmt::Display for EngineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(code) = &self.code {
            write!(f, "{code}: ")?;
        }
        f.write_str(&self.message)
    }
}
