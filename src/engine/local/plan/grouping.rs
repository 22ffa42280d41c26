//! `GROUP BY`: simple keys, `GROUPING SETS`, `CUBE`, `ROLLUP`.

use std::collections::HashMap;

use datafusion::arrow::datatypes::DataType;
use datafusion::functions_aggregate::grouping::grouping_udaf;
use datafusion::logical_expr::expr::AggregateFunction;
use datafusion::logical_expr::{Cast, Expr, GroupingSet};

use super::aggregate_call::allowed;
use super::expr::{Allow, Context};
use super::name::chain;
use super::query::ordinal;
use super::scope::{Found, Scope};
use super::select::Chosen;
use super::{Planner, Result, Typed, column};
use crate::sql::ast::{self, Grouping};
use crate::sql::refusal::Refusal;
use crate::sql::ty::SqlType;

/// Most grouping sets that Trino computes.
const MOST_SETS: usize = 2048;

/// The sets that rows are grouped by; mostly one.
#[derive(Debug, Default)]
pub(super) struct Groups {
    sets: Vec<Vec<Typed>>,
}

impl Groups {
    /// Every key of every set.
    pub(super) fn keys(&self) -> impl Iterator<Item = &Typed> {
        self.sets.iter().flatten()
    }

    /// The keys as columns of the plan below.
    pub(super) fn exprs(&self, known: &HashMap<Expr, String>) -> Vec<Expr> {
        let columns = |set: &Vec<Typed>| -> Vec<Expr> {
            let mut columns = Vec::new();
            for Typed { expr, .. } in set {
                let key = known.get(expr).map_or_else(|| expr.clone(), |id| column(id));
                if !columns.contains(&key) {
                    columns.push(key);
                }
            }
            columns
        };
        match self.sets.as_slice() {
            [] => Vec::new(),
            [only] => columns(only),
            sets => {
                vec![Expr::GroupingSet(GroupingSet::GroupingSets(
                    sets.iter().map(columns).collect(),
                ))]
            }
        }
    }
}

