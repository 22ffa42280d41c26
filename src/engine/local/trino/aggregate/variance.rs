//! `stddev`, `stddev_samp`, `stddev_pop`, `variance`, `var_samp`, `var_pop`, `skewness`,
//! `kurtosis`: double. NULLs are skipped; too few values give NULL: one for populations, two for
//! samples, three for the skewness, four for the kurtosis. Dialect 4.1.

use datafusion::error::Result;

use super::moments::Moments;
use super::{Aggregate, AggregateForm, Method, Types};

/// A function of bigint or double.
macro_rules! of_numbers {
    ($name:literal, $method:expr) => {
        Aggregate {
            name: $name,
            forms: &[
                AggregateForm::new("(bigint) -> double", $method),
                AggregateForm::new("(double) -> double", $method),
            ],
        }
    };
}

pub(super) const STDDEV: Aggregate = of_numbers!("stddev", deviation_of_sample);
pub(super) const STDDEV_SAMP: Aggregate = of_numbers!("stddev_samp", deviation_of_sample);
pub(super) const STDDEV_POP: Aggregate = of_numbers!("stddev_pop", deviation_of_all);
pub(super) const VARIANCE: Aggregate = of_numbers!("variance", variance_of_sample);
pub(super) const VAR_SAMP: Aggregate = of_numbers!("var_samp", variance_of_sample);
pub(super) const VAR_POP: Aggregate = of_numbers!("var_pop", variance_of_all);
pub(super) const SKEWNESS: Aggregate = of_numbers!("skewness", skewness);
pub(super) const KURTOSIS: Aggregate = of_numbers!("kurtosis", kurtosis);

fn variance_of_sample(types: &Types<'_>) -> Result<Method> {
    Ok(variance(sample, types))
}

fn variance_of_all(types: &Types<'_>) -> Result<Method> {
    Ok(variance(all, types))
}

fn deviation_of_sample(types: &Types<'_>) -> Result<Method> {
    Ok(variance(|numbers| sample(numbers).map(f64::sqrt), types))
}

fn deviation_of_all(types: &Types<'_>) -> Result<Method> {
    Ok(variance(|numbers| all(numbers).map(f64::sqrt), types))
}

fn sample([rows, _, squares]: &[f64; 3]) -> Option<f64> {
    (*rows > 1.0).then(|| squares / (rows - 1.0))
}

fn all([rows, _, squares]: &[f64; 3]) -> Option<f64> {
    (*rows > 0.0).then(|| squares / rows)
}

/// Rows, their mean, and the sum of squared distances from it, by Welford's method.
fn variance(answer: fn(&[f64; 3]) -> Option<f64>, types: &Types<'_>) -> Method {
    Method::tally(Moments::<3> {
        add: |[rows, mean, squares], x, _| {
            *rows += 1.0;
            let distance = x - *mean;
            *mean += distance / *rows;
            *squares += distance * (x - *mean);
        },
        merge: |[rows, mean, squares], [other_rows, other_mean, other_squares]| {
            let all = *rows + other_rows;
            let distance = other_mean - *mean;
            *squares += other_squares + distance * distance * *rows * other_rows / all;
            *mean = (*rows * *mean + other_rows * other_mean) / all;
            *rows = all;
        },
        answer,
        gives: types.answer(),
    })
}

fn skewness(types: &Types<'_>) -> Result<Method> {
    Ok(central(|[n, _, m2, m3, _]| (*n >= 3.0).then(|| n.sqrt() * m3 / m2.powf(1.5)), types))
}

fn kurtosis(types: &Types<'_>) -> Result<Method> {
    Ok(central(
        |[n, _, m2, _, m4]| {
            (*n >= 4.0).then(|| {
                let few = (n - 2.0) * (n - 3.0);
                (n - 1.0) * n * (n + 1.0) / few * m4 / (m2 * m2)
                    - 3.0 * ((n - 1.0) * (n - 1.0)) / few
            })
        },
        types,
    ))
}

/// Rows, their mean, and sums of the second to fourth powers of distances from it, in one pass.
fn central(answer: fn(&[f64; 5]) -> Option<f64>, types: &Types<'_>) -> Method {
    Method::tally(Moments::<5> {
        add: |[n, m1, m2, m3, m4], x, _| {
            let before = *n;
            *n += 1.0;
            let distance = x - *m1;
            let step = distance / *n;
            let step2 = step * step;
            let square = distance * step * before;
            *m1 += step;
            *m4 +=
                square * step2 * (*n * *n - 3.0 * *n + 3.0) + 6.0 * step2 * *m2 - 4.0 * step * *m3;
            *m3 += square * step * (*n - 2.0) - 3.0 * step * *m2;
            *m2 += square;
        },
        merge: |[n, m1, m2, m3, m4], [on, om1, om2, om3, om4]| {
            let all = *n + on;
            let distance = om1 - *m1;
            let square = distance * distance;
            let both = *n * on;
            *m4 += om4
                + square * square * both * (*n * *n - both + on * on) / (all * all * all)
                + 6.0 * square * (*n * *n * om2 + on * on * *m2) / (all * all)
                + 4.0 * distance * (*n * om3 - on * *m3) / all;
            *m3 += om3
                + distance * square * both * (*n - on) / (all * all)
                + 3.0 * distance * (*n * om2 - on * *m2) / all;
            *m2 += om2 + square * both / all;
            *m1 = (*n * *m1 + on * om1) / all;
            *n = all;
        },
        answer,
        gives: types.answer(),
    })
}
