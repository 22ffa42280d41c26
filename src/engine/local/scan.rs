//! The plan node that reads logs: partitions that pull from one queue of logs.
//!
//! A queue, not a fixed share for each partition, because logs differ in size by a factor of
//! thousands. Reading and decoding block, so they run on Tokio's threads for that; a short
//! channel holds back a reader that is faster than the query.

use std::fmt;
use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};

use datafusion::arrow::datatypes::SchemaRef;
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_expr::EquivalenceProperties;
use datafusion::physical_plan::execution_plan::{Boundedness, EmissionType};
use datafusion::physical_plan::stream::RecordBatchReceiverStreamBuilder;
use datafusion::physical_plan::{
    DisplayAs, DisplayFormatType, ExecutionPlan, Partitioning, PhysicalExpr, PlanProperties,
};
use tokio::sync::mpsc::Sender;

use super::columns::Columns;
use super::decode::{Decoder, Lies};
use crate::engine::Scan;
use crate::logs::records::{self, Next};
use crate::logs::{Access, Log};
use crate::table::TableShape;

/// Batches that wait for the query, for each partition.
const WAITING: usize = 1;

/// The logs of a query and the account of what was read, shared by all scans of its plan.
#[derive(Debug)]
pub(super) struct Source {
    logs: Arc<[Log]>,
    access: Access,
    columns: Arc<Columns>,
    /// What the address of each log says of the partition columns.
    partitions: Vec<Box<[Option<String>]>>,
    scan: Arc<Scan>,
    /// Logs that are counted: a query that selects from the table twice reads them twice.
    counted: Vec<AtomicBool>,
}

impl Source {
    pub(super) fn new(table: &TableShape, logs: Arc<[Log]>, scan: Arc<Scan>) -> Self {
        let counted = logs.iter().map(|_| AtomicBool::new(false)).collect();
        let partitions = logs.iter().map(|log| table.partition_values(log)).collect();
        let (access, columns) = (Access::files(), Arc::new(Columns::of(table)));
        Self { logs, access, columns, partitions, scan, counted }
    }

    /// The same, opened like this.
    pub(super) fn opened(self, access: Access) -> Self {
        Self { access, ..self }
    }

    pub(super) fn logs(&self) -> &[Log] {
        &self.logs
    }

    pub(super) fn columns(&self) -> &Arc<Columns> {
        &self.columns
    }

    /// What the address of a log says of a partition column.
    pub(super) fn partition(&self, log: usize, column: usize) -> Option<&str> {
        self.partitions[log][column].as_deref()
    }
}

/// Reads logs into the projected columns of the table.
#[derive(Debug)]
pub(super) struct LogScan {
    source: Arc<Source>,
    /// Which logs are left after pruning.
    chosen: Arc<[usize]>,
    projection: Arc<[usize]>,
    limit: Option<usize>,
    properties: Arc<PlanProperties>,
    queue: Arc<Queue>,
}

/// What the partitions of one scan share.
#[derive(Debug, Default)]
struct Queue {
    next: AtomicUsize,
    rows: AtomicUsize,
}

impl LogScan {
    pub(super) fn new(
        source: Arc<Source>,
        chosen: Vec<usize>,
        schema: SchemaRef,
        projection: Vec<usize>,
        limit: Option<usize>,
        partitions: usize,
    ) -> Self {
        let partitions = partitions.min(chosen.len()).max(1);
        let properties = PlanProperties::new(
            EquivalenceProperties::new(schema),
            Partitioning::UnknownPartitioning(partitions),
            EmissionType::Incremental,
            Boundedness::Bounded,
        );
        Self {
            source,
            chosen: chosen.into(),
            projection: projection.into(),
            limit,
            properties: Arc::new(properties),
            queue: Arc::default(),
        }
    }
}

impl DisplayAs for LogScan {
    fn fmt_as(&self, _: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (chosen, all) = (self.chosen.len(), self.source.logs.len());
        write!(f, "LogScan: logs={chosen}/{all}")?;
        if let Some(limit) = self.limit {
            write!(f, ", limit={limit}")?;
        }
        Ok(())
    }
}

