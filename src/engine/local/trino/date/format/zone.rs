//! Zones in texts.

use std::fmt::Write as _;

use chrono_tz::TZ_VARIANTS;

use super::super::super::super::zone::Zone;

/// Milliseconds east of UTC that a text begins with, and their length: `Z`, `+01`, `+0100`, or
/// `+01:00`, also with seconds and milliseconds. The error is where it does not fit.
pub(super) fn offset(text: &str) -> Result<(i64, usize), usize> {
    let bytes = text.as_bytes();
    let sign = match bytes {
        [b'Z' | b'z', ..] => return Ok((0, 1)),
        [b'+', _, ..] => 1,
        [b'-', _, ..] => -1,
        _ => return Err(0),
    };
    let two = |at: usize, most: i64| -> Option<i64> {
        let digits = text.get(at..at + 2)?;
        let number = digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse());
        number?.ok().filter(|number| *number <= most)
    };
    let mut millis = two(1, 23).ok_or(1_usize)? * 3_600_000;
    let mut at = 3;
    let colon = bytes.get(at) == Some(&b':');
    for unit in [60_000, 1000] {
        match bytes.get(at) {
            Some(b':') if colon => at += 1,
            Some(b'0'..=b'9') if !colon => {}
            _ => return Ok((sign * millis, at)),
        }
        millis += two(at, 59).ok_or(at)? * unit;
        at += 2;
    }
    match bytes.get(at) {
        Some(b'.' | b',') if colon => at += 1,
        Some(b'0'..=b'9') if !colon => {}
        _ => return Ok((sign * millis, at)),
    }
    let start = at;
    for unit in [100, 10, 1] {
        if let Some(digit @ b'0'..=b'9') = bytes.get(at) {
            millis += i64::from(digit - b'0') * unit;
            at += 1;
        }
    }
    if at == start { Err(at) } else { Ok((sign * millis, at)) }
}

/// An offset as errors show it, with as many parts as it has.
pub(super) fn shown(millis: i64) -> String {
    let (sign, distance) = (if millis < 0 { '-' } else { '+' }, millis.unsigned_abs());
    let (minutes, seconds) = (distance / 60_000, distance / 1000 % 60);
    let mut text = format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60);
    if distance % 60_000 != 0 {
        let _ = write!(text, ":{seconds:02}");
    }
    if distance % 1000 != 0 {
        let _ = write!(text, ".{:03}", distance % 1000);
    }
    text
}

/// The longest name of a zone that a text begins with, and its length.
pub(super) fn named(text: &str) -> Option<(Zone, usize)> {
    let names = TZ_VARIANTS.iter().map(|zone| zone.name());
    let fits = names.filter(|name| text.starts_with(name));
    let known = fits.filter_map(|name| Some((Zone::parse(name)?, name.len())));
    known.max_by_key(|(_, length)| *length)
}

/// As [`named`], of the few abbreviations that are read.
pub(super) fn short(text: &str) -> Option<(Zone, usize)> {
    const SHORT: [(&str, &str); 11] = [
        ("UTC", "UTC"),
        ("UT", "UTC"),
        ("GMT", "UTC"),
        ("EST", "America/New_York"),
        ("EDT", "America/New_York"),
        ("CST", "America/Chicago"),
        ("CDT", "America/Chicago"),
        ("MST", "America/Denver"),
        ("MDT", "America/Denver"),
        ("PST", "America/Los_Angeles"),
        ("PDT", "America/Los_Angeles"),
    ];
    let (name, zone) = SHORT.iter().find(|(name, _)| text.starts_with(name))?;
    Some((Zone::parse(zone)?, name.len()))
}
