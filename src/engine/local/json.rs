//! JSON text as text: walking through values, strings with escapes, numbers, order of keys.
//!
//! Nothing here recurses, so nesting costs memory, never stack.

pub(super) use self::cursor::{Cursor, Quoted};
pub(super) use self::settle::{Keys, settle};
pub(super) use self::text::{compact, quote, unescape, write_value};

mod cursor;
mod number;
mod settle;
mod text;

/// Whether a number has a fraction or an exponent.
pub(super) fn is_fraction(number: &str) -> bool {
    number.contains(['.', 'e', 'E'])
}
