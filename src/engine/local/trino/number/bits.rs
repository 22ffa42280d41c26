//! Bits of whole numbers. Dialect 4.4.

use datafusion::arrow::array::ArrayRef;
use datafusion::error::Result;

use super::super::super::failure;
use super::super::call::Call;
use super::super::function::{Form, Function};
use super::super::whole::Whole;

/// A function of two bigints that never fails.
macro_rules! of_two {
    ($name:literal, $f:expr) => {
        Function {
            name: $name,
            forms: &[Form::new("(bigint, bigint) -> bigint", |call| {
                call.each2(|a: i64, b: i64| {
                    let f: fn(i64, i64) -> i64 = $f;
                    Ok(Some(f(a, b)))
                })
            })],
        }
    };
}

/// A function of a number of any width and a bigint, of the type of the first.
macro_rules! shift {
    ($name:literal, $run:ident) => {
        Function {
            name: $name,
            forms: &[
                Form::new("(tinyint, bigint) -> tinyint", $run::<i8>),
                Form::new("(smallint, bigint) -> smallint", $run::<i16>),
                Form::new("(integer, bigint) -> integer", $run::<i32>),
                Form::new("(bigint, bigint) -> bigint", $run::<i64>),
            ],
        }
    };
}

/// `bitwise_and(a, b)`
pub(super) const AND: Function = of_two!("bitwise_and", |a, b| a & b);

/// `bitwise_or(a, b)`
pub(super) const OR: Function = of_two!("bitwise_or", |a, b| a | b);

/// `bitwise_xor(a, b)`
pub(super) const XOR: Function = of_two!("bitwise_xor", |a, b| a ^ b);

/// `bitwise_not(a)`
pub(super) const NOT: Function = Function {
    name: "bitwise_not",
    forms: &[Form::new("(bigint) -> bigint", |call| call.each1(|value: i64| Ok(Some(!value))))],
};

/// `bitwise_left_shift(a, n)`: what leaves the width of the type is lost.
pub(super) const LEFT_SHIFT: Function = shift!("bitwise_left_shift", left);

/// `bitwise_right_shift(a, n)`: zeros come in.
pub(super) const RIGHT_SHIFT: Function = shift!("bitwise_right_shift", right);

/// `bitwise_right_shift_arithmetic(a, n)`: copies of the sign come in.
pub(super) const RIGHT_SHIFT_ARITHMETIC: Function =
    shift!("bitwise_right_shift_arithmetic", right_arithmetic);

/// `bit_count(a, bits)`: the ones among the lowest bits. `INVALID_FUNCTION_ARGUMENT` for less than
/// 2 or more than 64 bits, and for a number that has more.
pub(super) const COUNT: Function = Function {
    name: "bit_count",
    forms: &[Form::new("(bigint, bigint) -> bigint", |call| {
        call.each2(|value, bits| count(value, bits).map(Some))
    })
    .fails()],
};

fn left<T: Whole>(call: &Call) -> Result<ArrayRef> {
    shifted::<T>(call, |value, by| value.wrapping_shl(by), |_| 0)
}

fn right<T: Whole>(call: &Call) -> Result<ArrayRef> {
    let mask = u64::MAX >> (u64::BITS - T::BITS);
    shifted::<T>(call, |value, by| (value as u64 & mask).wrapping_shr(by) as i64, |_| 0)
}

fn right_arithmetic<T: Whole>(call: &Call) -> Result<ArrayRef> {
    shifted::<T>(call, i64::wrapping_shr, |value| if value < 0 { -1 } else { 0 })
}

/// `shift` within the width of the type, `far` beyond it. Of a negative distance the lowest bits
/// count.
fn shifted<T: Whole>(
    call: &Call,
    shift: impl Fn(i64, u32) -> i64,
    far: impl Fn(i64) -> i64,
) -> Result<ArrayRef> {
    let unused = u64::BITS - T::BITS;
    call.each2(|value: T, by: i64| {
        let value = value.into();
        let wide = if by >= i64::from(T::BITS) { far(value) } else { shift(value, by as u32) };
        Ok(T::try_from(wide << unused >> unused).ok())
    })
}

fn count(value: i64, bits: i64) -> Result<i64> {
    let bits = match u32::try_from(bits) {
        Ok(bits @ 2..=64) => bits,
        _ => {
            return Err(failure::argument(format!(
                "Bits specified in bit_count must be between 2 and 64, got {bits}"
            )));
        }
    };
    let unused = u64::BITS - bits;
    if value << unused >> unused != value {
        return Err(failure::argument(format!(
            "Number must be representable with the bits specified. {value} cannot be represented with {bits} bits"
        )));
    }
    Ok(i64::from((value as u64 & (u64::MAX >> unused)).count_ones()))
}
