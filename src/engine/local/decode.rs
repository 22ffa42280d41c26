//! Records into record batches: only the asked-for columns, bounded by rows and by bytes.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, StringBuilder};
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::arrow::error::ArrowError;
use datafusion::arrow::record_batch::{RecordBatch, RecordBatchOptions};
use sonic_rs::LazyValue;

use super::builders::{Builder, text_of};
use super::columns::{self, PLACE, RECORD, WIDEST};
use crate::logs::{Log, Place};

/// Most rows of a batch.
pub(super) const BATCH_ROWS: usize = 8192;

/// A batch is closed once it holds as many bytes of text, so that large records do not multiply.
pub(super) const BATCH_BYTES: usize = 4 * 1024 * 1024;

type Slots<'a> = [Option<LazyValue<'a>>; WIDEST];

/// One output column.
enum Output {
    /// From the record's field at this position of [`RECORD`].
    Record(usize, Builder),
    /// Account, region or day: by position in [`PLACE`].
    Place(usize, StringBuilder),
    /// The log's address.
    Path(StringBuilder),
}

/// Collects records of logs into batches.
pub(super) struct Decoder {
    schema: SchemaRef,
    outputs: Vec<Output>,
    /// Which fields of [`RECORD`] are looked at.
    needed: [bool; WIDEST],
    rows: usize,
    bytes: usize,
    scratch: String,
}

impl Decoder {
    /// A decoder for the columns of the table at these positions; `schema` has these columns.
    pub(super) fn new(schema: SchemaRef, projection: &[usize]) -> Self {
        let mut needed = [false; WIDEST];
        let mut place = false;
        let outputs = projection
            .iter()
            .map(|&at| match at.checked_sub(RECORD.len()) {
                None => {
                    needed[at] = true;
                    Output::Record(at, Builder::new(&RECORD[at].shape))
                }
                Some(at) if at + 1 == PLACE.len() => Output::Path(StringBuilder::new()),
                Some(at) => {
                    place = true;
                    Output::Place(at, StringBuilder::new())
                }
            })
            .collect();
        if place {
            for name in ["recipientaccountid", "useridentity", "awsregion", "eventtime"] {
                needed[columns::record_column(name)] = true;
            }
        }
        Self { schema, outputs, needed, rows: 0, bytes: 0, scratch: String::new() }
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
    pub(super) fn add(&mut self, record: &str, log: &Log) -> bool {
        let mut slots: Slots<'_> = [const { None }; WIDEST];
        let mut guess = 0;
        for field in sonic_rs::to_object_iter(record) {
            let Ok((key, value)) = field else {
                return false;
            };
            if let Some(at) = columns::position(RECORD, &key, &mut guess)
                && self.needed[at]
            {
                slots[at] = Some(value);
            }
        }
        for output in &mut self.outputs {
            if let Output::Place(which, builder) = output {
                let place = log.place.as_ref();
                self.bytes += append_place(builder, *which, place, &slots, &mut self.scratch);
            }
        }
        for output in &mut self.outputs {
            match output {
                Output::Record(at, builder) => {
                    self.bytes += builder.append(slots[*at].take(), &mut self.scratch);
                }
                Output::Path(builder) => {
                    builder.append_value(&log.address);
                    self.bytes += log.address.len();
                }
                Output::Place(..) => {}
            }
        }
        self.rows += 1;
        true
    }

    /// The batch so far; the decoder starts over.
    pub(super) fn finish(&mut self) -> Result<RecordBatch, ArrowError> {
        let columns = self.outputs.iter_mut().map(|output| {
            Ok(match output {
                Output::Record(_, builder) => builder.finish()?,
                Output::Place(_, builder) | Output::Path(builder) => {
                    Arc::new(builder.finish()) as ArrayRef
                }
            })
        });
        let columns = columns.collect::<Result<_, ArrowError>>()?;
        let options = RecordBatchOptions::new().with_row_count(Some(self.rows));
        self.rows = 0;
        self.bytes = 0;
        RecordBatch::try_new_with_options(Arc::clone(&self.schema), columns, &options)
    }
}

/// Appends account, region or day: from the folder, else from the record.
fn append_place(
    builder: &mut StringBuilder,
    which: usize,
    place: Option<&Place>,
    slots: &Slots<'_>,
    scratch: &mut String,
) -> usize {
    let slot = |name| slots[columns::record_column(name)].as_ref();
    let known = place.map(|place| [&place.account, &place.region, &place.day][which].as_str());
    let text = match (known, which) {
        (Some(text), _) => Some(text.to_owned()),
        (None, 0) => slot("recipientaccountid")
            .and_then(|value| text_of(value, scratch).map(str::to_owned))
            .or_else(|| identity_account(slot("useridentity")?.clone(), scratch)),
        (None, 1) => slot("awsregion").and_then(|v| text_of(v, scratch).map(str::to_owned)),
        (None, _) => slot("eventtime").and_then(|v| text_of(v, scratch).and_then(day_of)),
    };
    builder.append_option(text.as_deref());
    text.map_or(0, |text| text.len())
}

fn identity_account(identity: LazyValue<'_>, scratch: &mut String) -> Option<String> {
    let fields = identity.into_object_iter()?.map_while(Result::ok);
    let (_, account) = fields.filter(|(key, _)| key.eq_ignore_ascii_case("accountid")).last()?;
    text_of(&account, scratch).map(str::to_owned)
}

/// `2026/11/23` from `2026-11-23T..`; `None` where the text starts otherwise.
fn day_of(time: &str) -> Option<String> {
    let day = time.get(..10)?;
    let is_date = day.bytes().enumerate().all(|(at, byte)| match at {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    });
    is_date.then(|| day.replace('-', "/"))
}
