//! JSON: reading it by path, parsing, formatting. Dialect 4.2.

use super::function::Function;

pub(super) const JSON: &[Function] = &[];

pub(super) use self::cast::{from_json, to_json};

mod cast;
