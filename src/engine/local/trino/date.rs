//! Dates and times. Dialect 4.3 and 5.

use super::function::Function;

pub(super) const DATE: &[Function] = &[];
