//! Times as people read them: in the report's zone, with the day only where it is needed.

use chrono::{DateTime, Datelike, Duration, NaiveDate, NaiveTime, Utc};
use chrono_tz::Tz;
use serde::Serialize;

/// A point in time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Moment {
    /// The time, UTC.
    pub at: DateTime<Utc>,
    /// The time in the report's zone: `09:12`, with the day where that is not the period's.
    pub text: String,
}

/// A span of time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Span {
    /// Its first moment, UTC; none where no record holds a readable time.
    pub from: Option<DateTime<Utc>>,
    /// Its last moment, UTC.
    pub to: Option<DateTime<Utc>>,
    /// The span in the report's zone: `09:12`, `09:12 to 09:40` or `time unknown`.
    pub text: String,
}

/// Writes times for one report.
#[derive(Debug, Clone)]
pub(super) struct Clock {
    zone: Tz,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
    /// The day of the period in the zone, where it lies within one.
    day: Option<NaiveDate>,
}

impl Clock {
    pub(super) fn new(zone: Tz, from: DateTime<Utc>, to: DateTime<Utc>) -> Self {
        let first = from.with_timezone(&zone).date_naive();
        // The end is not in the period: midnight ends the day before it.
        let last = (to - Duration::nanoseconds(1)).with_timezone(&zone);
        let day = (to <= from || first == last.date_naive()).then_some(first);
        Self { zone, from, to, day }
    }

    pub(super) fn moment(&self, at: DateTime<Utc>) -> Moment {
        Moment { at, text: self.text(at, None) }
    }

    /// The span from the first to the last of the known times.
    pub(super) fn span(&self, times: impl IntoIterator<Item = Option<DateTime<Utc>>>) -> Span {
        let mut known = times.into_iter().flatten();
        let Some(first) = known.next() else {
            return Span { from: None, to: None, text: "time unknown".to_owned() };
        };
        let (from, to) =
            known.fold((first, first), |(from, to), time| (from.min(time), to.max(time)));
        let start = self.text(from, None);
        let end = self.text(to, Some(from));
        Span {
            from: Some(from),
            to: Some(to),
            text: if self.minute(from) == self.minute(to) {
                start
            } else {
                format!("{start} to {end}")
            },
        }
    }

    /// The period with its day, without the place: `Mon 23 Nov 2026, 09:00 to 10:00`.
    pub(super) fn period_text(&self) -> String {
        let from = self.from.with_timezone(&self.zone);
        let to = self.to.with_timezone(&self.zone);
        let midnight = |time: NaiveTime| time == NaiveTime::MIN;
        match self.day {
            Some(day) if midnight(from.time()) && midnight(to.time()) && self.from < self.to => {
                day.format("%a %-d %b %Y").to_string()
            }
            Some(day) => format!(
                "{}, {} to {}",
                day.format("%a %-d %b %Y"),
                from.format("%H:%M"),
                to.format("%H:%M")
            ),
            None => format!(
                "{} to {}",
                from.format("%a %-d %b %Y %H:%M"),
                to.format("%a %-d %b %Y %H:%M")
            ),
        }
    }

    pub(super) fn period(&self) -> Span {
        Span {
            from: Some(self.from),
            to: Some(self.to),
            text: format!("{} {}", self.period_text(), place(self.zone)),
        }
    }

    /// A moment with its day, year, second and place: for messages about a single event.
    pub(super) fn exact(&self, at: DateTime<Utc>) -> Moment {
        let local = at.with_timezone(&self.zone);
        Moment {
            at,
            text: format!("{} {}", local.format("%a %-d %b %Y, %H:%M:%S"), place(self.zone)),
        }
    }

    /// The minute of a time, with its day unless that goes without saying: it is the period's
    /// only day, or the day that the reader has just read.
    fn text(&self, at: DateTime<Utc>, after: Option<DateTime<Utc>>) -> String {
        let local = at.with_timezone(&self.zone);
        let day = local.date_naive();
        let just_read = after.map(|after| after.with_timezone(&self.zone).date_naive());
        let known = just_read.map_or(self.day == Some(day), |read| read == day);
        let form = if known {
            "%H:%M"
        } else if day.year() == self.to.with_timezone(&self.zone).year() {
            "%a %-d %b %H:%M"
        } else {
            "%-d %b %Y %H:%M"
        };
        local.format(form).to_string()
    }

    fn minute(&self, at: DateTime<Utc>) -> String {
        at.with_timezone(&self.zone).format("%Y-%m-%d %H:%M").to_string()
    }
}

/// `Johannesburg` of `Africa/Johannesburg`.
fn place(zone: Tz) -> String {
    let name = zone.name();
    name.rsplit('/').next().unwrap_or(name).replace('_', " ")
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        DateTime::parse_from_rfc3339(text).unwrap().to_utc()
    }

    fn hour() -> Clock {
        Clock::new(
            chrono_tz::Africa::Johannesburg,
            at("2026-11-23T07:00:00Z"),
            at("2026-11-23T08:00:00Z"),
        )
    }

    #[test]
    fn the_day_is_shown_only_where_it_is_not_the_periods() {
        let clock = hour();
        let span = |from, to| clock.span([Some(at(from)), None, Some(at(to))]).text;
        assert_eq!(span("2026-11-23T07:40:59Z", "2026-11-23T07:12:00Z"), "09:12 to 09:40");
        assert_eq!(span("2026-11-23T07:12:01Z", "2026-11-23T07:12:59Z"), "09:12");
        assert_eq!(
            span("2026-11-22T07:12:00Z", "2026-11-22T08:00:00Z"),
            "Sun 22 Nov 09:12 to 10:00"
        );
        assert_eq!(
            span("2025-11-22T23:12:00Z", "2026-11-23T07:00:00Z"),
            "23 Nov 2025 01:12 to Mon 23 Nov 09:00"
        );
        assert_eq!(clock.span([None, None]).text, "time unknown");
    }

    #[test]
    fn a_period_is_written_as_short_as_it_can_be() {
        assert_eq!(hour().period().text, "Mon 23 Nov 2026, 09:00 to 10:00 Johannesburg");
        let day = Clock::new(Tz::UTC, at("2026-11-23T00:00:00Z"), at("2026-11-24T00:00:00Z"));
        assert_eq!(day.period().text, "Mon 23 Nov 2026 UTC");
        assert_eq!(day.moment(at("2026-11-23T23:59:00Z")).text, "23:59");
        let two = Clock::new(Tz::UTC, at("2026-11-22T09:00:00Z"), at("2026-11-23T09:00:00Z"));
        assert_eq!(two.period().text, "Sun 22 Nov 2026 09:00 to Mon 23 Nov 2026 09:00 UTC");
        assert_eq!(two.moment(at("2026-11-23T08:00:00Z")).text, "Mon 23 Nov 08:00");
    }
}
