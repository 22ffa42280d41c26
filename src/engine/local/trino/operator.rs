//! Operators that are not left to DataFusion: arithmetic. Dialect 3.1.

use super::function::Function;

pub(super) const OPERATOR: &[Function] = &[];
