//! Trino's functions, under Trino's names, with Trino's answers.
//!
//! Each is a file in `trino/`: a doc comment with signature, treatment of NULL and errors, and one
//! [`Scalar`](scalar::Scalar) value. A function that DataFusion has too, but that answers
//! otherwise there, is here as well: the one registered last is the one that queries get.

use datafusion::logical_expr::ScalarUDF;

mod cardinality;
mod concat;
mod contains;
mod element_at;
mod greatest_least;
mod if_else;
mod json_extract_scalar;
mod json_path;
mod pattern;
mod regexp_extract;
mod regexp_like;
mod regexp_replace;
mod scalar;
mod split_part;
#[cfg(test)]
mod tests;

/// Every function there is.
pub(super) fn functions() -> Vec<ScalarUDF> {
    [
        cardinality::CARDINALITY,
        concat::CONCAT,
        contains::CONTAINS,
        element_at::ELEMENT_AT,
        greatest_least::GREATEST,
        greatest_least::LEAST,
        if_else::IF,
        json_extract_scalar::JSON_EXTRACT_SCALAR,
        regexp_extract::REGEXP_EXTRACT,
        regexp_like::REGEXP_LIKE,
        regexp_replace::REGEXP_REPLACE,
        split_part::SPLIT_PART,
    ]
    .into_iter()
    .map(ScalarUDF::from)
    .collect()
}
