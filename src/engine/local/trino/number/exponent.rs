//! Powers, roots and logarithms, of doubles. Dialect 4.4. Outside of what they are defined for they
//! give NaN or an infinity, never an error.

use super::super::function::{Form, Function};
use super::of_double;

const POWERS: &[Form] = &[Form::new("(double, double) -> double", |call| {
    call.each2(|base: f64, exponent: f64| Ok(Some(base.powf(exponent))))
})];

/// `power(x, p)`
pub(super) const POWER: Function = Function { name: "power", forms: POWERS };

/// `pow(x, p)`
pub(super) const POW: Function = Function { name: "pow", forms: POWERS };

/// `sqrt(x)`
pub(super) const SQRT: Function = Function { name: "sqrt", forms: of_double!(f64::sqrt) };

/// `cbrt(x)`
pub(super) const CBRT: Function = Function { name: "cbrt", forms: of_double!(f64::cbrt) };

/// `exp(x)`
pub(super) const EXP: Function = Function { name: "exp", forms: of_double!(f64::exp) };

/// `ln(x)`
pub(super) const LN: Function = Function { name: "ln", forms: of_double!(f64::ln) };

/// `log2(x)`: a quotient of logarithms, as Trino computes it.
pub(super) const LOG2: Function =
    Function { name: "log2", forms: of_double!(|x| x.ln() / std::f64::consts::LN_2) };

/// `log10(x)`
pub(super) const LOG10: Function = Function { name: "log10", forms: of_double!(f64::log10) };

/// `log(b, x)`: the base comes first.
pub(super) const LOG: Function = Function {
    name: "log",
    forms: &[Form::new("(double, double) -> double", |call| {
        call.each2(|base: f64, value: f64| Ok(Some(value.ln() / base.ln())))
    })],
};
