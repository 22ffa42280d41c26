//! Angles, of doubles. Dialect 4.4. Outside of what they are defined for they give NaN.

use super::super::function::{Form, Function};
use super::of_double;

/// `acos(x)`
pub(super) const ACOS: Function = Function { name: "acos", forms: of_double!(f64::acos) };

/// `asin(x)`
pub(super) const ASIN: Function = Function { name: "asin", forms: of_double!(f64::asin) };

/// `atan(x)`
pub(super) const ATAN: Function = Function { name: "atan", forms: of_double!(f64::atan) };

/// `atan2(y, x)`
pub(super) const ATAN2: Function = Function {
    name: "atan2",
    forms: &[Form::new("(double, double) -> double", |call| {
        call.each2(|y: f64, x: f64| Ok(Some(y.atan2(x))))
    })],
};

/// `cos(x)`
pub(super) const COS: Function = Function { name: "cos", forms: of_double!(f64::cos) };

/// `cosh(x)`
pub(super) const COSH: Function = Function { name: "cosh", forms: of_double!(f64::cosh) };

/// `degrees(x)`
pub(super) const DEGREES: Function =
    Function { name: "degrees", forms: of_double!(f64::to_degrees) };

/// `radians(x)`
pub(super) const RADIANS: Function =
    Function { name: "radians", forms: of_double!(f64::to_radians) };

/// `sin(x)`
pub(super) const SIN: Function = Function { name: "sin", forms: of_double!(f64::sin) };

/// `sinh(x)`
pub(super) const SINH: Function = Function { name: "sinh", forms: of_double!(f64::sinh) };

/// `tan(x)`
pub(super) const TAN: Function = Function { name: "tan", forms: of_double!(f64::tan) };

/// `tanh(x)`
pub(super) const TANH: Function = Function { name: "tanh", forms: of_double!(f64::tanh) };
