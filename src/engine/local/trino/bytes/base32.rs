//! `to_base32(varbinary) -> varchar`, `from_base32(varchar or varbinary) -> varbinary`: capitals and
//! `2` to `7`, in groups of eight.
//!
//! Padding may be missing. What is no such character, and a length that no bytes have, are errors.

use datafusion::arrow::array::ArrayRef;
use datafusion::error::Result;

use super::super::super::failure;
use super::super::call::Call;
use super::super::function::{Form, Function};

pub(super) const TO_BASE32: Function = Function {
    name: "to_base32",
    forms: &[Form::new("(varbinary) -> varchar", |call: &Call| {
        call.each1(|bytes: &[u8]| Ok(Some(encoded(bytes))))
    })],
};

pub(super) const FROM_BASE32: Function = Function {
    name: "from_base32",
    forms: &[
        Form::new("(varchar) -> varbinary", |call: &Call| {
            call.each1(|text: &str| decoded(text.as_bytes()).map(Some))
        })
        .fails(),
        Form::new("(varbinary) -> varbinary", from_bytes).fails(),
    ],
};

const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

fn from_bytes(call: &Call) -> Result<ArrayRef> {
    call.each1(|bytes: &[u8]| decoded(bytes).map(Some))
}

fn encoded(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len().div_ceil(5) * 8);
    for group in bytes.chunks(5) {
        let bits = group.iter().fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
        let bits = bits << (8 * (5 - group.len()));
        let used = (group.len() * 8).div_ceil(5);
        for at in 0..8 {
            let index = (bits >> (35 - 5 * at)) & 31;
            out.push(if at < used { char::from(ALPHABET[index as usize]) } else { '=' });
        }
    }
    out
}

fn decoded(text: &[u8]) -> Result<Vec<u8>> {
    let end = text.iter().rposition(|byte| *byte != b'=').map_or(0, |last| last + 1);
    let text = text.get(..end).unwrap_or(text);
    if matches!(text.len() % 8, 1 | 3 | 6) {
        return Err(failure::argument(format!("Invalid input length {}", text.len())));
    }
    let mut out = Vec::with_capacity(text.len() * 5 / 8);
    let (mut bits, mut count) = (0_u32, 0);
    for byte in text {
        let Some(value) = (0..).zip(ALPHABET).find_map(|(at, known)| (known == byte).then_some(at))
        else {
            let char = char::from(*byte);
            return Err(failure::argument(format!("Unrecognized character: {char}")));
        };
        bits = bits << 5 | value;
        count += 5;
        if count >= 8 {
            count -= 8;
            out.push((bits >> count) as u8);
            bits &= (1 << count) - 1;
        }
    }
    Ok(out)
}
