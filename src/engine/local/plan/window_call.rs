//! Calls of functions that only work over windows.

use std::sync::Arc;

use datafusion::common::ScalarValue;
use datafusion::functions_window::{
    cume_dist::cume_dist_udwf,
    lead_lag::{lag_udwf, lead_udwf},
    nth_value::{first_value_udwf, last_value_udwf, nth_value_udwf},
    ntile::ntile_udwf,
    rank::{dense_rank_udwf, percent_rank_udwf, rank_udwf},
    row_number::row_number_udwf,
};
use datafusion::logical_expr::expr::NullTreatment;
use datafusion::logical_expr::{Cast, Expr, WindowFunctionDefinition, WindowUDF, lit};

use super::expr::{Allow, Context};
use super::window::{self, Planned};
use super::{Planner, Result, Typed, arrow_type, constant};
use crate::sql::ast::Call;
use crate::sql::refusal::Refusal;
use crate::sql::ty::SqlType;

/// Functions that may leave out NULLs.
const VALUES: [&str; 5] = ["first_value", "lag", "last_value", "lead", "nth_value"];

/// Functions of the rows of a frame; to the others it would not matter.
const FRAMED: [&str; 3] = ["first_value", "last_value", "nth_value"];

impl Planner<'_> {
    /// A function that only works over a window.
    pub(super) fn window_function(
        &mut self,
        call: &Call,
        name: &str,
        at: usize,
        context: &Context<'_>,
    ) -> Result<Typed> {
        let Some(over) = &call.over else {
            return Err(Refusal::new(
                "MISSING_OVER",
                at,
                format!("Window function {name} requires an OVER clause"),
            )
            .hint("write OVER (PARTITION BY ... ORDER BY ...)"));
        };
        if call.filter.is_some() {
            return Err(window::filtered(at));
        }
        if call.ignore_nulls && !VALUES.contains(&name) {
            return Err(window::no_null_treatment(name, at));
        }
        let inside = Context { allow: Allow::Aggregates, ..*context };
        let arguments: Vec<Typed> = call
            .arguments
            .iter()
            .map(|argument| self.expr(argument, &inside))
            .collect::<Result<_>>()?;
        let window = self.over(over, context)?;
        if let (Some(framed), false) = (window.framed, FRAMED.contains(&name)) {
            return Err(Refusal::new(
                "INVALID_WINDOW_FRAME",
                framed,
                format!("Cannot specify window frame for {name} function"),
            ));
        }
        let nulls = call.ignore_nulls.then_some(NullTreatment::IgnoreNulls);
        let wrong = || wrong_arguments(name, &arguments, at);
        let counted = |function: Arc<WindowUDF>| Ok((function, SqlType::Bigint));
        let (function, gives) = match (name, arguments.as_slice()) {
            ("row_number", []) => counted(row_number_udwf())?,
            ("rank", []) => counted(rank_udwf())?,
            ("dense_rank", []) => counted(dense_rank_udwf())?,
            ("percent_rank", []) => (percent_rank_udwf(), SqlType::Double),
            ("cume_dist", []) => (cume_dist_udwf(), SqlType::Double),
            ("ntile", [buckets]) if is_whole(buckets) => {
                let place = call.arguments[0].at;
                return self.ntile(buckets, window, place);
            }
            ("first_value", [_]) => (first_value_udwf(), arguments[0].ty.clone()),
            ("last_value", [_]) => (last_value_udwf(), arguments[0].ty.clone()),
            ("nth_value", [value, nth]) if is_whole(nth) => {
                let place = call.arguments[1].at;
                return self.nth_value(value.clone(), nth, window, nulls, place);
            }
            ("lag" | "lead", [value, rest @ ..]) => {
                if !window.is_ordered() {
                    return Err(Refusal::new(
                        "MISSING_ORDER_BY",
                        window.at,
                        format!("{name} function requires an ORDER BY window clause"),
                    ));
                }
                let function = if name == "lag" { lag_udwf() } else { lead_udwf() };
                let (offset, default) = match rest {
                    [] => (None, None),
                    [offset] if is_whole(offset) => (Some(offset), None),
                    [offset, default] if is_whole(offset) => (Some(offset), Some(default)),
                    _ => return Err(wrong()),
                };
                let offset = match offset {
                    Some(offset) => distance(offset, call.arguments[1].at)?,
                    None => 1,
                };
                let Some(default) = default else {
                    let ty = value.ty.clone();
                    let arguments = vec![value.expr.clone(), lit(offset)];
                    let expr = self.called(function, arguments, window, nulls);
                    return Ok(Typed::new(expr, ty));
                };
                let ty = value.ty.common(&default.ty).ok_or_else(wrong)?;
                let value = self.converted(value.clone(), &ty);
                let default = self.converted(default.clone(), &ty);
                return Ok(self.shifted(function, value, offset, default, window, nulls));
            }
            _ => return Err(wrong()),
        };
        let exprs = arguments.into_iter().map(|argument| argument.expr).collect();
        let expr = self.called(function, exprs, window, nulls);
        Ok(match gives {
            SqlType::Bigint if !VALUES.contains(&name) => Typed::new(signed(expr), gives),
            gives => Typed::new(expr, gives),
        })
    }

    fn called(
        &mut self,
        function: Arc<WindowUDF>,
        arguments: Vec<Expr>,
        window: Planned,
        nulls: Option<NullTreatment>,
    ) -> Expr {
        let definition = WindowFunctionDefinition::WindowUDF(function);
        self.over_window(definition, arguments, window, nulls, false)
    }

    fn ntile(&mut self, buckets: &Typed, window: Planned, at: usize) -> Result<Typed> {
        Ok(match whole(buckets, at)? {
            None => Typed::null(SqlType::Bigint),
            Some(count) if count < 1 => {
                return Err(running("Buckets must be greater than 0"));
            }
            Some(count) => {
                let expr = self.called(ntile_udwf(), vec![lit(count)], window, None);
                Typed::new(signed(expr), SqlType::Bigint)
            }
        })
    }

    fn nth_value(
        &mut self,
        value: Typed,
        nth: &Typed,
        window: Planned,
        nulls: Option<NullTreatment>,
        at: usize,
    ) -> Result<Typed> {
        let ty = value.ty;
        Ok(match whole(nth, at)? {
            None => Typed::null(ty),
            Some(nth) if nth < 1 => return Err(running("Offset must be at least 1")),
            Some(nth) => {
                let arguments = vec![value.expr, lit(nth)];
                Typed::new(self.called(nth_value_udwf(), arguments, window, nulls), ty)
            }
        })
    }

    /// `lag` and `lead` with a default, which counts only where there is no such row. DataFusion
    /// wants it to be constant, so it is asked first whether there is a row.
    fn shifted(
        &mut self,
        function: Arc<WindowUDF>,
        value: Typed,
        offset: i64,
        default: Typed,
        window: Planned,
        nulls: Option<NullTreatment>,
    ) -> Typed {
        let there = match nulls {
            None => lit(true),
            Some(_) => {
                let some = Typed::new(value.expr.clone().is_not_null(), SqlType::Boolean);
                let yes = Typed::new(lit(true), SqlType::Boolean);
                Self::choice(some, yes, Typed::null(SqlType::Boolean)).expr
            }
        };
        let arguments = vec![there, lit(offset)];
        let there = self.called(Arc::clone(&function), arguments, window.clone(), nulls);
        let ty = value.ty.clone();
        let arguments = vec![value.expr, lit(offset)];
        let found = Typed::new(self.called(function, arguments, window, nulls), ty);
        let missing = Typed::new(there.is_null(), SqlType::Boolean);
        Self::choice(missing, default, found)
    }
}

