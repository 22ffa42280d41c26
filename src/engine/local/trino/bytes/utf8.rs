//! `to_utf8(varchar) -> varbinary`.
//!
//! `from_utf8(varbinary[, replacement]) -> varchar`: bytes that are no text become U+FFFD, or the
//! replacement: a code point as text or as its number, or the empty text. Any other is an error.
//! Dialect 4.9.

use datafusion::arrow::array::ArrayRef;
use datafusion::error::Result;

use super::super::super::failure;
use super::super::call::Call;
use super::super::function::{Form, Function};

pub(super) const TO_UTF8: Function = Function {
    name: "to_utf8",
    forms: &[Form::new("(varchar) -> varbinary", |call: &Call| {
        call.each1(|text: &str| Ok(Some(text.as_bytes())))
    })],
};

pub(super) const FROM_UTF8: Function = Function {
    name: "from_utf8",
    forms: &[
        Form::new("(varbinary) -> varchar", |call: &Call| {
            call.each1(|bytes: &[u8]| Ok(Some(text(bytes, "\u{fffd}"))))
        }),
        Form::new("(varbinary, varchar) -> varchar", with_text).fails(),
        Form::new("(varbinary, bigint) -> varchar", with_code_point).fails(),
    ],
};

fn with_text(call: &Call) -> Result<ArrayRef> {
    call.each2(|bytes: &[u8], by: &str| match by.chars().nth(1) {
        None => Ok(Some(text(bytes, by))),
        Some(_) => {
            Err(failure::argument("Replacement character string must empty or a single character"))
        }
    })
}

fn with_code_point(call: &Call) -> Result<ArrayRef> {
    call.each2(|bytes: &[u8], by: i64| match u32::try_from(by).ok().and_then(char::from_u32) {
        Some(by) => Ok(Some(text(bytes, by.encode_utf8(&mut [0; 4])))),
        None => Err(failure::argument("Invalid replacement character")),
    })
}

/// The text, with `by` for each sequence of bytes that is none.
fn text(bytes: &[u8], by: &str) -> String {
    let mut out = String::with_capacity(bytes.len());
    let mut rest = bytes;
    while !rest.is_empty() {
        match std::str::from_utf8(rest) {
            Ok(text) => {
                out.push_str(text);
                break;
            }
            Err(error) => {
                let (good, bad) = rest.split_at(error.valid_up_to());
                out.push_str(std::str::from_utf8(good).unwrap_or_default());
                out.push_str(by);
                rest = bad.get(sequence(bad)..).unwrap_or_default();
            }
        }
    }
    out
}

/// How many bytes at the start belong to one broken sequence: the first, and those after it that
/// continue what it announces, in the old sense in which up to six bytes make a sequence.
fn sequence(bytes: &[u8]) -> usize {
    let announced = match bytes.first() {
        Some(0xc0..=0xdf) => 1,
        Some(0xe0..=0xef) => 2,
        Some(0xf0..=0xf7) => 3,
        Some(0xf8..=0xfb) => 4,
        Some(0xfc..=0xfd) => 5,
        _ => 0,
    };
    let follow = bytes.iter().skip(1).take(announced);
    1 + follow.take_while(|byte| matches!(byte, 0x80..=0xbf)).count()
}
