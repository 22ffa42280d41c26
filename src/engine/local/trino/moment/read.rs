//! Reading of dates, times and timestamps.

use super::super::super::zone::{Zone, pack};
use super::super::date::calendar;
use super::{DAY, SECOND};

/// Digits of a fraction that are looked at.
const PICOS: u32 = 12;

/// Days since 1970 of `Y-M-D`, blanks around it allowed, and nothing else.
pub(crate) fn parse_date(text: &str) -> Option<i32> {
    let mut rest = trim(text);
    let days = date(&mut rest, 1)?;
    rest.is_empty().then_some(days)
}

/// Microseconds since 1970 of `Y-M-D[ H:M[:S[.f]]][ zone]` as clocks show them, rounded to
/// `precision` digits. The zone must be one, but changes nothing.
pub(crate) fn parse_timestamp(text: &str, precision: u8) -> Option<i64> {
    let read = Read::of(trim(text))?;
    read.zone()?;
    read.micros(precision)
}

/// As [`parse_timestamp`], [packed](pack) with the zone of the text, or UTC.
pub(crate) fn parse_timestamp_tz(text: &str, precision: u8) -> Option<i64> {
    let read = Read::of(trim(text))?;
    let zone = read.zone()?;
    let wall = read.micros(precision.min(3))?.div_euclid(1000);
    pack(zone.moment(wall), zone)
}

/// Digits of the fraction of a second in the text of a timestamp or a time.
pub(crate) fn precision_of(text: &str) -> Option<u8> {
    let text = trim(text);
    let fraction = match Read::of(text) {
        Some(read) => read.clock.map_or("", |clock| clock.fraction),
        None => Clock::of(&mut { text })?.fraction,
    };
    u8::try_from(fraction.len()).ok()
}

/// Whether the text of a timestamp says a zone.
pub(crate) fn has_zone(text: &str) -> bool {
    Read::of(trim(text)).is_some_and(|read| !read.zone.is_empty())
}

/// Microseconds of the day of `H:M[:S[.f]]`, rounded to `precision` digits. Rounding up past
/// midnight starts over.
pub(crate) fn parse_time(text: &str, precision: u8) -> Option<i64> {
    let mut rest = text;
    let clock = Clock::of(&mut rest)?;
    rest.is_empty().then(|| clock.micros(precision) % DAY)
}

/// Cuts what Java calls white space.
fn trim(text: &str) -> &str {
    text.trim_matches(|char: char| {
        matches!(char, '\t'..='\r' | '\u{1c}'..='\u{1f}')
            || char.is_whitespace()
                && !matches!(char, '\u{85}' | '\u{a0}' | '\u{2007}' | '\u{202f}')
    })
}

/// The parts of a timestamp's text.
struct Read<'a> {
    days: i32,
    clock: Option<Clock<'a>>,
    zone: &'a str,
}

impl<'a> Read<'a> {
    fn of(text: &'a str) -> Option<Self> {
        let mut rest = text;
        let days = date(&mut rest, 4)?;
        if rest.is_empty() {
            return Some(Self { days, clock: None, zone: "" });
        }
        rest = rest.strip_prefix(' ')?;
        let mut after = rest;
        let clock = Clock::of(&mut after);
        if clock.is_some() {
            rest = after;
        }
        Some(Self { days, clock, zone: rest.trim_start() })
    }

    fn zone(&self) -> Option<Zone> {
        match self.zone {
            "" => Some(Zone::UTC),
            zone => Zone::parse(zone),
        }
    }

    fn micros(&self, precision: u8) -> Option<i64> {
        let clock = self.clock.as_ref().map_or(0, |clock| clock.micros(precision));
        i64::from(self.days).checked_mul(DAY)?.checked_add(clock)
    }
}

/// The parts of a time of day.
struct Clock<'a> {
    seconds: i64,
    fraction: &'a str,
}

impl<'a> Clock<'a> {
    /// Reads `H:M[:S[.f]]`, and moves `rest` behind it.
    fn of(rest: &mut &'a str) -> Option<Self> {
        let hour = short(rest).filter(|hour| *hour < 24)?;
        *rest = rest.strip_prefix(':')?;
        let minute = short(rest).filter(|minute| *minute < 60)?;
        let mut clock = Self { seconds: i64::from(hour * 3600 + minute * 60), fraction: "" };
        let Some(mut after) = rest.strip_prefix(':') else {
            return Some(clock);
        };
        let second = short(&mut after).filter(|second| *second < 60)?;
        clock.seconds += i64::from(second);
        if let Some(fraction) = after.strip_prefix('.') {
            clock.fraction = digits(fraction);
            if !clock.fraction.is_empty() {
                after = &fraction[clock.fraction.len()..];
            }
        }
        *rest = after;
        Some(clock)
    }

