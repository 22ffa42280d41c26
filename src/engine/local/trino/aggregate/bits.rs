//! `bitwise_and_agg(x)`, `bitwise_or_agg(x)`, `bitwise_xor_agg(x)`: bigint. NULLs are skipped; no
//! values give NULL.

use datafusion::arrow::datatypes::{DataType, Int64Type};

use super::reduce::Reduce;
use super::{Aggregate, AggregateForm, Method};

/// A function that combines bits.
macro_rules! of_bits {
    ($name:literal, $combine:expr) => {
        Aggregate {
            name: $name,
            forms: &[AggregateForm::new("(bigint) -> bigint", |types| {
                let bits = Reduce::<Int64Type>::new(DataType::Int64, types.answer(), $combine);
                Ok(Method::tally(bits))
            })],
        }
    };
}

pub(super) const BITWISE_AND_AGG: Aggregate = of_bits!("bitwise_and_agg", |a, b| Ok(a & b));
pub(super) const BITWISE_OR_AGG: Aggregate = of_bits!("bitwise_or_agg", |a, b| Ok(a | b));
pub(super) const BITWISE_XOR_AGG: Aggregate = of_bits!("bitwise_xor_agg", |a, b| Ok(a ^ b));
