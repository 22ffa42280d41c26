//! Queries: `WITH`, set operations, `VALUES`, and order and limit around them.

use datafusion::functions_window::rank::rank_udwf;
use datafusion::functions_window::row_number::row_number_udwf;
use datafusion::logical_expr::expr::WindowFunction;
use datafusion::logical_expr::{
    Expr, LogicalPlan, LogicalPlanBuilder, SortExpr, WindowFunctionDefinition, lit,
};

use super::recursion::selects_from;
use super::scope::{Field, Scope};
use super::{Cte, Planner, Relation, Result, Typed, bug, column, project};
use crate::sql::ast::{self, Body, ExprKind, Query, Sort};
use crate::sql::refusal::Refusal;

mod set;

impl Planner<'_> {
    /// Plans a query; `outer` is what the query around it can see.
    pub(super) fn query(&mut self, query: &Query, outer: Option<&Scope<'_>>) -> Result<Relation> {
        let known = self.ctes.len();
        let planned = self.query_with(query, outer);
        self.ctes.truncate(known);
        planned
    }

    fn query_with(&mut self, query: &Query, outer: Option<&Scope<'_>>) -> Result<Relation> {
        let known = self.ctes.len();
        for cte in &query.with {
            let name = cte.name.key();
            if self.ctes[known..].iter().any(|other| other.name == name) {
                return Err(Refusal::new(
                    "DUPLICATE_NAMED_QUERY",
                    cte.name.at,
                    format!("WITH query name '{}' specified more than once", cte.name.text),
                ));
            }
            if query.recursive && cte.columns.is_empty() {
                return Err(Refusal::new(
                    "MISSING_COLUMN_ALIASES",
                    cte.name.at,
                    "missing column aliases in recursive WITH query",
                )
                .hint(format!("write {}(column, ...) AS (...)", cte.name.text)));
            }
            let mut relation = match query.recursive {
                true if selects_from(&cte.query.body, &name) => self.recursive(cte, outer)?,
                _ => self.query(&cte.query, outer)?,
            };
            if !cte.columns.is_empty() && cte.columns.len() != relation.fields.len() {
                return Err(Refusal::new(
                    "MISMATCHED_COLUMN_ALIASES",
                    cte.columns[0].at,
                    format!(
                        "Column alias list has {} entries but relation has {} columns",
                        cte.columns.len(),
                        relation.fields.len()
                    ),
                ));
            }
            rename(&mut relation.fields, &cte.columns, &name, cte.name.at)?;
            self.ctes.push(Cte { name, relation });
        }
        let relation = match &query.body {
            Body::Select(select) => self.select(select, &query.order, ties(query)?, outer)?,
            body => {
                let relation = self.body(body, outer)?;
                self.sorted(relation, query)?
            }
        };
        self.limited(relation, query)
    }

    pub(super) fn body(&mut self, body: &Body, outer: Option<&Scope<'_>>) -> Result<Relation> {
        match body {
            Body::Select(select) => self.select(select, &[], None, outer),
            Body::Values(rows, at) => self.values(rows, *at, outer),
            Body::Table(name) => {
                let mut relation = self.find_table(name)?;
                relation.fields.retain(|field| !field.hidden);
                let columns = relation.fields.iter().map(|field| column(&field.id)).collect();
                Ok(Relation { plan: project(relation.plan, columns)?, fields: relation.fields })
            }
            Body::Query(query) => self.query(query, outer),
            Body::Set { op, all, left, right, at } => {
                let left = self.body(left, outer)?;
                let right = self.body(right, outer)?;
                self.set(*op, *all, left, right, *at)
            }
        }
    }

    /// Sorts what is no `SELECT`: by its output columns only.
    fn sorted(&mut self, relation: Relation, query: &Query) -> Result<Relation> {
        let ties = ties(query)?;
        if query.order.is_empty() {
            return Ok(relation);
        }
        let mut keys = Vec::new();
        for sort in &query.order {
            let key = match ordinal(&sort.expr, relation.fields.len(), "ORDER BY")? {
                Some(at) => {
                    Typed::new(column(&relation.fields[at].id), relation.fields[at].ty.clone())
                }
                None => self.scalar(&sort.expr, &Scope::new(&relation.fields, None))?,
            };
            keys.push(self.sort_key(key, sort)?);
        }
        let plan = self.ordered(LogicalPlanBuilder::from(relation.plan), keys, ties)?;
        let mut plan = plan.build().map_err(bug)?;
        if ties.is_some() {
            plan = project(plan, relation.fields.iter().map(|field| column(&field.id)).collect())?;
        }
        Ok(Relation { plan, fields: relation.fields })
    }

    /// Sorts rows, and takes the first of them and those that sort alike. The rank of a row stays
    /// as a column behind the others.
    pub(super) fn ordered(
        &mut self,
        plan: LogicalPlanBuilder,
        keys: Vec<SortExpr>,
        ties: Option<Ties>,
    ) -> Result<LogicalPlanBuilder> {
        let plan = match ties {
            None => Ok(plan),
            Some(Ties { skip, count }) => {
                let rank = self.fresh("rank");
                let mut call = WindowFunction::new(
                    WindowFunctionDefinition::WindowUDF(rank_udwf()),
                    Vec::new(),
                );
                call.params.order_by.clone_from(&keys);
                let window = Expr::WindowFunction(Box::new(call)).alias(&rank);
                let kept = column(&rank).lt_eq(lit(count));
                let rest = match skip {
                    0 => Ok(plan),
                    _ => plan.sort(keys.clone()).and_then(|plan| plan.limit(skip, None)),
                };
                rest.and_then(|plan| plan.window([window])).and_then(|plan| plan.filter(kept))
            }
        };
        plan.and_then(|plan| plan.sort(keys)).map_err(bug)
    }

    /// NULL comes last unless it is asked for first, whatever the direction.
    pub(super) fn sort_key(&mut self, key: Typed, sort: &Sort) -> Result<SortExpr> {
        if !key.ty.is_orderable() {
            return Err(Refusal::new(
                "TYPE_MISMATCH",
                sort.expr.at,
                format!(
                    "Type {} is not orderable, and therefore cannot be used in ORDER BY",
                    key.ty
                ),
            ));
        }
        let ty = key.ty.clone();
        let key = self.comparable(key, &ty);
        Ok(SortExpr::new(key.expr, !sort.descending, sort.nulls_first))
    }

    fn limited(&mut self, relation: Relation, query: &Query) -> Result<Relation> {
        let skip = query.offset.as_ref().map(count).transpose()?;
        let fetch = query.limit.as_ref().map(count).transpose()?;
        if query.with_ties.is_some() || skip.is_none() && fetch.is_none() {
            return Ok(relation);
        }
        let plan = LogicalPlanBuilder::from(relation.plan)
            .limit(skip.unwrap_or(0), fetch)
            .and_then(LogicalPlanBuilder::build)
            .map_err(bug)?;
        Ok(Relation { plan, fields: relation.fields })
    }
}

