//! One call with its types settled, as DataFusion wants it.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, Field, FieldRef};
use datafusion::common::ScalarValue;
use datafusion::error::Result;
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::utils::{AggregateOrderSensitivity, format_state_name};
use datafusion::logical_expr::{
    Accumulator, AggregateUDFImpl, GroupsAccumulator, Signature, Volatility,
};

use super::super::super::arrow;
use super::super::key::Keys;
use super::fold::saved_as;
use super::kept::Kept;
use super::sliding::Sliding;
use super::start::Start;
use crate::sql::ty::SqlType;

/// What computes the answers of a call.
#[derive(Debug)]
pub(super) struct Recipe {
    pub(super) start: Arc<dyn Start>,
    /// How many of the columns are arguments; by the others rows are sorted.
    pub(super) arguments: usize,
    /// The types of all columns.
    pub(super) types: Vec<DataType>,
    /// Keys of the arguments, for `DISTINCT`.
    pub(super) distinct: Option<Arc<Keys>>,
    /// Ascending, and NULLs first, for each column that rows are sorted by.
    pub(super) sorts: Vec<(bool, bool)>,
}

impl Recipe {
    /// Whether rows can be taken in as they come.
    fn is_plain(&self) -> bool {
        self.distinct.is_none() && self.sorts.is_empty()
    }

    /// For one group.
    pub(super) fn one(self: &Arc<Self>) -> Box<dyn Accumulator> {
        if self.is_plain() { self.start.one() } else { Box::new(Kept::new(self)) }
    }
}

/// A call of an aggregate function.
pub(super) struct Planned {
    name: &'static str,
    form: &'static str,
    takes: Vec<SqlType>,
    gives: SqlType,
    start: Arc<dyn Start>,
    distinct: bool,
    sorts: Vec<(bool, bool)>,
    signature: Signature,
}

impl Planned {
    pub(super) fn new(
        name: &'static str,
        form: &'static str,
        takes: &[SqlType],
        gives: &SqlType,
        start: Arc<dyn Start>,
        distinct: bool,
        sorts: Vec<(bool, bool)>,
    ) -> Self {
        Self {
            name,
            form,
            takes: takes.to_vec(),
            gives: gives.clone(),
            start,
            distinct,
            sorts,
            signature: Signature::variadic_any(Volatility::Immutable),
        }
    }

    fn recipe(&self, fields: &[FieldRef]) -> Result<Arc<Recipe>> {
        Ok(Arc::new(Recipe {
            start: Arc::clone(&self.start),
            arguments: self.takes.len(),
            types: fields.iter().map(|field| field.data_type().clone()).collect(),
            distinct: match self.distinct {
                true => Some(Arc::new(Keys::new(&self.takes)?)),
                false => None,
            },
            sorts: self.sorts.clone(),
        }))
    }
}

impl fmt::Debug for Planned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

impl PartialEq for Planned {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
            && self.form == other.form
            && self.takes == other.takes
            && self.gives == other.gives
            && self.distinct == other.distinct
            && self.sorts == other.sorts
    }
}

impl Eq for Planned {}

/// DataFusion takes calls of one name over the same columns for one if their hashes are equal, so
/// everything goes into it.
impl Hash for Planned {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.name, self.form, self.distinct).hash(state);
        (&self.takes, &self.gives, &self.sorts).hash(state);
    }
}

impl AggregateUDFImpl for Planned {
    fn name(&self) -> &str {
        self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(arrow::data_type(&self.gives))
    }

    fn accumulator(&self, args: AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>> {
        Ok(self.recipe(args.expr_fields)?.one())
    }

    fn create_sliding_accumulator(
        &self,
        args: AccumulatorArgs<'_>,
    ) -> Result<Box<dyn Accumulator>> {
        Ok(Box::new(Sliding::new(&self.recipe(args.expr_fields)?)))
    }

    fn groups_accumulator_supported(&self, _: AccumulatorArgs<'_>) -> bool {
        !self.distinct && self.sorts.is_empty() && self.start.groups().is_some()
    }

    fn create_groups_accumulator(
        &self,
        _: AccumulatorArgs<'_>,
    ) -> Result<Box<dyn GroupsAccumulator>> {
        match self.start.groups() {
            Some(groups) => Ok(groups),
            None => datafusion::common::internal_err!("{} takes one group at a time", self.name),
        }
    }

    fn state_fields(&self, args: StateFieldsArgs<'_>) -> Result<Vec<FieldRef>> {
        let types = match self.distinct || !self.sorts.is_empty() {
            true => args.input_fields.iter().map(|field| saved_as(field.data_type())).collect(),
            false => self.start.saves(),
        };
        let field = |(at, ty): (usize, DataType)| {
            Arc::new(Field::new(format_state_name(args.name, &at.to_string()), ty, true))
        };
        Ok(types.into_iter().enumerate().map(field).collect())
    }

    fn order_sensitivity(&self) -> AggregateOrderSensitivity {
        AggregateOrderSensitivity::Insensitive
    }

    /// The answer where there are no rows.
    fn default_value(&self, _: &DataType) -> Result<ScalarValue> {
        self.start.one().evaluate()
    }
}
