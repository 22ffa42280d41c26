//! Operators: comparisons, `LIKE`, arithmetic.

use datafusion::logical_expr::expr::{Between, BinaryExpr, InList, Like};
use datafusion::logical_expr::{Expr, Operator};

use super::super::trino;
use super::expr::{Context, common, connected};
use super::{Planner, Result, Typed, hint};
use crate::sql::ast::{self, Comparison, ExprKind};
use crate::sql::refusal::Refusal;
use crate::sql::ty::SqlType;

impl Comparison {
    fn operator(self) -> Operator {
        match self {
            Self::Equal => Operator::Eq,
            Self::NotEqual => Operator::NotEq,
            Self::Less => Operator::Lt,
            Self::LessOrEqual => Operator::LtEq,
            Self::Greater => Operator::Gt,
            Self::GreaterOrEqual => Operator::GtEq,
        }
    }

    /// As Trino names it in errors.
    fn name(self) -> &'static str {
        match self {
            Self::Equal | Self::NotEqual => "=",
            Self::Less | Self::Greater => "<",
            Self::LessOrEqual | Self::GreaterOrEqual => "<=",
        }
    }

    /// The function that compares so, and whether it wants the sides the other way round.
    fn function(self) -> (&'static str, bool) {
        match self {
            Self::Equal | Self::NotEqual => ("$=", false),
            Self::Less => ("$<", false),
            Self::LessOrEqual => ("$<=", false),
            Self::Greater => ("$<", true),
            Self::GreaterOrEqual => ("$<=", true),
        }
    }

    fn is_equality(self) -> bool {
        matches!(self, Self::Equal | Self::NotEqual)
    }
}

/// Whether DataFusion compares values of a type as Trino does.
pub(super) fn is_simple(ty: &SqlType) -> bool {
    !matches!(
        ty,
        SqlType::Real | SqlType::Double | SqlType::Array(_) | SqlType::Map(..) | SqlType::Row(_)
    )
}

