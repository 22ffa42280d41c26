//! Whole queries over small archives.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::Write;
use std::path::PathBuf;
use std::sync::atomic::Ordering;

use flate2::Compression;
use flate2::write::GzEncoder;
use tempfile::TempDir;

use super::LocalEngine;
use crate::engine::{Engine, EngineError, Row, Scan};
use crate::logs::{Log, LogKey, Place};
use crate::query::BoundQuery;

mod mapping;
mod own_table;
mod refusals;
mod scanning;
mod values;

/// A folder of logs.
struct Archive {
    folder: TempDir,
    logs: Vec<Log>,
}

/// What came of a query.
struct Answer {
    columns: Vec<String>,
    rows: Vec<Row>,
    scan: std::sync::Arc<Scan>,
}

impl Answer {
    /// Rows as lines of cells with bars between them, NULL as a dash.
    fn lines(&self) -> Vec<String> {
        let cell = |cell: &Option<String>| cell.clone().unwrap_or_else(|| "-".to_owned());
        let line = |row: &Row| row.iter().map(cell).collect::<Vec<_>>().join("|");
        self.rows.iter().map(line).collect()
    }

    fn logs_read(&self) -> u64 {
        self.scan.logs.load(Ordering::Relaxed)
    }
}

impl Archive {
    fn new() -> Self {
        Self { folder: TempDir::new().unwrap(), logs: Vec::new() }
    }

    /// One log that holds the records, outside any folder layout.
    fn of(records: &str) -> Self {
        let mut archive = Self::new();
        archive.add("log.json.gz", &format!(r#"{{"Records":[{records}]}}"#));
        archive
    }

    /// Adds a gzipped log; its place comes from its path, as for real ones.
    fn add(&mut self, path: &str, text: &str) -> PathBuf {
        let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
        packed.write_all(text.as_bytes()).unwrap();
        self.add_bytes(path, &packed.finish().unwrap())
    }

    fn add_bytes(&mut self, path: &str, bytes: &[u8]) -> PathBuf {
        let file = self.folder.path().join(path);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(&file, bytes).unwrap();
        let address = file.to_str().unwrap().to_owned();
        self.logs.push(Log {
            key: LogKey::of(&[address.as_bytes()]),
            place: Place::of(&address),
            delivered: chrono::DateTime::UNIX_EPOCH,
            bytes: bytes.len() as u64,
            address,
        });
        file
    }

    fn bound(&self, sql: &str) -> BoundQuery {
        BoundQuery::of_sql("test", sql, self.logs.clone().into())
    }

    async fn try_query(&self, engine: &LocalEngine, sql: &str) -> Result<Answer, EngineError> {
        let mut rows = engine.rows(&self.bound(sql)).await?;
        Ok(Answer {
            columns: rows.columns.clone(),
            rows: rows.all().await?,
            scan: rows.scan.clone(),
        })
    }

    async fn query(&self, sql: &str) -> Answer {
        self.query_on(&LocalEngine::new().with_partitions(2), sql).await
    }

    async fn query_on(&self, engine: &LocalEngine, sql: &str) -> Answer {
        match self.try_query(engine, sql).await {
            Ok(answer) => answer,
            Err(error) => panic!("{sql}\n{error}"),
        }
    }

    async fn error(&self, sql: &str) -> EngineError {
        match self.try_query(&LocalEngine::new().with_partitions(2), sql).await {
            Ok(answer) => panic!("{sql}\ngave {:?}", answer.lines()),
            Err(error) => error,
        }
    }
}
