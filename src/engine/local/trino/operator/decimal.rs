//! Arithmetic of decimals: exact, but for quotients, which are rounded half away from zero.

use datafusion::arrow::array::ArrayRef;
use datafusion::arrow::datatypes::i256;
use datafusion::common::internal_err;
use datafusion::error::Result;

use super::super::super::failure;
use super::super::call::Call;
use super::super::decimal::{self, MOST_DIGITS, narrowed, overflow, wide_power_of_ten};
use crate::sql::ty::SqlType;

/// Precision and scale.
type Size = (u8, i8);

fn size(ty: &SqlType) -> Option<Size> {
    match ty {
        SqlType::Decimal(precision, scale) => Some((*precision, *scale)),
        _ => None,
    }
}

fn sizes(takes: &[SqlType]) -> Option<(Size, Size)> {
    match takes {
        [a, b] => Some((size(a)?, size(b)?)),
        _ => None,
    }
}

/// The type for which `digits` gives digits before and behind the point, from those of both.
fn computed(takes: &[SqlType], digits: impl Fn(Size, Size) -> (i16, i8)) -> SqlType {
    let whole = |(precision, scale): Size| (precision.saturating_sub(scale.unsigned_abs()), scale);
    let Some((a, b)) = sizes(takes) else {
        return SqlType::Unknown;
    };
    let (before, behind) = digits(whole(a), whole(b));
    let precision = before.saturating_add(i16::from(behind)).clamp(1, i16::from(MOST_DIGITS));
    SqlType::Decimal(u8::try_from(precision).unwrap_or(MOST_DIGITS), behind)
}

/// The type of a sum or a difference: room for one more digit.
pub(super) fn sum_type(takes: &[SqlType]) -> SqlType {
    computed(takes, |a, b| (i16::from(a.0.max(b.0)) + 1, a.1.max(b.1)))
}

/// The type of a product: all digits of both.
pub(super) fn product_type(takes: &[SqlType]) -> SqlType {
    computed(takes, |a, b| (i16::from(a.0) + i16::from(b.0), a.1 + b.1))
}

/// The type of a quotient.
pub(super) fn quotient_type(takes: &[SqlType]) -> SqlType {
    computed(takes, |a, b| (i16::from(a.0) + i16::from(b.1), a.1.max(b.1)))
}

/// The type of a remainder, which is not greater than either.
pub(super) fn remainder_type(takes: &[SqlType]) -> SqlType {
    computed(takes, |a, b| (i16::from(a.0.min(b.0)), a.1.max(b.1)))
}

pub(super) fn add(call: &Call) -> Result<ArrayRef> {
    at_one_scale(call, |a, b| Ok(a.checked_add(b)))
}

pub(super) fn subtract(call: &Call) -> Result<ArrayRef> {
    at_one_scale(call, |a, b| Ok(a.checked_sub(b)))
}

pub(super) fn remainder(call: &Call) -> Result<ArrayRef> {
    at_one_scale(call, |a, b| match a.checked_rem(b) {
        Some(rest) => Ok(Some(rest)),
        None => Err(failure::division_by_zero()),
    })
}

pub(super) fn multiply(call: &Call) -> Result<ArrayRef> {
    let (_, scale) = gives(call)?;
    if scale.unsigned_abs() > MOST_DIGITS {
        return Err(failure::argument(format!(
            "DECIMAL scale must be in range [0, precision ({MOST_DIGITS})]: {scale}"
        )));
    }
    each(call, |a, b| Ok(a.checked_mul(b)))
}

pub(super) fn divide(call: &Call) -> Result<ArrayRef> {
    let ((_, a), (_, b)) = takes(call)?;
    let (_, scale) = gives(call)?;
    // The scale of what is divided has to be that of the quotient and of the divisor together.
    let power = wide_power_of_ten((scale + b - a).unsigned_abs().into());
    each(call, |a, b| {
        if b == i256::ZERO {
            return Err(failure::division_by_zero());
        }
        Ok(a.checked_mul(power).and_then(|a| decimal::divide(a, b)))
    })
}

pub(super) fn negate(call: &Call) -> Result<ArrayRef> {
    let (precision, scale) = gives(call)?;
    decimal::typed(&call.each1(|value: i128| Ok(value.checked_neg()))?, precision, scale)
}

fn takes(call: &Call) -> Result<(Size, Size)> {
    match sizes(call.takes) {
        Some(sizes) => Ok(sizes),
        None => internal_err!("these are no decimals: {:?}", call.takes),
    }
}

fn gives(call: &Call) -> Result<Size> {
    match size(call.gives) {
        Some(size) => Ok(size),
        None => internal_err!("{} is no decimal", call.gives),
    }
}

/// As [`each`], with as many digits behind the point on both sides.
fn at_one_scale(call: &Call, f: impl Fn(i256, i256) -> Result<Option<i256>>) -> Result<ArrayRef> {
    let ((_, a), (_, b)) = takes(call)?;
    let scale = a.max(b);
    let power = |from: i8| wide_power_of_ten((scale - from).unsigned_abs().into());
    let (for_a, for_b) = (power(a), power(b));
    each(call, |a, b| match (a.checked_mul(for_a), b.checked_mul(for_b)) {
        (Some(a), Some(b)) => f(a, b),
        _ => Ok(None),
    })
}

/// One answer for each row. `f` gives nothing where the answer is too long.
fn each(call: &Call, f: impl Fn(i256, i256) -> Result<Option<i256>>) -> Result<ArrayRef> {
    let (precision, scale) = gives(call)?;
    let values = call.each2(|a: i128, b: i128| {
        let answer = f(i256::from_i128(a), i256::from_i128(b))?;
        answer.and_then(|value| narrowed(value, MOST_DIGITS)).map(Some).ok_or_else(overflow)
    })?;
    decimal::typed(&values, precision, scale)
}

#[cfg(test)]
mod tests {
    use super::*;
    use SqlType::Decimal as D;

    #[test]
    fn types_of_results_are_trinos() {
        for (a, b, sum, product, quotient, remainder) in [
            (D(2, 1), D(8, 3), D(9, 3), D(10, 4), D(7, 3), D(4, 3)),
            (D(2, 1), D(4, 3), D(5, 3), D(6, 4), D(7, 3), D(4, 3)),
            (D(10, 0), D(3, 2), D(13, 2), D(13, 2), D(14, 2), D(3, 2)),
            (D(38, 2), D(10, 8), D(38, 8), D(38, 10), D(38, 8), D(10, 8)),
            (D(10, 2), D(10, 8), D(17, 8), D(20, 10), D(24, 8), D(10, 8)),
            (D(38, 10), D(38, 10), D(38, 10), D(38, 20), D(38, 10), D(38, 10)),
        ] {
            let both = [a, b];
            assert_eq!(sum_type(&both), sum, "{both:?}");
            assert_eq!(product_type(&both), product, "{both:?}");
            assert_eq!(quotient_type(&both), quotient, "{both:?}");
            assert_eq!(remainder_type(&both), remainder, "{both:?}");
        }
    }
}