/// Numbers equal rows, so that each of them is met by one row only.
fn numbered(plan: LogicalPlan, id: &str) -> Result<LogicalPlan> {
    let definition = WindowFunctionDefinition::WindowUDF(row_number_udwf());
    let mut call = WindowFunction::new(definition, Vec::new());
    call.params.partition_by = plan.schema().columns().into_iter().map(Expr::Column).collect();
    LogicalPlanBuilder::from(plan)
        .window([Expr::WindowFunction(Box::new(call)).alias(id)])
        .and_then(LogicalPlanBuilder::build)
        .map_err(bug)
}

/// `FETCH FIRST count ROWS WITH TIES`, after an `OFFSET`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ties {
    skip: usize,
    count: u64,
}

fn ties(query: &Query) -> Result<Option<Ties>> {
    let (Some(at), Some(limit)) = (query.with_ties, &query.limit) else {
        return Ok(None);
    };
    if query.order.is_empty() {
        return Err(Refusal::new(
            "MISSING_ORDER_BY",
            at,
            "FETCH FIRST WITH TIES clause requires ORDER BY",
        ));
    }
    let skip = query.offset.as_ref().map(count).transpose()?.unwrap_or(0);
    Ok(Some(Ties { skip, count: count(limit)? as u64 }))
}

fn count(expr: &ast::Expr) -> Result<usize> {
    match &expr.kind {
        ExprKind::Integer(digits) => digits.parse().map_err(|_| {
            Refusal::new("INVALID_LIMIT_CLAUSE", expr.at, format!("Invalid limit: {digits}"))
        }),
        _ => Err(super::literal::placeholder(expr.at)),
    }
}

/// The position that an integer stands for in `ORDER BY` and `GROUP BY`, from 0.
pub(super) fn ordinal(expr: &ast::Expr, count: usize, clause: &str) -> Result<Option<usize>> {
    let ExprKind::Integer(digits) = &expr.kind else {
        return Ok(None);
    };
    match digits.parse::<usize>() {
        Ok(at) if (1..=count).contains(&at) => Ok(Some(at - 1)),
        _ => Err(Refusal::new(
            "INVALID_COLUMN_REFERENCE",
            expr.at,
            format!("{clause} position {digits} is not in select list"),
        )),
    }
}

/// Gives a relation a name, and its columns other names.
pub(super) fn rename(
    fields: &mut Vec<Field>,
    columns: &[ast::Ident],
    name: &str,
    at: usize,
) -> Result<()> {
    fields.retain(|field| columns.is_empty() || !field.hidden);
    if !columns.is_empty() && columns.len() != fields.len() {
        return Err(Refusal::new(
            "MISMATCHED_COLUMN_ALIASES",
            at,
            format!(
                "Column alias list has {} entries but '{name}' has {} columns available",
                columns.len(),
                fields.len()
            ),
        ));
    }
    for (at, field) in fields.iter_mut().enumerate() {
        field.qualifier = vec![name.to_owned()];
        if let Some(column) = columns.get(at) {
            field.name = Some(column.key());
            field.shown = Some(column.text.clone());
        }
    }
    Ok(())
}