    fn micros(&self, precision: u8) -> i64 {
        self.seconds * SECOND + micros(self.fraction, precision)
    }
}

/// Microseconds of a fraction's digits, rounded half up.
fn micros(fraction: &str, precision: u8) -> i64 {
    let picos = (0..PICOS as usize).fold(0_i64, |picos, at| {
        picos * 10 + fraction.as_bytes().get(at).map_or(0, |digit| i64::from(digit - b'0'))
    });
    let unit = 10_i64.pow(PICOS - u32::from(precision.min(6)));
    let rounded = (picos + unit / 2) / unit * unit;
    rounded / (1_000_000_000_000 / SECOND)
}

/// Reads `Y-M-D` with at least so many digits of year, and moves `rest` behind it.
fn date(rest: &mut &str, year_digits: usize) -> Option<i32> {
    let unsigned = rest.strip_prefix(['+', '-']).unwrap_or(rest);
    let year = digits(unsigned);
    if year.len() < year_digits {
        return None;
    }
    let negative = rest.starts_with('-');
    let number: i32 = year.parse().ok()?;
    let mut after = unsigned[year.len()..].strip_prefix('-')?;
    let month = short(&mut after)?;
    after = after.strip_prefix('-')?;
    let day = short(&mut after)?;
    let year = i64::from(if negative { -number } else { number });
    let (month, day) = (i64::from(month), i64::from(day));
    let days = calendar::day(year, month, day)?;
    *rest = after;
    i32::try_from(days).ok()
}

/// A number of one or two digits.
fn short(rest: &mut &str) -> Option<u32> {
    let number = digits(rest);
    if !(1..=2).contains(&number.len()) {
        return None;
    }
    *rest = &rest[number.len()..];
    number.parse().ok()
}

