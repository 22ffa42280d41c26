//! `to_base64(varbinary) -> varchar`, `from_base64(varchar or varbinary) -> varbinary`, and
//! `to_base64url`, `from_base64url` with `-` and `_` for `+` and `/`.
//!
//! Padding may be missing as a whole when decoding; other characters, half a padding, and what
//! follows the padding are errors. Dialect 4.9.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use datafusion::arrow::array::ArrayRef;
use datafusion::error::{DataFusionError, Result};

use super::super::super::failure;
use super::super::call::Call;
use super::super::function::{Form, Function};

pub(super) const TO_BASE64: Function = Function {
    name: "to_base64",
    forms: &[Form::new("(varbinary) -> varchar", |call: &Call| {
        call.each1(|bytes: &[u8]| Ok(Some(STANDARD.encode(bytes))))
    })],
};

pub(super) const TO_BASE64URL: Function = Function {
    name: "to_base64url",
    forms: &[Form::new("(varbinary) -> varchar", |call: &Call| {
        call.each1(|bytes: &[u8]| Ok(Some(URL_SAFE.encode(bytes))))
    })],
};

pub(super) const FROM_BASE64: Function = Function {
    name: "from_base64",
    forms: &[
        Form::new("(varchar) -> varbinary", |call: &Call| from_text(call, b"+/")).fails(),
        Form::new("(varbinary) -> varbinary", |call: &Call| from_bytes(call, b"+/")).fails(),
    ],
};

pub(super) const FROM_BASE64URL: Function = Function {
    name: "from_base64url",
    forms: &[
        Form::new("(varchar) -> varbinary", |call: &Call| from_text(call, b"-_")).fails(),
        Form::new("(varbinary) -> varbinary", |call: &Call| from_bytes(call, b"-_")).fails(),
    ],
};

fn from_text(call: &Call, last_two: &[u8; 2]) -> Result<ArrayRef> {
    call.each1(|text: &str| decoded(text.as_bytes(), last_two).map(Some))
}

fn from_bytes(call: &Call, last_two: &[u8; 2]) -> Result<ArrayRef> {
    call.each1(|bytes: &[u8]| decoded(bytes, last_two).map(Some))
}

const LACKS_BITS: &str = "Last unit does not have enough valid bits";

/// Decodes as Java's decoder does, whose words its failures have. `last_two` are the characters of
/// 62 and 63.
fn decoded(text: &[u8], last_two: &[u8; 2]) -> Result<Vec<u8>> {
    match text.len() {
        0 => return Ok(Vec::new()),
        1 => return wrong("Input byte[] should at least have 2 bytes for base64 bytes"),
        _ => {}
    }
    let mut out = Vec::with_capacity(text.len() / 4 * 3 + 3);
    let (mut bits, mut count, mut end) = (0_u32, 0, text.len());
    for (at, byte) in text.iter().enumerate() {
        if *byte == b'=' {
            let padding = &text[at..];
            // One after three characters, two after two.
            end = match (count, padding.get(1)) {
                (3, _) => at + 1,
                (2, Some(b'=')) => at + 2,
                (1, _) => return wrong(LACKS_BITS),
                _ => return wrong("Input byte array has wrong 4-byte ending unit"),
            };
            break;
        }
        bits = bits << 6 | value(*byte, last_two).ok_or_else(|| illegal(*byte))?;
        count += 1;
        if count == 4 {
            out.extend_from_slice(&bits.to_be_bytes()[1..]);
            (bits, count) = (0, 0);
        }
    }
    match count {
        2 => out.push((bits >> 4) as u8),
        3 => out.extend_from_slice(&(bits >> 2).to_be_bytes()[2..]),
        1 => return wrong(LACKS_BITS),
        _ => {}
    }
    if end < text.len() {
        return wrong(format!("Input byte array has incorrect ending byte at {end}"));
    }
    Ok(out)
}

fn value(byte: u8, last_two: &[u8; 2]) -> Option<u32> {
    Some(match byte {
        b'A'..=b'Z' => u32::from(byte - b'A'),
        b'a'..=b'z' => u32::from(byte - b'a') + 26,
        b'0'..=b'9' => u32::from(byte - b'0') + 52,
        _ => 62 + u32::from(last_two.iter().position(|last| *last == byte)? == 1),
    })
}

fn illegal(byte: u8) -> DataFusionError {
    let (sign, size) = match byte.cast_signed() {
        negative @ ..0 => ("-", negative.unsigned_abs()),
        _ => ("", byte),
    };
    failure::argument(format!("Illegal base64 character {sign}{size:x}"))
}

fn wrong<T>(message: impl Into<String>) -> Result<T> {
    Err(failure::argument(message))
}
