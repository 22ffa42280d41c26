//! Constants, and what is no finite number. Dialect 4.4. None of these fails.

use super::super::call::Call;
use super::super::function::{Form, Function};

/// A function without arguments.
macro_rules! constant {
    ($name:literal, $value:expr) => {
        Function {
            name: $name,
            forms: &[Form::new("() -> double", |call: &Call| call.each0(|| Ok(Some($value))))],
        }
    };
}

/// A question to a `real` or a `double`.
macro_rules! question {
    ($name:literal, $real:expr, $double:expr) => {
        Function {
            name: $name,
            forms: &[
                Form::new("(real) -> boolean", |call| {
                    call.each1(|value: f32| Ok(Some($real(value))))
                }),
                Form::new("(double) -> boolean", |call| {
                    call.each1(|value: f64| Ok(Some($double(value))))
                }),
            ],
        }
    };
}

/// `e()`
pub(super) const E: Function = constant!("e", std::f64::consts::E);

/// `pi()`
pub(super) const PI: Function = constant!("pi", std::f64::consts::PI);

/// `nan()`
pub(super) const NAN: Function = constant!("nan", f64::NAN);

/// `infinity()`
pub(super) const INFINITY: Function = constant!("infinity", f64::INFINITY);

/// `is_nan(x)`
pub(super) const IS_NAN: Function = question!("is_nan", f32::is_nan, f64::is_nan);

/// `is_finite(x)`
pub(super) const IS_FINITE: Function = question!("is_finite", f32::is_finite, f64::is_finite);

/// `is_infinite(x)`
pub(super) const IS_INFINITE: Function =
    question!("is_infinite", f32::is_infinite, f64::is_infinite);
