//! Dates, times and intervals as text: what Trino's casts and literals read, and what casts to
//! text write. Dialect 3.1 and 3.3.
//!
//! Texts that are no date give `None`: what is wrong with them depends on who asks, a literal or a
//! cast. Fractions of a second are rounded half up, as everywhere in Trino's casts.

mod interval;
mod read;
mod shift;
mod write;

pub(crate) use self::interval::{
    interval_day, interval_year, write_interval_day, write_interval_year,
};
pub(crate) use self::read::{
    has_zone, parse_date, parse_time, parse_timestamp, parse_timestamp_tz, precision_of,
};
pub(crate) use self::shift::{date_plus_months, rounded, timestamp_plus_months};
pub(crate) use self::write::{write_date, write_time, write_timestamp, write_timestamp_tz};

/// Microseconds of a second.
pub(crate) const SECOND: i64 = 1_000_000;

/// Microseconds of a day.
pub(crate) const DAY: i64 = 86_400 * SECOND;