/// The digits at the start.
fn digits(text: &str) -> &str {
    let end = text.bytes().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len());
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::super::{write_date, write_time, write_timestamp, write_timestamp_tz};
    use super::*;

    fn shown<T>(value: Option<T>, write: impl Fn(T, &mut String)) -> String {
        value.map_or_else(
            || "-".to_owned(),
            |value| {
                let mut out = String::new();
                write(value, &mut out);
                out
            },
        )
    }

    #[test]
    fn dates_as_trino_casts_them() {
        for (text, date) in [
            ("2026-01-02", "2026-01-02"),
            (" 2026-1-2\t", "2026-01-02"),
            ("+2026-1-2", "2026-01-02"),
            ("-2026-1-2", "-2026-01-02"),
            ("26-1-2", "0026-01-02"),
            ("12345-1-2", "12345-01-02"),
            ("0000-1-2", "0000-01-02"),
            ("2026-001-02", "-"),
            ("2026-02-30", "-"),
            ("2026-01-02T00:00:00Z", "-"),
            ("\u{a0}2026-1-2", "-"),
            ("5881580-7-11", "5881580-07-11"),
            ("5881580-7-12", "-"),
            ("2024-2-29", "2024-02-29"),
            ("2026-2-29", "-"),
            ("2026-13-1", "-"),
            ("2026-1-0", "-"),
            ("99999999999-1-2", "-"),
            ("", "-"),
            ("2026-1-é", "-"),
        ] {
            assert_eq!(shown(parse_date(text), write_date), date, "{text}");
        }
    }

    #[test]
    fn timestamps_as_trino_casts_them() {
        for (text, timestamp) in [
            ("2026-01-02 03:04:05.9996", "2026-01-02 03:04:06.000"),
            ("2026-1-2 3:4", "2026-01-02 03:04:00.000"),
            (" 2026-1-2 03:04:05 ", "2026-01-02 03:04:05.000"),
            ("-2026-1-2 03:04:05", "-2026-01-02 03:04:05.000"),
            ("12345-1-2 03:04:05", "+12345-01-02 03:04:05.000"),
            ("2026-1-2 03:04:05.1234567890123", "2026-01-02 03:04:05.123"),
            ("1969-12-31 23:59:59.9995", "1970-01-01 00:00:00.000"),
            ("2026-1-2 3:4:5+01:00", "2026-01-02 03:04:05.000"),
            ("2026-1-2 3:4:5 Europe/Berlin", "2026-01-02 03:04:05.000"),
            ("2026-1-2 UTC", "2026-01-02 00:00:00.000"),
            ("2026-1-2 3", "-"),
            ("2026-1-2 3:4:5.", "-"),
            ("2026-1-2  3:4:5", "-"),
            ("2026-1-2 3:4:5 foo", "-"),
            ("2026-1-2 24:00", "-"),
            ("2026-1-2 003:04:05", "-"),
            ("2026-1-2T03:04:05", "-"),
            ("2026-01-02T03:04:05Z", "-"),
            ("26-1-2 3:4", "-"),
            ("", "-"),
        ] {
            let read = shown(parse_timestamp(text, 3), |value, out| write_timestamp(value, 3, out));
            assert_eq!(read, timestamp, "{text}");
        }
        let read = shown(parse_timestamp("2026-1-2 3:4:5.123456789", 6), |value, out| {
            write_timestamp(value, 9, out);
        });
        assert_eq!(read, "2026-01-02 03:04:05.123457000");
    }

    #[test]
    fn zones_as_trino_casts_them() {
        for (text, timestamp) in [
            ("2026-1-2 03:04:05 Z", "2026-01-02 03:04:05.000 UTC"),
            ("2026-1-2 03:04:05", "2026-01-02 03:04:05.000 UTC"),
            ("2026-1-2", "2026-01-02 00:00:00.000 UTC"),
            ("2026-1-2 3:4 +01", "2026-01-02 03:04:00.000 +01:00"),
            ("2026-1-2 3:4 +0100", "2026-01-02 03:04:00.000 +01:00"),
            ("2026-1-2 3:4 GMT+1", "2026-01-02 03:04:00.000 +01:00"),
            ("2026-1-2 3:4 UT+01:30", "2026-01-02 03:04:00.000 +01:30"),
            ("2026-1-2 3:4 -0000", "2026-01-02 03:04:00.000 UTC"),
            ("2026-1-2 3:4 Universal", "2026-01-02 03:04:00.000 UTC"),
            ("2026-1-2 3:4 Etc/GMT", "2026-01-02 03:04:00.000 UTC"),
            ("2026-03-29 2:30 Europe/Berlin", "2026-03-29 03:30:00.000 Europe/Berlin"),
            ("2026-10-25 2:30 Europe/Berlin", "2026-10-25 02:30:00.000 Europe/Berlin"),
            ("2026-1-2 03:04:05.9996 Europe/Berlin", "2026-01-02 03:04:06.000 Europe/Berlin"),
            ("12345-03-15 12:00:00 UTC", "+12345-03-15 12:00:00.000 UTC"),
            ("2026-1-2 +1:0", "-"),
            ("2026-1-2 3:4 +1:00", "-"),
            ("2026-1-2 3:4 +13:60", "-"),
            ("2026-1-2 3:4 foo", "-"),
            ("999999-1-2 3:4 UTC", "-"),
        ] {
            let read = parse_timestamp_tz(text, 3);
            let read = shown(read, |value, out| write_timestamp_tz(value, 3, out));
            assert_eq!(read, timestamp, "{text}");
        }
    }

    #[test]
    fn times_as_trino_casts_them() {
        for (text, time) in [
            ("3:4", "03:04:00.000"),
            ("3:4:5.6789", "03:04:05.679"),
            ("23:59:59.9999", "00:00:00.000"),
            ("3", "-"),
            ("24:00", "-"),
            (" 3:4", "-"),
            ("3:4+01:00", "-"),
        ] {
            let read = shown(parse_time(text, 3), |value, out| write_time(value, 3, out));
            assert_eq!(read, time, "{text}");
        }
    }

    #[test]
    fn literals_say_precision_and_zone() {
        for (text, precision, zone) in [
            ("2026-1-2", Some(0), false),
            ("2026-1-2 3:4:5.678", Some(3), false),
            ("2026-1-2 3:4:5.6 UTC", Some(1), true),
            ("2026-1-2 +01:00", Some(0), true),
            ("3:4:5.12", Some(2), false),
            ("foo", None, false),
        ] {
            assert_eq!((precision_of(text), has_zone(text)), (precision, zone), "{text}");
        }
    }
}
