//! stub
use crate::sql::ty::SqlType;
use datafusion::error::Result;
use datafusion::logical_expr::{AggregateUDF, Expr};
use std::sync::Arc;

pub(crate) struct Aggregate {
    pub(crate) name: &'static str,
    pub(crate) forms: &'static [AggregateForm],
}
pub(crate) struct AggregateForm {
    pub(crate) signature: &'static str,
    pub(crate) build: fn(&[SqlType], &SqlType, Vec<Expr>) -> Result<Built>,
    pub(crate) gives: Option<fn(&[SqlType]) -> SqlType>,
}
pub(crate) struct Built {
    pub(crate) udf: Arc<AggregateUDF>,
    pub(crate) args: Vec<Expr>,
    pub(crate) wrap: Option<fn(Expr) -> Expr>,
}

pub(crate) const AGGREGATES: &[Aggregate] = &[
    Aggregate {
        name: "count",
        forms: &[AggregateForm {
            signature: "(T) -> bigint",
            build: |_, _, args| {
                Ok(Built {
                    udf: datafusion::functions_aggregate::count::count_udaf(),
                    args,
                    wrap: None,
                })
            },
            gives: None,
        }],
    },
    Aggregate {
        name: "max",
        forms: &[AggregateForm {
            signature: "(T) -> T",
            build: |_, _, args| {
                Ok(Built {
                    udf: datafusion::functions_aggregate::min_max::max_udaf(),
                    args,
                    wrap: None,
                })
            },
            gives: None,
        }],
    },
    Aggregate {
        name: "min",
        forms: &[AggregateForm {
            signature: "(T) -> T",
            build: |_, _, args| {
                Ok(Built {
                    udf: datafusion::functions_aggregate::min_max::min_udaf(),
                    args,
                    wrap: None,
                })
            },
            gives: None,
        }],
    },
];
