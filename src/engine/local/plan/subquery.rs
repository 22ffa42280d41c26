//! Queries inside expressions.

use std::sync::Arc;

use datafusion::arrow::datatypes::Field as ArrowField;
use datafusion::common::Spans;
use datafusion::functions_aggregate::array_agg::array_agg_udaf;
use datafusion::functions_aggregate::count::count_udaf;
use datafusion::logical_expr::expr::{Exists, InSubquery, Lambda, LambdaVariable};
use datafusion::logical_expr::utils::COUNT_STAR_EXPANSION;
use datafusion::logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder, Subquery, lit};

use super::super::trino::function::Planned;
use super::super::trino::{self, signature::Given};
use super::expr::Context;
use super::{Planner, Relation, Result, Typed, arrow_type, bug, column, convert, hint, project};
use crate::sql::ast::{self, Comparison, ExprKind, Query};
use crate::sql::refusal::Refusal;
use crate::sql::ty::SqlType;

/// A plan as DataFusion wants it inside an expression.
pub(super) fn subquery(plan: LogicalPlan) -> Subquery {
    Subquery {
        outer_ref_columns: plan.all_out_ref_exprs(),
        subquery: Arc::new(plan),
        spans: Spans::new(),
    }
}

impl Planner<'_> {
    fn inner(&mut self, query: &Query, at: usize, context: &Context<'_>) -> Result<Relation> {
        if !context.parameters.is_empty() {
            return Err(Refusal::new(
                "NOT_SUPPORTED",
                at,
                "Lambda expression cannot contain subqueries",
            ));
        }
        self.query(query, Some(&context.scope))
    }

    fn one_column(
        &mut self,
        query: &Query,
        at: usize,
        context: &Context<'_>,
    ) -> Result<(Relation, SqlType)> {
        let relation = self.inner(query, at, context)?;
        match relation.fields.as_slice() {
            [only] => {
                let ty = only.ty.clone();
                Ok((relation, ty))
            }
            fields => Err(Refusal::new(
                "NOT_SUPPORTED",
                at,
                format!(
                    "Multiple columns returned by subquery are not yet supported. Found {}",
                    fields.len()
                ),
            )
            .hint("select one column")),
        }
    }

    pub(super) fn scalar_query(
        &mut self,
        query: &Query,
        at: usize,
        context: &Context<'_>,
    ) -> Result<Typed> {
        let (mut relation, ty) = self.one_column(query, at, context)?;
        let id = self.fresh("value");
        // Without a row the value is NULL, also that of a column that never is.
        let value = convert::nullable(column(&relation.fields[0].id), &ty).alias(&id);
        relation.plan = project(relation.plan, vec![value])?;
        Ok(Typed::new(Expr::ScalarSubquery(subquery(relation.plan)), ty))
    }

    /// A condition on a query that a join can decide: what `WHERE` asks of every row, and of which
    /// it only matters whether it is true.
    pub(super) fn joined_query(
        &mut self,
        condition: &ast::Expr,
        context: &Context<'_>,
    ) -> Result<Option<Typed>> {
        let (inner, negated) = match &condition.kind {
            ExprKind::Not(inner) => (&inner.kind, true),
            kind => (kind, false),
        };
        match inner {
            ExprKind::Exists(query) => {
                let relation = self.inner(query, query.at, context)?;
                let exists = Exists::new(subquery(relation.plan), negated);
                Ok(Some(Typed::new(Expr::Exists(exists), SqlType::Boolean)))
            }
            ExprKind::InQuery(value, query) => {
                let (left, plan, _) = self.meeting(value, query, condition.at, context)?;
                let may_fail = left.may_fail;
                let found = InSubquery::new(Box::new(left.expr), subquery(plan), negated);
                Ok(Some(Typed::failing(Expr::InSubquery(found), SqlType::Boolean, may_fail)))
            }
            _ => Ok(None),
        }
    }

    pub(super) fn exists(&mut self, query: &Query, context: &Context<'_>) -> Result<Typed> {
        let relation = self.inner(query, query.at, context)?;
        let id = self.fresh("count");
        let count = count_udaf().call(vec![Expr::Literal(COUNT_STAR_EXPANSION, None)]);
        let plan = LogicalPlanBuilder::from(relation.plan)
            .aggregate(Vec::<Expr>::new(), [count.alias(&id)])
            .and_then(LogicalPlanBuilder::build)
            .map_err(bug)?;
        let exists = Expr::ScalarSubquery(subquery(plan)).gt(lit(0_i64));
        Ok(Typed::new(exists, SqlType::Boolean))
    }

    /// A value, and a query that gives what it is compared with, both of the same type.
    fn meeting(
        &mut self,
        value: &ast::Expr,
        query: &Query,
        at: usize,
        context: &Context<'_>,
    ) -> Result<(Typed, LogicalPlan, SqlType)> {
        let left = self.expr(value, context)?;
        let (relation, ty) = self.one_column(query, at, context)?;
        let Some(common) = left.ty.common(&ty) else {
            return Err(Refusal::new(
                "TYPE_MISMATCH",
                at,
                format!(
                    "Value expression and result of subquery must be of the same type: {} vs {ty}",
                    left.ty
                ),
            )
            .hint(hint::mismatch(&left.ty, &ty)));
        };
        let left = self.comparable(left, &common);
        let right = Typed::new(column(&relation.fields[0].id), ty);
        let right = self.comparable(right, &common);
        let id = self.fresh("member");
        let plan = project(relation.plan, vec![right.expr.alias(&id)])?;
        Ok((left, plan, right.ty))
    }

    pub(super) fn in_query(
        &mut self,
        value: &ast::Expr,
        query: &Query,
        at: usize,
        context: &Context<'_>,
    ) -> Result<Typed> {
        self.quantified(Comparison::Equal, value, false, query, at, context)
    }

    /// Compares a value with all that a query gives: gathers that into an array, over which `ANY`
    /// and `ALL` are three-valued.
    pub(super) fn quantified(
        &mut self,
        op: Comparison,
        value: &ast::Expr,
        all: bool,
        query: &Query,
        at: usize,
        context: &Context<'_>,
    ) -> Result<Typed> {
        let (left, plan, ty) = self.meeting(value, query, at, context)?;
        let gathered = self.gathered(plan, &ty, at)?;

        let id = self.fresh("member");
        let field = ArrowField::new(&id, arrow_type(&ty), true);
        let member = LambdaVariable::new(id.clone(), Some(Arc::new(field)));
        let member = Typed::new(Expr::LambdaVariable(member), ty.clone());
        let body = self.compare(op, left, member, at)?;
        let may_fail = body.may_fail;
        let name = if all { "all_match" } else { "any_match" };
        let given = [Given::Value(SqlType::array(ty.clone())), Given::Lambda(1)];
        let found = trino::function(name).and_then(|function| trino::form(function, &given));
        let Some((form, _)) = found else {
            return Err(hint::unknown_function(name, at));
        };
        let takes = vec![SqlType::array(ty.clone()), SqlType::Boolean];
        let planned = Planned::new(name, form, takes, SqlType::Boolean, vec![vec![ty]], may_fail);
        let lambda = Expr::Lambda(Lambda::new(vec![id], body.expr));
        Ok(Typed::failing(planned.call(vec![gathered, lambda]), SqlType::Boolean, may_fail))
    }

    /// The only column of a query as an array, which is empty where there are no rows.
    fn gathered(&mut self, plan: LogicalPlan, ty: &SqlType, at: usize) -> Result<Expr> {
        let id = self.fresh("members");
        let members = plan.schema().columns().into_iter().map(Expr::Column).collect();
        let members = array_agg_udaf().call(members).alias(&id);
        let plan = LogicalPlanBuilder::from(plan)
            .aggregate(Vec::<Expr>::new(), [members])
            .and_then(LogicalPlanBuilder::build)
            .map_err(bug)?;
        let gathered = Expr::ScalarSubquery(subquery(plan));
        let empty = self.function("$array", Vec::new(), at)?;
        let empty = self.converted(empty, &SqlType::array(ty.clone()));
        Ok(datafusion::functions::core::expr_fn::coalesce(vec![gathered, empty.expr]))
    }
}
