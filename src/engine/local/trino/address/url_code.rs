//! `url_encode(varchar) -> varchar`: as a form sends it, with a plus for a blank and `%20` for all
//! but letters, digits and `.-*_`.
//!
//! `url_decode(varchar) -> varchar`: the other way. Bytes that are no text become U+FFFD; a `%`
//! without two digits is an error. Dialect 4.9.

use std::fmt::Write as _;

use datafusion::arrow::array::ArrayRef;
use datafusion::error::Result;

use super::super::super::failure;
use super::super::bytes::not_a_digit;
use super::super::call::Call;
use super::super::function::{Form, Function};

pub(super) const URL_ENCODE: Function = Function {
    name: "url_encode",
    forms: &[Form::new("(varchar) -> varchar", |call: &Call| {
        call.each1(|text: &str| Ok(Some(encoded(text))))
    })],
};

pub(super) const URL_DECODE: Function = Function {
    name: "url_decode",
    forms: &[Form::new("(varchar(x)) -> varchar(x)", decode).fails()],
};

fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'*' | b'_' => {
                out.push(char::from(byte));
            }
            b' ' => out.push('+'),
            _ => {
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    out
}

fn decode(call: &Call) -> Result<ArrayRef> {
    call.each1(|text: &str| decoded(text, b' ').map(Some))
}

/// Without escapes, and with `plus` for each plus sign.
pub(super) fn decoded(text: &str, plus: u8) -> Result<String> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        out.push(match first {
            b'+' => plus,
            b'%' => {
                let Some(([high, low], after)) = rest.split_first_chunk() else {
                    return Err(failure::argument(
                        "URLDecoder: Incomplete trailing escape (%) pattern",
                    ));
                };
                rest = after;
                digit_of(*high)? << 4 | digit_of(*low)?
            }
            _ => *first,
        });
    }
    Ok(String::from_utf8_lossy(&out).into_owned())
}

fn digit_of(byte: u8) -> Result<u8> {
    match char::from(byte).to_digit(16) {
        Some(digit) => Ok(digit as u8),
        None => Err(failure::argument(format!(
            "URLDecoder: Illegal hex characters in escape (%) pattern - {}",
            not_a_digit(byte)
        ))),
    }
}
