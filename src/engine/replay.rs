//! An engine that answers every query with rows from a file, for trying reports and templates
//! without logs, and for tests.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use serde_json::Value;
use tokio::sync::mpsc;

use super::{Engine, EngineError, Rows, Scan};
use crate::query::BoundQuery;

/// Rows of a file as `clickops query --format ndjson` prints them.
#[derive(Debug, Clone)]
pub struct ReplayEngine {
    file: PathBuf,
}

impl ReplayEngine {
    /// Replays `file`, one JSON object a line.
    pub fn new(file: impl Into<PathBuf>) -> Self {
        Self { file: file.into() }
    }
}

#[async_trait]
impl Engine for ReplayEngine {
    async fn rows(&self, _query: &BoundQuery) -> Result<Rows, EngineError> {
        let text = tokio::fs::read_to_string(&self.file)
            .await
            .map_err(|error| unusable(&self.file, &error.to_string()))?;
        let mut columns: Vec<String> = Vec::new();
        let mut objects = Vec::new();
        for (number, line) in (1..).zip(text.lines()) {
            if line.trim().is_empty() {
                continue;
            }
            let object: BTreeMap<String, Value> = serde_json::from_str(line)
                .map_err(|error| unusable(&self.file, &format!("line {number}: {error}")))?;
            let new = object.keys().filter(|name| !columns.contains(name)).cloned();
            columns.extend(new.collect::<Vec<_>>());
            objects.push(object);
        }
        let cell = |value: &Value| match value {
            Value::Null => None,
            Value::String(text) => Some(text.clone()),
            other => Some(other.to_string()),
        };
        let rows: Vec<_> = objects
            .iter()
            .map(|object| columns.iter().map(|name| object.get(name).and_then(cell)).collect())
            .collect();
        let scan = Scan::default();
        scan.records.store(rows.len() as u64, std::sync::atomic::Ordering::Relaxed);
        let (send, pages) = mpsc::channel(2);
        // There is room for both, so this cannot wait or fail.
        let _ = send.try_send(Ok(Some(rows)));
        let _ = send.try_send(Ok(None));
        Ok(Rows::new(columns, Arc::new(scan), pages))
    }
}

fn unusable(file: &Path, reason: &str) -> EngineError {
    EngineError {
        refused: false,
        code: None,
        message: format!("cannot replay {}: {reason}", file.display()),
        at: None,
        hint: Some("Give a file that `clickops query NAME --format ndjson` printed.".to_owned()),
    }
}
