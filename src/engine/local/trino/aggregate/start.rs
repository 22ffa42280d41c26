//! What begins to compute a function's answers.

use std::fmt;

use datafusion::arrow::datatypes::DataType;
use datafusion::logical_expr::{Accumulator, GroupsAccumulator};

/// Begins to compute the answers of a call, once for each group or once for all.
pub(in super::super) trait Start: fmt::Debug + Send + Sync {
    /// The columns in which what is known of a group goes from one step of a plan to the next.
    fn saves(&self) -> Vec<DataType>;

    /// For one group.
    fn one(&self) -> Box<dyn Accumulator>;

    /// For all groups at once, where that is faster.
    fn groups(&self) -> Option<Box<dyn GroupsAccumulator>> {
        None
    }
}
