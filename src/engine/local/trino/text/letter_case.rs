//! `lower(varchar) -> varchar`, `upper(varchar) -> varchar`: one code point becomes one, whatever the
//! language, so that `ß` has no upper case. Dialect 4.6.

use std::borrow::Cow;

use super::super::call::Call;
use super::super::function::{Form, Function};

pub(super) const LOWER: Function = Function {
    name: "lower",
    forms: &[Form::new("(varchar(x)) -> varchar(x)", |call: &Call| {
        call.each1(|text: &str| Ok(Some(lower(text))))
    })],
};

pub(super) const UPPER: Function = Function {
    name: "upper",
    forms: &[Form::new("(varchar(x)) -> varchar(x)", |call: &Call| {
        call.each1(|text: &str| Ok(Some(upper(text))))
    })],
};

fn lower(text: &str) -> Cow<'_, str> {
    if !text.is_ascii() {
        return text.chars().map(lower_char).collect();
    }
    if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return Cow::Owned(text.to_ascii_lowercase());
    }
    Cow::Borrowed(text)
}

fn upper(text: &str) -> Cow<'_, str> {
    if !text.is_ascii() {
        return text.chars().map(upper_char).collect();
    }
    if text.bytes().any(|byte| byte.is_ascii_lowercase()) {
        return Cow::Owned(text.to_ascii_uppercase());
    }
    Cow::Borrowed(text)
}

fn lower_char(char: char) -> char {
    // `İ` is the only one with a dot that would become a code point of its own.
    char.to_lowercase().next().unwrap_or(char)
}

fn upper_char(char: char) -> char {
    let mut upper = char.to_uppercase();
    match (upper.next(), upper.next()) {
        (Some(one), None) => one,
        _ => with_iota(char),
    }
}

/// Greek letters with an iota below have it at their side in upper case; other letters that would
/// become several code points stay as they are.
fn with_iota(char: char) -> char {
    match char {
        '\u{1f80}'..='\u{1f87}' | '\u{1f90}'..='\u{1f97}' | '\u{1fa0}'..='\u{1fa7}' => {
            char::from_u32(u32::from(char) + 8).unwrap_or(char)
        }
        '\u{1fb3}' | '\u{1fc3}' | '\u{1ff3}' => char::from_u32(u32::from(char) + 9).unwrap_or(char),
        _ => char,
    }
}
