//! `coalesce`, `if`, `nullif` and `try`: values of which not all are computed.

use super::super::trino;
use super::expr::{Context, common, delayed};
use super::{Planner, Result, Typed, hint};
use crate::sql::ast;
use crate::sql::refusal::Refusal;
use crate::sql::ty::SqlType;

impl Planner<'_> {
    pub(super) fn coalesce(
        &mut self,
        arguments: &[ast::Expr],
        context: &Context<'_>,
    ) -> Result<Typed> {
        let values = self.values_of(arguments, context)?;
        let ty = common(&values, |found, other| {
            Refusal::new(
                "TYPE_MISMATCH",
                arguments[other].at,
                format!(
                    "All COALESCE operands must be the same type or coercible to a common type. Cannot find common type between {found}"
                ),
            )
        })?;
        if ty == SqlType::Unknown {
            return Ok(Typed::null(ty));
        }
        let may_fail = values.iter().any(|value| value.may_fail);
        let mut values = values.into_iter().map(|value| self.converted(value, &ty).expr);
        let first = values.next();
        let arguments = first.into_iter().chain(values.map(delayed)).collect();
        let coalesce = trino::with_delayed("$coalesce", ty.clone(), arguments, may_fail);
        Ok(Typed::failing(coalesce, ty, may_fail))
    }

    pub(super) fn choose_if(
        &mut self,
        arguments: &[ast::Expr],
        at: usize,
        context: &Context<'_>,
    ) -> Result<Typed> {
        let condition = self.expr(&arguments[0], context)?;
        let condition = self.operand(condition, arguments[0].at, "IF condition")?;
        let values = self.values_of(&arguments[1..], context)?;
        let ty = match values.as_slice() {
            [one, other] => one.ty.common(&other.ty).ok_or_else(|| {
                Refusal::new(
                    "TYPE_MISMATCH",
                    at,
                    format!("Result types for IF must be the same: {} vs {}", one.ty, other.ty),
                )
            })?,
            [one] => one.ty.clone(),
            _ => SqlType::Unknown,
        };
        let mut values = values.into_iter().map(|value| self.converted(value, &ty));
        let value = values.next().unwrap_or_else(|| Typed::null(ty.clone()));
        let otherwise = values.next().unwrap_or_else(|| Typed::null(ty.clone()));
        if ty == SqlType::Unknown {
            return Ok(Typed::null(ty));
        }
        Ok(Self::choice(condition, value, otherwise))
    }

    pub(super) fn null_if(
        &mut self,
        arguments: &[ast::Expr],
        at: usize,
        context: &Context<'_>,
    ) -> Result<Typed> {
        let values = self.values_of(arguments, context)?;
        let [one, other] = values.as_slice() else {
            return Err(Refusal::syntax(at, "Invalid number of arguments for 'nullif' function"));
        };
        if one.ty.common(&other.ty).is_none() {
            return Err(Refusal::new(
                "TYPE_MISMATCH",
                at,
                format!("Types are not comparable with NULLIF: {} vs {}", one.ty, other.ty),
            )
            .hint(hint::mismatch(&one.ty, &other.ty)));
        }
        if one.ty == SqlType::Unknown {
            return Ok(one.clone());
        }
        self.function("$nullif", values, at)
    }

    /// `try(x)`: delayed, so that it is computed row by row where it fails.
    pub(super) fn try_value(
        &mut self,
        argument: &ast::Expr,
        context: &Context<'_>,
    ) -> Result<Typed> {
        self.tries += 1;
        let body = self.expr(argument, context);
        self.tries -= 1;
        let body = body?;
        if !body.may_fail {
            return Ok(body);
        }
        let value = trino::with_delayed("$try", body.ty.clone(), vec![delayed(body.expr)], false);
        Ok(Typed::new(value, body.ty))
    }
}
