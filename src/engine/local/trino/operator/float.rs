//! Comparisons of floating point numbers. Arrow's go by a total order, where NaN is equal to itself
//! and -0.0 is less than 0.0; Trino's do not.

use super::super::function::{Form, Function};

/// A question about two numbers.
macro_rules! compared {
    ($name:literal, $operator:tt) => {
        Function {
            name: $name,
            forms: &[
                Form::new("(real, real) -> boolean", |call| {
                    call.each2(|a: f32, b: f32| Ok(Some(a $operator b)))
                }),
                Form::new("(double, double) -> boolean", |call| {
                    call.each2(|a: f64, b: f64| Ok(Some(a $operator b)))
                }),
            ],
        }
    };
}

/// `a = b`
pub(super) const EQUAL: Function = compared!("$=", ==);

/// `a < b`
pub(super) const LESS: Function = compared!("$<", <);

/// `a <= b`
pub(super) const AT_MOST: Function = compared!("$<=", <=);

/// The number with one zero and one NaN, for what compares by Arrow's order all the same.
pub(super) const NORMAL: Function = Function {
    name: "$normal",
    forms: &[
        Form::new("(real) -> real", |call| {
            call.each1(|value: f32| Ok(Some(if value.is_nan() { f32::NAN } else { value + 0.0 })))
        }),
        Form::new("(double) -> double", |call| {
            call.each1(|value: f64| Ok(Some(if value.is_nan() { f64::NAN } else { value + 0.0 })))
        }),
    ],
};
