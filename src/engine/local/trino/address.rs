//! Network addresses and URLs. Dialect 4.9.

use super::function::Function;

pub(super) const ADDRESS: &[Function] = &[];
