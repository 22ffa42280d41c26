//! Choices between values, and rows made of values. Dialect 4.4.

use super::function::Function;

pub(super) const CONDITIONAL: &[Function] = &[];
