//! Reading: every item in turn, and the whole text.

use datafusion::error::{DataFusionError, Result};

use super::super::super::super::failure;
use super::super::super::super::zone::Zone;
use super::super::wall::Field;
use super::super::zones::not_supported;
use super::saved::{Place, Saved};
use super::{Format, Item, names, zone};

/// Characters of the text after a mistake that a message shows.
const SHOWN: usize = 32;

/// What was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) struct Moment {
    pub(in super::super) wall: i64,
    /// Milliseconds since 1970.
    pub(in super::super) millis: i64,
    pub(in super::super) zone: Zone,
}

/// Why the text ends to fit.
pub(super) enum Stop {
    /// From this byte on it does not.
    At(usize),
    /// A number is too large for every field.
    TooLarge(String),
}

/// Where reading goes on.
pub(super) type Next = std::result::Result<usize, Stop>;

impl Format {
    /// Reads a text. Where it says no zone, it is in UTC.
    ///
    /// # Errors
    /// If the text is no such text, or names a moment that there is not.
    pub(in super::super) fn read(&self, text: &str, room: &mut Room) -> Result<Moment> {
        let saved = &mut room.0;
        saved.clear();
        if self.has_long_zone() {
            return Err(failure::argument("Parsing not supported"));
        }
        match items(&self.items, text, 0, saved) {
            Ok(end) if end == text.len() => {}
            Ok(end) | Err(Stop::At(end)) => return Err(invalid(text, end)),
            Err(Stop::TooLarge(digits)) => {
                return Err(failure::argument(format!("For input string: \"{digits}\"")));
            }
        }
        let wrong =
            |reason: String| failure::argument(format!("Cannot parse \"{text}\": {reason}"));
        let wall = saved.wall().map_err(wrong)?;
        let zone = match saved.zone {
            None => Zone::UTC,
            Some(Place::Zone(zone)) => zone,
            Some(Place::Offset(millis)) => of_offset(millis)?,
        };
        let millis = zone.moment(wall);
        if zone.wall(millis) != wall {
            return Err(wrong(format!(
                "Illegal instant due to time zone offset transition ({zone})"
            )));
        }
        Ok(Moment { wall, millis, zone })
    }
}

/// Room for what is read of one text after the other.
#[derive(Debug, Default)]
pub(in super::super) struct Room(Saved);

fn of_offset(millis: i64) -> Result<Zone> {
    let zone = match millis % 60_000 {
        0 => i32::try_from(millis / 60_000).ok().and_then(Zone::offset),
        _ => None,
    };
    zone.ok_or_else(|| not_supported(&zone::shown(millis)))
}

/// A text that does not fit from `at` on.
fn invalid(text: &str, at: usize) -> DataFusionError {
    let (before, after) = text.split_at_checked(at).unwrap_or((text, ""));
    let wide = after.chars().map(char::len_utf16).sum::<usize>() > SHOWN + 3;
    let after = if wide {
        let shown: String = after.chars().take(SHOWN).collect();
        format!("{shown}...")
    } else {
        after.to_owned()
    };
    failure::argument(match (before, after.as_str()) {
        ("", after) => format!("Invalid format: \"{after}\""),
        (before, "") => format!("Invalid format: \"{before}\" is too short"),
        (before, after) => {
            format!("Invalid format: \"{before}{after}\" is malformed at \"{after}\"")
        }
    })
}

fn items(items: &[Item], text: &str, at: usize, saved: &mut Saved) -> Next {
    items.iter().try_fold(at, |at, item| self::item(item, text, at, saved))
}

