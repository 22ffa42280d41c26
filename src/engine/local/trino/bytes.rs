//! Bytes: encodings and hashes. Dialect 4.9.

use super::function::Function;

pub(super) const BYTES: &[Function] = &[];
