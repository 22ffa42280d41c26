//! `lpad(varchar, size, padding) -> varchar`, `rpad`, of `varbinary` likewise: as many code points,
//! or bytes, as `size` says. What is longer loses its end.
//!
//! A size below 0 or over 2147483647, and an empty padding, are errors. Dialect 4.6.

use datafusion::arrow::array::ArrayRef;
use datafusion::error::Result;

use super::super::super::failure;
use super::super::call::{Call, room};
use super::super::function::{Form, Function};
use super::{byte_at, count};

const OF_TEXT: &str = "(varchar, bigint, varchar) -> varchar";
const OF_BYTES: &str = "(varbinary, bigint, varbinary) -> varbinary";

pub(super) const LPAD: Function = Function {
    name: "lpad",
    forms: &[
        Form::new(OF_TEXT, |call: &Call| texts(call, Side::Left)).fails(),
        Form::new(OF_BYTES, |call: &Call| bytes(call, Side::Left)).fails(),
    ],
};

pub(super) const RPAD: Function = Function {
    name: "rpad",
    forms: &[
        Form::new(OF_TEXT, |call: &Call| texts(call, Side::Right)).fails(),
        Form::new(OF_BYTES, |call: &Call| bytes(call, Side::Right)).fails(),
    ],
};

#[derive(Clone, Copy)]
enum Side {
    Left,
    Right,
}

fn texts(call: &Call, side: Side) -> Result<ArrayRef> {
    call.each3(|text: &str, size: i64, padding: &str| {
        let size = checked(size, padding.is_empty(), "Padding string")?;
        let Some(missing) = size.checked_sub(count(text)) else {
            return Ok(Some(text.get(..byte_at(text, size)).unwrap_or(text).to_owned()));
        };
        let period = count(padding).max(1);
        let (times, rest) = (missing / period, missing % period);
        let rest = padding.get(..byte_at(padding, rest)).unwrap_or_default();
        let length = times.saturating_mul(padding.len()).saturating_add(text.len() + rest.len());
        room(&[], length)?;
        let mut whole = String::with_capacity(length);
        if matches!(side, Side::Right) {
            whole.push_str(text);
        }
        for _ in 0..times {
            whole.push_str(padding);
        }
        whole.push_str(rest);
        if matches!(side, Side::Left) {
            whole.push_str(text);
        }
        Ok(Some(whole))
    })
}

fn bytes(call: &Call, side: Side) -> Result<ArrayRef> {
    call.each3(|bytes: &[u8], size: i64, padding: &[u8]| {
        let size = checked(size, padding.is_empty(), "Padding bytes")?;
        let Some(missing) = size.checked_sub(bytes.len()) else {
            return Ok(Some(bytes.get(..size).unwrap_or(bytes).to_vec()));
        };
        let padding = padding.iter().copied().cycle().take(missing);
        let bytes = bytes.iter().copied();
        Ok(Some(match side {
            Side::Left => padding.chain(bytes).collect(),
            Side::Right => bytes.chain(padding).collect(),
        }))
    })
}

fn checked(size: i64, empty: bool, what: &str) -> Result<usize> {
    let Ok(size) = i32::try_from(size).and_then(usize::try_from) else {
        let message = "Target length must be in the range [0..2147483647]";
        return Err(failure::argument(message));
    };
    if empty {
        return Err(failure::argument(format!("{what} must not be empty")));
    }
    Ok(size)
}
