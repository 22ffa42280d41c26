//! Grouping: the plan below it, and what expressions above it become.

use std::collections::HashMap;

use datafusion::common::tree_node::{Transformed, TreeNode, TreeNodeRecursion};
use datafusion::logical_expr::utils::find_aggregate_exprs;
use datafusion::logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder};

use super::grouping::Groups;
use super::scope::Field;
use super::{Planner, Result, bug, column, project};
use crate::sql::refusal::Refusal;

/// A plan that groups, and the columns in which what was computed below is found above.
pub(super) struct Aggregated {
    pub(super) plan: LogicalPlan,
    pub(super) known: HashMap<Expr, String>,
}

impl Planner<'_> {
    /// Groups the rows of `plan` for `exprs`; `None` where nothing asks for that.
    pub(super) fn aggregated(
        &mut self,
        plan: LogicalPlan,
        fields: &[Field],
        groups: Option<Groups>,
        exprs: &[Expr],
    ) -> Result<Option<Aggregated>> {
        let aggregates = find_aggregate_exprs(exprs);
        if groups.is_none() && aggregates.is_empty() {
            return Ok(None);
        }
        let groups = groups.unwrap_or_default();
        let mut known = HashMap::new();
        let mut below: Vec<Expr> = fields.iter().map(|field| column(&field.id)).collect();
        let before = below.len();
        for key in groups.keys() {
            if known.contains_key(key) {
                continue;
            }
            let id = match key {
                Expr::Column(column) => column.name.clone(),
                _ => {
                    let id = self.fresh("key");
                    below.push(key.clone().alias(&id));
                    id
                }
            };
            known.insert(key.clone(), id);
        }
        let plan = if below.len() > before { project(plan, below)? } else { plan };
        let keys = groups.exprs(&known);
        let mut computed = Vec::new();
        for aggregate in aggregates {
            let id = self.fresh("aggregate");
            computed.push(aggregate.clone().alias(&id));
            known.insert(aggregate, id);
        }
        let plan = LogicalPlanBuilder::from(plan)
            .aggregate(keys, computed)
            .and_then(LogicalPlanBuilder::build)
            .map_err(bug)?;
        Ok(Some(Aggregated { plan, known }))
    }

    /// An expression above the grouping. `from` is where the `SELECT` list begins.
    pub(super) fn regrouped(
        &self,
        expr: &Expr,
        known: &HashMap<Expr, String>,
        from: usize,
    ) -> Result<Expr> {
        let mut stray = None;
        let ids: Vec<&String> = known.values().collect();
        let moved = expr.clone().transform_down(|expr| {
            if let Some(id) = known.get(&expr) {
                return Ok(Transformed::new(column(id), true, TreeNodeRecursion::Jump));
            }
            if let Expr::Column(column) = &expr
                && !ids.contains(&&column.name)
            {
                stray.get_or_insert_with(|| column.name.clone());
            }
            Ok(Transformed::no(expr))
        });
        let moved = moved.map_err(bug)?.data;
        match stray {
            None => Ok(moved),
            Some(id) => {
                let mentions = self.mentions.get(&id).map(Vec::as_slice).unwrap_or_default();
                let mention = mentions.iter().find(|(at, _)| *at >= from).or(mentions.first());
                let (at, text) = mention.cloned().unwrap_or((from, id));
                Err(Refusal::new(
                    "EXPRESSION_NOT_AGGREGATE",
                    at,
                    format!(
                        "'{text}' must be an aggregate expression or appear in GROUP BY clause"
                    ),
                ))
            }
        }
    }
}
