//! When a report is due: a cron expression, a time zone, and when it last ran. Pure.
//!
//! Times that a change to summer time leaves out are skipped; times that it repeats count once.

use std::str::FromStr;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

/// A cron expression.
///
/// Six or seven fields are the `cron` crate's (seconds first); five are the usual ones, at second 0.
/// Weekdays are names, or numbers that count 1 for Sunday in six fields, and 0 or 7 for Sunday in
/// five, as in crontab.
#[derive(Debug, Clone)]
pub struct Schedule(cron::Schedule);

/// What is due now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    /// The latest time at which the report should have run.
    pub at: DateTime<Utc>,
    /// How many earlier times were missed.
    pub missed: usize,
}

/// More missed times than this are not counted one by one.
const COUNTED: usize = 10_000;

impl Schedule {
    /// Reads an expression.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let fields: Vec<&str> = text.split_whitespace().collect();
        let expression = match fields.as_slice() {
            [minute, hour, day, month, weekday] => {
                let weekday = crontab_weekday(weekday)?;
                format!("0 {minute} {hour} {day} {month} {weekday}")
            }
            [_, _, _, _, _, _] | [_, _, _, _, _, _, _] => text.to_owned(),
            _ => {
                return Err(format!("'{text}' has {} fields, not 5, 6 or 7", fields.len()));
            }
        };
        cron::Schedule::from_str(&expression)
            .map(Self)
            .map_err(|error| format!("'{text}' is no cron expression: {error}"))
    }

    /// What is due at `now` if the report last ran for `last`; a report that never ran is due.
    pub fn due(&self, last: Option<DateTime<Utc>>, now: DateTime<Utc>, zone: Tz) -> Option<Due> {
        let Some(last) = last else {
            return Some(Due { at: now, missed: 0 });
        };
        let mut due: Option<Due> = None;
        let last = last.with_timezone(&zone);
        let mut clock = last.naive_local();
        for time in self.0.after(&last).take(COUNTED) {
            let at = time.with_timezone(&Utc);
            if at > now {
                break;
            }
            // When clocks go back, what they show a second time has been served already.
            if time.naive_local() <= clock {
                continue;
            }
            clock = time.naive_local();
            due = Some(Due { at, missed: due.map_or(0, |due| due.missed + 1) });
        }
        due
    }
}

/// Crontab counts weekdays from 0 for Sunday, the `cron` crate from 1. Names mean the same to both.
fn crontab_weekday(field: &str) -> Result<String, String> {
    const NAMES: [&str; 8] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"];
    let name = |text: &str| -> Result<String, String> {
        match text.parse::<usize>() {
            Ok(number) => NAMES
                .get(number)
                .map(|name| (*name).to_owned())
                .ok_or_else(|| format!("'{number}' is no day of the week: 0 (Sunday) to 7")),
            Err(_) => Ok(text.to_owned()),
        }
    };
    let item = |item: &str| -> Result<String, String> {
        let (range, step) = match item.split_once('/') {
            Some((range, step)) => (range, format!("/{step}")),
            None => (item, String::new()),
        };
        let range = match range.split_once('-') {
            // The crate's week begins on Sunday, so a range up to Sunday is cut in two.
            Some((from, to)) if name(to)? == "SUN" && name(from)? != "SUN" => {
                format!("SUN,{}-SAT", name(from)?)
            }
            Some((from, to)) => format!("{}-{}", name(from)?, name(to)?),
            None => name(range)?,
        };
        Ok(format!("{range}{step}"))
    };
    let items: Result<Vec<_>, _> = field.split(',').map(item).collect();
    Ok(items?.join(","))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    fn time(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn due(expression: &str, last: &str, now: &str, zone: Tz) -> Option<(String, usize)> {
        let schedule = Schedule::parse(expression).unwrap();
        let due = schedule.due(Some(time(last)), time(now), zone)?;
        Some((due.at.format("%a %d %H:%M").to_string(), due.missed))
    }

    #[test]
    fn is_due_once_the_time_has_come_and_not_again() {
        let hourly = |last, now| due("0 * * * *", last, now, Tz::UTC);
        assert_eq!(hourly("2026-11-23T08:00:00Z", "2026-11-23T08:59:59Z"), None);
        assert_eq!(
            hourly("2026-11-23T08:00:00Z", "2026-11-23T09:00:00Z"),
            Some(("Mon 23 09:00".into(), 0))
        );
        assert_eq!(
            hourly("2026-11-23T08:00:00Z", "2026-11-23T12:30:00Z"),
            Some(("Mon 23 12:00".into(), 3))
        );
    }

    #[test]
    fn a_report_that_never_ran_is_due() {
        let schedule = Schedule::parse("0 9 * * *").unwrap();
        let now = time("2026-11-23T03:00:00Z");
        assert_eq!(schedule.due(None, now, Tz::UTC).unwrap().at, now);
    }

    #[test]
    fn weekdays_count_as_in_crontab() {
        for monday in ["1", "MON", "Mon"] {
            let expression = format!("0 9 * * {monday}");
            let due = due(&expression, "2026-11-20T00:00:00Z", "2026-11-25T00:00:00Z", Tz::UTC);
            assert_eq!(due, Some(("Mon 23 09:00".into(), 0)), "{monday}");
        }
        let weekend = due("0 9 * * 6-7", "2026-11-20T00:00:00Z", "2026-11-25T00:00:00Z", Tz::UTC);
        assert_eq!(weekend, Some(("Sun 22 09:00".into(), 1)));
        let working = due("0 9 * * 1-5", "2026-11-19T12:00:00Z", "2026-11-22T23:00:00Z", Tz::UTC);
        assert_eq!(working, Some(("Fri 20 09:00".into(), 0)));
    }

    #[test]
    fn summer_time_changes_neither_lose_nor_double_a_day() {
        let berlin = Tz::Europe__Berlin;
        let nine = |last, now| due("0 9 * * *", last, now, berlin);
        // 9:00 is 8:00 UTC in winter and 7:00 UTC in summer.
        assert_eq!(
            nine("2026-03-28T08:00:00Z", "2026-03-29T07:00:00Z"),
            Some(("Sun 29 07:00".into(), 0))
        );
        assert_eq!(
            nine("2026-10-24T07:00:00Z", "2026-10-25T08:00:00Z"),
            Some(("Sun 25 08:00".into(), 0))
        );
        // 2:30 does not exist on 29 March and comes twice on 25 October.
        let night = |last, now| due("30 2 * * *", last, now, berlin);
        assert_eq!(night("2026-03-28T01:30:00Z", "2026-03-29T23:00:00Z"), None);
        assert_eq!(night("2026-10-24T00:30:00Z", "2026-10-25T23:00:00Z").map(|due| due.1), Some(0));
    }

    #[test]
    fn six_fields_start_with_seconds_and_nonsense_is_refused() {
        assert_eq!(
            due("30 0 9 * * *", "2026-11-23T08:00:00Z", "2026-11-23T09:00:29Z", Tz::UTC),
            None
        );
        assert!(Schedule::parse("hourly").unwrap_err().contains("has 1 fields"));
        assert!(Schedule::parse("0 25 * * *").unwrap_err().contains("no cron expression"));
        assert!(Schedule::parse("0 9 * * 8").unwrap_err().contains("no day of the week"));
    }
}
