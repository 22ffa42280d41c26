//! Frames of windows.

use datafusion::common::ScalarValue;
use datafusion::logical_expr::{WindowFrame, WindowFrameBound, WindowFrameUnits};

use super::super::expr::Context;
use super::super::{Planner, Result, Typed, constant};
use super::Key;
use crate::sql::ast::{self, Bound, Frame, FrameUnit};
use crate::sql::refusal::Refusal;
use crate::sql::ty::SqlType;

impl Planner<'_> {
    pub(super) fn frame(
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
    pub(super) fn offset(
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
    pub(super) fn range_offset(
        &mut self,
        offset: Typed,
        key: &mut Key,
        at: usize,
    ) -> Result<Typed> {
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
