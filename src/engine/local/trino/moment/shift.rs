//! Dates and times moved and rounded.

use super::super::date::calendar;
use super::{DAY, SECOND};

/// Digits of a fraction of a second that are kept.
const FINEST: u8 = 6;

/// Microseconds rounded to `precision` digits of the second, halves up. `None` where that is too
/// much.
pub(crate) fn rounded(micros: i64, precision: u8) -> Option<i64> {
    let unit = SECOND / 10_i64.pow(u32::from(precision.min(FINEST)));
    micros.checked_add(unit / 2)?.div_euclid(unit).checked_mul(unit)
}

/// So many months later, on the last day of the month where it has no such day. `None` beyond the
/// days that there are.
pub(crate) fn date_plus_months(days: i32, months: i32) -> Option<i32> {
    i32::try_from(calendar::add_months(i64::from(days), i64::from(months))).ok()
}

/// As [`date_plus_months`], of microseconds since 1970 as clocks show them.
pub(crate) fn timestamp_plus_months(micros: i64, months: i32) -> Option<i64> {
    let days = i32::try_from(micros.div_euclid(DAY)).ok()?;
    let days = date_plus_months(days, months)?;
    i64::from(days).checked_mul(DAY)?.checked_add(micros.rem_euclid(DAY))
}
