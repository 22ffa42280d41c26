//! Moments with the zone they are shown in, packed into 64 bits as Trino packs them.
//!
//! The upper 52 bits are milliseconds since 1970 in UTC, the lower 12 bits say which zone. So
//! packed moments order by time, and functions that keep the zone need no second array.

use chrono::{DateTime, FixedOffset, NaiveDateTime, Offset as _, TimeZone as _, Utc};
use chrono_tz::{TZ_VARIANTS, Tz};

/// Bits for the zone.
const ZONE_BITS: u32 = 12;

/// Minutes of the largest offset there is, 14 hours.
const MOST_MINUTES: i32 = 14 * 60;

/// Zones below are offsets in minutes, from `-14:00`; those from here on are named.
const NAMED: usize = 2 * MOST_MINUTES as usize + 1;

/// A zone: a fixed offset, or a name with rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Zone {
    /// Minutes east of UTC, other than 0.
    Offset(i32),
    /// `UTC`, `Europe/Berlin`.
    Named(Tz),
}

impl Zone {
    /// The session's zone.
    pub(super) const UTC: Self = Self::Named(Tz::UTC);

    /// Reads `UTC`, `Z`, `+01:00`, `+01`, `+0100`, `UTC+1` or a name of the time zone database, in
    /// any letter case.
    pub(super) fn parse(text: &str) -> Option<Self> {
        if let Some(minutes) = offset_minutes(text) {
            return Self::offset(minutes);
        }
        let plain = strip(text, "Etc/").unwrap_or(text);
        if ["utc", "z", "gmt", "ut", "gmt0", "greenwich", "zulu", "uct", "universal"]
            .iter()
            .any(|name| plain.eq_ignore_ascii_case(name))
        {
            return Some(Self::UTC);
        }
        let offset = ["UTC", "GMT", "UT"].iter().find_map(|name| strip(text, name));
        if let Some(minutes) = offset.and_then(offset_minutes) {
            return Self::offset(minutes);
        }
        let known = TZ_VARIANTS.iter().find(|zone| zone.name().eq_ignore_ascii_case(text));
        known.copied().map(Self::Named)
    }

    /// The zone of an offset; zero is UTC.
    pub(super) fn offset(minutes: i32) -> Option<Self> {
        match minutes {
            0 => Some(Self::UTC),
            _ if minutes.abs() <= MOST_MINUTES => Some(Self::Offset(minutes)),
            _ => None,
        }
    }

    fn key(self) -> i64 {
        let key = match self {
            Self::Offset(minutes) => usize::try_from(minutes + MOST_MINUTES).unwrap_or(0),
            Self::Named(tz) => NAMED + tz as usize,
        };
        i64::try_from(key).unwrap_or(0)
    }

    fn of_key(key: usize) -> Self {
        match key.checked_sub(NAMED) {
            Some(at) => Self::Named(TZ_VARIANTS.get(at).copied().unwrap_or(Tz::UTC)),
            None => Self::Offset(i32::try_from(key).unwrap_or(0) - MOST_MINUTES),
        }
    }

    /// Seconds east of UTC at a moment.
    pub(super) fn seconds_at(self, millis: i64) -> i32 {
        match self {
            Self::Offset(minutes) => minutes * 60,
            Self::Named(Tz::UTC) => 0,
            Self::Named(tz) => DateTime::from_timestamp_millis(millis).map_or(0, |utc| {
                tz.offset_from_utc_datetime(&utc.naive_utc()).fix().local_minus_utc()
            }),
        }
    }

    /// The moment when clocks in this zone show `wall` (milliseconds as if in UTC).
    ///
    /// The earlier one where they show it twice; where they skip it, the moment as many minutes
    /// later.
    pub(super) fn moment(self, wall: i64) -> i64 {
        let Self::Named(tz) = self else {
            return wall - i64::from(self.seconds_at(wall)) * 1000;
        };
        let Some(local) = DateTime::from_timestamp_millis(wall) else {
            return wall;
        };
        match tz.offset_from_local_datetime(&local.naive_utc()) {
            chrono::LocalResult::Single(offset) | chrono::LocalResult::Ambiguous(offset, _) => {
                wall - i64::from(offset.fix().local_minus_utc()) * 1000
            }
            chrono::LocalResult::None => {
                // Clocks jump over it: the offset from before the jump still counts.
                const DAY: i64 = 86_400_000;
                wall - i64::from(self.seconds_at(wall - DAY)) * 1000
            }
        }
    }
}

