//! Windows and their frames, and the plan that computes over them.

use std::collections::HashMap;

use datafusion::common::tree_node::{Transformed, TreeNode, TreeNodeRecursion};
use datafusion::logical_expr::expr::{NullTreatment, WindowFunction};
use datafusion::logical_expr::utils::find_window_exprs;
use datafusion::logical_expr::{
    Expr, LogicalPlan, LogicalPlanBuilder, SortExpr, WindowFrame, WindowFunctionDefinition,
};

use super::super::trino::key;
use super::expr::{Allow, Context};
use super::{Planner, Result, Typed, bug, column};
use crate::sql::ast::{Ident, Over, Window};
use crate::sql::refusal::Refusal;

mod frame;

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

/// A window as DataFusion has it.
#[derive(Clone)]
pub(super) struct Planned {
    partition: Vec<Expr>,
    order: Vec<Key>,
    frame: WindowFrame,
    /// Place of the frame, if one was written.
    pub(super) framed: Option<usize>,
    /// Place of the window.
    pub(super) at: usize,
}

/// What the rows of a window are sorted by.
#[derive(Debug, Clone)]
struct Key {
    value: Typed,
    ascending: bool,
    nulls_first: bool,
    at: usize,
}

impl Planned {
    pub(super) fn is_ordered(&self) -> bool {
        !self.order.is_empty()
    }
}

impl Planner<'_> {
    /// Plans the windows that have names, also those that nothing uses.
    pub(super) fn named_windows(
        &mut self,
        windows: &[(Ident, Window)],
        context: &Context<'_>,
    ) -> Result<()> {
        for (at, (name, window)) in windows.iter().enumerate() {
            let before = &windows[..at];
            if before.iter().any(|(other, _)| other.key() == name.key()) {
                return Err(Refusal::new(
                    "DUPLICATE_WINDOW_NAME",
                    name.at,
                    format!("WINDOW name '{}' specified more than once", name.text),
                ));
            }
            self.window(window, &Context { windows: before, ..*context })?;
        }
        Ok(())
    }

    /// The window after `OVER`.
    pub(super) fn over(&mut self, over: &Over, context: &Context<'_>) -> Result<Planned> {
        match over {
            Over::Window(window) => self.window(window, context),
            Over::Named(name) => self.named_window(name, context),
        }
    }

    /// A window by its name. It can build on those before it.
    fn named_window(&mut self, name: &Ident, context: &Context<'_>) -> Result<Planned> {
        let found = context.windows.iter().position(|(known, _)| known.key() == name.key());
        let Some(at) = found else {
            return Err(Refusal::new(
                "INVALID_WINDOW_REFERENCE",
                name.at,
                format!("Cannot resolve WINDOW name {}", name.text),
            ));
        };
        let (before, rest) = context.windows.split_at(at);
        self.window(&rest[0].1, &Context { windows: before, ..*context })
    }

    fn window(&mut self, window: &Window, context: &Context<'_>) -> Result<Planned> {
        let inside = Context { allow: Allow::Aggregates, ..*context };
        let (mut partition, mut order) = match &window.base {
            Some(name) => {
                let base = self.named_window(name, context)?;
                check_base(name, &base, window)?;
                (base.partition, base.order)
            }
            None => (Vec::new(), Vec::new()),
        };
        for expr in &window.partition {
            let value = self.expr(expr, &inside)?;
            partition.push(key::of(value.expr, &value.ty));
        }
        for sort in &window.order {
            let value = self.expr(&sort.expr, &inside)?;
            if !value.ty.is_orderable() {
                return Err(Refusal::new(
                    "TYPE_MISMATCH",
                    sort.expr.at,
                    format!(
                        "{} is not orderable, and therefore cannot be used in window function ORDER BY",
                        value.ty
                    ),
                ));
            }
            order.push(Key {
                value,
                ascending: !sort.descending,
                nulls_first: sort.nulls_first,
                at: sort.expr.at,
            });
        }
        let frame = match &window.frame {
            None => WindowFrame::new((!order.is_empty()).then_some(false)),
            Some(frame) => self.frame(frame, &mut order, window.order_at, &inside)?,
        };
        let framed = window.frame.as_ref().map(|frame| frame.at);
        Ok(Planned { partition, order, frame, framed, at: window.at })
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

    /// A call over a window.
    pub(super) fn over_window(
        &mut self,
        function: WindowFunctionDefinition,
        arguments: Vec<Expr>,
        window: Planned,
        nulls: Option<NullTreatment>,
        distinct: bool,
    ) -> Expr {
        let mut call = WindowFunction::new(function, arguments);
        call.params.partition_by = window.partition;
        for key in window.order {
            let ty = key.value.ty.clone();
            let value = self.comparable(key.value, &ty);
            call.params.order_by.push(SortExpr::new(value.expr, key.ascending, key.nulls_first));
        }
        call.params.window_frame = window.frame;
        call.params.null_treatment = nulls;
        call.params.distinct = distinct;
        Expr::WindowFunction(Box::new(call))
    }
}

/// What may not be said again of a window that builds on another.
fn check_base(name: &Ident, base: &Planned, window: &Window) -> Result<()> {
    if let Some(expr) = window.partition.first() {
        return Err(Refusal::new(
            "INVALID_PARTITION_BY",
            expr.at,
            "WINDOW specification with named WINDOW reference cannot specify PARTITION BY",
        ));
    }
    if !window.order.is_empty() && base.is_ordered() {
        return Err(Refusal::new(
            "INVALID_ORDER_BY",
            window.order_at,
            "Cannot specify ORDER BY if referenced named WINDOW specifies ORDER BY",
        ));
    }
    if base.framed.is_some() {
        return Err(Refusal::new(
            "INVALID_WINDOW_REFERENCE",
            name.at,
            "Cannot reference named WINDOW containing frame specification",
        ));
    }
    Ok(())
}

/// Trino has no filter here.
pub(super) fn filtered(at: usize) -> Refusal {
    Refusal::new("NOT_SUPPORTED", at, "FILTER is not yet supported for window functions")
        .hint("write CASE WHEN condition THEN x END as the argument")
}

/// Functions to which NULL is a value like any other.
pub(super) fn no_null_treatment(name: &str, at: usize) -> Refusal {
    Refusal::new(
        "NULL_TREATMENT_NOT_ALLOWED",
        at,
        format!("Cannot specify null treatment clause for {name} function"),
    )
}
