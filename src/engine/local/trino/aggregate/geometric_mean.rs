//! `geometric_mean(x)`: the root of the product of as many numbers; double, of real a real. NULLs
//! are skipped; no values give NULL. Dialect 4.1.

use datafusion::error::Result;

use super::moments::Moments;
use super::{Aggregate, AggregateForm, Method, Types};

pub(super) const GEOMETRIC_MEAN: Aggregate = Aggregate {
    name: "geometric_mean",
    forms: &[
        AggregateForm::new("(bigint) -> double", mean),
        AggregateForm::new("(double) -> double", mean),
        AggregateForm::new("(real) -> real", mean),
    ],
};

fn mean(types: &Types<'_>) -> Result<Method> {
    Ok(Method::tally(Moments::<2> {
        add: |numbers, x, _| {
            numbers[0] += 1.0;
            numbers[1] += x.ln();
        },
        merge: |numbers, other| {
            numbers[0] += other[0];
            numbers[1] += other[1];
        },
        answer: |[rows, logs]| (*rows > 0.0).then(|| (logs / rows).exp()),
        gives: types.answer(),
    }))
}
