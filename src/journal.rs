//! The journal: the append-only record of findings, one file per window, never rewritten.
//!
//! A file is NDJSON. Its first line tells what the window was, each further line is a finding. A
//! file appears as a whole and is never changed, so whoever finds one knows that its window is
//! collected, even if the ledger was not told before a crash.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::finding::Finding;
use crate::logs::{LogKey, Span};
use crate::store::{Expected, Store, StoreError};

/// What a window was.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct WindowRecord {
    /// Its number, from 0.
    pub number: u64,
    /// When it was collected.
    pub collected_at: DateTime<Utc>,
    /// The delivery minute up to which nothing was left out, where this window moves it.
    #[serde(default)]
    pub until: Option<DateTime<Utc>>,
    /// The minutes of delivery that it covers, where nobody listed the logs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub span: Option<Span>,
    /// The logs that were read to their end: key and delivery minute.
    pub logs: Vec<(LogKey, DateTime<Utc>)>,
    /// Bytes of these logs, as stored.
    #[serde(default)]
    pub delivered: u64,
    /// Bytes read, as stored.
    pub bytes: u64,
    /// What the engine charged, in US dollars, if it does.
    #[serde(default)]
    pub dollars: Option<f64>,
    /// Records read.
    pub records: u64,
    /// Time it took.
    pub seconds: f64,
    /// Logs that could not be read to their end, with the reason.
    #[serde(default)]
    pub damaged: BTreeMap<String, String>,
}

/// One window as the journal holds it.
#[derive(Debug, Clone)]
pub struct Entry {
    /// What the window was.
    pub window: WindowRecord,
    /// What was found in it.
    pub findings: Vec<Finding>,
}

#[derive(Serialize, Deserialize)]
struct Head<T> {
    window: T,
}

/// Why the journal cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// A line that makes no sense.
    #[error("{key}:{line}: the journal is damaged: {reason}")]
    Damaged {
        /// The file.
        key: String,
        /// Line in it, from 1.
        line: usize,
        /// What is wrong.
        reason: String,
    },
    /// The store failed, or another run was faster.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Where a window is kept. The number alone makes the name, so two runs that collect the same
/// window write the same file, and the second one fails.
pub fn key(number: u64) -> String {
    format!("journal/{number:010}.ndjson")
}

/// Writes a window that is not there yet.
///
/// # Errors
/// [`StoreError::Changed`] when it is there: another run collected it, or this one did before a
/// crash.
pub async fn append(store: &dyn Store, entry: &Entry) -> Result<(), JournalError> {
    let key = key(entry.window.number);
    let damaged = |reason: serde_json::Error| JournalError::Damaged {
        key: key.clone(),
        line: 0,
        reason: reason.to_string(),
    };
    let mut bytes = serde_json::to_vec(&Head { window: &entry.window }).map_err(damaged)?;
    bytes.push(b'\n');
    for finding in &entry.findings {
        serde_json::to_writer(&mut bytes, finding).map_err(damaged)?;
        bytes.push(b'\n');
    }
    store.put(&key, &bytes, Expected::Absent).await?;
    Ok(())
}

/// Reads a window; `None` if it is not there.
///
/// # Errors
/// [`JournalError`].
pub async fn read(store: &dyn Store, number: u64) -> Result<Option<Entry>, JournalError> {
    let key = key(number);
    let Some((bytes, _)) = store.get(&key).await? else {
        return Ok(None);
    };
    let damaged =
        |line: usize, reason: String| JournalError::Damaged { key: key.clone(), line, reason };
    let mut lines = (1..).zip(bytes.split(|byte| *byte == b'\n'));
    let (_, head) = lines.next().unwrap_or((1, b""));
    let head: Head<WindowRecord> =
        serde_json::from_slice(head).map_err(|error| damaged(1, error.to_string()))?;
    if head.window.number != number {
        let other = head.window.number;
        return Err(damaged(
            1,
            format!("it holds window {other}, which is not the one of its name"),
        ));
    }
    let findings = lines
        .filter(|(_, line)| !line.is_empty())
        .map(|(number, line)| {
            serde_json::from_slice(line).map_err(|error| damaged(number, error.to_string()))
        })
        .collect::<Result<_, _>>()?;
    Ok(Some(Entry { window: head.window, findings }))
}
