//! `corr(y, x)`, `covar_pop(y, x)`, `covar_samp(y, x)`, `regr_slope(y, x)`,
//! `regr_intercept(y, x)`: real, of a double a double. Rows with a NULL are skipped; NULL where
//! there are too few rows, or where x does not vary.

use super::moments::Moments;
use super::{Aggregate, AggregateForm, Method, Types};

/// A function of two numbers.
macro_rules! of_pairs {
    ($name:literal, $answer:expr) => {
        Aggregate {
            name: $name,
            forms: &[
                AggregateForm::new("(real, real) -> real", |types| Ok(pairs($answer, types))),
                AggregateForm::new("(double, double) -> double", |types| Ok(pairs($answer, types))),
            ],
        }
    };
}

pub(super) const COVAR_POP: Aggregate =
    of_pairs!("covar_pop", |[rows, _, _, both, ..]| (*rows > 0.0).then(|| both / rows));
pub(super) const COVAR_SAMP: Aggregate =
    of_pairs!("covar_samp", |[rows, _, _, both, ..]| (*rows > 1.0).then(|| both / (rows - 1.0)));
pub(super) const CORR: Aggregate =
    of_pairs!("corr", |[_, _, _, both, ys, xs]| finite(both / (xs.sqrt() * ys.sqrt())));
pub(super) const REGR_SLOPE: Aggregate =
    of_pairs!("regr_slope", |[_, _, _, both, _, xs]| finite(both / xs));
pub(super) const REGR_INTERCEPT: Aggregate =
    of_pairs!("regr_intercept", |[_, y, x, both, _, xs]| finite(y - both / xs * x));

fn finite(value: f64) -> Option<f64> {
    value.is_finite().then_some(value)
}

/// Rows, the means of y and x, and sums of products and squares of distances from them.
fn pairs(answer: fn(&[f64; 6]) -> Option<f64>, types: &Types<'_>) -> Method {
    Method::tally(Moments::<6> {
        add: |[rows, mean_y, mean_x, both, ys, xs], y, x| {
            *rows += 1.0;
            let (from_y, from_x) = (y - *mean_y, x - *mean_x);
            *mean_y += from_y / *rows;
            *mean_x += from_x / *rows;
            *both += from_x * (y - *mean_y);
            *ys += from_y * (y - *mean_y);
            *xs += from_x * (x - *mean_x);
        },
        merge: |[rows, mean_y, mean_x, both, ys, xs], other| {
            let [other_rows, other_y, other_x, other_both, other_ys, other_xs] = other;
            let all = *rows + other_rows;
            let (from_y, from_x) = (other_y - *mean_y, other_x - *mean_x);
            let share = *rows * other_rows / all;
            *both += other_both + from_x * from_y * share;
            *ys += other_ys + from_y * from_y * share;
            *xs += other_xs + from_x * from_x * share;
            *mean_y += from_y * other_rows / all;
            *mean_x += from_x * other_rows / all;
            *rows = all;
        },
        answer,
        gives: types.answer(),
    })
}
