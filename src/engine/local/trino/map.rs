//! Maps. Dialect 4.7.

use super::function::Function;

pub(super) const MAP: &[Function] = &[];
