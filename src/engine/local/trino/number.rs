//! Numbers. Dialect 4.4.

use super::function::Function;

pub(super) const NUMBER: &[Function] = &[];
