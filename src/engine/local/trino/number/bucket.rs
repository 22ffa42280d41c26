//! Histograms. Dialect 4.4.

use datafusion::arrow::array::{Array as _, ArrayRef, AsArray as _};
use datafusion::arrow::datatypes::Float64Type;
use datafusion::common::internal_err;
use datafusion::error::Result;

use super::super::super::failure;
use super::super::call::Items;
use super::super::float;
use super::super::function::{Form, Function};

/// `width_bucket(x, from, to, n)`: which of n equal parts between the bounds holds x, from 1; 0 and
/// n + 1 stand for what is outside. `width_bucket(x, bins)`: how many of the ascending `bins` are not
/// above x. `INVALID_FUNCTION_ARGUMENT` for NaN, equal or infinite bounds, no parts, and for bins
/// that are not in order.
pub(super) const WIDTH_BUCKET: Function = Function {
    name: "width_bucket",
    forms: &[
        Form::new("(double, double, double, bigint) -> bigint", |call| {
            call.each4(|value, from, to, count| bucket(value, from, to, count).map(Some))
        })
        .fails(),
        Form::new("(double, array(double)) -> bigint", |call| {
            call.each2(|value, bins: Items| bin(value, &bins.0).map(Some))
        })
        .fails(),
    ],
};

fn bucket(value: f64, from: f64, to: f64, count: i64) -> Result<i64> {
    let refusal = if count <= 0 {
        Some("bucketCount must be greater than 0")
    } else if value.is_nan() {
        Some("operand must not be NaN")
    } else if !from.is_finite() {
        Some("first bound must be finite")
    } else if !to.is_finite() {
        Some("second bound must be finite")
    } else if from == to {
        Some("bounds cannot equal each other")
    } else {
        None
    };
    if let Some(refusal) = refusal {
        return Err(failure::argument(refusal));
    }
    let (lower, upper) = (from.min(to), from.max(to));
    let found = if value < lower {
        Some(0)
    } else if value >= upper {
        count.checked_add(1)
    } else {
        Some((count as f64 * (value - lower) / (upper - lower) + 1.0) as i64)
    };
    match found {
        Some(found) if from > to => Ok(count - found + 1),
        Some(found) => Ok(found),
        None => {
            let mut shown = String::new();
            float::show_double(value, &mut shown);
            Err(failure::range(format!("Bucket for value {shown} is out of range")))
        }
    }
}

fn bin(value: f64, bins: &ArrayRef) -> Result<i64> {
    let Some(bins) = bins.as_primitive_opt::<Float64Type>() else {
        return internal_err!("bins are {}", bins.data_type());
    };
    if bins.is_empty() {
        return Err(failure::argument("Bins cannot be an empty array"));
    }
    if value.is_nan() {
        return Err(failure::argument("Operand cannot be NaN"));
    }
    let bins = bins.values();
    let (mut lower, mut upper) = (0, bins.len());
    // As far as the search looks, no further: that is where Trino sees disorder.
    while lower < upper {
        if bins[lower] > bins[upper - 1] {
            return Err(failure::argument("Bin values are not sorted in ascending order"));
        }
        let middle = lower.midpoint(upper);
        let bin = bins[middle];
        if !bin.is_finite() {
            let mut shown = String::new();
            float::show_double(bin, &mut shown);
            return Err(failure::argument(format!("Bin value must be finite, got {shown}")));
        }
        if value < bin {
            upper = middle;
        } else {
            lower = middle + 1;
        }
    }
    Ok(i64::try_from(lower).unwrap_or(i64::MAX))
}
