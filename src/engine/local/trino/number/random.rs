//! Random numbers. Dialect 4.4.

use std::hash::{BuildHasher as _, Hasher as _, RandomState};

use datafusion::arrow::array::ArrayRef;
use datafusion::error::Result;

use super::super::super::failure;
use super::super::call::Call;
use super::super::function::{Form, Function};
use super::super::whole::Whole;

const FORMS: &[Form] = &[
    Form::new("() -> double", |call: &Call| {
        let mut source = Source::new();
        call.each0(|| Ok(Some(source.fraction())))
    })
    .volatile(),
    Form::new("(tinyint) -> tinyint", below::<i8>).fails().volatile(),
    Form::new("(smallint) -> smallint", below::<i16>).fails().volatile(),
    Form::new("(integer) -> integer", below::<i32>).fails().volatile(),
    Form::new("(bigint) -> bigint", below::<i64>).fails().volatile(),
    Form::new("(tinyint, tinyint) -> tinyint", between::<i8>).fails().volatile(),
    Form::new("(smallint, smallint) -> smallint", between::<i16>).fails().volatile(),
    Form::new("(integer, integer) -> integer", between::<i32>).fails().volatile(),
    Form::new("(bigint, bigint) -> bigint", between::<i64>).fails().volatile(),
];

/// `rand()`: a double from 0 to below 1. `rand(n)`: from 0 to below n. `rand(m, n)`: from m to below
/// n. Another one for each row. `INVALID_FUNCTION_ARGUMENT` where there is no such number.
pub(super) const RAND: Function = Function { name: "rand", forms: FORMS };

/// `random`, as [`RAND`].
pub(super) const RANDOM: Function = Function { name: "random", forms: FORMS };

fn below<T: Whole>(call: &Call) -> Result<ArrayRef> {
    let mut source = Source::new();
    call.each1(|bound: T| match bound.into() {
        1.. => Ok(source.between::<T>(0, bound.into())),
        _ => Err(failure::argument("bound must be positive")),
    })
}

fn between<T: Whole>(call: &Call) -> Result<ArrayRef> {
    let mut source = Source::new();
    call.each2(|from: T, to: T| {
        if from.into() >= to.into() {
            return Err(failure::argument("start value must be less than stop value"));
        }
        Ok(source.between::<T>(from.into(), to.into()))
    })
}

/// A row of random bits: SplitMix64, from a seed that is another one each time.
struct Source(u64);

impl Source {
    fn new() -> Self {
        Self(RandomState::new().build_hasher().finish())
    }

    fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ bits >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ bits >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ bits >> 31
    }

    fn fraction(&mut self) -> f64 {
        const DIGITS: u32 = f64::MANTISSA_DIGITS;
        (self.bits() >> (u64::BITS - DIGITS)) as f64 / (1_u64 << DIGITS) as f64
    }

    /// From `from` to below `to`, which is greater.
    fn between<T: Whole>(&mut self, from: i64, to: i64) -> Option<T> {
        let width = u128::from(to.abs_diff(from));
        let offset = (u128::from(self.bits()) * width) >> u64::BITS;
        T::try_from(i128::from(from) + i128::try_from(offset).ok()?).ok()
    }
}
