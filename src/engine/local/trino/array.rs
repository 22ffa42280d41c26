//! Arrays, and the functions that take lambdas over them. Dialect 4.7.

use super::function::Function;

pub(super) const ARRAY: &[Function] = &[];
