//! `CASE`.

use datafusion::logical_expr::Expr;
use datafusion::logical_expr::expr::Case;

use super::super::compare::is_simple;
use super::super::{Planner, Result, Typed};
use super::{Context, distinct_types};
use crate::sql::ast;
use crate::sql::refusal::Refusal;
use crate::sql::ty::SqlType;

impl Planner<'_> {
    pub(super) fn case(
        &mut self,
        operand: Option<&ast::Expr>,
        whens: &[(ast::Expr, ast::Expr)],
        otherwise: Option<&ast::Expr>,
        context: &Context<'_>,
    ) -> Result<Typed> {
        let operand = match operand {
            Some(operand) => Some((self.expr(operand, context)?, operand.at)),
            None => None,
        };
        let mut conditions = Vec::new();
        let mut results = Vec::new();
        for (when, then) in whens {
            let typed = self.expr(when, context)?;
            conditions.push(match &operand {
                None => self.operand(typed, when.at, "CASE WHEN clause")?,
                Some((operand, _)) if operand.ty.common(&typed.ty).is_none() => {
                    return Err(Refusal::new(
                        "TYPE_MISMATCH",
                        when.at,
                        format!(
                            "CASE operand type does not match WHEN clause operand type: {} vs {}",
                            operand.ty, typed.ty
                        ),
                    )
                    .hint(super::super::hint::mismatch(&operand.ty, &typed.ty)));
                }
                Some(_) => typed,
            });
            results.push((self.expr(then, context)?, then.at));
        }
        let mut may_fail = operand.as_ref().is_some_and(|(operand, _)| operand.may_fail);
        let mut compared = None;
        if let Some((operand, at)) = operand {
            let mut all = std::iter::once(&operand).chain(&conditions);
            let ty = all.try_fold(SqlType::Unknown, |ty, value| ty.common(&value.ty));
            match ty.filter(is_simple) {
                Some(ty) => {
                    let ty = if ty == SqlType::Unknown { SqlType::Boolean } else { ty };
                    conditions =
                        conditions.into_iter().map(|value| self.comparable(value, &ty)).collect();
                    compared = Some(Box::new(self.comparable(operand, &ty).expr));
                }
                None => {
                    for condition in &mut conditions {
                        let (one, other) = (operand.clone(), condition.clone());
                        *condition = self.compare(ast::Comparison::Equal, one, other, at)?;
                    }
                }
            }
        }
        if let Some(otherwise) = otherwise {
            results.push((self.expr(otherwise, context)?, otherwise.at));
        }
        let mut ty = SqlType::Unknown;
        for (result, at) in &results {
            ty = match ty.common(&result.ty) {
                Some(common) => common,
                None => {
                    return Err(Refusal::new(
                        "TYPE_MISMATCH",
                        *at,
                        format!(
                            "All CASE results must be the same type or coercible to a common type. Cannot find common type between {ty} and {}, all types (without duplicates): [{}]",
                            result.ty,
                            distinct_types(results.iter().map(|(result, _)| &result.ty))
                        ),
                    ));
                }
            };
        }
        may_fail |= conditions.iter().any(|condition| condition.may_fail)
            || results.iter().any(|(result, _)| result.may_fail);
        let mut results = results
            .into_iter()
            .map(|(result, _)| Box::new(self.converted(result, &ty).expr))
            .collect::<Vec<_>>();
        let otherwise = if otherwise.is_some() { results.pop() } else { None };
        let branches =
            conditions.into_iter().map(|condition| Box::new(condition.expr)).zip(results);
        let case = Case::new(compared, branches.collect(), otherwise);
        let expr =
            if ty == SqlType::Unknown { Typed::null(ty.clone()).expr } else { Expr::Case(case) };
        Ok(Typed::failing(expr, ty, may_fail))
    }

    /// `CASE WHEN condition THEN value ELSE otherwise END`, of one type.
    pub(in super::super) fn choice(condition: Typed, value: Typed, otherwise: Typed) -> Typed {
        let may_fail = condition.may_fail || value.may_fail || otherwise.may_fail;
        let ty = value.ty;
        let case = Case::new(
            None,
            vec![(Box::new(condition.expr), Box::new(value.expr))],
            Some(Box::new(otherwise.expr)),
        );
        Typed::failing(Expr::Case(case), ty, may_fail)
    }
}
