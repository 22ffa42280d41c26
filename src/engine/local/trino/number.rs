//! Numbers. Dialect 4.4.

use super::function::Function;

mod base;
mod bits;
mod bucket;
mod exponent;
mod float;
mod random;
mod round;
mod sign;
mod trigonometry;

pub(super) const NUMBER: &[Function] = &[
    base::TO_BASE,
    base::FROM_BASE,
    bits::AND,
    bits::OR,
    bits::XOR,
    bits::NOT,
    bits::LEFT_SHIFT,
    bits::RIGHT_SHIFT,
    bits::RIGHT_SHIFT_ARITHMETIC,
    bits::COUNT,
    bucket::WIDTH_BUCKET,
    exponent::CBRT,
    exponent::EXP,
    exponent::LN,
    exponent::LOG,
    exponent::LOG2,
    exponent::LOG10,
    exponent::POW,
    exponent::POWER,
    exponent::SQRT,
    float::E,
    float::INFINITY,
    float::IS_FINITE,
    float::IS_INFINITE,
    float::IS_NAN,
    float::NAN,
    float::PI,
    random::RAND,
    random::RANDOM,
    round::CEIL,
    round::CEILING,
    round::FLOOR,
    round::ROUND,
    round::TRUNCATE,
    sign::ABS,
    sign::SIGN,
    trigonometry::ACOS,
    trigonometry::ASIN,
    trigonometry::ATAN,
    trigonometry::ATAN2,
    trigonometry::COS,
    trigonometry::COSH,
    trigonometry::DEGREES,
    trigonometry::RADIANS,
    trigonometry::SIN,
    trigonometry::SINH,
    trigonometry::TAN,
    trigonometry::TANH,
    MOD,
];

/// `mod(n, m)`: as `n % m`.
const MOD: Function = Function { name: "mod", forms: super::operator::REMAINDER };

/// The form of a function from a `double` to a `double`.
macro_rules! of_double {
    ($f:expr) => {
        &[super::super::function::Form::new("(double) -> double", |call| {
            call.each1(|value: f64| {
                let f: fn(f64) -> f64 = $f;
                Ok(Some(f(value)))
            })
        })]
    };
}

use of_double;
