//! Functions that keep a few numbers for each group.

use std::fmt;

use datafusion::arrow::array::{Array, ArrayRef, BooleanArray};
use datafusion::arrow::datatypes::DataType;
use datafusion::common::ScalarValue;
use datafusion::error::Result;
use datafusion::logical_expr::{Accumulator, EmitTo, GroupsAccumulator};

use super::start::Start;

/// A function that keeps a few numbers for each group.
pub(super) trait Tally: fmt::Debug + Clone + Send + Sync + 'static {
    /// The numbers of one group.
    type Kept: Copy + fmt::Debug + Send + Sync;

    /// Those of a group without rows.
    const EMPTY: Self::Kept;

    /// The columns of [`Tally::save`].
    fn saves(&self) -> Vec<DataType>;

    /// Takes rows into their groups.
    fn add(&self, columns: &[ArrayRef], groups: &Groups<'_>, kept: &mut [Self::Kept])
    -> Result<()>;

    /// Numbers as columns.
    fn save(&self, kept: &[Self::Kept]) -> Result<Vec<ArrayRef>>;

    /// Takes saved numbers into their groups.
    fn merge(&self, saved: &[ArrayRef], groups: &Groups<'_>, kept: &mut [Self::Kept])
    -> Result<()>;

    /// The answer for each group.
    fn answer(&self, kept: &[Self::Kept]) -> Result<ArrayRef>;
}

/// The group of each row of a batch, and which rows count.
pub(super) struct Groups<'a> {
    rows: usize,
    /// All in the first where there is none.
    of: Option<&'a [usize]>,
    filter: Option<&'a BooleanArray>,
}

impl Groups<'_> {
    /// Row and group of the rows that count.
    pub(super) fn rows(&self) -> impl Iterator<Item = (usize, usize)> {
        (0..self.rows)
            .filter(|row| {
                self.filter.is_none_or(|filter| filter.is_valid(*row) && filter.value(*row))
            })
            .map(|row| (row, self.of.map_or(0, |of| of[row])))
    }
}

/// Begins a tally.
#[derive(Debug)]
pub(super) struct Counting<T>(pub(super) T);

impl<T: Tally> Start for Counting<T> {
    fn saves(&self) -> Vec<DataType> {
        self.0.saves()
    }

    fn one(&self) -> Box<dyn Accumulator> {
        Box::new(Tallies { tally: self.0.clone(), kept: vec![T::EMPTY] })
    }

    fn groups(&self) -> Option<Box<dyn GroupsAccumulator>> {
        Some(Box::new(Tallies { tally: self.0.clone(), kept: Vec::new() }))
    }
}

/// The numbers of all groups.
#[derive(Debug)]
struct Tallies<T: Tally> {
    tally: T,
    kept: Vec<T::Kept>,
}

impl<T: Tally> Tallies<T> {
    fn bytes(&self) -> usize {
        size_of::<Self>() + self.kept.capacity() * size_of::<T::Kept>()
    }
}

impl<T: Tally> GroupsAccumulator for Tallies<T> {
    fn update_batch(
        &mut self,
        values: &[ArrayRef],
        group_indices: &[usize],
        opt_filter: Option<&BooleanArray>,
        total_num_groups: usize,
    ) -> Result<()> {
        self.kept.resize(total_num_groups, T::EMPTY);
        let groups =
            Groups { rows: group_indices.len(), of: Some(group_indices), filter: opt_filter };
        self.tally.add(values, &groups, &mut self.kept)
    }

    fn evaluate(&mut self, emit_to: EmitTo) -> Result<ArrayRef> {
        self.tally.answer(&emit_to.take_needed(&mut self.kept))
    }

    fn state(&mut self, emit_to: EmitTo) -> Result<Vec<ArrayRef>> {
        self.tally.save(&emit_to.take_needed(&mut self.kept))
    }

    fn merge_batch(
        &mut self,
        values: &[ArrayRef],
        group_indices: &[usize],
        total_num_groups: usize,
    ) -> Result<()> {
        self.kept.resize(total_num_groups, T::EMPTY);
        let groups = Groups { rows: group_indices.len(), of: Some(group_indices), filter: None };
        self.tally.merge(values, &groups, &mut self.kept)
    }

    fn convert_to_state(
        &self,
        values: &[ArrayRef],
        opt_filter: Option<&BooleanArray>,
    ) -> Result<Vec<ArrayRef>> {
        let rows = values.first().map_or(0, Array::len);
        let mut kept = vec![T::EMPTY; rows];
        let each: Vec<usize> = (0..rows).collect();
        let groups = Groups { rows, of: Some(&each), filter: opt_filter };
        self.tally.add(values, &groups, &mut kept)?;
        self.tally.save(&kept)
    }

    fn size(&self) -> usize {
        self.bytes()
    }
}

impl<T: Tally> Accumulator for Tallies<T> {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let rows = values.first().map_or(0, Array::len);
        self.tally.add(values, &Groups { rows, of: None, filter: None }, &mut self.kept)
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        ScalarValue::try_from_array(&self.tally.answer(&self.kept)?, 0)
    }

    fn size(&self) -> usize {
        self.bytes()
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        let saved = self.tally.save(&self.kept)?;
        saved.iter().map(|column| ScalarValue::try_from_array(column, 0)).collect()
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        let rows = states.first().map_or(0, Array::len);
        self.tally.merge(states, &Groups { rows, of: None, filter: None }, &mut self.kept)
    }
}
