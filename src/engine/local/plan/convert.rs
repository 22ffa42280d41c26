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

/// The same condition as an expression that DataFusion leaves where it stands.
pub(super) fn unmoved(condition: Expr) -> Expr {
    let takes = vec![SqlType::Boolean];
    function::Planned::new("cast", &cast::CAST_FORM, takes, SqlType::Boolean, Vec::new(), true)
        .call(vec![condition])
}

impl Planner<'_> {
    /// A value as a type that it [converts to](SqlType::converts_to).
    pub(super) fn converted(&self, value: Typed, to: &SqlType) -> Typed {
        if value.ty == SqlType::Unknown {
            return Typed::null(to.clone());
        }
        // Where one type converts to another and both lie in memory alike, so do the values.
        if arrow_type(&value.ty) == arrow_type(to) {
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
        Self::computed(planned, vec![value.expr])
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
        Ok(Self::computed(planned, vec![value.expr]))
    }

    /// A call, or what it gives where all of it is constant.
    pub(super) fn computed(planned: function::Planned, arguments: Vec<Expr>) -> Typed {
        let (ty, may_fail) = (planned.gives.clone(), planned.may_fail);
        match planned.constant(&arguments) {
            Some(value) => Typed::new(Expr::Literal(value, None), ty),
            None => Typed::failing(planned.call(arguments), ty, may_fail),
        }
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

    /// `EXTRACT(field FROM value)`
    pub(super) fn extract(
        &mut self,
        field: &Ident,
        value: Typed,
        at: usize,
        value_at: usize,
    ) -> Result<Typed> {
        let written = field.text.to_uppercase();
        let Some((_, function, group)) = FIELDS.iter().find(|(name, ..)| *name == written) else {
            let known: Vec<_> = FIELDS.iter().map(|(name, ..)| *name).collect();
            let message =
                format!("Invalid EXTRACT field {written}, valid fields are: {}", known.join(", "));
            let refusal = Refusal::syntax(at, message);
            return Err(match written.as_str() {
                "EPOCH" => refusal.hint("write to_unixtime(x)"),
                _ => refusal,
            });
        };
        if !group.is_in(&value.ty) {
            let message = format!("Cannot extract {written} from {}", value.ty);
            let refusal = Refusal::new("TYPE_MISMATCH", value_at, message);
            return Err(match value.ty.is_text() {
                true => refusal.hint("write from_iso8601_timestamp(x)"),
                false => refusal,
            });
        }
        self.function(function, vec![value], at)
    }
}

/// What a field of `EXTRACT` is a part of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    /// Years and months.
    Year,
    Day,
    /// Quarters, weeks and days within others.
    OfDate,
    Time,
    Zone,
}

impl Part {
    /// Whether values of a type have it.
    fn is_in(self, ty: &SqlType) -> bool {
        match ty {
            SqlType::Date => !matches!(self, Self::Time | Self::Zone),
            SqlType::Timestamp(_) => self != Self::Zone,
            SqlType::TimestampTz(_) => true,
            SqlType::Time(_) => self == Self::Time,
            SqlType::IntervalYear => self == Self::Year,
            SqlType::IntervalDay => matches!(self, Self::Day | Self::Time),
            _ => false,
        }
    }
}

/// Fields of `EXTRACT`, the functions that they are, and what they are a part of.
const FIELDS: [(&str, &str, Part); 17] = [
    ("YEAR", "year", Part::Year),
    ("QUARTER", "quarter", Part::OfDate),
    ("MONTH", "month", Part::Year),
    ("WEEK", "week", Part::OfDate),
    ("DAY", "day", Part::Day),
    ("DAY_OF_MONTH", "day", Part::Day),
    ("DAY_OF_WEEK", "day_of_week", Part::OfDate),
    ("DOW", "day_of_week", Part::OfDate),
    ("DAY_OF_YEAR", "day_of_year", Part::OfDate),
    ("DOY", "day_of_year", Part::OfDate),
    ("YEAR_OF_WEEK", "year_of_week", Part::OfDate),
    ("YOW", "year_of_week", Part::OfDate),
    ("HOUR", "hour", Part::Time),
    ("MINUTE", "minute", Part::Time),
    ("SECOND", "second", Part::Time),
    ("TIMEZONE_MINUTE", "timezone_minute", Part::Zone),
    ("TIMEZONE_HOUR", "timezone_hour", Part::Zone),
];
