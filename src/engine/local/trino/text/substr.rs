//! `substr(varchar, start[, length]) -> varchar`: from a position, counted from 1, or from the end if
//! it is negative. `substring` is the same, and `substring(x FROM start FOR length)`.
//!
//! Start 0, a start before the text or past it, and a length below 1 give the empty text. Of
//! `varbinary` likewise, in bytes. Dialect 4.6.

use super::super::call::Call;
use super::super::function::{Form, Function};
use super::{byte_at, count};

pub(super) const SUBSTR: Function =
    Function { name: "substr", forms: &[TEXT_FROM, TEXT_FROM_FOR, BYTES_FROM, BYTES_FROM_FOR] };

pub(super) const SUBSTRING: Function =
    Function { name: "substring", forms: &[TEXT_FROM, TEXT_FROM_FOR] };

const TEXT_FROM: Form = Form::new("(varchar(x), bigint) -> varchar(x)", |call: &Call| {
    call.each2(|text: &str, start: i64| Ok(Some(part(text, start, i64::MAX))))
});

const TEXT_FROM_FOR: Form =
    Form::new("(varchar(x), bigint, bigint) -> varchar(x)", |call: &Call| {
        call.each3(|text: &str, start: i64, length: i64| Ok(Some(part(text, start, length))))
    });

const BYTES_FROM: Form = Form::new("(varbinary, bigint) -> varbinary", |call: &Call| {
    call.each2(|bytes: &[u8], start: i64| Ok(Some(bytes_of(bytes, start, i64::MAX))))
});

const BYTES_FROM_FOR: Form =
    Form::new("(varbinary, bigint, bigint) -> varbinary", |call: &Call| {
        call.each3(|bytes: &[u8], start: i64, length: i64| Ok(Some(bytes_of(bytes, start, length))))
    });

fn part(text: &str, start: i64, length: i64) -> &str {
    let Some(skipped) = skipped(start, || count(text)) else {
        return "";
    };
    let rest = text.get(byte_at(text, skipped)..).unwrap_or_default();
    let length = usize::try_from(length).unwrap_or(0);
    rest.get(..byte_at(rest, length)).unwrap_or(rest)
}

fn bytes_of(bytes: &[u8], start: i64, length: i64) -> &[u8] {
    let Some(skipped) = skipped(start, || bytes.len()) else {
        return &[];
    };
    let rest = bytes.get(skipped..).unwrap_or_default();
    let length = usize::try_from(length).unwrap_or(0);
    rest.get(..length).unwrap_or(rest)
}

/// How much stands before a start; `None` where the start is not in front of something.
fn skipped(start: i64, length: impl Fn() -> usize) -> Option<usize> {
    match start {
        0 => None,
        1.. => Some(usize::try_from(start - 1).unwrap_or(usize::MAX)),
        _ => length().checked_sub(usize::try_from(start.unsigned_abs()).unwrap_or(usize::MAX)),
    }
}