impl Planner<'_> {
    pub(super) fn compare(
        &mut self,
        op: Comparison,
        left: Typed,
        right: Typed,
        at: usize,
    ) -> Result<Typed> {
        let common = left.ty.common(&right.ty);
        let comparable = common.as_ref().is_some_and(|ty| op.is_equality() || ty.is_orderable());
        let (true, Some(ty)) = (comparable, common) else {
            return Err(Refusal::new(
                "TYPE_MISMATCH",
                at,
                format!("Cannot apply operator: {} {} {}", left.ty, op.name(), right.ty),
            )
            .hint(hint::mismatch(&left.ty, &right.ty)));
        };
        if !is_simple(&ty) {
            return self.compared(op, left, right, at);
        }
        let (left, right) = (self.comparable(left, &ty), self.comparable(right, &ty));
        let may_fail = left.may_fail || right.may_fail;
        let expr = Expr::BinaryExpr(BinaryExpr::new(
            Box::new(left.expr),
            op.operator(),
            Box::new(right.expr),
        ));
        Ok(Typed::failing(expr, SqlType::Boolean, may_fail))
    }

    /// A comparison that is not left to DataFusion.
    fn compared(&mut self, op: Comparison, left: Typed, right: Typed, at: usize) -> Result<Typed> {
        let (name, turned) = op.function();
        let sides = if turned { vec![right, left] } else { vec![left, right] };
        let compared = self.function(name, sides, at)?;
        Ok(match op {
            Comparison::NotEqual => Typed { expr: Expr::Not(Box::new(compared.expr)), ..compared },
            _ => compared,
        })
    }

    /// Equality of values that have a common type.
    pub(super) fn equal(&mut self, left: Typed, right: Typed) -> Expr {
        let ty = left.ty.clone();
        self.comparable(left, &ty).expr.eq(self.comparable(right, &ty).expr)
    }

    /// A value of a common type in the form in which values of that type are compared: of moments
    /// only the instant counts, and there is one zero.
    pub(super) fn comparable(&mut self, value: Typed, ty: &SqlType) -> Typed {
        let value = self.converted(value, ty);
        match ty {
            SqlType::TimestampTz(_) => {
                let may_fail = value.may_fail;
                let instant = trino::instant::of(value.expr, ty.clone());
                Typed::failing(instant, SqlType::Bigint, may_fail)
            }
            SqlType::Real | SqlType::Double => {
                self.function("$normal", vec![value.clone()], 0).unwrap_or(value)
            }
            _ => value,
        }
    }

    pub(super) fn is_distinct(&mut self, left: Typed, right: Typed, at: usize) -> Result<Typed> {
        let Some(ty) = left.ty.common(&right.ty) else {
            return Err(Refusal::new(
                "TYPE_MISMATCH",
                at,
                format!("Cannot check if {} is identical to {}", left.ty, right.ty),
            )
            .hint(hint::mismatch(&left.ty, &right.ty)));
        };
        if !is_simple(&ty) {
            return self.function("$distinct", vec![left, right], at);
        }
        let (left, right) = (self.comparable(left, &ty), self.comparable(right, &ty));
        let may_fail = left.may_fail || right.may_fail;
        let expr = Expr::BinaryExpr(BinaryExpr::new(
            Box::new(left.expr),
            Operator::IsDistinctFrom,
            Box::new(right.expr),
        ));
        Ok(Typed::failing(expr, SqlType::Boolean, may_fail))
    }

    pub(super) fn between(
        &mut self,
        value: Typed,
        low: Typed,
        high: Typed,
        at: usize,
    ) -> Result<Typed> {
        let ty = value.ty.common(&low.ty).and_then(|ty| ty.common(&high.ty));
        let Some(ty) = ty.filter(SqlType::is_orderable) else {
            let other = if value.ty.common(&low.ty).is_none() { &low.ty } else { &high.ty };
            return Err(Refusal::new(
                "TYPE_MISMATCH",
                at,
                format!("Cannot check if {} is BETWEEN {} and {}", value.ty, low.ty, high.ty),
            )
            .hint(hint::mismatch(&value.ty, other)));
        };
        if !is_simple(&ty) {
            let above = self.compared(Comparison::LessOrEqual, low, value.clone(), at)?;
            let below = self.compared(Comparison::LessOrEqual, value, high, at)?;
            return Ok(connected(vec![above, below], true));
        }
        let value = self.comparable(value, &ty);
        let (low, high) = (self.comparable(low, &ty), self.comparable(high, &ty));
        let may_fail = value.may_fail || low.may_fail || high.may_fail;
        let expr = Expr::Between(Between::new(
            Box::new(value.expr),
            false,
            Box::new(low.expr),
            Box::new(high.expr),
        ));
        Ok(Typed::failing(expr, SqlType::Boolean, may_fail))
    }

    pub(super) fn in_list(
        &mut self,
        value: Typed,
        items: Vec<Typed>,
        places: &[usize],
    ) -> Result<Typed> {
        let mut all = vec![value.clone()];
        all.extend(items.iter().cloned());
        let ty = common(&all, |found, other| {
            let refusal = Refusal::new(
                "TYPE_MISMATCH",
                other.checked_sub(1).and_then(|at| places.get(at)).copied().unwrap_or_default(),
                format!(
                    "IN value and list items must be the same type or coercible to a common type. Cannot find common type between {found}"
                ),
            );
            match items.iter().find(|item| item.ty.common(&value.ty).is_none()) {
                Some(other) => refusal.hint(hint::mismatch(&value.ty, &other.ty)),
                None => refusal,
            }
        })?;
        let may_fail = all.iter().any(|item| item.may_fail);
        if !is_simple(&ty) {
            let at = places.first().copied().unwrap_or_default();
            return self.function("$in", all, at);
        }
        let value = self.comparable(value, &ty);
        let items = items.into_iter().map(|item| self.comparable(item, &ty).expr).collect();
        let expr = Expr::InList(InList::new(Box::new(value.expr), items, false));
        Ok(Typed::failing(expr, SqlType::Boolean, may_fail))
    }

    pub(super) fn like(
        &mut self,
        value: Typed,
        pattern: Typed,
        escape: Option<Typed>,
        value_at: usize,
        pattern_at: usize,
    ) -> Result<Typed> {
        let sides = [
            ("Left side of LIKE expression", &value, value_at),
            ("Pattern for LIKE expression", &pattern, pattern_at),
        ];
        for (what, side, at) in sides {
            if !side.ty.is_text() && side.ty != SqlType::Unknown {
                let refusal = Refusal::new(
                    "TYPE_MISMATCH",
                    at,
                    format!("{what} must evaluate to a varchar (actual: {})", side.ty),
                );
                return Err(match side.ty {
                    SqlType::Json => refusal.hint("use json_extract_scalar, or json_format(...)"),
                    _ => refusal.hint("write CAST(x AS varchar)"),
                });
            }
        }
        let value = self.converted(value, &SqlType::VARCHAR);
        let pattern = self.converted(pattern, &SqlType::VARCHAR);
        let escape = escape.map(|escape| self.converted(escape, &SqlType::VARCHAR));
        let mut may_fail = value.may_fail || pattern.may_fail;
        let constant = |typed: &Typed| typed.constant()?.try_as_str()?.map(str::to_owned);
        let pattern = match (constant(&pattern), escape) {
            (Some(text), None) => super::literal::text(&trino::like::escaped(&text)).expr,
            (Some(text), Some(escape)) if constant(&escape).is_some() => {
                let escape = constant(&escape).unwrap_or_default();
                let text = trino::like::with_escape(&text, &escape).map_err(|error| {
                    Refusal::new("INVALID_FUNCTION_ARGUMENT", pattern_at, super::call::said(&error))
                })?;
                super::literal::text(&text).expr
            }
            (_, escape) => {
                let mut arguments = vec![pattern];
                arguments.extend(escape);
                let made = self.function("$like_pattern", arguments, pattern_at)?;
                may_fail |= made.may_fail;
                made.expr
            }
        };
        let expr =
            Expr::Like(Like::new(false, Box::new(value.expr), Box::new(pattern), None, false));
        Ok(Typed::failing(expr, SqlType::Boolean, may_fail))
    }

    pub(super) fn arithmetic(
        &mut self,
        symbol: &'static str,
        left: Typed,
        right: Typed,
        at: usize,
    ) -> Result<Typed> {
        if symbol == "||" {
            return self.function("concat", vec![left, right], at);
        }
        let types = (left.ty.clone(), right.ty.clone());
        let refusal = || {
            let refusal = Refusal::new(
                "TYPE_MISMATCH",
                at,
                format!("Cannot apply operator: {} {symbol} {}", types.0, types.1),
            );
            match &types {
                (SqlType::Date, other) | (other, SqlType::Date) if other.is_integer() => {
                    refusal.hint("write INTERVAL '1' DAY, or date_add('day', n, x)")
                }
                (a, b) => refusal.hint(hint::mismatch(a, b)),
            }
        };
        let Some(operator) = trino::operator(symbol) else {
            return Err(refusal());
        };
        self.apply(operator, vec![left, right])?.ok_or_else(refusal)
    }

    pub(super) fn negate(
        &mut self,
        inner: &ast::Expr,
        at: usize,
        context: &Context<'_>,
    ) -> Result<Typed> {
        if let ExprKind::Integer(digits) = &inner.kind {
            return super::literal::integer(&format!("-{digits}"), at);
        }
        let value = self.expr(inner, context)?;
        let refusal = Refusal::new("TYPE_MISMATCH", at, format!("Cannot negate {}", value.ty));
        match trino::operator("negate") {
            Some(operator) => self.apply(operator, vec![value])?.ok_or(refusal),
            None => Err(refusal),
        }
    }
}
