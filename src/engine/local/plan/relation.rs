//! What stands after `FROM`: tables, queries, joins.

use datafusion::common::JoinType;
use datafusion::common::tree_node::TreeNode as _;
use datafusion::logical_expr::utils::conjunction;
use datafusion::logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder};

use super::lateral::as_lateral;
use super::query::rename;
use super::scope::{Field, Scope};
use super::{Planner, Relation, Result, Typed, bug, column, convert, project};
use crate::sql::ast::{self, ExprKind, Ident, JoinKind, JoinOn};
use crate::sql::refusal::Refusal;
use crate::sql::ty::SqlType;

impl Planner<'_> {
    /// The relations of a `FROM` list; without one, a single row without columns.
    pub(super) fn from(
        &mut self,
        from: &[ast::Relation],
        outer: Option<&Scope<'_>>,
    ) -> Result<Relation> {
        let mut joined: Option<Relation> = None;
        for relation in from {
            joined = Some(match joined {
                None => self.relation(relation, outer)?,
                Some(left) => {
                    self.join(JoinKind::Cross, left, relation, &JoinOn::Nothing, 0, outer)?
                }
            });
        }
        match joined {
            Some(joined) => Ok(joined),
            None => Ok(Relation { plan: nothing()?, fields: Vec::new() }),
        }
    }

    fn relation(
        &mut self,
        relation: &ast::Relation,
        outer: Option<&Scope<'_>>,
    ) -> Result<Relation> {
        match relation {
            ast::Relation::Table(name) => self.find_table(name),
            ast::Relation::Query { query, .. } => {
                let mut relation = self.query(query, outer)?;
                for field in &mut relation.fields {
                    field.qualifier = Vec::new();
                }
                Ok(relation)
            }
            ast::Relation::Alias { relation, name, columns } => {
                let mut planned = match &**relation {
                    unnest @ ast::Relation::Unnest { .. } => {
                        let left = Relation { plan: nothing()?, fields: Vec::new() };
                        self.unnest(left, unnest, false, outer)?
                    }
                    relation => self.relation(relation, outer)?,
                };
                rename(&mut planned.fields, columns, &name.key(), place(relation))?;
                Ok(planned)
            }
            unnest @ ast::Relation::Unnest { .. } => {
                let left = Relation { plan: nothing()?, fields: Vec::new() };
                self.unnest(left, unnest, false, outer)
            }
            ast::Relation::Join { kind, left, right, on, at } => {
                let left = self.relation(left, outer)?;
                self.join(*kind, left, right, on, *at, outer)
            }
        }
    }

    fn join(
        &mut self,
        kind: JoinKind,
        left: Relation,
        right: &ast::Relation,
        on: &JoinOn,
        at: usize,
        outer: Option<&Scope<'_>>,
    ) -> Result<Relation> {
        if let Some((unnest, name)) = as_unnest(right) {
            let keeps = match (kind, on) {
                (JoinKind::Cross, _) => false,
                (JoinKind::Inner, JoinOn::Condition(condition)) if is_true(condition) => false,
                (JoinKind::Left, JoinOn::Condition(condition)) if is_true(condition) => true,
                (JoinKind::Left | JoinKind::Inner, _) => {
                    let kind = if kind == JoinKind::Left { "LEFT" } else { "INNER" };
                    let at = if let JoinOn::Condition(condition) = on { condition.at } else { at };
                    return Err(Refusal::new(
                        "NOT_SUPPORTED",
                        at,
                        format!(
                            "{kind} JOIN involving UNNEST is only supported with condition ON TRUE"
                        ),
                    )
                    .hint("write ON TRUE, and the condition in WHERE"));
                }
                _ => {
                    let kind = if kind == JoinKind::Right { "RIGHT" } else { "FULL" };
                    return Err(Refusal::new(
                        "INVALID_COLUMN_REFERENCE",
                        first_value(unnest),
                        format!("LATERAL reference not allowed in {kind} JOIN"),
                    )
                    .hint("write CROSS JOIN UNNEST(...) or LEFT JOIN UNNEST(...) ON TRUE"));
                }
            };
            let known = left.fields.len();
            let mut joined = self.unnest(left, unnest, keeps, outer)?;
            if let Some((name, columns)) = name {
                let mut added = joined.fields.split_off(known);
                rename(&mut added, columns, &name.key(), place(unnest))?;
                joined.fields.append(&mut added);
            }
            return Ok(joined);
        }
        if let Some((query, name)) = as_lateral(right) {
            return self.lateral(kind, left, query, name, on, at, outer);
        }
        let right = self.relation(right, outer)?;
        self.joined(kind, left, right, on, at, outer)
    }

    pub(super) fn joined(
        &mut self,
        kind: JoinKind,
        left: Relation,
        right: Relation,
        on: &JoinOn,
        at: usize,
        outer: Option<&Scope<'_>>,
    ) -> Result<Relation> {
        let join_type = match kind {
            JoinKind::Inner | JoinKind::Cross => JoinType::Inner,
            JoinKind::Left => JoinType::Left,
            JoinKind::Right => JoinType::Right,
            JoinKind::Full => JoinType::Full,
        };
        match on {
            JoinOn::Nothing => {
                let plan = LogicalPlanBuilder::from(left.plan)
                    .cross_join(right.plan)
                    .and_then(LogicalPlanBuilder::build)
                    .map_err(bug)?;
                Ok(Relation { plan, fields: [left.fields, right.fields].concat() })
            }
            JoinOn::Condition(condition) => {
                let fields = [left.fields, right.fields].concat();
                let scope = Scope::new(&fields, outer);
                let on = self.condition(condition, &scope, "JOIN ON clause")?;
                let (after, terms): (Vec<_>, Vec<_>) = conjuncts(on.expr)
                    .into_iter()
                    .partition(|term| join_type == JoinType::Inner && has_lambda(term));
                let joined = LogicalPlanBuilder::from(left.plan)
                    .join_on(right.plan, join_type, terms)
                    .and_then(LogicalPlanBuilder::build)
                    .map_err(bug)?;
                let plan = match conjunction(after) {
                    None => joined,
                    Some(after) => self.kept_apart(joined, &fields, after)?,
                };
                Ok(Relation { plan, fields })
            }
            JoinOn::Columns(columns) => self.join_using(join_type, left, right, columns, at),
        }
    }

    /// The rows for which a condition holds, computed where DataFusion does not make it a part of
    /// the join.
    fn kept_apart(
        &mut self,
        joined: LogicalPlan,
        fields: &[Field],
        condition: Expr,
    ) -> Result<LogicalPlan> {
        let id = self.fresh("kept");
        let all: Vec<Expr> = fields.iter().map(|field| column(&field.id)).collect();
        let computed = convert::unmoved(condition).alias(&id);
        let plan = project(joined, all.iter().cloned().chain([computed]).collect())?;
        let plan = LogicalPlanBuilder::from(plan).filter(column(&id)).map_err(bug)?;
        project(plan.build().map_err(bug)?, all)
    }

    /// `USING`: the columns in common come first and once, and belong to neither side.
    fn join_using(
        &mut self,
        join_type: JoinType,
        left: Relation,
        right: Relation,
        columns: &[Ident],
        at: usize,
    ) -> Result<Relation> {
        let mut terms = Vec::new();
        let mut merged = Vec::new();
        let mut used = Vec::new();
        for name in columns {
            let side = |fields: &[Field], side: &str| -> Result<Field> {
                let key = name.key();
                let mut found = fields.iter().filter(|f| f.name.as_deref() == Some(&*key));
                match (found.next(), found.next()) {
                    (Some(field), None) => Ok(field.clone()),
                    (Some(_), Some(_)) => Err(Refusal::new(
                        "AMBIGUOUS_NAME",
                        name.at,
                        format!("Column '{}' is ambiguous", name.text),
                    )),
                    (None, _) => Err(Refusal::new(
                        "COLUMN_NOT_FOUND",
                        name.at,
                        format!("Column '{}' is missing from {side} side of join", name.text),
                    )),
                }
            };
            let (one, other) = (side(&left.fields, "left")?, side(&right.fields, "right")?);
            let Some(ty) = one.ty.common(&other.ty) else {
                return Err(Refusal::new(
                    "TYPE_MISMATCH",
                    at,
                    format!(
                        "Column Types of left and right side of join are incompatible: {} and {}",
                        one.ty, other.ty
                    ),
                ));
            };
            let value = |planner: &Self, field: &Field| {
                planner.converted(Typed::new(column(&field.id), field.ty.clone()), &ty)
            };
            let (l, r) = (value(self, &one), value(self, &other));
            terms.push(self.equal(l.clone(), r.clone()));
            let id = self.fresh(&name.key());
            let both = match join_type {
                JoinType::Right => r.expr,
                JoinType::Full => Expr::Case(datafusion::logical_expr::expr::Case::new(
                    None,
                    vec![(Box::new(Expr::IsNotNull(Box::new(l.expr.clone()))), Box::new(l.expr))],
                    Some(Box::new(r.expr)),
                )),
                _ => l.expr,
            };
            merged.push((
                both.alias(&id),
                Field {
                    qualifier: Vec::new(),
                    name: Some(name.key()),
                    shown: Some(one.shown.clone().unwrap_or_else(|| name.text.clone())),
                    id,
                    ty,
                    hidden: false,
                },
            ));
            used.extend([one.id, other.id]);
        }
        let rest: Vec<Field> = [left.fields, right.fields]
            .concat()
            .into_iter()
            .filter(|field| !used.contains(&field.id))
            .collect();
        let joined = LogicalPlanBuilder::from(left.plan)
            .join_on(right.plan, join_type, terms)
            .and_then(LogicalPlanBuilder::build)
            .map_err(bug)?;
        let (mut exprs, mut fields): (Vec<_>, Vec<_>) = merged.into_iter().unzip();
        exprs.extend(rest.iter().map(|field| column(&field.id)));
        fields.extend(rest);
        Ok(Relation { plan: project(joined, exprs)?, fields })
    }
}