fn is_whole(value: &Typed) -> bool {
    value.ty.is_integer() || value.ty == SqlType::Unknown
}

/// DataFusion counts without a sign.
fn signed(count: Expr) -> Expr {
    Expr::Cast(Cast::new(Box::new(count), arrow_type(&SqlType::Bigint)))
}

/// The offset of `lag` and `lead`.
fn distance(offset: &Typed, at: usize) -> Result<i64> {
    match whole(offset, at)? {
        None => Err(running("Offset must not be null")),
        Some(offset) if offset < 0 => Err(running("Offset must be at least 0")),
        Some(offset) => Ok(offset),
    }
}

/// A constant whole number; `None` for NULL.
fn whole(value: &Typed, at: usize) -> Result<Option<i64>> {
    if value.ty == SqlType::Unknown {
        return Ok(None);
    }
    match constant::value(&value.expr).map(|value| value.cast_to(&arrow_type(&SqlType::Bigint))) {
        Some(Ok(ScalarValue::Int64(number))) => Ok(number),
        _ => {
            Err(Refusal::new("NOT_SUPPORTED", at, "the embedded engine takes only a constant here"))
        }
    }
}

/// What Trino finds out when it runs, so that it does not say where.
fn running(message: &str) -> Refusal {
    Refusal { code: "INVALID_FUNCTION_ARGUMENT", message: message.to_owned(), at: None, hint: None }
}

fn wrong_arguments(name: &str, arguments: &[Typed], at: usize) -> Refusal {
    let given: Vec<_> = arguments.iter().map(|argument| argument.ty.to_string()).collect();
    let expected = match name {
        "lag" | "lead" => format!("{name}(t) T, {name}(t, bigint) T, {name}(t, bigint, t) T"),
        "nth_value" => "nth_value(t, bigint) T".to_owned(),
        "ntile" => "ntile(bigint)".to_owned(),
        "first_value" | "last_value" => format!("{name}(t) T"),
        _ => format!("{name}()"),
    };
    Refusal::new(
        "FUNCTION_NOT_FOUND",
        at,
        format!(
            "Unexpected parameters ({}) for function {name}. Expected: {expected}",
            given.join(", ")
        ),
    )
}
