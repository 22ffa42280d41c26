//! Tallies of one number: what combines two numbers combines all.

use std::fmt;
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, ArrowPrimitiveType, AsArray, PrimitiveArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::DataType;
use datafusion::error::Result;

use super::tally::{Groups, Tally};

/// Combines the values of each group from the first to the last. NULLs are skipped; no values give
/// NULL.
pub(super) struct Reduce<P: ArrowPrimitiveType> {
    combine: Combine<P>,
    keeps: DataType,
    gives: DataType,
}

/// Puts a value to what the values before it gave.
type Combine<P> = fn(
    <P as ArrowPrimitiveType>::Native,
    <P as ArrowPrimitiveType>::Native,
) -> Result<<P as ArrowPrimitiveType>::Native>;

impl<P: ArrowPrimitiveType> Reduce<P> {
    /// Values are cast to `keeps`, and answers to `gives`.
    pub(super) fn new(keeps: DataType, gives: DataType, combine: Combine<P>) -> Self {
        Self { combine, keeps, gives }
    }

    fn read(&self, column: &ArrayRef) -> Result<PrimitiveArray<P>> {
        match column.as_primitive_opt::<P>() {
            Some(values) => Ok(values.clone()),
            None => Ok(cast(column, &self.keeps)?.as_primitive::<P>().clone()),
        }
    }

    fn array(&self, kept: &[Option<P::Native>]) -> PrimitiveArray<P> {
        PrimitiveArray::from_iter(kept.iter().copied()).with_data_type(self.keeps.clone())
    }
}

impl<P: ArrowPrimitiveType> Clone for Reduce<P> {
    fn clone(&self) -> Self {
        Self { combine: self.combine, keeps: self.keeps.clone(), gives: self.gives.clone() }
    }
}

impl<P: ArrowPrimitiveType> fmt::Debug for Reduce<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reduce").field("gives", &self.gives).finish_non_exhaustive()
    }
}

impl<P: ArrowPrimitiveType> Tally for Reduce<P> {
    type Kept = Option<P::Native>;

    const EMPTY: Self::Kept = None;

    fn saves(&self) -> Vec<DataType> {
        vec![self.keeps.clone()]
    }

    fn add(
        &self,
        columns: &[ArrayRef],
        groups: &Groups<'_>,
        kept: &mut [Self::Kept],
    ) -> Result<()> {
        let values = self.read(&columns[0])?;
        for (row, group) in groups.rows() {
            if values.is_null(row) {
                continue;
            }
            let value = values.value(row);
            let known = &mut kept[group];
            *known = Some(match *known {
                Some(known) => (self.combine)(known, value)?,
                None => value,
            });
        }
        Ok(())
    }

    fn save(&self, kept: &[Self::Kept]) -> Result<Vec<ArrayRef>> {
        Ok(vec![Arc::new(self.array(kept))])
    }

    fn merge(
        &self,
        saved: &[ArrayRef],
        groups: &Groups<'_>,
        kept: &mut [Self::Kept],
    ) -> Result<()> {
        self.add(saved, groups, kept)
    }

    fn answer(&self, kept: &[Self::Kept]) -> Result<ArrayRef> {
        let values = self.array(kept);
        match self.keeps == self.gives {
            true => Ok(Arc::new(values)),
            false => Ok(cast(&values, &self.gives)?),
        }
    }
}
