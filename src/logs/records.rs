//! One log, record by record, whatever its form and size.
//!
//! [`read`] unpacks as it goes and keeps one record in memory. Forms are recognised by content,
//! never by name: gzip by its first bytes, then `{"Records": [..]}`, one record a line, an array
//! of records, one record alone, values one after the other, and what
//! `aws cloudtrail lookup-events` prints.
//!
//! A record's text is UTF-8: bytes that are not come as U+FFFD, and do not make the log damaged,
//! since CloudTrail passes on what callers sent as their user agent. Whether a record is valid
//! JSON is for whoever parses it to say, by answering [`Next::Broken`].

use std::io::Read;

mod buffer;
mod damage;
mod kind;
mod reader;
mod scanner;
#[cfg(test)]
mod tests;
mod walk;

pub use buffer::LARGEST;
pub use damage::{Damage, Other};
pub use scanner::DEEPEST;

/// What to do after a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Go on.
    More,
    /// Count the record as broken, and go on.
    Broken,
    /// Enough: [`read`] returns without looking at the rest.
    Stop,
}

/// A log that was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Summary {
    /// Records handed out.
    pub records: u64,
    /// Whether the log was read to its end, not left by [`Next::Stop`].
    pub complete: bool,
}

/// Hands out the JSON text of each record of `log`, in the log's order.
///
/// # Errors
/// [`Damage`] when the log, or a part of it, is no CloudTrail file. Every record that can be read
/// has been handed out by then.
pub fn read(log: impl Read, each: impl FnMut(&str) -> Next) -> Result<Summary, Damage> {
    reader::read(log, each)
}
