//! The embedded engine: DataFusion over log files, in Athena's dialect.
//!
//! Every query gets its own session, so queries share no state. Memory is bounded whatever the
//! size of the archive: sorts, joins and groupings share a pool and spill to disk, readers hold
//! one record and one batch each.

use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::datasource::provider_as_source;
use datafusion::error::DataFusionError;
use datafusion::execution::SendableRecordBatchStream;
use datafusion::execution::memory_pool::{FairSpillPool, MemoryPool};
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::prelude::{SessionConfig, SessionContext};
use futures::StreamExt;
use tokio::sync::mpsc;

use self::plan::{Table, TableColumn};
use self::scan::Source;
use self::table::CloudTrail;
use crate::engine::{Engine, EngineError, Page, Row, Rows, Scan};
use crate::logs::Access;
use crate::query::BoundQuery;
use crate::sql;
use crate::sql::refusal::Refusal;
use crate::sql::ty::SqlType;
use crate::table::TableShape;

mod arrow;
mod builders;
mod columns;
mod decode;
mod error;
mod failure;
mod json;
mod plan;
mod scan;
mod table;
#[cfg(test)]
mod tests;
mod text;
mod trino;
mod zone;

/// The shipped views, for hints.
const VIEWS: [&str; 9] = [
    "events",
    "verdicts",
    "console_activity",
    "console_changes",
    "console_sessions",
    "sign_ins",
    "denied_attempts",
    "sensitive_reads",
    "human_cli",
];

/// What sorts, joins and groupings may hold before they go to disk.
const POOL_BYTES: usize = 256 * 1024 * 1024;

/// Rows of a page of the answer.
const PAGE_ROWS: usize = 1024;

/// Pages that wait for the caller.
const PAGES_WAITING: usize = 2;

/// Runs queries in this process.
#[derive(Debug, Clone)]
pub struct LocalEngine {
    partitions: usize,
    table: Arc<TableShape>,
    access: Access,
}

impl Default for LocalEngine {
    fn default() -> Self {
        Self::new()
    }
}

impl LocalEngine {
    /// An engine that uses every core.
    pub fn new() -> Self {
        let cores = std::thread::available_parallelism();
        Self {
            partitions: cores.map_or(1, usize::from),
            table: Arc::new(TableShape::cloudtrail(None)),
            access: Access::files(),
        }
    }

    /// An engine whose log table has this shape and name.
    #[must_use]
    pub fn with_table(mut self, table: Arc<TableShape>) -> Self {
        self.table = table;
        self
    }

    /// An engine that opens logs like this.
    #[must_use]
    pub fn with_access(mut self, access: Access) -> Self {
        self.access = access;
        self
    }

    /// An engine that reads as many logs at a time; answers do not depend on it.
    #[must_use]
    pub fn with_partitions(mut self, partitions: usize) -> Self {
        self.partitions = partitions.max(1);
        self
    }

    fn session(&self) -> Result<SessionContext, DataFusionError> {
        let config = SessionConfig::new()
            .with_target_partitions(self.partitions)
            .with_batch_size(decode::BATCH_ROWS)
            .with_information_schema(false);
        let pool: Arc<dyn MemoryPool> = Arc::new(FairSpillPool::new(POOL_BYTES));
        let runtime = RuntimeEnvBuilder::new().with_memory_pool(pool).build_arc()?;
        Ok(SessionContext::new_with_config_rt(config, runtime))
    }

    /// What queries can select from: the log table.
    fn tables(&self, source: Arc<Source>) -> Vec<Table> {
        let name = &self.table.name;
        let column = |name: &str, ty: &SqlType, hidden| TableColumn {
            name: name.to_owned(),
            ty: ty.clone(),
            hidden,
        };
        let columns = self.table.columns.iter().map(|known| column(&known.name, &known.ty, false));
        let partitions =
            self.table.partitions.iter().map(|known| column(&known.name, &known.ty, false));
        let path = column(columns::PATH, &SqlType::VARCHAR, true);
        vec![Table {
            name: [name.catalog(), name.database(), name.table()].map(str::to_lowercase).into(),
            source: provider_as_source(Arc::new(CloudTrail::new(source))),
            columns: columns.chain(partitions).chain([path]).collect(),
        }]
    }
}

/// The names of all functions that queries can call, in order.
pub fn functions() -> Vec<&'static str> {
    plan::function_names()
}

#[async_trait]
impl Engine for LocalEngine {
    async fn rows(&self, query: &BoundQuery) -> Result<Rows, EngineError> {
        let refused = |refusal: Refusal| error::refused(refusal, &query.sql);
        let statement = sql::parse::statement(&query.sql).map_err(refused)?;
        let scan = Arc::new(Scan::default());
        let source = Source::new(&self.table, Arc::clone(&query.logs), Arc::clone(&scan));
        let source = Arc::new(source.opened(self.access.clone()));
        let now = chrono::Utc::now().timestamp_millis();
        let planned = plan::plan(&statement, &self.tables(source), now).map_err(refused)?;

        let context = self.session().map_err(|e| error::running(&e))?;
        let frame = context.execute_logical_plan(planned.plan).await;
        let frame = frame.map_err(|e| error::planning(&e))?;
        let batches = frame.execute_stream().await.map_err(|e| error::planning(&e))?;
        let (columns, types) = planned.columns.into_iter().unzip();
        Ok(Rows::new(columns, scan, pages_of(batches, types)))
    }
}

/// The answer, page by page. A panic below closes the channel without its end, which
/// [`Rows::page`] reports; so the task needs no one to wait for it.
fn pages_of(batches: SendableRecordBatchStream, types: Vec<SqlType>) -> mpsc::Receiver<Page> {
    let (pages, receiver) = mpsc::channel(PAGES_WAITING);
    tokio::spawn(send_pages(batches, types, pages));
    receiver
}

/// Passes the answer on, page by page, for as long as the caller wants it.
async fn send_pages(
    mut batches: SendableRecordBatchStream,
    types: Vec<SqlType>,
    pages: mpsc::Sender<Page>,
) {
    loop {
        let batch = tokio::select! {
            batch = batches.next() => batch,
            () = pages.closed() => return,
        };
        let batch = match batch {
            None => {
                let _ = pages.send(Ok(None)).await;
                return;
            }
            Some(Ok(batch)) => batch,
            Some(Err(error)) => {
                let _ = pages.send(Err(error::running(&error))).await;
                return;
            }
        };
        for start in (0..batch.num_rows()).step_by(PAGE_ROWS) {
            let rows = page(&batch, &types, start).map(Some);
            let failed = rows.is_err();
            if pages.send(rows).await.is_err() || failed {
                return;
            }
        }
    }
}

fn page(batch: &RecordBatch, types: &[SqlType], start: usize) -> Result<Vec<Row>, EngineError> {
    let length = PAGE_ROWS.min(batch.num_rows() - start);
    let mut rows = vec![Row::with_capacity(batch.num_columns()); length];
    for (column, ty) in batch.columns().iter().zip(types) {
        for (row, at) in rows.iter_mut().zip(start..) {
            let value = text::value(column, at, ty);
            row.push(value.map_err(|e| error::running(&e))?);
        }
    }
    Ok(rows)
}
