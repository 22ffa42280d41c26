//! Printing.

use std::fmt::Write as _;

use chrono::{DateTime, TimeZone as _};
use chrono_tz::OffsetName as _;
use datafusion::error::Result;

use super::super::super::super::failure;
use super::super::super::super::zone::Zone;
use super::super::wall::{Field, Wall};
use super::{Format, Item, names};

/// What is printed: a wall, and of moments with a zone the zone and the milliseconds.
#[derive(Debug, Clone, Copy)]
pub(in super::super) struct Shown {
    pub(in super::super) wall: i64,
    pub(in super::super) zone: Option<(Zone, i64)>,
}

impl Format {
    /// The text of a moment.
    ///
    /// # Errors
    /// If the long name of a zone is asked for and not known.
    pub(in super::super) fn print(&self, shown: Shown) -> Result<String> {
        let mut out = String::with_capacity(self.items.len() * 3);
        let wall = Wall::new(shown.wall);
        for item in &self.items {
            match item {
                Item::Number { field, least, .. } => number(wall.get(*field), *least, &mut out),
                Item::TwoDigits { field, .. } => {
                    number(wall.get(*field).abs() % 100, 2, &mut out);
                }
                Item::Name { field, long } => {
                    out.push_str(names::name(*field, wall.get(*field), *long));
                }
                Item::Fraction { least, .. } => {
                    fraction(wall.get(Field::Fraction), *least, &mut out)
                }
                Item::Literal(text) => out.push_str(text),
                Item::Either { .. } => {}
                item => {
                    if let Some((zone, millis)) = shown.zone {
                        print_zone(item, zone, millis, &mut out)?;
                    }
                }
            }
        }
        Ok(out)
    }
}

/// A number with so many digits at least; a sign is none.
fn number(value: i64, least: usize, out: &mut String) {
    const DIGITS: usize = 20;
    let mut digits = [b'0'; DIGITS];
    let mut start = DIGITS;
    let mut rest = value.unsigned_abs();
    while rest > 0 || start == DIGITS {
        start -= 1;
        // A digit is less than ten.
        digits[start] = b'0' + (rest % 10) as u8;
        rest /= 10;
    }
    if value < 0 {
        out.push('-');
    }
    out.extend(std::iter::repeat_n('0', least.saturating_sub(DIGITS - start)));
    out.extend(digits[start..].iter().map(|digit| char::from(*digit)));
}

/// So many digits of the fraction of a second.
fn fraction(millis: i64, count: usize, out: &mut String) {
    let digits = [millis / 100, millis / 10 % 10, millis % 10];
    for digit in digits.iter().take(count) {
        number(*digit, 1, out);
    }
    out.extend(std::iter::repeat_n('0', count.saturating_sub(digits.len())));
}

fn print_zone(item: &Item, zone: Zone, millis: i64, out: &mut String) -> Result<()> {
    match (item, zone) {
        (Item::Offset { colon }, zone) => offset(zone.seconds_at(millis), *colon, out),
        (Item::ZoneName { long: true }, Zone::UTC) => out.push_str("Coordinated Universal Time"),
        (Item::ZoneName { long: true }, Zone::Named(name)) => {
            return Err(failure::argument(format!(
                "the embedded engine does not know the long name of {name}: write ZZZ or zzz"
            )));
        }
        (Item::ZoneName { long: false }, Zone::Named(name)) => {
            let moment = DateTime::from_timestamp_millis(millis).unwrap_or_default();
            let offset = name.offset_from_utc_datetime(&moment.naive_utc());
            match offset.abbreviation() {
                // Zones without letters of their own.
                Some(short) if !short.starts_with(['+', '-']) => out.push_str(short),
                _ => {
                    out.push_str("GMT");
                    self::offset(zone.seconds_at(millis), true, out);
                }
            }
        }
        _ => {
            let _ = write!(out, "{zone}");
        }
    }
    Ok(())
}

fn offset(seconds: i32, colon: bool, out: &mut String) {
    let minutes = seconds.unsigned_abs() / 60;
    let sign = if seconds < 0 { '-' } else { '+' };
    let colon = if colon { ":" } else { "" };
    let _ = write!(out, "{sign}{:02}{colon}{:02}", minutes / 60, minutes % 60);
}
