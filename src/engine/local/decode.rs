//! Records into record batches: only the asked-for columns, bounded by rows and by bytes.

use std::sync::Arc;

use datafusion::arrow::datatypes::SchemaRef;
use datafusion::arrow::error::ArrowError;
use datafusion::arrow::record_batch::{RecordBatch, RecordBatchOptions};
use sonic_rs::LazyValue;

use super::builders::{Builder, text_of, with_slots};
use super::columns::{self, Columns, Shape, ToldBy};
use crate::table::Partition;
use crate::table::content::Content;

/// Most rows of a batch.
pub(super) const BATCH_ROWS: usize = 8192;

/// A batch is closed once it holds as many bytes of text, so that large records do not multiply.
pub(super) const BATCH_BYTES: usize = 4 * 1024 * 1024;

type Slots<'a> = [Option<LazyValue<'a>>];

/// Where a log lies.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lies<'a> {
    pub(super) address: &'a str,
    /// What the address says of each partition column; `None` where the record has to tell.
    pub(super) partitions: &'a [Option<String>],
}

/// One output column.
enum Output {
    /// From the record's field at this position of [`Columns::record`].
    Record(usize, Builder),
    /// From the partition column at this position.
    Partition(usize, Builder),
    /// The log's address.
    Path(Builder),
}

/// Collects records of logs into batches.
pub(super) struct Decoder {
    schema: SchemaRef,
    columns: Arc<Columns>,
    outputs: Vec<Output>,
    /// Which fields of [`Columns::record`] are looked at.
    needed: Box<[bool]>,
    rows: usize,
    bytes: usize,
    scratch: String,
}

impl Decoder {
    /// A decoder for the columns of the table at these positions.
    pub(super) fn new(columns: &Arc<Columns>, projection: &[usize]) -> Result<Self, ArrowError> {
        let schema = Arc::new(columns.schema().project(projection)?);
        let mut needed = vec![false; columns.record.len()];
        let builder = |shape: &Shape, at: usize| Builder::new(shape, schema.field(at).data_type());
        let output = |(place, &at): (usize, &usize)| match at.checked_sub(columns.count) {
            None => {
                needed[at] = true;
                Output::Record(at, builder(&columns.record[at].shape, place))
            }
            Some(_) if at == columns.path() => Output::Path(builder(&Shape::Value, place)),
            Some(at) => {
                let partition = &columns.partitions[at];
                for field in columns.told_by.positions(&partition.content) {
                    needed[field] = true;
                }
                Output::Partition(at, builder(&Shape::of(&partition.ty), place))
            }
        };
        let outputs = projection.iter().enumerate().map(output).collect();
        Ok(Self {
            schema: Arc::clone(&schema),
            columns: Arc::clone(columns),
            outputs,
            needed: needed.into(),
            rows: 0,
            bytes: 0,
            scratch: String::new(),
        })
    }

    /// Rows collected so far.
    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    /// Whether the batch should be taken.
    pub(super) fn is_full(&self) -> bool {
        self.rows >= BATCH_ROWS || self.bytes >= BATCH_BYTES
    }

    /// Adds a record of a log; `false` when its text is no JSON object, and then nothing is added.
    pub(super) fn add(&mut self, record: &str, log: Lies<'_>) -> bool {
        with_slots(self.columns.record.len(), |slots| {
            let mut guess = 0;
            for field in sonic_rs::to_object_iter(record) {
                let Ok((key, value)) = field else {
                    return false;
                };
                if let Some(at) = columns::position(&self.columns.record, &key, &mut guess)
                    && self.needed[at]
                {
                    slots[at] = Some(value);
                }
            }
            self.append(slots, log);
            true
        })
    }

    fn append(&mut self, slots: &mut Slots<'_>, log: Lies<'_>) {
        let Self { columns, outputs, scratch, .. } = self;
        // Partitions first: the columns take their values out of the slots.
        for output in outputs.iter_mut() {
            if let Output::Partition(at, builder) = output {
                self.bytes += match &log.partitions[*at] {
                    Some(text) => builder.append_text(Some(text)),
                    None => {
                        let partition = &columns.partitions[*at];
                        let text = told(partition, &columns.told_by, slots, scratch);
                        builder.append_text(text.as_deref())
                    }
                };
            }
        }
        for output in outputs {
            self.bytes += match output {
                Output::Record(at, builder) => builder.append(slots[*at].take(), scratch),
                Output::Path(builder) => builder.append_text(Some(log.address)),
                Output::Partition(..) => 0,
            };
        }
        self.rows += 1;
    }

    /// The batch so far; the decoder starts over.
    pub(super) fn finish(&mut self) -> Result<RecordBatch, ArrowError> {
        let columns = self.outputs.iter_mut().map(|output| match output {
            Output::Record(_, builder) | Output::Partition(_, builder) | Output::Path(builder) => {
                builder.finish()
            }
        });
        let columns = columns.collect::<Result<_, ArrowError>>()?;
        let options = RecordBatchOptions::new().with_row_count(Some(self.rows));
        self.rows = 0;
        self.bytes = 0;
        RecordBatch::try_new_with_options(Arc::clone(&self.schema), columns, &options)
    }
}

/// What the record itself says of a partition column.
fn told(
    partition: &Partition,
    told_by: &ToldBy,
    slots: &Slots<'_>,
    scratch: &mut String,
) -> Option<String> {
    match &partition.content {
        Content::Account => slots[told_by.account]
            .as_ref()
            .and_then(|value| text_of(value, scratch).map(str::to_owned))
            .or_else(|| identity_account(slots[told_by.identity].clone()?, scratch)),
        Content::Region => text_of(slots[told_by.region].as_ref()?, scratch).map(str::to_owned),
        Content::Date(_) => {
            partition.of_event_time(text_of(slots[told_by.time].as_ref()?, scratch)?)
        }
        Content::Organisation | Content::Other => None,
    }
}

fn identity_account(identity: LazyValue<'_>, scratch: &mut String) -> Option<String> {
    let fields = identity.into_object_iter()?.map_while(Result::ok);
    let (_, account) = fields.filter(|(key, _)| key.eq_ignore_ascii_case("accountid")).last()?;
    text_of(&account, scratch).map(str::to_owned)
}