impl ExecutionPlan for LogScan {
    fn name(&self) -> &'static str {
        "LogScan"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        Vec::new()
    }

    fn apply_expressions(
        &self,
        _: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }

    fn with_new_children(
        self: Arc<Self>,
        _: Vec<Arc<dyn ExecutionPlan>>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        Ok(self)
    }

    fn reset_state(self: Arc<Self>) -> Result<Arc<dyn ExecutionPlan>> {
        Ok(Arc::new(Self {
            source: Arc::clone(&self.source),
            chosen: Arc::clone(&self.chosen),
            projection: Arc::clone(&self.projection),
            limit: self.limit,
            properties: Arc::clone(&self.properties),
            queue: Arc::default(),
        }))
    }

    fn execute(&self, _: usize, _: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        let mut builder = RecordBatchReceiverStreamBuilder::new(self.schema(), WAITING);
        let mut worker = Worker {
            source: Arc::clone(&self.source),
            chosen: Arc::clone(&self.chosen),
            queue: Arc::clone(&self.queue),
            limit: self.limit.unwrap_or(usize::MAX),
            decoder: Decoder::new(self.source.columns(), &self.projection)?,
            batches: builder.tx(),
        };
        builder.spawn_blocking(move || worker.run());
        Ok(builder.build())
    }
}

/// One partition at work.
struct Worker {
    source: Arc<Source>,
    chosen: Arc<[usize]>,
    queue: Arc<Queue>,
    limit: usize,
    decoder: Decoder,
    batches: Sender<Result<RecordBatch>>,
}

impl Worker {
    fn run(&mut self) -> Result<()> {
        while self.wanted() {
            let at = self.queue.next.fetch_add(1, Ordering::Relaxed);
            let Some(&at) = self.chosen.get(at) else {
                break;
            };
            self.log(at)?;
        }
        if self.decoder.rows() > 0 {
            self.send()?;
        }
        Ok(())
    }

    /// Whether anyone still waits for rows.
    fn wanted(&self) -> bool {
        !self.batches.is_closed() && self.queue.rows.load(Ordering::Relaxed) < self.limit
    }

    fn log(&mut self, at: usize) -> Result<()> {
        let source = Arc::clone(&self.source);
        let log = &source.logs[at];
        let lies = Lies { address: &log.address, partitions: &source.partitions[at] };
        let scan = &*source.scan;
        // Only numbers: damage that a first scan did not come to is found by the second one.
        let counts = !source.counted[at].swap(true, Ordering::Relaxed);
        let file = match source.access.open(log) {
            Ok(file) => file,
            Err(error) => {
                scan.damage(&log.address, unopened(&error));
                return Ok(());
            }
        };
        let reader = Counted { inner: file, bytes: counts.then_some(&scan.bytes) };
        let mut failure = None;
        let outcome = records::read(reader, |record| {
            if !self.decoder.add(record, lies) {
                return Next::Broken;
            }
            if counts {
                scan.records.fetch_add(1, Ordering::Relaxed);
            }
            let rows = self.queue.rows.fetch_add(1, Ordering::Relaxed) + 1;
            if self.decoder.is_full()
                && let Err(error) = self.send()
            {
                failure = Some(error);
            }
            let enough = rows >= self.limit || failure.is_some() || self.batches.is_closed();
            if enough { Next::Stop } else { Next::More }
        });
        if let Some(error) = failure {
            return Err(error);
        }
        match outcome {
            Ok(summary) if summary.complete && counts => scan.finished_log(),
            Ok(_) => {}
            Err(damage) => {
                scan.damage(&log.address, format!("{damage}; {}", damage.remedy()));
            }
        }
        Ok(())
    }

    /// Passes the batch on. That nobody takes it is no error: the query has enough.
    fn send(&mut self) -> Result<()> {
        let batch = self.decoder.finish().map_err(DataFusionError::from)?;
        let _ = self.batches.blocking_send(Ok(batch));
        Ok(())
    }
}

fn unopened(error: &io::Error) -> String {
    // What did not come from the system has its own words for it.
    if error.raw_os_error().is_none() {
        return format!("cannot be opened: {error}");
    }
    let remedy = match error.kind() {
        io::ErrorKind::NotFound => "it was there when the logs were listed; run again",
        io::ErrorKind::PermissionDenied => "give this user read access to it",
        _ => "check the disk or network drive",
    };
    format!("cannot be opened: {error}; {remedy}")
}

/// Counts bytes as they are read, so that progress moves inside large logs.
struct Counted<'a, R> {
    inner: R,
    bytes: Option<&'a AtomicU64>,
}

impl<R: Read> Read for Counted<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        if let Some(bytes) = self.bytes {
            bytes.fetch_add(count as u64, Ordering::Relaxed);
        }
        Ok(count)
    }
}
