//! `approx_distinct(x[, e])`: about how many distinct values there are, with a standard error of e,
//! from 0.0040625 to 0.26, or 2.3 %. NULLs are skipped; no values give 0.
//!
//! Few values are counted; of more only a sketch is kept (HyperLogLog). Dialect 4.1.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hasher};
use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, AsArray, Int64Array, UInt64Array};
use datafusion::arrow::datatypes::{DataType, Float64Type, Int64Type, UInt64Type};
use datafusion::error::Result;

use super::super::super::failure;
use super::super::key::Keys;
use super::fold::Fold;
use super::rows::without_nulls;
use super::{Aggregate, AggregateForm, Method, Types};

pub(super) const APPROX_DISTINCT: Aggregate = Aggregate {
    name: "approx_distinct",
    forms: &[
        AggregateForm::new("(T) -> bigint", distinct),
        AggregateForm::new("(T, double) -> bigint", distinct),
    ],
};

/// The errors that can be asked for.
const ERRORS: std::ops::RangeInclusive<f64> = 0.004_062_5..=0.26;

/// The error that is meant if none is asked for.
const USUAL_ERROR: f64 = 0.023;

/// So many values are counted one by one.
const COUNTED: usize = 4096;

fn distinct(types: &Types<'_>) -> Result<Method> {
    let keys = Arc::new(Keys::new(&types.takes[..1])?);
    let saves = vec![DataType::UInt64, DataType::Int64];
    Ok(Method::fold(saves, move || Distinct {
        keys: Arc::clone(&keys),
        bits: bits_for(USUAL_ERROR),
        counted: HashSet::new(),
        sketch: Vec::new(),
    }))
}

/// Binary digits of the number of registers that give this standard error.
fn bits_for(error: f64) -> u32 {
    (4..16).find(|bits| 1.04 / f64::from(1_u32 << bits).sqrt() <= error).unwrap_or(16)
}

/// Hashes of the values, or the registers of a sketch.
#[derive(Debug)]
struct Distinct {
    keys: Arc<Keys>,
    bits: u32,
    counted: HashSet<u64>,
    /// Empty as long as values are counted.
    sketch: Vec<u8>,
}

impl Distinct {
    fn see(&mut self, hash: u64) {
        if self.sketch.is_empty() {
            self.counted.insert(hash);
            if self.counted.len() > COUNTED {
                self.begin_sketch();
            }
            return;
        }
        let rank = (hash << self.bits).leading_zeros().min(64 - self.bits) + 1;
        let register = &mut self.sketch[(hash >> (64 - self.bits)) as usize];
        *register = (*register).max(u8::try_from(rank).unwrap_or(u8::MAX));
    }

    fn begin_sketch(&mut self) {
        if self.sketch.is_empty() {
            self.sketch = vec![0; 1 << self.bits];
            for hash in std::mem::take(&mut self.counted) {
                self.see(hash);
            }
        }
    }

    /// Hashes that lead to the same registers.
    fn hashes(&self) -> Vec<u64> {
        if self.sketch.is_empty() {
            return self.counted.iter().copied().collect();
        }
        let below = 64 - self.bits;
        let hash = |(register, rank): (u64, &u8)| {
            let rank = u32::from(*rank);
            let tail = if rank <= below { 1_u64 << (below - rank) } else { 0 };
            (register << below) | tail
        };
        (0..).zip(&self.sketch).filter(|(_, rank)| **rank > 0).map(hash).collect()
    }

    fn estimate(&self) -> f64 {
        let registers = self.sketch.len() as f64;
        let sum: f64 = self.sketch.iter().map(|rank| 0.5_f64.powi(i32::from(*rank))).sum();
        let raw = 0.7213 / (1.0 + 1.079 / registers) * registers * registers / sum;
        let empty = self.sketch.iter().filter(|rank| **rank == 0).count();
        match empty > 0 && raw <= 2.5 * registers {
            true => registers * (registers / empty as f64).ln(),
            false => raw,
        }
    }
}

impl Fold for Distinct {
    fn add(&mut self, columns: &[ArrayRef]) -> Result<()> {
        let columns = without_nulls(columns, 0)?;
        if let Some(errors) = columns.get(1) {
            let errors = errors.as_primitive::<Float64Type>();
            if let Some(error) = errors.iter().flatten().next() {
                if !ERRORS.contains(&error) {
                    return Err(failure::argument(format!(
                        "Max standard error must be in [0.0040625, 0.26]: {error:?}"
                    )));
                }
                if self.sketch.is_empty() {
                    self.bits = bits_for(error);
                }
            }
        }
        for row in &self.keys.rows(&columns[..1])? {
            let mut hasher = DefaultHasher::new();
            hasher.write(row.as_ref());
            self.see(hasher.finish());
        }
        Ok(())
    }

    fn save(&self) -> Result<Vec<ArrayRef>> {
        let bits = if self.sketch.is_empty() { -i64::from(self.bits) } else { self.bits.into() };
        Ok(vec![Arc::new(UInt64Array::from(self.hashes())), Arc::new(Int64Array::from(vec![bits]))])
    }

    /// The second column has the bits of a sketch, or those of one to come with a minus.
    fn merge(&mut self, saved: &[ArrayRef]) -> Result<()> {
        let bits = saved[1].as_primitive::<Int64Type>().value(0);
        if self.sketch.is_empty() {
            self.bits = u32::try_from(bits.abs()).unwrap_or(self.bits);
        }
        if bits > 0 {
            self.begin_sketch();
        }
        for hash in saved[0].as_primitive::<UInt64Type>().values() {
            self.see(*hash);
        }
        Ok(())
    }

    fn answer(&self) -> Result<ArrayRef> {
        let count = match self.sketch.is_empty() {
            true => self.counted.len() as i64,
            false => self.estimate().round() as i64,
        };
        Ok(Arc::new(Int64Array::from(vec![count])))
    }

    fn bytes(&self) -> usize {
        self.counted.capacity() * size_of::<u64>() + self.sketch.capacity()
    }
}