impl std::fmt::Display for Zone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Named(tz) => f.write_str(tz.name()),
            Self::Offset(minutes) => {
                let sign = if *minutes < 0 { '-' } else { '+' };
                let minutes = minutes.abs();
                write!(f, "{sign}{:02}:{:02}", minutes / 60, minutes % 60)
            }
        }
    }
}

/// What follows a prefix, whatever its letter case.
fn strip<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let (start, rest) = text.split_at_checked(prefix.len())?;
    start.eq_ignore_ascii_case(prefix).then_some(rest)
}

fn offset_minutes(text: &str) -> Option<i32> {
    let (sign, rest) = match text.split_at_checked(1)? {
        ("+", rest) => (1, rest),
        ("-", rest) => (-1, rest),
        _ => return None,
    };
    let (hours, minutes) = match rest.split_once(':') {
        Some(parts) => parts,
        None if rest.len() == 4 && rest.is_ascii() => rest.split_at(2),
        None => (rest, "0"),
    };
    let number = |digits: &str| {
        let plain =
            (1..=2).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
        plain.then(|| digits.parse::<i32>().ok()).flatten()
    };
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    (minutes < 60).then_some(sign * (hours * 60 + minutes))
}

/// Packs a moment; `None` where it is out of range.
pub(super) fn pack(millis: i64, zone: Zone) -> Option<i64> {
    let shifted = millis.checked_mul(1 << ZONE_BITS)?;
    Some(shifted | zone.key())
}

/// Milliseconds since 1970 in UTC.
pub(super) fn millis(packed: i64) -> i64 {
    packed >> ZONE_BITS
}

/// The same moment for all zones it can be shown in.
pub(super) fn instant(packed: i64) -> i64 {
    millis(packed) << ZONE_BITS
}

/// The zone it is shown in.
pub(super) fn zone(packed: i64) -> Zone {
    let key = packed & ((1 << ZONE_BITS) - 1);
    Zone::of_key(usize::try_from(key).unwrap_or(0))
}

/// What clocks in its zone show, as milliseconds as if in UTC.
pub(super) fn wall_millis(packed: i64) -> i64 {
    let millis = millis(packed);
    millis + i64::from(zone(packed).seconds_at(millis)) * 1000
}

/// What clocks in its zone show.
pub(super) fn wall(packed: i64) -> NaiveDateTime {
    DateTime::<Utc>::from_timestamp_millis(wall_millis(packed)).unwrap_or_default().naive_utc()
}

/// A moment as chrono has it, in UTC.
pub(super) fn utc(packed: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(millis(packed)).unwrap_or_default()
}

/// Packs a moment of chrono's, with its offset as zone.
pub(super) fn pack_offset(moment: &DateTime<FixedOffset>) -> Option<i64> {
    pack(moment.timestamp_millis(), Zone::offset(moment.offset().local_minus_utc() / 60)?)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn zones_survive_packing() {
        for name in
            ["UTC", "+01:00", "-14:00", "+14:00", "-00:30", "America/Los_Angeles", "Asia/Kolkata"]
        {
            let zone = Zone::parse(name).unwrap();
            let packed = pack(-1_234_567, zone).unwrap();
            assert_eq!((millis(packed), super::zone(packed)), (-1_234_567, zone));
            assert_eq!(zone.to_string(), name);
        }
    }

    #[test]
    fn every_named_zone_survives_packing() {
        for tz in TZ_VARIANTS {
            assert_eq!(zone(pack(0, Zone::Named(tz)).unwrap()), Zone::Named(tz));
        }
    }

    #[test]
    fn zones_are_read_as_trino_reads_them() {
        assert_eq!(Zone::parse("Z"), Some(Zone::UTC));
        assert_eq!(Zone::parse("+00:00"), Some(Zone::UTC));
        assert_eq!(Zone::parse("+0530"), Some(Zone::Offset(330)));
        assert_eq!(Zone::parse("GMT+1"), Some(Zone::Offset(60)));
        assert_eq!(Zone::parse("Etc/UTC"), Some(Zone::UTC));
        assert_eq!(Zone::parse("-3"), Some(Zone::Offset(-180)));
        for wrong in ["", "+", "+15:00", "+1:60", "Foo", "+1é"] {
            assert_eq!(Zone::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn walls_follow_daylight_saving() {
        let berlin = Zone::parse("Europe/Berlin").unwrap();
        let summer = "2026-07-01T12:00:00Z".parse::<DateTime<Utc>>().unwrap().timestamp_millis();
        let packed = pack(summer, berlin).unwrap();
        assert_eq!(wall(packed).to_string(), "2026-07-01 14:00:00");
        assert_eq!(berlin.moment(wall_millis(packed)), summer);
    }
}
