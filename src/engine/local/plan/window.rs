//! Window functions.

use std::collections::HashMap;
use std::sync::Arc;

use datafusion::common::ScalarValue;
use datafusion::common::tree_node::{Transformed, TreeNode, TreeNodeRecursion};
use datafusion::functions_window::{
    cume_dist::cume_dist_udwf,
    lead_lag::{lag_udwf, lead_udwf},
    nth_value::{first_value_udwf, last_value_udwf, nth_value_udwf},
    ntile::ntile_udwf,
    rank::{dense_rank_udwf, percent_rank_udwf, rank_udwf},
    row_number::row_number_udwf,
};
use datafusion::logical_expr::expr::{NullTreatment, WindowFunction};
use datafusion::logical_expr::utils::find_window_exprs;
use datafusion::logical_expr::{
    Cast, Expr, LogicalPlan, LogicalPlanBuilder, SortExpr, WindowFrame, WindowFrameBound,
    WindowFrameUnits, WindowFunctionDefinition, WindowUDF, lit,
};

use super::expr::{Allow, Context};
use super::{Planner, Result, Typed, arrow_type, bug, column};
use crate::sql::ast::{self, Bound, Call, ExprKind, FrameUnit, Over, Window};
use crate::sql::refusal::Refusal;
use crate::sql::ty::SqlType;

/// Functions that only work over a window.
pub(super) const WINDOW_ONLY: [&str; 11] = [
    "cume_dist",
    "dense_rank",
    "first_value",
    "lag",
    "last_value",
    "lead",
    "nth_value",
    "ntile",
    "percent_rank",
    "rank",
    "row_number",
];

/// Of these, those that may leave out NULLs.
const VALUES: [&str; 5] = ["first_value", "lag", "last_value", "lead", "nth_value"];

/// A window as DataFusion has it.
pub(super) struct Planned {
    partition: Vec<Expr>,
    order: Vec<SortExpr>,
    frame: WindowFrame,
    framed: bool,
}

