//! Queries inside expressions.

use std::sync::Arc;

use datafusion::common::Spans;
use datafusion::logical_expr::expr::{Exists, InSubquery, SetComparison, SetQuantifier};
use datafusion::logical_expr::{Expr, LogicalPlan, Operator, Subquery};

use super::expr::Context;
use super::{Planner, Relation, Result, Typed, column, hint, project};
use crate::sql::ast::{self, Comparison, Query};
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
    fn inner(&mut self, query: &Query, context: &Context<'_>) -> Result<Relation> {
        if !context.parameters.is_empty() {
            return Err(Refusal::new(
                "NOT_SUPPORTED",
                query.at,
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
        let relation = self.inner(query, context)?;
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
        let (relation, ty) = self.one_column(query, at, context)?;
        Ok(Typed::new(Expr::ScalarSubquery(subquery(relation.plan)), ty))
    }

    pub(super) fn exists(&mut self, query: &Query, context: &Context<'_>) -> Result<Typed> {
        let relation = self.inner(query, context)?;
        let exists = Exists::new(subquery(relation.plan), false);
        Ok(Typed::new(Expr::Exists(exists), SqlType::Boolean))
    }

    /// A value and a query's column, as their common type.
    fn meeting(
        &mut self,
        value: &ast::Expr,
        query: &Query,
        at: usize,
        context: &Context<'_>,
    ) -> Result<(Typed, LogicalPlan)> {
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
        let id = self.fresh("member");
        let right = Typed::new(column(&relation.fields[0].id), ty);
        let right = self.comparable(right, &common).expr.alias(&id);
        Ok((left, project(relation.plan, vec![right])?))
    }

    pub(super) fn in_query(
        &mut self,
        value: &ast::Expr,
        query: &Query,
        at: usize,
        context: &Context<'_>,
    ) -> Result<Typed> {
        let (left, plan) = self.meeting(value, query, at, context)?;
        let may_fail = left.may_fail;
        let found = InSubquery::new(Box::new(left.expr), subquery(plan), false);
        Ok(Typed::failing(Expr::InSubquery(found), SqlType::Boolean, may_fail))
    }

    pub(super) fn quantified(
        &mut self,
        op: Comparison,
        value: &ast::Expr,
        all: bool,
        query: &Query,
        at: usize,
        context: &Context<'_>,
    ) -> Result<Typed> {
        let (left, plan) = self.meeting(value, query, at, context)?;
        let may_fail = left.may_fail;
        let operator = match op {
            Comparison::Equal => Operator::Eq,
            Comparison::NotEqual => Operator::NotEq,
            Comparison::Less => Operator::Lt,
            Comparison::LessOrEqual => Operator::LtEq,
            Comparison::Greater => Operator::Gt,
            Comparison::GreaterOrEqual => Operator::GtEq,
        };
        let quantifier = if all { SetQuantifier::All } else { SetQuantifier::Any };
        let compared =
            SetComparison::new(Box::new(left.expr), subquery(plan), operator, quantifier);
        Ok(Typed::failing(Expr::SetComparison(compared), SqlType::Boolean, may_fail))
    }
}
