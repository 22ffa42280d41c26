//! Conversions: those that are asked for with `CAST`, and those that Trino makes by itself.

use datafusion::logical_expr::{Cast, Expr, lit};

use super::super::trino::{cast, function};
use super::{Planner, Result, Typed, arrow_type};
use crate::sql::ast::Ident;
use crate::sql::refusal::Refusal;
use crate::sql::ty::SqlType;

/// The same value as an expression of which DataFusion does not know that it is never NULL.
pub(super) fn nullable(value: Expr, ty: &SqlType) -> Expr {
    let takes = vec![ty.clone()];
    function::Planned::new("cast", &cast::CAST_FORM, takes, ty.clone(), Vec::new(), false)
        .call(vec![value])
}

impl Planner<'_> {
    /// A value as a type that it [converts to](SqlType::converts_to).
    pub(super) fn converted(&self, value: Typed, to: &SqlType) -> Typed {
        if value.ty.same(to) || value.ty.is_text() && *to == SqlType::VARCHAR {
            return Typed { ty: to.clone(), ..value };
        }
        if value.ty == SqlType::Unknown {
            return Typed::null(to.clone());
        }
        if value.ty.is_text() && to.is_text() {
            return Typed { ty: to.clone(), ..value };
        }
        // DataFusion's own conversion between integers lets its optimiser see through it.
        if value.ty.is_integer() && (to.is_integer() || *to == SqlType::Double) {
            let ty = arrow_type(to);
            let expr = match value.constant().and_then(|number| number.cast_to(&ty).ok()) {
                Some(number) => lit(number),
                None => Expr::Cast(Cast::new(Box::new(value.expr), ty)),
            };
            return Typed::failing(expr, to.clone(), value.may_fail);
        }
        let may_fail = value.may_fail || cast::may_fail(&value.ty, to);
        let planned = function::Planned::new(
            "cast",
            &cast::CAST_FORM,
            vec![value.ty],
            to.clone(),
            Vec::new(),
            may_fail,
        );
        Typed::failing(planned.call(vec![value.expr]), to.clone(), may_fail)
    }

    /// `CAST(value AS to)`, `TRY_CAST(value AS to)`.
    pub(super) fn cast(
        &mut self,
        value: Typed,
        to: &SqlType,
        or_null: bool,
        at: usize,
    ) -> Result<Typed> {
        if value.ty == SqlType::Unknown {
            return Ok(Typed::null(to.clone()));
        }
        if value.ty == *to || value.ty.is_text() && *to == SqlType::VARCHAR {
            return Ok(Typed { ty: to.clone(), ..value });
        }
        if !cast::allowed(&value.ty, to) {
            let refusal =
                Refusal::new("TYPE_MISMATCH", at, format!("Cannot cast {} to {to}", value.ty));
            return Err(match (&value.ty, to) {
                (SqlType::Array(_), SqlType::Varchar(_)) => {
                    refusal.hint("write array_join(x, ', '), or json_format(CAST(x AS JSON))")
                }
                (SqlType::Map(..) | SqlType::Row(_), SqlType::Varchar(_)) => {
                    refusal.hint("write json_format(CAST(x AS JSON))")
                }
                _ => refusal,
            });
        }
        let may_fail = value.may_fail || !or_null && cast::may_fail(&value.ty, to);
        let (name, form) = match or_null {
            true => ("try_cast", &cast::TRY_CAST_FORM),
            false => ("cast", &cast::CAST_FORM),
        };
        let planned =
            function::Planned::new(name, form, vec![value.ty], to.clone(), Vec::new(), may_fail);
        Ok(Typed::failing(planned.call(vec![value.expr]), to.clone(), may_fail))
    }

    pub(super) fn at_zone(&mut self, value: Typed, zone: Typed, at: usize) -> Result<Typed> {
        let value = match &value.ty {
            SqlType::Timestamp(precision) => {
                let precision = *precision;
                self.converted(value, &SqlType::TimestampTz(precision))
            }
            _ => value,
        };
        if !matches!(value.ty, SqlType::TimestampTz(_)) {
            return Err(Refusal::new(
                "TYPE_MISMATCH",
                at,
                format!("Type of value must be a time or timestamp with or without time zone (actual {})", value.ty),
            )
            .hint(if value.ty.is_text() { "write from_iso8601_timestamp(x) AT TIME ZONE '...'" } else { "" }));
        }
        self.function("at_timezone", vec![value, zone], at)
    }

    pub(super) fn extract(&mut self, field: &Ident, value: Typed, at: usize) -> Result<Typed> {
        const FIELDS: [(&str, &str); 16] = [
            ("year", "year"),
            ("quarter", "quarter"),
            ("month", "month"),
            ("week", "week"),
            ("day", "day"),
            ("day_of_month", "day"),
            ("day_of_week", "day_of_week"),
            ("dow", "day_of_week"),
            ("day_of_year", "day_of_year"),
            ("doy", "day_of_year"),
            ("year_of_week", "year_of_week"),
            ("yow", "year_of_week"),
            ("hour", "hour"),
            ("minute", "minute"),
            ("second", "second"),
            ("timezone_hour", "timezone_hour"),
        ];
        let key = field.key();
        let function = FIELDS.iter().find(|(name, _)| *name == key).map(|(_, function)| *function);
        let function = match (function, key.as_str()) {
            (None, "timezone_minute") => "timezone_minute",
            (Some(function), _) => function,
            (None, _) => {
                return Err(Refusal::syntax(
                    field.at,
                    format!("Invalid EXTRACT field: {}", field.text),
                )
                .hint(if key == "epoch" { "write to_unixtime(x)" } else { "fields are YEAR, QUARTER, MONTH, WEEK, DAY, DOW, DOY, YOW, HOUR, MINUTE, SECOND" }));
            }
        };
        if value.ty.is_text() {
            return Err(Refusal::new(
                "TYPE_MISMATCH",
                at,
                format!("Cannot extract {} from {}", function, value.ty),
            )
            .hint("write from_iso8601_timestamp(x)"));
        }
        self.function(function, vec![value], at)
    }
}