fn item(item: &Item, text: &str, at: usize, saved: &mut Saved) -> Next {
    let rest = text.get(at..).unwrap_or("");
    match item {
        Item::Number { field, most, signed, .. } => number(*field, *most, *signed, rest, at, saved),
        Item::TwoDigits { field, pivot, lenient } => {
            let digits = digits(rest, usize::MAX);
            let year: Option<i64> = match (lenient, digits) {
                (true, 2) | (false, 2..) => rest[..2].parse().ok(),
                (true, _) => return number(*field, usize::MAX, true, rest, at, saved),
                _ => None,
            };
            let year = year.ok_or(Stop::At(at))?;
            let first = pivot - 50;
            saved.add(*field, first + (year - first).rem_euclid(100));
            Ok(at + 2)
        }
        Item::Name { field, .. } => {
            let (value, length) = names::read(*field, rest).ok_or(Stop::At(at))?;
            saved.add(*field, value);
            Ok(at + length)
        }
        Item::Fraction { of, most, .. } => fraction(*of, *most, rest, at, saved),
        Item::Literal(literal) => {
            literal_length(literal, rest).map(|length| at + length).ok_or(Stop::At(at))
        }
        Item::Offset { .. } => {
            let (millis, length) = zone::offset(rest).map_err(|length| Stop::At(at + length))?;
            saved.zone = Some(Place::Offset(millis));
            Ok(at + length)
        }
        Item::ZoneId | Item::ZoneName { .. } => {
            let found = if *item == Item::ZoneId { zone::named(rest) } else { zone::short(rest) };
            let (zone, length) = found.ok_or(Stop::At(at))?;
            saved.zone = Some(Place::Zone(zone));
            Ok(at + length)
        }
        Item::Either { of, optional } => either(of, *optional, text, at, saved),
    }
}

/// Digits at the start, so many at most.
fn digits(text: &str, most: usize) -> usize {
    text.bytes().take(most).take_while(u8::is_ascii_digit).count()
}

fn number(
    field: Field,
    most: usize,
    signed: bool,
    rest: &str,
    at: usize,
    saved: &mut Saved,
) -> Next {
    let sign = usize::from(signed && most > 1 && rest.starts_with(['+', '-']));
    let count = digits(&rest[sign..], most);
    if count == 0 {
        return Err(Stop::At(at));
    }
    let written = rest[..sign + count].trim_start_matches('+');
    let value: i32 = written.parse().map_err(|_| Stop::TooLarge(written.to_owned()))?;
    saved.add(field, i64::from(value));
    Ok(at + sign + count)
}

fn fraction(of: Field, most: usize, rest: &str, at: usize, saved: &mut Saved) -> Next {
    let (field, mut unit) = match of {
        Field::Hour => (Field::FractionOfHour, 36_000_000),
        Field::Minute => (Field::FractionOfMinute, 600_000),
        _ => (Field::Fraction, 10_000),
    };
    let digits = &rest[..digits(rest, most)];
    if digits.is_empty() {
        return Err(Stop::At(at));
    }
    let tenths = digits.bytes().fold(0, |sum, digit| {
        unit /= 10;
        sum + i64::from(digit - b'0') * unit
    });
    saved.add(field, tenths / 10);
    Ok(at + digits.len())
}

/// Bytes at the start that are the literal, whatever their letter case.
fn literal_length(literal: &str, text: &str) -> Option<usize> {
    let mut rest = text.chars();
    literal
        .chars()
        .all(|wanted| rest.next().is_some_and(|char| alike(wanted, char)))
        .then(|| text.len() - rest.as_str().len())
}

fn alike(one: char, other: char) -> bool {
    one == other
        || one.to_uppercase().eq(other.to_uppercase())
        || one.to_lowercase().eq(other.to_lowercase())
}

/// The alternative that reads furthest, and of these the first.
fn either(of: &[Vec<Item>], optional: bool, text: &str, at: usize, saved: &mut Saved) -> Next {
    let (mut furthest, mut best): (usize, Option<(usize, Saved)>) = (at, None);
    for alternative in of {
        let mut read = saved.clone();
        match items(alternative, text, at, &mut read) {
            Ok(end) if best.as_ref().is_none_or(|(known, _)| end > *known) => {
                best = Some((end, read));
            }
            Ok(_) => {}
            Err(Stop::At(end)) => furthest = furthest.max(end),
            Err(stop) => return Err(stop),
        }
    }
    match best {
        Some((end, read)) => {
            *saved = read;
            Ok(end)
        }
        None if optional => Ok(at),
        None => Err(Stop::At(furthest)),
    }
}
