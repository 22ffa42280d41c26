//! Trino's aggregate functions. Dialect 4.1.
//!
//! A function computes its answers by one of three [`Method`]s:
//!
//! * a [`Tally`] keeps a few numbers for each group, all groups in one array;
//! * a [`Fold`] keeps whatever it wants of one group;
//! * some are DataFusion's own, where those answer as Trino's do.
//!
//! `DISTINCT`, `ORDER BY` and moving frames are the same for all of the first two, so functions
//! know nothing of them: they see the rows that count, in the order that counts.

use std::sync::Arc;

use datafusion::arrow::datatypes::DataType;
use datafusion::error::Result;
use datafusion::logical_expr::{AggregateUDF, Expr, SortExpr};

use self::fold::{Fold, Folds};
use self::planned::Planned;
use self::start::Start;
use self::tally::Tally;
use super::super::arrow;
use super::key;
use crate::sql::ty::SqlType;

mod approx_distinct;
mod approx_percentile;
mod arbitrary;
mod array_agg;
mod average;
mod bits;
mod booleans;
mod by;
mod count;
mod covariance;
mod extreme;
mod fold;
mod geometric_mean;
mod histogram;
mod kept;
mod listagg;
mod map_agg;
mod moments;
mod multimap_agg;
mod numbering;
mod planned;
mod reduce;
mod rows;
mod sliding;
mod start;
mod sum;
mod tally;
#[cfg(test)]
mod tests;
mod top;
mod variance;

/// An aggregate function of Trino's: all its forms.
#[derive(Debug)]
pub(crate) struct Aggregate {
    pub(crate) name: &'static str,
    pub(crate) forms: &'static [AggregateForm],
}

/// One signature of an aggregate function, and what computes it.
#[derive(Debug)]
pub(crate) struct AggregateForm {
    /// As [`super::signature`] reads it.
    pub(crate) signature: &'static str,
    /// The argument whose type has to be orderable.
    orders: Option<usize>,
    /// The type of the result where the signature cannot say it, from those of the arguments.
    pub(crate) gives: Option<fn(&[SqlType]) -> SqlType>,
    method: fn(&Types<'_>) -> Result<Method>,
}

/// The types of one call.
pub(super) struct Types<'a> {
    pub(super) takes: &'a [SqlType],
    pub(super) gives: &'a SqlType,
}

/// How a function computes its answers.
pub(super) enum Method {
    Own(Arc<dyn Start>),
    Borrowed(Borrowed),
}

/// A function of DataFusion's.
pub(super) struct Borrowed {
    function: Arc<AggregateUDF>,
    /// What it is called with.
    arguments: fn(Vec<Expr>) -> Vec<Expr>,
    /// Whether it matters that a value comes more than once.
    counts_repeats: bool,
}

/// A call of an aggregate function as DataFusion wants it.
pub(crate) struct Settled {
    pub(crate) function: Arc<AggregateUDF>,
    pub(crate) arguments: Vec<Expr>,
    pub(crate) distinct: bool,
}

/// Every aggregate function there is.
pub(crate) const AGGREGATES: &[Aggregate] = &[
    approx_distinct::APPROX_DISTINCT,
    approx_percentile::APPROX_PERCENTILE,
    arbitrary::ANY_VALUE,
    arbitrary::ARBITRARY,
    array_agg::ARRAY_AGG,
    average::AVG,
    bits::BITWISE_AND_AGG,
    bits::BITWISE_OR_AGG,
    bits::BITWISE_XOR_AGG,
    booleans::BOOL_AND,
    booleans::BOOL_OR,
    booleans::EVERY,
    by::MAX_BY,
    by::MIN_BY,
    count::COUNT,
    count::COUNT_IF,
    covariance::CORR,
    covariance::COVAR_POP,
    covariance::COVAR_SAMP,
    covariance::REGR_INTERCEPT,
    covariance::REGR_SLOPE,
    extreme::MAX,
    extreme::MIN,
    geometric_mean::GEOMETRIC_MEAN,
    histogram::HISTOGRAM,
    listagg::LISTAGG,
    map_agg::MAP_AGG,
    map_agg::MAP_UNION,
    multimap_agg::MULTIMAP_AGG,
    sum::SUM,
    variance::KURTOSIS,
    variance::SKEWNESS,
    variance::STDDEV,
    variance::STDDEV_POP,
    variance::STDDEV_SAMP,
    variance::VARIANCE,
    variance::VAR_POP,
    variance::VAR_SAMP,
];

impl AggregateForm {
    const fn new(signature: &'static str, method: fn(&Types<'_>) -> Result<Method>) -> Self {
        Self { signature, orders: None, gives: None, method }
    }

    /// Argument `at` has to be orderable.
    #[must_use]
    const fn ordering(mut self, at: usize) -> Self {
        self.orders = Some(at);
        self
    }

    /// The type of the result is computed from those of the arguments.
    #[must_use]
    const fn giving(mut self, gives: fn(&[SqlType]) -> SqlType) -> Self {
        self.gives = Some(gives);
        self
    }

    /// Whether the form works on values of these types, which fit its signature.
    pub(crate) fn works_on(&self, takes: &[SqlType]) -> bool {
        self.orders.and_then(|at| takes.get(at)).is_none_or(SqlType::is_orderable)
    }

    /// A call over values of the types `takes`.
    pub(crate) fn settle(
        &'static self,
        name: &'static str,
        takes: &[SqlType],
        gives: &SqlType,
        mut arguments: Vec<Expr>,
        distinct: bool,
        order: Vec<SortExpr>,
    ) -> Result<Settled> {
        Ok(match (self.method)(&Types { takes, gives })? {
            Method::Borrowed(borrowed) => {
                let distinct = distinct && borrowed.counts_repeats;
                if distinct {
                    let keys = arguments.into_iter().zip(takes);
                    arguments = keys.map(|(argument, ty)| key::of(argument, ty)).collect();
                }
                let arguments = (borrowed.arguments)(arguments);
                Settled { function: borrowed.function, arguments, distinct }
            }
            Method::Own(start) => {
                // What rows are sorted by comes in more columns, so that no plan has to sort them.
                let mut sorts = Vec::new();
                for key in order {
                    sorts.push((key.asc, key.nulls_first));
                    arguments.push(key.expr);
                }
                let planned =
                    Planned::new(name, self.signature, takes, gives, start, distinct, sorts);
                Settled {
                    function: Arc::new(AggregateUDF::new_from_impl(planned)),
                    arguments,
                    distinct: false,
                }
            }
        })
    }
}

impl Types<'_> {
    /// How the answer lies in Arrow.
    fn answer(&self) -> DataType {
        arrow::data_type(self.gives)
    }

    /// How the arguments lie in Arrow.
    fn arguments(&self) -> Vec<DataType> {
        self.takes.iter().map(arrow::data_type).collect()
    }
}

impl Method {
    fn tally(tally: impl Tally) -> Self {
        Self::Own(Arc::new(tally::Counting(tally)))
    }

    /// Columns of the types `saves` hold what is known of a group.
    fn fold<F: Fold>(saves: Vec<DataType>, start: impl Fn() -> F + Send + Sync + 'static) -> Self {
        Self::Own(Arc::new(Folds::new(saves, start)))
    }

    /// A function of DataFusion's to which it does not matter how often a value comes.
    fn borrowed(function: Arc<AggregateUDF>) -> Self {
        let arguments = |arguments| arguments;
        Self::Borrowed(Borrowed { function, arguments, counts_repeats: false })
    }
}
