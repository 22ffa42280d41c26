//! Text: parts, cases, searching, formatting. Dialect 4.6.

use super::function::Function;

pub(super) const TEXT: &[Function] = &[];
