//! `levenshtein_distance(varchar, varchar) -> bigint`: how many code points have to be put in, taken
//! out or replaced to make one text of the other. Two long texts are an error.
//!
//! `hamming_distance(varchar, varchar) -> bigint`: at how many positions they differ. Texts of other
//! lengths are an error. Dialect 4.6.

use datafusion::arrow::array::ArrayRef;
use datafusion::error::Result;

use super::super::super::failure;
use super::super::call::Call;
use super::super::function::{Form, Function};
use super::{bigint, count};

/// The most steps that one Levenshtein distance may take.
const MOST_STEPS: usize = 1_000_000;

pub(super) const LEVENSHTEIN_DISTANCE: Function = Function {
    name: "levenshtein_distance",
    forms: &[Form::new("(varchar, varchar) -> bigint", levenshtein).fails()],
};

pub(super) const HAMMING_DISTANCE: Function = Function {
    name: "hamming_distance",
    forms: &[Form::new("(varchar, varchar) -> bigint", hamming).fails()],
};

fn levenshtein(call: &Call) -> Result<ArrayRef> {
    call.each2(|left: &str, right: &str| {
        let steps = count(left).saturating_mul(count(right).saturating_sub(1));
        if steps > MOST_STEPS {
            let message = "The combined inputs for Levenshtein distance are too large";
            return Err(failure::argument(message));
        }
        Ok(Some(bigint(strsim::levenshtein(left, right))))
    })
}

fn hamming(call: &Call) -> Result<ArrayRef> {
    call.each2(|left: &str, right: &str| match strsim::hamming(left, right) {
        Ok(distance) => Ok(Some(bigint(distance))),
        Err(_) => Err(failure::argument(
            "The input strings to hamming_distance function must have the same length",
        )),
    })
}
