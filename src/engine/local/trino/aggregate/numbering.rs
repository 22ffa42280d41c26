//! Distinct keys, numbered.

use std::collections::HashMap;
use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, UInt64Array};
use datafusion::error::Result;

use super::super::key::Keys;

/// What an entry of the table needs besides its bytes, about.
const ENTRY_BYTES: usize = 48;

/// Numbers distinct keys, from 0, in the order in which they come.
#[derive(Debug)]
pub(super) struct Numbering {
    keys: Arc<Keys>,
    known: HashMap<Box<[u8]>, usize>,
    bytes: usize,
}

impl Numbering {
    pub(super) fn new(keys: &Arc<Keys>) -> Self {
        Self { keys: Arc::clone(keys), known: HashMap::new(), bytes: 0 }
    }

    /// How many keys there are.
    pub(super) fn count(&self) -> usize {
        self.known.len()
    }

    /// The number of each row, and the rows with keys that are new.
    pub(super) fn number(&mut self, columns: &[ArrayRef]) -> Result<(Vec<usize>, UInt64Array)> {
        let rows = self.keys.rows(columns)?;
        let mut numbers = Vec::with_capacity(rows.num_rows());
        let mut fresh = Vec::new();
        for (at, row) in (0_u64..).zip(&rows) {
            let next = self.known.len();
            let number = match self.known.get(row.as_ref()) {
                Some(number) => *number,
                None => {
                    self.bytes += ENTRY_BYTES + row.as_ref().len();
                    self.known.insert(row.as_ref().into(), next);
                    fresh.push(at);
                    next
                }
            };
            numbers.push(number);
        }
        Ok((numbers, fresh.into()))
    }

    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }
}