impl Planner<'_> {
    pub(super) fn groups(
        &mut self,
        groups: &[Grouping],
        chosen: &[Chosen],
        scope: &Scope<'_>,
    ) -> Result<Groups> {
        let mut sets: Vec<Vec<Typed>> = vec![Vec::new()];
        for group in groups {
            let alternatives = match group {
                Grouping::Simple(exprs) => vec![self.group_keys(exprs, chosen, scope)?],
                Grouping::Sets(sets) => self.group_sets(sets, chosen, scope)?,
                Grouping::Rollup(parts) => {
                    let parts = self.group_sets(parts, chosen, scope)?;
                    (0..=parts.len()).rev().map(|count| parts[..count].concat()).collect()
                }
                Grouping::Cube(parts) => {
                    let parts = self.group_sets(parts, chosen, scope)?;
                    let subsets = 1_usize << parts.len().min(16);
                    let subset = |bits: usize| {
                        let taken = parts.iter().enumerate().filter(|(at, _)| bits >> at & 1 == 0);
                        taken.flat_map(|(_, part)| part.clone()).collect()
                    };
                    (0..subsets).map(subset).collect()
                }
            };
            sets = sets
                .iter()
                .flat_map(|set| {
                    alternatives.iter().map(|more| [set.clone(), more.clone()].concat())
                })
                .collect();
            if sets.len() > MOST_SETS {
                return Err(Refusal {
                    code: "TOO_MANY_GROUPING_SETS",
                    message: format!(
                        "GROUP BY has {} grouping sets but can contain at most {MOST_SETS}",
                        sets.len()
                    ),
                    at: None,
                    hint: None,
                });
            }
        }
        Ok(Groups { sets })
    }

    fn group_sets(
        &mut self,
        sets: &[Vec<ast::Expr>],
        chosen: &[Chosen],
        scope: &Scope<'_>,
    ) -> Result<Vec<Vec<Typed>>> {
        for expr in sets.iter().flatten() {
            if chain(expr).is_none() {
                return Err(Refusal::new(
                    "INVALID_COLUMN_REFERENCE",
                    expr.at,
                    "GROUP BY expression must be a column reference: only GROUP BY without sets takes others",
                ));
            }
        }
        sets.iter().map(|set| self.group_keys(set, chosen, scope)).collect()
    }

    fn group_keys(
        &mut self,
        exprs: &[ast::Expr],
        chosen: &[Chosen],
        scope: &Scope<'_>,
    ) -> Result<Vec<Typed>> {
        let mut keys = Vec::new();
        for expr in exprs {
            let key = match ordinal(expr, chosen.len(), "GROUP BY")? {
                Some(at) => {
                    let value = chosen[at].value.clone();
                    let found =
                        datafusion::logical_expr::utils::find_aggregate_exprs([&value.expr]);
                    if !found.is_empty() {
                        return Err(Refusal::new(
                            "EXPRESSION_NOT_SCALAR",
                            chosen[at].at,
                            "GROUP BY clause cannot contain aggregations, window functions or grouping operations",
                        ));
                    }
                    value
                }
                None => self.group_key(expr, chosen, scope)?,
            };
            keys.push(key);
        }
        Ok(keys)
    }

    fn group_key(
        &mut self,
        expr: &ast::Expr,
        chosen: &[Chosen],
        scope: &Scope<'_>,
    ) -> Result<Typed> {
        let context = Context::new(*scope, Allow::Nothing, "GROUP BY clause");
        self.expr(expr, &context).map_err(|refusal| {
            let name = chain(expr).filter(|names| names.len() == 1).map(|names| names[0].key());
            let alias = name.filter(|name| {
                matches!(scope.find(&[], name), Found::Nothing)
                    && chosen.iter().any(|chosen| chosen.name.as_ref() == Some(name))
            });
            match alias {
                Some(_) => refusal.hint(
                    "Athena does not group by an alias: repeat the expression, or write its position",
                ),
                None => refusal,
            }
        })
    }

    /// `grouping(a, b)`: bits that say which keys do not count in a row's set, the last key's bit
    /// the lowest.
    pub(super) fn grouping(
        &mut self,
        columns: &[ast::Expr],
        at: usize,
        context: &Context<'_>,
    ) -> Result<Typed> {
        allowed("grouping", at, context, Allow::Aggregates)?;
        let inside = Context { allow: Allow::Nothing, ..*context };
        let keys = columns.iter().map(|expr| Ok(self.expr(expr, &inside)?.expr));
        let keys = keys.collect::<Result<Vec<_>>>()?;
        self.mention(GROUPING, at, String::new());
        let ty = if keys.len() > 31 { SqlType::Bigint } else { SqlType::Integer };
        let call = AggregateFunction::new_udf(grouping_udaf(), keys, false, None, Vec::new(), None);
        let expr = Expr::AggregateFunction(call);
        Ok(match ty {
            SqlType::Bigint => {
                Typed::new(Expr::Cast(Cast::new(Box::new(expr), DataType::Int64)), ty)
            }
            ty => Typed::new(expr, ty),
        })
    }

    /// An aggregate of the plan that groups: `grouping` takes the columns of the keys.
    pub(super) fn grouping_over(
        &self,
        aggregate: &Expr,
        known: &HashMap<Expr, String>,
    ) -> Result<Expr> {
        let Expr::AggregateFunction(call) = aggregate else {
            return Ok(aggregate.clone());
        };
        if !is_grouping(aggregate) {
            return Ok(aggregate.clone());
        }
        let mut call = call.clone();
        for argument in &mut call.params.args {
            let Some(id) = known.get(argument) else {
                let places = self.mentions.get(GROUPING).map(Vec::as_slice).unwrap_or_default();
                let name = match &*argument {
                    Expr::Column(column) => self.mentions.get(&column.name),
                    _ => None,
                };
                let name = name.and_then(|all| all.last()).map_or("expression", |(_, text)| text);
                return Err(Refusal::new(
                    "INVALID_ARGUMENTS",
                    places.last().map_or(0, |(at, _)| *at),
                    format!(
                        "The arguments to GROUPING() must be expressions referenced by the GROUP BY at the associated query level. Mismatch due to {name}."
                    ),
                ));
            };
            *argument = column(id);
        }
        Ok(Expr::AggregateFunction(call))
    }
}

/// Under which mentions of `grouping` are noted.
const GROUPING: &str = "$grouping";

/// Whether it is a call of `grouping`.
pub(super) fn is_grouping(expr: &Expr) -> bool {
    matches!(expr, Expr::AggregateFunction(call) if call.func.name() == "grouping")
}
