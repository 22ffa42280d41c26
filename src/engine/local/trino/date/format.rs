//! Formats of dates and times: what a pattern is made of, whichever way it is written. Dialect 5.

use datafusion::error::Result;

use super::super::super::failure;
use super::wall::Field;

mod joda;
mod mysql;
mod names;
mod print;
mod read;
mod saved;
mod zone;

pub(super) use self::print::Shown;
pub(super) use self::read::{Moment, Room};

/// A parsed pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Format {
    items: Vec<Item>,
}

/// A piece of a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Item {
    /// Digits: so many at least are printed, so many at most are read.
    Number { field: Field, least: usize, most: usize, signed: bool },
    /// The last two digits of a year. They are read as the year within 50 before, or 49 after,
    /// `pivot`; a lenient one also reads other numbers of digits, as they are.
    TwoDigits { field: Field, pivot: i64, lenient: bool },
    /// `Jan`, or long: `January`.
    Name { field: Field, long: bool },
    /// Digits of the fraction of a second, a minute or an hour.
    Fraction { of: Field, least: usize, most: usize },
    /// `+0100`, or with a colon. Both are read, and `Z` is.
    Offset { colon: bool },
    /// `Europe/Berlin`.
    ZoneId,
    /// `CET`, or long: `Central European Time`.
    ZoneName { long: bool },
    /// Itself, in any letter case.
    Literal(String),
    /// The one of several that reads furthest; only for reading. Where it is optional, also
    /// nothing.
    Either { of: Vec<Vec<Item>>, optional: bool },
}

impl Format {
    /// A pattern of `date_format` and `date_parse`.
    ///
    /// # Errors
    /// If it is empty, or has a code that Trino does not take.
    pub(super) fn mysql(pattern: &str) -> Result<Self> {
        Self::of(mysql::items(pattern)?)
    }

    /// A pattern of `format_datetime` and `parse_datetime`.
    ///
    /// # Errors
    /// If it is empty, or has a letter that means nothing.
    pub(super) fn joda(pattern: &str) -> Result<Self> {
        Self::of(joda::items(pattern)?)
    }

    /// A grammar that is the program's own.
    pub(super) fn grammar(items: Vec<Item>) -> Self {
        Self { items }
    }

    fn of(items: Vec<Item>) -> Result<Self> {
        if items.is_empty() {
            return Err(failure::argument("Both printing and parsing not supported"));
        }
        Ok(Self { items })
    }

    /// Whether it shows something of the zone.
    pub(super) fn has_zone(&self) -> bool {
        self.items
            .iter()
            .any(|item| matches!(item, Item::Offset { .. } | Item::ZoneId | Item::ZoneName { .. }))
    }

    /// Whether it shows the long name of the zone.
    pub(super) fn has_long_zone(&self) -> bool {
        self.items.contains(&Item::ZoneName { long: true })
    }
}

impl Item {
    /// A number without a sign.
    pub(super) fn number(field: Field, least: usize, most: usize) -> Self {
        Self::Number { field, least, most: most.max(least), signed: false }
    }

    /// A number with a sign, if it is negative.
    pub(super) fn signed(field: Field, least: usize, most: usize) -> Self {
        Self::Number { field, least, most: most.max(least), signed: true }
    }

    /// A literal.
    pub(super) fn literal(text: impl Into<String>) -> Self {
        Self::Literal(text.into())
    }

    /// Items that may be missing.
    pub(super) fn optional(items: Vec<Self>) -> Self {
        Self::Either { of: vec![items], optional: true }
    }
}
