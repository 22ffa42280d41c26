//! `concat(varchar, varchar, ...) -> varchar`: one after the other.
//!
//! NULL if any argument is. Dialect 4.6.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, StringBuilder};
use datafusion::error::Result;

use super::scalar::{Call, Kind, Scalar, Takes, any, text};

pub(super) const CONCAT: Scalar = Scalar {
    name: "concat",
    takes: Takes::Many(2, Kind::Text),
    gives: text,
    check: any,
    run,
    instead: None,
};

fn run(call: &Call) -> Result<ArrayRef> {
    let texts = (0..call.count()).map(|at| call.text(at));
    let texts = texts.collect::<Result<Vec<_>>>()?;
    let mut answer = StringBuilder::new();
    for row in 0..call.rows() {
        let whole: Option<String> = texts.iter().map(|texts| texts.get(row)).collect();
        answer.append_option(whole);
    }
    Ok(Arc::new(answer.finish()))
}
