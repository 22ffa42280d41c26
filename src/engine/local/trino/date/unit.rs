//! The units of `date_add`, `date_trunc` and `date_diff`.

use datafusion::common::ScalarValue;
use datafusion::error::Result;

use super::super::super::failure;
use super::super::function::constant_text;
use super::calendar::MILLIS_OF_DAY;

/// A unit, from short to long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Unit {
    Millisecond,
    Second,
    Minute,
    Hour,
    Day,
    Week,
    Month,
    Quarter,
    Year,
}

/// How long a unit is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Length {
    Millis(i64),
    Months(i64),
}

impl Unit {
    fn parse(text: &str) -> Option<Self> {
        const UNITS: [(&str, Unit); 9] = [
            ("millisecond", Unit::Millisecond),
            ("second", Unit::Second),
            ("minute", Unit::Minute),
            ("hour", Unit::Hour),
            ("day", Unit::Day),
            ("week", Unit::Week),
            ("month", Unit::Month),
            ("quarter", Unit::Quarter),
            ("year", Unit::Year),
        ];
        UNITS.iter().find(|(name, _)| text.eq_ignore_ascii_case(name)).map(|(_, unit)| *unit)
    }

    /// A unit for a `date`: a day at least.
    pub(super) fn of_date(text: &str) -> Result<Self> {
        let unit = Self::parse(text).filter(|unit| *unit >= Self::Day);
        unit.ok_or_else(|| no_field(text, "DATE"))
    }

    /// A unit for a `time`: an hour at most.
    pub(super) fn of_time(text: &str) -> Result<Self> {
        let unit = Self::parse(text).filter(|unit| *unit <= Self::Hour);
        unit.ok_or_else(|| no_field(text, "TIME"))
    }

    /// A unit for a timestamp.
    pub(super) fn of_timestamp(text: &str) -> Result<Self> {
        Self::parse(text).ok_or_else(|| no_field(text, "TIMESTAMP"))
    }

    /// How long it is.
    pub(super) fn length(self) -> Length {
        match self {
            Self::Millisecond => Length::Millis(1),
            Self::Second => Length::Millis(1000),
            Self::Minute => Length::Millis(60_000),
            Self::Hour => Length::Millis(3_600_000),
            Self::Day => Length::Millis(MILLIS_OF_DAY),
            Self::Week => Length::Millis(7 * MILLIS_OF_DAY),
            Self::Month => Length::Months(1),
            Self::Quarter => Length::Months(3),
            Self::Year => Length::Months(12),
        }
    }
}

fn no_field(text: &str, ty: &str) -> datafusion::error::DataFusionError {
    failure::argument(format!("'{text}' is not a valid {ty} field"))
}

/// Looks at a first argument that is a constant unit for a `date`.
pub(super) fn check_date(constants: &[Option<&ScalarValue>]) -> Result<()> {
    constant_text(constants, 0).map_or(Ok(()), |text| Unit::of_date(text).map(drop))
}

/// As [`check_date`], for a `time`.
pub(super) fn check_time(constants: &[Option<&ScalarValue>]) -> Result<()> {
    constant_text(constants, 0).map_or(Ok(()), |text| Unit::of_time(text).map(drop))
}

/// As [`check_date`], for a timestamp.
pub(super) fn check_timestamp(constants: &[Option<&ScalarValue>]) -> Result<()> {
    constant_text(constants, 0).map_or(Ok(()), |text| Unit::of_timestamp(text).map(drop))
}
