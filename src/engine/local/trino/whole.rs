//! The four types of whole numbers.

use std::fmt::Display;

use super::call::{Put, Take};

/// A type of whole numbers.
pub(super) trait Whole:
    Copy + Display + Put + for<'a> Take<'a> + TryFrom<i64> + TryFrom<i128> + Into<i64> + 'static
{
    /// Trino's name of the type.
    const NAME: &'static str;

    /// As casts of text call it.
    const SHORT: &'static str;

    /// Bits of a value.
    const BITS: u32;

    fn add(self, other: Self) -> Option<Self>;
    fn subtract(self, other: Self) -> Option<Self>;
    fn multiply(self, other: Self) -> Option<Self>;
    /// Rounded towards zero. `None` also for a division by zero.
    fn divide(self, other: Self) -> Option<Self>;
    /// With the sign of `self`; `None` only for a division by zero.
    fn remainder(self, other: Self) -> Option<Self>;
    fn negate(self) -> Option<Self>;
    fn is_zero(self) -> bool;
}

macro_rules! whole {
    ($type:ty, $name:literal, $short:literal) => {
        impl Whole for $type {
            const NAME: &'static str = $name;
            const SHORT: &'static str = $short;
            const BITS: u32 = <$type>::BITS;

            fn add(self, other: Self) -> Option<Self> {
                self.checked_add(other)
            }

            fn subtract(self, other: Self) -> Option<Self> {
                self.checked_sub(other)
            }

            fn multiply(self, other: Self) -> Option<Self> {
                self.checked_mul(other)
            }

            fn divide(self, other: Self) -> Option<Self> {
                self.checked_div(other)
            }

            fn remainder(self, other: Self) -> Option<Self> {
                (other != 0).then(|| self.wrapping_rem(other))
            }

            fn negate(self) -> Option<Self> {
                self.checked_neg()
            }

            fn is_zero(self) -> bool {
                self == 0
            }
        }
    };
}

whole!(i8, "tinyint", "TINYINT");
whole!(i16, "smallint", "SMALLINT");
whole!(i32, "integer", "INT");
whole!(i64, "bigint", "BIGINT");
