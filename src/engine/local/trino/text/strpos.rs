//! `strpos(varchar, search[, instance]) -> bigint`: where `search` stands, from 1; 0 where it does not.
//! `position(search IN varchar)` is the same.
//!
//! The instance counts from the end if it is negative, and then code points beyond U+FFFF count twice
//! in the answer; instances may overlap. An empty `search` is at 1 always. Instance 0 is an error.
//! Dialect 4.6.

use datafusion::arrow::array::ArrayRef;
use datafusion::error::Result;
use memchr::memmem;

use super::super::super::failure;
use super::super::call::Call;
use super::super::function::{Form, Function, whole};
use super::{bigint, count};

pub(super) const STRPOS: Function = Function {
    name: "strpos",
    forms: &[
        Form::new("(varchar, varchar) -> bigint", |call: &Call| {
            call.each2(|text: &str, search: &str| Ok(Some(position(text, text.find(search)))))
        }),
        Form::new("(varchar, varchar, bigint) -> bigint", run)
            .checked(2, |constants| nonzero(whole(constants, 2).unwrap_or(1))),
    ],
};

fn run(call: &Call) -> Result<ArrayRef> {
    call.each3(|text: &str, search: &str, instance: i64| {
        nonzero(instance)?;
        let (count, from_start) = (instance.unsigned_abs(), instance > 0);
        Ok(Some(match search {
            "" => 1,
            _ if from_start => position(text, nth(text, search, count)),
            // Trino counts UTF-16 here.
            _ => nth_last(text, search, count).map_or(0, |byte| {
                bigint(text.get(..byte).unwrap_or(text).encode_utf16().count()).saturating_add(1)
            }),
        }))
    })
}

fn nonzero(instance: i64) -> Result<()> {
    match instance {
        0 => Err(failure::argument("'instance' must be a positive or negative number.")),
        _ => Ok(()),
    }
}

/// A byte's position in code points, from 1; 0 for none.
fn position(text: &str, byte: Option<usize>) -> i64 {
    byte.map_or(0, |byte| bigint(count(text.get(..byte).unwrap_or(text))).saturating_add(1))
}

fn nth(text: &str, search: &str, instance: u64) -> Option<usize> {
    let (text, finder) = (text.as_bytes(), memmem::Finder::new(search));
    let mut found = finder.find(text)?;
    for _ in 1..instance {
        found += 1 + finder.find(text.get(found + 1..)?)?;
    }
    Some(found)
}

fn nth_last(text: &str, search: &str, instance: u64) -> Option<usize> {
    let (text, finder) = (text.as_bytes(), memmem::FinderRev::new(search));
    let mut found = finder.rfind(text)?;
    for _ in 1..instance {
        // The next one ends before the end of this one.
        found = finder.rfind(text.get(..found + search.len() - 1)?)?;
    }
    Some(found)
}
