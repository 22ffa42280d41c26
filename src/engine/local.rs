//! The embedded engine: DataFusion over log files, in Athena's dialect.
//!
//! Every query gets its own session, so queries share no state. Memory is bounded whatever the
//! size of the archive: sorts, joins and groupings share a pool and spill to disk, readers hold
//! one record and one batch each.

use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::catalog::{
    CatalogProvider, MemoryCatalogProvider, MemorySchemaProvider, TableProvider,
};
use datafusion::common::TableReference;
use datafusion::error::DataFusionError;
use datafusion::execution::SendableRecordBatchStream;
use datafusion::execution::memory_pool::{FairSpillPool, MemoryPool};
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::prelude::{SQLOptions, SessionConfig, SessionContext};
use futures::StreamExt;
use tokio::sync::mpsc;

use self::scan::Source;
use self::table::CloudTrail;
use crate::engine::{Engine, EngineError, Page, Row, Rows, Scan};
use crate::query::BoundQuery;
use crate::table::TableShape;

mod arrow;
mod builders;
mod columns;
mod decode;
mod error;
mod failure;
mod json;
mod old;
mod parse;
mod plan;
mod scan;
mod table;
#[cfg(test)]
mod tests;
mod text;
mod trino;
mod zone;

/// The shipped views, for hints.
const VIEWS: [&str; 4] = ["events", "verdicts", "console_activity", "console_changes"];

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
        }
    }

    /// An engine whose log table has this shape and name.
    #[must_use]
    pub fn with_table(mut self, table: Arc<TableShape>) -> Self {
        self.table = table;
        self
    }

    /// An engine that reads as many logs at a time; answers do not depend on it.
    #[must_use]
    pub fn with_partitions(mut self, partitions: usize) -> Self {
        self.partitions = partitions.max(1);
        self
    }

    fn session(&self, source: Arc<Source>) -> Result<SessionContext, DataFusionError> {
        let mut config = SessionConfig::new()
            .with_target_partitions(self.partitions)
            .with_batch_size(decode::BATCH_ROWS)
            .with_default_catalog_and_schema("awsdatacatalog", "default")
            .with_information_schema(false);
        let options = config.options_mut();
        options.execution.time_zone = Some("UTC".to_owned());
        options.sql_parser.default_null_ordering = "nulls_last".to_owned();
        options.sql_parser.parse_float_as_decimal = true;
        options.sql_parser.collect_spans = true;
        // One kind of text everywhere: functions are written for it.
        options.sql_parser.map_string_types_to_utf8view = false;

        let pool: Arc<dyn MemoryPool> = Arc::new(FairSpillPool::new(POOL_BYTES));
        let runtime = RuntimeEnvBuilder::new().with_memory_pool(pool).build_arc()?;
        let context = SessionContext::new_with_config_rt(config, runtime);
        self.register(&context, Arc::new(CloudTrail::new(source)))?;
        for function in old::functions() {
            context.register_udf(function);
        }
        Ok(context)
    }

    /// Puts the table where its whole name says, and where queries look for its own name.
    fn register(
        &self,
        context: &SessionContext,
        table: Arc<CloudTrail>,
    ) -> Result<(), DataFusionError> {
        let name = &self.table.name;
        let catalog = match context.catalog(name.catalog()) {
            Some(catalog) => catalog,
            None => {
                let catalog: Arc<dyn CatalogProvider> = Arc::new(MemoryCatalogProvider::new());
                context.register_catalog(name.catalog(), Arc::clone(&catalog));
                catalog
            }
        };
        if catalog.schema(name.database()).is_none() {
            catalog.register_schema(name.database(), Arc::new(MemorySchemaProvider::new()))?;
        }
        let whole = TableReference::full(name.catalog(), name.database(), name.table());
        context.register_table(whole.clone(), Arc::clone(&table) as Arc<dyn TableProvider>)?;
        let short = TableReference::bare(name.table());
        if !context.table_exist(short.clone())? {
            context.register_table(short, table)?;
        }
        Ok(())
    }
}

#[async_trait]
impl Engine for LocalEngine {
    async fn rows(&self, query: &BoundQuery) -> Result<Rows, EngineError> {
        let statement = parse::statement(&query.sql)?;
        let scan = Arc::new(Scan::default());
        let source = Arc::new(Source::new(&self.table, Arc::clone(&query.logs), Arc::clone(&scan)));
        let context = self.session(source).map_err(|e| error::running(&e))?;
        let refused =
            |error: DataFusionError| error::refused(&error, &context.state(), &statement.tables);

        let names = statement.names;
        let plan = context.state().statement_to_plan(statement.statement).await.map_err(refused)?;
        SQLOptions::new()
            .with_allow_ddl(false)
            .with_allow_dml(false)
            .with_allow_statements(false)
            .verify_plan(&plan)
            .map_err(refused)?;
        let columns = names.applied_to(plan.schema());
        let frame = context.execute_logical_plan(plan).await.map_err(refused)?;
        let batches = frame.execute_stream().await.map_err(refused)?;

        Ok(Rows::new(columns, scan, pages_of(batches)))
    }
}

/// The answer, page by page. A panic below closes the channel without its end, which
/// [`Rows::page`] reports; so the task needs no one to wait for it.
fn pages_of(batches: SendableRecordBatchStream) -> mpsc::Receiver<Page> {
    let (pages, receiver) = mpsc::channel(PAGES_WAITING);
    tokio::spawn(send_pages(batches, pages));
    receiver
}

/// Passes the answer on, page by page, for as long as the caller wants it.
async fn send_pages(mut batches: SendableRecordBatchStream, pages: mpsc::Sender<Page>) {
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
            let rows = page(&batch, start).map(Some);
            let failed = rows.is_err();
            if pages.send(rows).await.is_err() || failed {
                return;
            }
        }
    }
}

fn page(batch: &RecordBatch, start: usize) -> Result<Vec<Row>, EngineError> {
    let length = PAGE_ROWS.min(batch.num_rows() - start);
    let mut rows = vec![Row::with_capacity(batch.num_columns()); length];
    for column in batch.columns() {
        for (row, at) in rows.iter_mut().zip(start..) {
            let value = text::value(column, at);
            row.push(value.map_err(|e| error::running(&e.into()))?);
        }
    }
    Ok(rows)
}
