//! The rule of maps: no key is NULL, and none is there twice.

use std::collections::HashSet;
use std::ops::Range;

use datafusion::arrow::array::{Array, ArrayRef};
use datafusion::error::Result;

use super::super::super::failure;
use super::super::elements::{is_null, keys, shown};
use crate::sql::ty::SqlType;

/// Looks for keys that break the rule; `maps` says where the keys of each map lie.
pub(super) fn check(
    all: &ArrayRef,
    ty: &SqlType,
    maps: impl Iterator<Item = Range<usize>>,
) -> Result<()> {
    let mut of_all = None;
    for span in maps {
        if span.clone().any(|at| is_null((all as &dyn Array, at))) {
            return Err(failure::argument("map key cannot be null"));
        }
        if span.len() < 2 {
            continue;
        }
        let of_all = match &mut of_all {
            Some(known) => known,
            None => of_all.insert(keys(all, ty)?),
        };
        let mut seen = HashSet::with_capacity(span.len());
        for at in span {
            if !seen.insert(of_all.row(at)) {
                let key = shown((all, at), ty)?;
                return Err(failure::argument(format!(
                    "Duplicate map keys ({key}) are not allowed"
                )));
            }
        }
    }
    Ok(())
}
