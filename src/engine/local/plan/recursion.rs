//! `WITH RECURSIVE`: the step is planned once for each level that Athena allows, each over the
//! rows of the level before.

use datafusion::logical_expr::LogicalPlanBuilder;

use super::super::trino::recursion;
use super::query::rename;
use super::scope::{Field, Scope};
use super::{Cte, Planner, Relation, Result, Typed, bug, column, project};
use crate::sql::ast::{self, Body, JoinKind, Name, SetOp};
use crate::sql::refusal::Refusal;
use crate::sql::walk::{self, Visitor};

/// Levels after the first: Trino's `max_recursion_depth`, which Athena does not let change.
const DEEPEST: usize = 10;

impl Planner<'_> {
    /// A relation of a `WITH RECURSIVE` list that selects from itself.
    pub(super) fn recursive(
        &mut self,
        cte: &ast::Cte,
        outer: Option<&Scope<'_>>,
    ) -> Result<Relation> {
        let name = cte.name.key();
        let (base, step) = parts(cte, &name)?;
        let mut level = self.body(base, outer)?;
        rename(&mut level.fields, &cte.columns, &name, cte.name.at)?;
        let fields = level.fields.clone();
        let mut all = LogicalPlanBuilder::from(level.plan.clone());
        for depth in 1..=DEEPEST + 1 {
            self.ctes.push(Cte { name: name.clone(), relation: level });
            let next = self.body(step, outer);
            self.ctes.pop();
            level = self.like_base(next?, &fields, place(step))?;
            let rows = match depth {
                ..=DEEPEST => level.plan.clone(),
                _ => {
                    let columns = fields.iter().map(|field| {
                        recursion::too_deep(column(&field.id), &field.ty).alias(&field.id)
                    });
                    project(level.plan.clone(), columns.collect())?
                }
            };
            all = all.union(rows).map_err(bug)?;
        }
        Ok(Relation { plan: all.build().map_err(bug)?, fields })
    }

    /// The rows of a step under the names and types of the base.
    fn like_base(&mut self, step: Relation, base: &[Field], at: usize) -> Result<Relation> {
        if step.fields.len() != base.len() {
            return Err(Refusal::new(
                "TYPE_MISMATCH",
                at,
                format!(
                    "base and step relations of recursion have different number of fields: {}, {}",
                    base.len(),
                    step.fields.len()
                ),
            ));
        }
        let mut columns = Vec::new();
        for (position, (field, wanted)) in step.fields.iter().zip(base).enumerate() {
            if !field.ty.converts_to(&wanted.ty) {
                return Err(Refusal::new(
                    "TYPE_MISMATCH",
                    at,
                    format!(
                        "recursion step relation output type ({}) is not coercible to recursion \
                         base relation output type ({}) at column {}",
                        field.ty,
                        wanted.ty,
                        position + 1
                    ),
                )
                .hint(format!("CAST the column of the first query to {}", field.ty)));
            }
            let value = Typed::new(column(&field.id), field.ty.clone());
            columns.push(self.converted(value, &wanted.ty).expr.alias(&wanted.id));
        }
        Ok(Relation { plan: project(step.plan, columns)?, fields: base.to_vec() })
    }
}

/// What a recursion begins with, and its step, which selects from `name` exactly once.
fn parts<'a>(cte: &'a ast::Cte, name: &str) -> Result<(&'a Body, &'a Body)> {
    let refuse = |at: usize, text: &str| Err(Refusal::new("INVALID_RECURSIVE_REFERENCE", at, text));
    let query = &cte.query;
    if let Some(sort) = query.order.first() {
        return Err(Refusal::new(
            "NOT_SUPPORTED",
            sort.expr.at,
            "immediate ORDER BY clause in recursive query",
        ));
    }
    if let Some(count) = query.limit.as_ref().or(query.offset.as_ref()) {
        return Err(Refusal::new(
            "INVALID_LIMIT_CLAUSE",
            count.at,
            "immediate FETCH FIRST / LIMIT clause in recursive query",
        ));
    }
    let Body::Set { op: SetOp::Union, left: base, right: step, .. } = &query.body else {
        let at = references(&query.body, name).first().copied().unwrap_or(query.at);
        return refuse(at, "recursive reference not allowed in this context");
    };
    if let Some(at) = references(base, name).first() {
        return refuse(*at, "WITH table name is referenced in the base relation of recursion");
    }
    let in_step = references(step, name);
    if let [_, second, ..] = in_step.as_slice() {
        return refuse(*second, "multiple recursive references in the step relation of recursion");
    }
    let mut sources = Vec::new();
    sources_of(step, name, &mut sources)?;
    match in_step.iter().find(|at| !sources.contains(at)) {
        Some(at) => refuse(
            *at,
            "recursive reference outside of FROM clause of the step relation of recursion",
        ),
        None => Ok((base, step)),
    }
}

/// Whether a query selects from `name` anywhere.
pub(super) fn selects_from(body: &Body, name: &str) -> bool {
    !references(body, name).is_empty()
}

/// Where a query selects from `name`, in expressions too.
fn references(body: &Body, name: &str) -> Vec<usize> {
    struct References<'a>(&'a str, Vec<usize>);
    impl Visitor for References<'_> {
        fn table(&mut self, name: &Name) {
            if let [only] = name.as_slice()
                && only.key() == self.0
            {
                self.1.push(only.at);
            }
        }
    }
    let mut references = References(name, Vec::new());
    walk::body(body, &mut references);
    references.1
}

/// Where `name` stands after `FROM`, outside expressions.
fn sources_of(body: &Body, name: &str, found: &mut Vec<usize>) -> Result<()> {
    match body {
        Body::Select(select) => {
            select.from.iter().try_for_each(|relation| sources_in(relation, name, found))
        }
        Body::Query(query) => sources_of(&query.body, name, found),
        Body::Set { left, right, .. } => {
            sources_of(left, name, found)?;
            sources_of(right, name, found)
        }
        Body::Values(..) | Body::Table(_) => Ok(()),
    }
}

fn sources_in(relation: &ast::Relation, name: &str, found: &mut Vec<usize>) -> Result<()> {
    match relation {
        ast::Relation::Table(table) => {
            if let [only] = table.as_slice()
                && only.key() == name
            {
                found.push(only.at);
            }
            Ok(())
        }
        ast::Relation::Alias { relation, .. } => sources_in(relation, name, found),
        ast::Relation::Query { query, .. } => sources_of(&query.body, name, found),
        ast::Relation::Unnest { .. } => Ok(()),
        ast::Relation::Join { kind, left, right, .. } => {
            let before = found.len();
            sources_in(left, name, found)?;
            let in_left = found.len() > before;
            sources_in(right, name, found)?;
            let (side, at) = match kind {
                JoinKind::Left if !in_left => ("right source of LEFT", found.get(before)),
                JoinKind::Right if in_left => ("left source of RIGHT", found.get(before)),
                JoinKind::Full if in_left => ("left source of FULL", found.get(before)),
                JoinKind::Full => ("right source of FULL", found.get(before)),
                _ => return Ok(()),
            };
            match at {
                None => Ok(()),
                Some(at) => Err(Refusal::new(
                    "INVALID_RECURSIVE_REFERENCE",
                    *at,
                    format!("recursive reference in {side} join"),
                )),
            }
        }
    }
}

/// Where a query begins.
fn place(body: &Body) -> usize {
    match body {
        Body::Select(select) => select.at,
        Body::Query(query) => query.at,
        Body::Set { left, .. } => place(left),
        Body::Values(_, at) => *at,
        Body::Table(name) => name.first().map_or(0, |part| part.at),
    }
}