impl Planner<'_> {
    /// The window after `OVER`.
    pub(super) fn over(&mut self, over: &Over, context: &Context<'_>) -> Result<Planned> {
        match over {
            Over::Window(window) => self.window(window, context),
            Over::Named(name) => {
                let key = name.key();
                let found = context.windows.iter().find(|(known, _)| known.key() == key);
                match found {
                    Some((_, window)) => self.window(window, context),
                    None => Err(Refusal::new(
                        "INVALID_WINDOW_REFERENCE",
                        name.at,
                        format!("Cannot resolve WINDOW name {}", name.text),
                    )),
                }
            }
        }
    }

    fn window(&mut self, window: &Window, context: &Context<'_>) -> Result<Planned> {
        let inside = Context { allow: Allow::Aggregates, ..*context };
        let base = match &window.base {
            Some(name) => Some(self.over(&Over::Named(name.clone()), context)?),
            None => None,
        };
        let mut partition = Vec::new();
        for expr in &window.partition {
            partition.push(self.expr(expr, &inside)?.expr);
        }
        let mut order = Vec::new();
        for sort in &window.order {
            let key = self.expr(&sort.expr, &inside)?;
            order.push(self.sort_key(key, sort)?);
        }
        if let Some(base) = base {
            if partition.is_empty() {
                partition = base.partition;
            }
            if order.is_empty() {
                order = base.order;
            }
        }
        let frame = match &window.frame {
            None => WindowFrame::new((!order.is_empty()).then_some(false)),
            Some(frame) => {
                let units = match frame.unit {
                    FrameUnit::Rows => WindowFrameUnits::Rows,
                    FrameUnit::Range => WindowFrameUnits::Range,
                    FrameUnit::Groups => WindowFrameUnits::Groups,
                };
                let start = self.bound(&frame.start, frame.unit)?;
                let end = self.bound(&frame.end, frame.unit)?;
                let frame = WindowFrame::new_bounds(units, start, end);
                frame.regularize_order_bys(&mut order).map_err(|_| {
                    Refusal::new(
                        "MISSING_ORDER_BY",
                        window.at,
                        "Window frame of type RANGE PRECEDING or FOLLOWING requires single sort item in ORDER BY",
                    )
                })?;
                frame
            }
        };
        Ok(Planned { partition, order, frame, framed: window.frame.is_some() })
    }

    fn bound(&mut self, bound: &Bound, unit: FrameUnit) -> Result<WindowFrameBound> {
        let distance = |expr: &ast::Expr| -> Result<ScalarValue> {
            let refusal = || {
                Refusal::new(
                    "NOT_SUPPORTED",
                    expr.at,
                    "the embedded engine takes only a whole number here",
                )
            };
            let ExprKind::Integer(digits) = &expr.kind else {
                return Err(refusal());
            };
            match unit {
                FrameUnit::Range => digits.parse().map(|n| ScalarValue::Int64(Some(n))),
                _ => digits.parse().map(|n| ScalarValue::UInt64(Some(n))),
            }
            .map_err(|_| refusal())
        };
        Ok(match bound {
            Bound::Start => WindowFrameBound::Preceding(ScalarValue::UInt64(None)),
            Bound::End => WindowFrameBound::Following(ScalarValue::UInt64(None)),
            Bound::Current => WindowFrameBound::CurrentRow,
            Bound::Before(expr) => WindowFrameBound::Preceding(distance(expr)?),
            Bound::After(expr) => WindowFrameBound::Following(distance(expr)?),
        })
    }

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
            return Err(filtered(at));
        }
        if call.ignore_nulls && !VALUES.contains(&name) {
            return Err(Refusal::new(
                "NULL_TREATMENT_NOT_ALLOWED",
                at,
                format!("Cannot specify null treatment clause for {name} function"),
            ));
        }
        let inside = Context { allow: Allow::Aggregates, ..*context };
        let arguments: Vec<Typed> = call
            .arguments
            .iter()
            .map(|argument| self.expr(argument, &inside))
            .collect::<Result<_>>()?;
        let window = self.over(over, context)?;
        let ranking = !matches!(name, "first_value" | "last_value" | "nth_value");
        if ranking && window.framed {
            return Err(Refusal::new(
                "INVALID_WINDOW_FRAME",
                at,
                format!("Cannot specify window frame for {name} function"),
            ));
        }
        if matches!(name, "lag" | "lead") && window.order.is_empty() {
            return Err(Refusal::new(
                "MISSING_ORDER_BY",
                at,
                format!("{name} function requires an ORDER BY window clause"),
            ));
        }
        let types: Vec<SqlType> = arguments.iter().map(|argument| argument.ty.clone()).collect();
        let wrong = |expected: &str| {
            let given = types.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
            Refusal::new(
                "FUNCTION_NOT_FOUND",
                at,
                format!(
                    "Unexpected parameters ({given}) for function {name}. Expected: {name}({expected})"
                ),
            )
        };
        let mut exprs: Vec<Expr> = Vec::new();
        let (function, gives): (Arc<WindowUDF>, SqlType) = match (name, arguments.as_slice()) {
            ("row_number", []) => (row_number_udwf(), SqlType::Bigint),
            ("rank", []) => (rank_udwf(), SqlType::Bigint),
            ("dense_rank", []) => (dense_rank_udwf(), SqlType::Bigint),
            ("percent_rank", []) => (percent_rank_udwf(), SqlType::Double),
            ("cume_dist", []) => (cume_dist_udwf(), SqlType::Double),
            ("ntile", [buckets]) if buckets.ty.is_integer() => {
                exprs.push(self.whole_number(
                    buckets,
                    call.arguments[0].at,
                    1,
                    "Buckets must be greater than 0",
                )?);
                (ntile_udwf(), SqlType::Bigint)
            }
            ("first_value", [value]) => {
                exprs.push(value.expr.clone());
                (first_value_udwf(), value.ty.clone())
            }
            ("last_value", [value]) => {
                exprs.push(value.expr.clone());
                (last_value_udwf(), value.ty.clone())
            }
            ("nth_value", [value, nth]) if nth.ty.is_integer() => {
                exprs.push(value.expr.clone());
                exprs.push(self.whole_number(
                    nth,
                    call.arguments[1].at,
                    1,
                    "Offset must be at least 1",
                )?);
                (nth_value_udwf(), value.ty.clone())
            }
            ("lag" | "lead", [value, rest @ ..]) if rest.len() <= 2 => {
                let mut gives = value.ty.clone();
                exprs.push(value.expr.clone());
                if let Some(offset) = rest.first() {
                    if !offset.ty.is_integer() {
                        return Err(wrong("T, bigint, T"));
                    }
                    exprs.push(self.whole_number(
                        offset,
                        call.arguments[1].at,
                        0,
                        "Offset must be at least 0",
                    )?);
                }
                if let Some(default) = rest.get(1) {
                    let Some(common) = value.ty.common(&default.ty) else {
                        return Err(wrong("T, bigint, T"));
                    };
                    exprs[0] = self.converted(value.clone(), &common).expr;
                    exprs.push(self.converted(default.clone(), &common).expr);
                    gives = common;
                }
                let function = if name == "lag" { lag_udwf() } else { lead_udwf() };
                (function, gives)
            }
            ("ntile", _) => return Err(wrong("bigint")),
            ("nth_value", _) => return Err(wrong("T, bigint")),
            ("lag" | "lead", _) => return Err(wrong("T, bigint, T")),
            ("first_value" | "last_value", _) => return Err(wrong("T")),
            _ => return Err(wrong("")),
        };
        let definition = WindowFunctionDefinition::WindowUDF(function);
        let nulls = call.ignore_nulls.then_some(NullTreatment::IgnoreNulls);
        let expr = over_window(definition, exprs, window, nulls, false);
        // DataFusion counts without a sign.
        let expr = match gives {
            SqlType::Bigint if WINDOW_ONLY.contains(&name) && !VALUES.contains(&name) => {
                Expr::Cast(Cast::new(Box::new(expr), arrow_type(&gives)))
            }
            _ => expr,
        };
        Ok(Typed::new(expr, gives))
    }

    fn whole_number(&self, value: &Typed, at: usize, least: i64, refused: &str) -> Result<Expr> {
        let number = match value.constant() {
            Some(ScalarValue::Int32(Some(number))) => i64::from(*number),
            Some(ScalarValue::Int64(Some(number))) => *number,
            _ => {
                return Err(Refusal::new(
                    "NOT_SUPPORTED",
                    at,
                    "the embedded engine takes only a constant here",
                ));
            }
        };
        if number < least {
            return Err(Refusal::new("INVALID_FUNCTION_ARGUMENT", at, refused));
        }
        Ok(lit(number))
    }

    /// Computes the window functions in `exprs` over the rows of `plan`, one after another.
    pub(super) fn windowed(
        &mut self,
        mut plan: LogicalPlan,
        exprs: Vec<&mut Typed>,
    ) -> Result<LogicalPlan> {
        let all: Vec<Expr> = exprs.iter().map(|typed| typed.expr.clone()).collect();
        let windows = find_window_exprs(&all);
        if windows.is_empty() {
            return Ok(plan);
        }
        let mut known = HashMap::new();
        for window in windows {
            let id = self.fresh("window");
            plan = LogicalPlanBuilder::from(plan)
                .window(vec![window.clone().alias(&id)])
                .and_then(LogicalPlanBuilder::build)
                .map_err(bug)?;
            known.insert(window, id);
        }
        for typed in exprs {
            let moved = typed.expr.clone().transform_down(|expr| {
                Ok(match known.get(&expr) {
                    Some(id) => Transformed::new(column(id), true, TreeNodeRecursion::Jump),
                    None => Transformed::no(expr),
                })
            });
            typed.expr = moved.map_err(bug)?.data;
        }
        Ok(plan)
    }
}

/// A call over a window.
pub(super) fn over_window(
    function: WindowFunctionDefinition,
    arguments: Vec<Expr>,
    window: Planned,
    nulls: Option<NullTreatment>,
    distinct: bool,
) -> Expr {
    let mut call = WindowFunction::new(function, arguments);
    call.params.partition_by = window.partition;
    call.params.order_by = window.order;
    call.params.window_frame = window.frame;
    call.params.null_treatment = nulls;
    call.params.distinct = distinct;
    Expr::WindowFunction(Box::new(call))
}

/// Trino has no filter here.
pub(super) fn filtered(at: usize) -> Refusal {
    Refusal::new("NOT_SUPPORTED", at, "FILTER is not yet supported for window functions")
        .hint("write CASE WHEN condition THEN x END as the argument")
}
