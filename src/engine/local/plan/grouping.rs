//! `GROUP BY`: simple keys, `GROUPING SETS`, `CUBE`, `ROLLUP`.

use std::collections::HashMap;

use datafusion::logical_expr::{Expr, GroupingSet};

use super::expr::{Allow, Context};
use super::name::chain;
use super::query::ordinal;
use super::scope::{Found, Scope};
use super::select::Chosen;
use super::{Planner, Result, Typed, column};
use crate::sql::ast::{self, Grouping, Ident};
use crate::sql::refusal::Refusal;
use crate::sql::ty::SqlType;

/// Most grouping sets that Trino computes.
const MOST_SETS: usize = 2048;

/// The sets that rows are grouped by; mostly one.
#[derive(Debug, Default)]
pub(super) struct Groups {
    sets: Vec<Vec<Expr>>,
}

impl Groups {
    /// Every key of every set.
    pub(super) fn keys(&self) -> impl Iterator<Item = &Expr> {
        self.sets.iter().flatten()
    }

    /// The keys as columns of the plan below.
    pub(super) fn exprs(&self, known: &HashMap<Expr, String>) -> Vec<Expr> {
        let columns = |set: &Vec<Expr>| -> Vec<Expr> {
            let mut columns = Vec::new();
            for key in set {
                let key = known.get(key).map_or_else(|| key.clone(), |id| column(id));
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
        let mut sets: Vec<Vec<Expr>> = vec![Vec::new()];
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
    ) -> Result<Vec<Vec<Expr>>> {
        sets.iter().map(|set| self.group_keys(set, chosen, scope)).collect()
    }

    fn group_keys(
        &mut self,
        exprs: &[ast::Expr],
        chosen: &[Chosen],
        scope: &Scope<'_>,
    ) -> Result<Vec<Expr>> {
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
            if matches!(key.ty, SqlType::Map(..)) {
                return Err(Refusal::new(
                    "TYPE_MISMATCH",
                    expr.at,
                    format!(
                        "{} is not comparable, and therefore cannot be used in GROUP BY",
                        key.ty
                    ),
                ));
            }
            // A constant groups nothing, and DataFusion would take it out.
            keys.push(key.expr);
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

    /// `grouping(a, b)`: bits that say which keys do not count in a row's set.
    pub(super) fn grouping(
        &mut self,
        columns: &[ast::Expr],
        at: usize,
        _: &Context<'_>,
    ) -> Result<Typed> {
        let names: Vec<_> = columns
            .iter()
            .filter_map(chain)
            .flatten()
            .map(|name: &Ident| name.text.clone())
            .collect();
        Err(Refusal::new(
            "NOT_SUPPORTED",
            at,
            format!("the embedded engine does not have grouping({})", names.join(", ")),
        )
        .hint("select a constant in queries for each set, and put them together with UNION ALL"))
    }
}
