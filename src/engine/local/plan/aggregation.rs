//! Grouping: the plan below it, and what expressions above it become.

use std::collections::HashMap;

use datafusion::common::tree_node::{Transformed, TreeNode, TreeNodeRecursion};
use datafusion::functions_aggregate::count::count_all;
use datafusion::logical_expr::expr::AggregateFunction;
use datafusion::logical_expr::utils::find_aggregate_exprs;
use datafusion::logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder};

use super::super::trino::{self, key};
use super::grouping::{Groups, is_grouping};
use super::scope::Field;
use super::{Planner, Result, Typed, bug, column, project};
use crate::sql::refusal::Refusal;

/// A plan that groups, and the columns in which what was computed below is found above.
pub(super) struct Aggregated {
    pub(super) plan: LogicalPlan,
    pub(super) known: HashMap<Expr, String>,
}

/// A key whose groups hold values that are not the same, as moments in several zones.
struct Varied {
    key: Typed,
    /// The column that the groups have in common.
    id: String,
    /// One of the values.
    first: String,
}

impl Planner<'_> {
    /// Groups the rows of `plan` for `exprs`, of a `SELECT` at `at`; `None` where nothing asks for
    /// that.
    pub(super) fn aggregated(
        &mut self,
        plan: LogicalPlan,
        fields: &[Field],
        groups: Option<Groups>,
        exprs: &[Expr],
        at: usize,
    ) -> Result<Option<Aggregated>> {
        let aggregates = find_aggregate_exprs(exprs);
        let Some(groups) = groups else {
            if aggregates.is_empty() {
                return Ok(None);
            }
            if aggregates.iter().any(is_grouping) {
                return Err(Refusal::new(
                    "MISSING_GROUP_BY",
                    at,
                    "A GROUPING() operation can only be used with a corresponding GROUPING SET/CUBE/ROLLUP/GROUP BY clause",
                ));
            }
            return self.grouped(plan, fields, &Groups::default(), aggregates).map(Some);
        };
        self.grouped(plan, fields, &groups, aggregates).map(Some)
    }

    fn grouped(
        &mut self,
        plan: LogicalPlan,
        fields: &[Field],
        groups: &Groups,
        aggregates: Vec<Expr>,
    ) -> Result<Aggregated> {
        let mut known = HashMap::new();
        let mut below: Vec<Expr> = fields.iter().map(|field| column(&field.id)).collect();
        let before = below.len();
        let mut varied = Vec::new();
        for group in groups.keys() {
            if known.contains_key(&group.expr) {
                continue;
            }
            let plain = key::is_plain(&group.ty);
            let id = match &group.expr {
                Expr::Column(column) if plain => column.name.clone(),
                expr => {
                    let id = self.fresh("key");
                    below.push(key::of(expr.clone(), &group.ty).alias(&id));
                    id
                }
            };
            known.insert(group.expr.clone(), id.clone());
            if !plain {
                varied.push(Varied { key: group.clone(), id, first: self.fresh("first") });
            }
        }
        let plan = if below.len() > before { project(plan, below)? } else { plan };
        let mut computed = Vec::new();
        for varied in &varied {
            computed.push(first_of(&varied.key)?.alias(&varied.first));
        }
        let mut found = Vec::new();
        for aggregate in aggregates {
            let id = self.fresh("aggregate");
            computed.push(self.grouping_over(&aggregate, &known)?.alias(&id));
            found.push((aggregate, id));
        }
        let keys = groups.exprs(&known);
        if keys.is_empty() && computed.is_empty() {
            // All rows are one group, though nothing is asked of them.
            computed.push(count_all().alias(self.fresh("rows")));
        }
        known.extend(found);
        let plan = LogicalPlanBuilder::from(plan)
            .aggregate(keys, computed)
            .and_then(LogicalPlanBuilder::build)
            .map_err(bug)?;
        let plan = self.with_values(plan, varied, &mut known)?;
        Ok(Aggregated { plan, known })
    }

    /// Adds a value of each group where the key is not the value itself.
    fn with_values(
        &mut self,
        plan: LogicalPlan,
        varied: Vec<Varied>,
        known: &mut HashMap<Expr, String>,
    ) -> Result<LogicalPlan> {
        if varied.is_empty() {
            return Ok(plan);
        }
        let mut columns: Vec<Expr> = known.values().map(|id| column(id)).collect();
        for Varied { key, id, first } in varied {
            let shown = self.fresh("key");
            // The key does not count in every grouping set, and is NULL where it does not.
            let missing = Typed::new(column(&id).is_null(), crate::sql::ty::SqlType::Boolean);
            let first = Typed::new(column(&first), key.ty.clone());
            let value = Self::choice(missing, Typed::null(key.ty), first);
            columns.push(value.expr.alias(&shown));
            known.insert(key.expr, shown);
        }
        project(plan, columns)
    }

    /// Rows without those that are not distinct from one before them.
    pub(super) fn deduplicated(
        &mut self,
        plan: LogicalPlan,
        fields: &[Field],
    ) -> Result<LogicalPlan> {
        if fields.iter().all(|field| key::is_plain(&field.ty)) {
            return LogicalPlanBuilder::from(plan)
                .distinct()
                .and_then(LogicalPlanBuilder::build)
                .map_err(bug);
        }
        let (mut below, mut keys, mut firsts, mut shown) =
            (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for field in fields {
            below.push(column(&field.id));
            if key::is_plain(&field.ty) {
                keys.push(column(&field.id));
                shown.push(column(&field.id));
                continue;
            }
            let value = Typed::new(column(&field.id), field.ty.clone());
            let (id, first) = (self.fresh("key"), self.fresh("first"));
            below.push(key::of(value.expr.clone(), &value.ty).alias(&id));
            keys.push(column(&id));
            firsts.push(first_of(&value)?.alias(&first));
            shown.push(column(&first).alias(&field.id));
        }
        let plan = LogicalPlanBuilder::from(project(plan, below)?)
            .aggregate(keys, firsts)
            .and_then(LogicalPlanBuilder::build)
            .map_err(bug)?;
        project(plan, shown)
    }

    /// An expression above the grouping, which stands at `at`. `star` is the column's name where it
    /// stands for `*`.
    pub(super) fn regrouped(
        &self,
        expr: &Expr,
        known: &HashMap<Expr, String>,
        at: usize,
        star: Option<&str>,
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
        let Some(id) = stray else {
            return Ok(moved);
        };
        if let Some(star) = star {
            return Err(Refusal {
                code: "EXPRESSION_NOT_AGGREGATE",
                message: format!("Column '{star}' not in GROUP BY clause"),
                at: None,
                hint: Some("name the columns to select".to_owned()),
            });
        }
        let mentions = self.mentions.get(&id).map(Vec::as_slice).unwrap_or_default();
        let mention = mentions.iter().find(|(place, _)| *place == at).or(mentions.last());
        let text = mention.map_or(id, |(_, text)| text.clone());
        Err(Refusal::new(
            "EXPRESSION_NOT_AGGREGATE",
            at,
            format!("'{text}' must be an aggregate expression or appear in GROUP BY clause"),
        ))
    }
}

/// The first of a group's values.
fn first_of(value: &Typed) -> Result<Expr> {
    let form = trino::aggregate("arbitrary").and_then(|function| function.forms.first());
    let Some(form) = form else {
        return Err(Refusal::new("FUNCTION_NOT_FOUND", 0, "Function 'arbitrary' not registered"));
    };
    let (takes, arguments) = ([value.ty.clone()], vec![value.expr.clone()]);
    let settled = form.settle("arbitrary", &takes, &value.ty, arguments, false, Vec::new());
    let settled = settled.map_err(bug)?;
    Ok(Expr::AggregateFunction(AggregateFunction::new_udf(
        settled.function,
        settled.arguments,
        false,
        None,
        Vec::new(),
        None,
    )))
}
