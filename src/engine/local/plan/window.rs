//! Windows and their frames, and the plan that computes over them.

use std::collections::HashMap;

use datafusion::common::ScalarValue;
use datafusion::common::tree_node::{Transformed, TreeNode, TreeNodeRecursion};
use datafusion::logical_expr::expr::{NullTreatment, WindowFunction};
use datafusion::logical_expr::utils::find_window_exprs;
use datafusion::logical_expr::{
    Expr, LogicalPlan, LogicalPlanBuilder, SortExpr, WindowFrame, WindowFrameBound,
    WindowFrameUnits, WindowFunctionDefinition,
};

use super::super::trino::key;
use super::expr::{Allow, Context};
use super::{Planner, Result, Typed, bug, column, constant};
use crate::sql::ast::{self, Bound, Frame, FrameUnit, Ident, Over, Window};
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

    fn frame(
        &mut self,
        frame: &Frame,
        order: &mut [Key],
        order_at: usize,
        inside: &Context<'_>,
    ) -> Result<WindowFrame> {
        check_bounds(frame)?;
        let offsets = [&frame.start, &frame.end]
            .map(|bound| matches!(bound, Bound::Before(_) | Bound::After(_)));
        let offsets = offsets.contains(&true);
        let unit = match frame.unit {
            FrameUnit::Rows => WindowFrameUnits::Rows,
            FrameUnit::Range => WindowFrameUnits::Range,
            FrameUnit::Groups => WindowFrameUnits::Groups,
        };
        if frame.unit != FrameUnit::Rows && order.is_empty() {
            if offsets {
                let message =
                    format!("Window frame of type {unit} PRECEDING or FOLLOWING requires ORDER BY");
                return Err(Refusal::new("MISSING_ORDER_BY", frame.at, message));
            }
            // Without an order all rows are alike.
            return Ok(WindowFrame::new(None));
        }
        if frame.unit == FrameUnit::Range && offsets && order.len() > 1 {
            return Err(Refusal::new(
                "INVALID_ORDER_BY",
                order_at,
                format!(
                    "Window frame of type RANGE PRECEDING or FOLLOWING requires single sort item in ORDER BY (actual: {})",
                    order.len()
                ),
            ));
        }
        let mut bound = |bound: &Bound, side: &str| -> Result<WindowFrameBound> {
            Ok(match bound {
                Bound::Start => WindowFrameBound::Preceding(ScalarValue::UInt64(None)),
                Bound::End => WindowFrameBound::Following(ScalarValue::UInt64(None)),
                Bound::Current => WindowFrameBound::CurrentRow,
                Bound::Before(offset) => WindowFrameBound::Preceding(
                    self.offset(offset, frame.unit, side, order, inside)?,
                ),
                Bound::After(offset) => WindowFrameBound::Following(
                    self.offset(offset, frame.unit, side, order, inside)?,
                ),
            })
        };
        // Either may widen what rows are sorted by, and with it the other.
        bound(&frame.start, "start")?;
        let end = bound(&frame.end, "end")?;
        let start = bound(&frame.start, "start")?;
        Ok(match is_empty(&start, &end) {
            true => empty(),
            false => WindowFrame::new_bounds(unit, start, end),
        })
    }

    /// How far a frame goes.
    fn offset(
        &mut self,
        offset: &ast::Expr,
        unit: FrameUnit,
        side: &str,
        order: &mut [Key],
        inside: &Context<'_>,
    ) -> Result<ScalarValue> {
        let value = self.expr(offset, inside)?;
        let value = match (unit, order) {
            (FrameUnit::Range, [key]) => self.range_offset(value, key, offset.at)?,
            _ => {
                let whole = value.ty.is_integer() || matches!(value.ty, SqlType::Decimal(_, 0));
                if !whole {
                    let unit = if unit == FrameUnit::Groups { "GROUPS" } else { "ROWS" };
                    return Err(Refusal::new(
                        "TYPE_MISMATCH",
                        offset.at,
                        format!(
                            "Window frame {unit} {side} value type must be exact numeric type with scale 0 (actual {})",
                            value.ty
                        ),
                    ));
                }
                value
            }
        };
        let Some(scalar) = constant::value(&value.expr) else {
            return Err(Refusal::new(
                "NOT_SUPPORTED",
                offset.at,
                "the embedded engine takes only a constant here",
            ));
        };
        distance(&scalar, &value.ty, unit).ok_or_else(|| Refusal {
            code: "INVALID_WINDOW_FRAME",
            message: "Window frame offset value must not be negative or null".to_owned(),
            at: None,
            hint: None,
        })
    }

    /// Brings an offset and what rows are sorted by to types that add up.
    fn range_offset(&mut self, offset: Typed, key: &mut Key, at: usize) -> Result<Typed> {
        use SqlType as T;
        let ty = key.value.ty.clone();
        let mismatch = || {
            Refusal::new(
                "TYPE_MISMATCH",
                at,
                format!(
                    "Window frame RANGE value type ({}) not compatible with sort item type ({ty})",
                    offset.ty
                ),
            )
        };
        match (&ty, &offset.ty) {
            (a, b) if a.is_number() && b.is_number() => {
                let common = match a.common(b) {
                    Some(T::Decimal(..)) => T::Double,
                    Some(common) => common,
                    None => return Err(mismatch()),
                };
                key.value = self.converted(key.value.clone(), &common);
                Ok(self.converted(offset, &common))
            }
            (T::Date | T::Timestamp(_), T::IntervalDay | T::IntervalYear) => Ok(offset),
            (T::IntervalDay, T::IntervalDay) => Ok(Typed { ty: T::Bigint, ..offset }),
            (T::IntervalYear, T::IntervalYear) => Ok(Typed { ty: T::Integer, ..offset }),
            (T::TimestampTz(_), T::IntervalDay) => {
                // Instants count milliseconds, as intervals do.
                Ok(Typed { ty: T::Bigint, ..offset })
            }
            (T::TimestampTz(_), T::IntervalYear) => Err(Refusal::new(
                "NOT_SUPPORTED",
                at,
                "the embedded engine does not count months from a timestamp with time zone",
            )
            .hint("sort by CAST(x AS timestamp)")),
            (a, _)
                if a.is_number() || matches!(a, T::Date | T::Timestamp(_) | T::TimestampTz(_)) =>
            {
                Err(mismatch())
            }
            (T::Time(_) | T::IntervalDay | T::IntervalYear, _) => Err(mismatch()),
            _ => Err(Refusal::new(
                "TYPE_MISMATCH",
                key.at,
                format!(
                    "Window frame of type RANGE PRECEDING or FOLLOWING requires that sort item type be numeric, datetime or interval (actual: {ty})"
                ),
            )),
        }
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

/// Refuses frames that end before they begin, whatever the rows are.
fn check_bounds(frame: &Frame) -> Result<()> {
    let what = match (&frame.start, &frame.end) {
        (Bound::End, _) => "start cannot be UNBOUNDED FOLLOWING",
        (_, Bound::Start) => "end cannot be UNBOUNDED PRECEDING",
        (Bound::Current, Bound::Before(_)) => "starting from CURRENT ROW cannot end with PRECEDING",
        (Bound::After(_), Bound::Before(_)) => "starting from FOLLOWING cannot end with PRECEDING",
        (Bound::After(_), Bound::Current) => "starting from FOLLOWING cannot end with CURRENT ROW",
        _ => return Ok(()),
    };
    Err(Refusal::new("INVALID_WINDOW_FRAME", frame.at, format!("Window frame {what}")))
}

/// Whether a frame ends before it begins, which DataFusion does not allow.
fn is_empty(start: &WindowFrameBound, end: &WindowFrameBound) -> bool {
    use WindowFrameBound::{Following, Preceding};
    match (start, end) {
        (Preceding(from), Preceding(to)) => !from.is_null() && to > from,
        (Following(from), Following(to)) => !to.is_null() && from > to,
        _ => false,
    }
}

/// A frame that has no rows: it lies behind all there are.
fn empty() -> WindowFrame {
    const FAR: u64 = 1 << 62;
    let far = || WindowFrameBound::Following(ScalarValue::UInt64(Some(FAR)));
    WindowFrame::new_bounds(WindowFrameUnits::Rows, far(), far())
}

/// An offset as DataFusion wants it; `None` for NULL and what is negative.
fn distance(value: &ScalarValue, ty: &SqlType, unit: FrameUnit) -> Option<ScalarValue> {
    const DAY: i64 = 86_400_000;
    let zero = ScalarValue::new_zero(&value.data_type()).ok()?;
    if value.is_null() || *value < zero {
        return None;
    }
    if unit != FrameUnit::Range {
        let rows = match value {
            ScalarValue::Decimal128(rows, ..) => u64::try_from((*rows)?).unwrap_or(u64::MAX),
            rows => match rows.cast_to(&datafusion::arrow::datatypes::DataType::UInt64).ok()? {
                ScalarValue::UInt64(rows) => rows?,
                _ => return None,
            },
        };
        return Some(ScalarValue::UInt64(Some(rows)));
    }
    Some(match (ty, value) {
        (SqlType::IntervalDay, ScalarValue::Int64(Some(millis))) => {
            let days = i32::try_from(millis / DAY).unwrap_or(i32::MAX);
            ScalarValue::new_interval_mdn(0, days, millis % DAY * 1_000_000)
        }
        (SqlType::IntervalYear, ScalarValue::Int32(Some(months))) => {
            ScalarValue::new_interval_mdn(*months, 0, 0)
        }
        _ => value.clone(),
    })
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
