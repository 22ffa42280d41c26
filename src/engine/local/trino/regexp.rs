//! Regular expressions, with Java syntax. Dialect 4.5.

use super::function::Function;

pub(super) const REGEXP: &[Function] = &[];