/// Where a relation begins.
fn place(relation: &ast::Relation) -> usize {
    match relation {
        ast::Relation::Table(name) => name.first().map_or(0, |part| part.at),
        ast::Relation::Query { at, .. } | ast::Relation::Unnest { at, .. } => *at,
        ast::Relation::Alias { relation, .. } | ast::Relation::Join { left: relation, .. } => {
            place(relation)
        }
    }
}

/// Where the first argument of an `UNNEST` begins.
fn first_value(unnest: &ast::Relation) -> usize {
    match unnest {
        ast::Relation::Unnest { values, at, .. } => values.first().map_or(*at, |value| value.at),
        other => place(other),
    }
}

/// One row without columns.
fn nothing() -> Result<LogicalPlan> {
    LogicalPlanBuilder::empty(true).build().map_err(bug)
}

pub(super) type Named<'a> = Option<(&'a Ident, &'a [Ident])>;

fn as_unnest(relation: &ast::Relation) -> Option<(&ast::Relation, Named<'_>)> {
    match relation {
        ast::Relation::Unnest { .. } => Some((relation, None)),
        ast::Relation::Alias { relation, name, columns }
            if matches!(**relation, ast::Relation::Unnest { .. }) =>
        {
            Some((relation, Some((name, columns))))
        }
        _ => None,
    }
}

pub(super) fn is_true(condition: &ast::Expr) -> bool {
    matches!(condition.kind, ExprKind::Boolean(true))
}

/// Whether there is a lambda in an expression: DataFusion takes those in the condition of a join
/// for values.
fn has_lambda(expr: &Expr) -> bool {
    expr.exists(|part| Ok(matches!(part, Expr::Lambda(_)))).unwrap_or(true)
}

/// The parts of a condition that all have to hold.
pub(super) fn conjuncts(condition: Expr) -> Vec<Expr> {
    datafusion::logical_expr::utils::split_conjunction_owned(condition)
}

/// For relations whose columns have no types of their own.
pub(super) fn unnamed(id: String, ty: SqlType) -> Field {
    Field { qualifier: Vec::new(), name: None, shown: None, id, ty, hidden: false }
}
