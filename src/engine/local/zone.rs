//! Moments with the zone they are shown in, packed into 64 bits as Trino packs them.
//!
//! The upper 52 bits are milliseconds since 1970 in UTC, the lower 12 bits say which zone. So
//! packed moments order by time, and functions that keep the zone need no second array.

use chrono::{DateTime, Offset as _, TimeZone as _};
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

    /// Reads `UTC`, `Z`, `+01:00`, `+0100`, `+1`, `UTC+1`, `GMT+1:00` or a name of the time zone
    /// database, in just these letters.
    pub(super) fn parse(text: &str) -> Option<Self> {
        const UTC: [&str; 14] = [
            "UTC",
            "Z",
            "GMT",
            "UT",
            "GMT0",
            "UCT",
            "Zulu",
            "Greenwich",
            "Universal",
            "Etc/UTC",
            "Etc/GMT",
            "Etc/GMT0",
            "Etc/UCT",
            "Etc/Universal",
        ];
        // Names of the database that Trino does not take.
        const MISSING: [&str; 5] = ["EST", "MST", "HST", "ROC", "Factory"];
        if UTC.contains(&text) {
            return Some(Self::UTC);
        }
        if text.starts_with(['+', '-']) {
            return Self::offset(offset_minutes(text)?);
        }
        if let Some(offset) = text.strip_prefix("Etc/GMT") {
            // POSIX counts to the west.
            return Self::offset(-hours_and_minutes(offset)?);
        }
        let offset =
            ["Etc/UTC", "UTC", "GMT", "UT"].iter().find_map(|name| text.strip_prefix(name));
        if let Some(minutes) = offset.and_then(hours_and_minutes) {
            return Self::offset(minutes);
        }
        if MISSING.contains(&text) || text.starts_with("Etc/") {
            return None;
        }
        text.parse().ok().map(Self::Named)
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

    /// What clocks in this zone show at a moment, as milliseconds as if in UTC.
    pub(super) fn wall(self, millis: i64) -> i64 {
        millis.saturating_add(self.millis_at(millis))
    }

    fn millis_at(self, millis: i64) -> i64 {
        i64::from(self.seconds_at(millis)) * 1000
    }

    /// As [`Zone::moment`], but of two moments the one with the offset of `near`.
    pub(super) fn moment_near(self, wall: i64, near: i64) -> i64 {
        let offset = self.millis_at(near);
        let moment = wall.saturating_sub(offset);
        if self.millis_at(moment) == offset { moment } else { self.moment(wall) }
    }

    /// The moment when clocks in this zone show `wall` (milliseconds as if in UTC).
    ///
    /// The earlier one where they show it twice; where they skip it, the moment as many minutes
    /// later.
    pub(super) fn moment(self, wall: i64) -> i64 {
        let Self::Named(tz) = self else {
            return wall.saturating_sub(self.millis_at(wall));
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
                wall - self.millis_at(wall - DAY)
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

/// Minutes of `+1`, `+01`, `+0100`, `+01:00` or `+01:00:00`.
fn offset_minutes(text: &str) -> Option<i32> {
    let text = text.strip_suffix(":00").filter(|rest| rest.len() == 6).unwrap_or(text);
    match text.len() {
        2 | 3 => hours_and_minutes(text),
        5 => hours_and_minutes(&format!("{}:{}", text.get(..3)?, text.get(3..)?)),
        6 => hours_and_minutes(text),
        _ => None,
    }
}

/// Minutes of `+1`, `+01`, `+1:00` or `+01:00`.
fn hours_and_minutes(text: &str) -> Option<i32> {
    let (sign, rest) = match text.split_at_checked(1)? {
        ("+", rest) => (1, rest),
        ("-", rest) => (-1, rest),
        _ => return None,
    };
    let (hours, minutes) = rest.split_once(':').unwrap_or((rest, "00"));
    let number = |digits: &str| -> Option<i32> {
        digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())?
    };
    let fits = (1..=2).contains(&hours.len()) && minutes.len() == 2;
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    (fits && minutes < 60).then_some(sign * (hours * 60 + minutes))
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
    zone(packed).wall(millis(packed))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use chrono::Utc;

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
        for (text, zone) in [
            ("Z", Zone::UTC),
            ("+00:00", Zone::UTC),
            ("-0", Zone::UTC),
            ("Etc/UTC", Zone::UTC),
            ("GMT-0", Zone::UTC),
            ("+0530", Zone::Offset(330)),
            ("+05:30:00", Zone::Offset(330)),
            ("-3", Zone::Offset(-180)),
            ("GMT+1", Zone::Offset(60)),
            ("UT-1:30", Zone::Offset(-90)),
            ("Etc/GMT+5", Zone::Offset(-300)),
            ("US/Pacific", Zone::Named(Tz::US__Pacific)),
        ] {
            assert_eq!(Zone::parse(text), Some(zone), "{text}");
        }
        for wrong in [
            "",
            "+",
            "+15:00",
            "+1:00",
            "+01:60",
            "+530",
            "+1é",
            "+00é0",
            "UTC+",
            "UTC0",
            "UTC+0530",
            "utc",
            "z",
            "Foo",
            "EST",
            "Etc/Zulu",
            "europe/berlin",
            "Etc/GMT+15",
        ] {
            assert_eq!(Zone::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn walls_follow_daylight_saving() {
        let berlin = Zone::parse("Europe/Berlin").unwrap();
        let summer = "2026-07-01T12:00:00Z".parse::<DateTime<Utc>>().unwrap().timestamp_millis();
        let packed = pack(summer, berlin).unwrap();
        assert_eq!(wall_millis(packed) - summer, 2 * 3_600_000);
        assert_eq!(berlin.moment(wall_millis(packed)), summer);
    }

    #[test]
    fn of_two_moments_the_near_one_is_meant() {
        let berlin = Zone::parse("Europe/Berlin").unwrap();
        let first = "2026-10-25T00:30:00Z".parse::<DateTime<Utc>>().unwrap().timestamp_millis();
        let second = first + 3_600_000;
        let wall = berlin.wall(first);
        assert_eq!(berlin.wall(second), wall);
        assert_eq!(berlin.moment(wall), first);
        assert_eq!(berlin.moment_near(wall, second), second);
    }
}
