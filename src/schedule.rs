//! When a report is due: a cron expression, a time zone, and when it last ran. Pure.
//!
//! Times that a change to summer time leaves out are skipped; times that it repeats count once.

use std::collections::BTreeSet;
use std::str::FromStr;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

/// A cron expression.
///
/// Six or seven fields are the `cron` crate's (seconds first, weekdays from 1 for Sunday). Five are
/// crontab's: at second 0, weekdays from 0 or 7 for Sunday, and where both day and weekday are
/// given, either is enough.
#[derive(Debug, Clone)]
pub struct Schedule(Vec<cron::Schedule>);

/// What is due now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    /// The latest time at which the report should have run.
    pub at: DateTime<Utc>,
    /// How many earlier times were missed.
    pub missed: usize,
}

/// Times are walked through one by one, so after a gap that holds more of them than this, the report
/// is simply due now.
const COUNTED: usize = 100_000;

impl Schedule {
    /// Reads an expression.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let fields: Vec<&str> = text.split_whitespace().collect();
        let expressions = match fields.as_slice() {
            [minute, hour, day, month, weekday] => {
                let weekday = crontab_weekdays(weekday)?;
                let at =
                    |day: &str, weekday: &str| format!("0 {minute} {hour} {day} {month} {weekday}");
                if day.starts_with('*') || weekday == "*" {
                    vec![at(day, &weekday)]
                } else {
                    vec![at(day, "*"), at("*", &weekday)]
                }
            }
            [_, _, _, _, _, _] | [_, _, _, _, _, _, _] => vec![text.to_owned()],
            _ => return Err(format!("'{text}' has {} fields, not 5, 6 or 7", fields.len())),
        };
        let parsed = expressions.iter().map(|expression| cron::Schedule::from_str(expression));
        parsed
            .collect::<Result<_, _>>()
            .map(Self)
            .map_err(|error| format!("'{text}' is no cron expression: {error}"))
    }

    /// What is due at `now` if the report last ran for `last`; a report that never ran is due.
    pub fn due(&self, last: Option<DateTime<Utc>>, now: DateTime<Utc>, zone: Tz) -> Option<Due> {
        let Some(last) = last else {
            return Some(Due { at: now, missed: 0 });
        };
        let last = last.with_timezone(&zone);
        let mut times = BTreeSet::new();
        for schedule in &self.0 {
            let mut clock = last.naive_local();
            let due = schedule.after(&last).take_while(|time| *time <= now).take(COUNTED);
            for time in due {
                // When clocks go back, what they show a second time has been served already.
                if time.naive_local() > clock {
                    clock = time.naive_local();
                    times.insert(time.with_timezone(&Utc));
                }
            }
        }
        let at = *times.last()?;
        let at = if times.len() >= COUNTED { now } else { at };
        Some(Due { at, missed: times.len() - 1 })
    }
}

/// A field of weekdays as crontab writes it, spelled out in names: the `cron` crate counts from
/// another day, and its week ends on another one.
fn crontab_weekdays(field: &str) -> Result<String, String> {
    const NAMES: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];
    let day = |text: &str| -> Result<usize, String> {
        let named = NAMES.iter().position(|name| name.eq_ignore_ascii_case(text));
        named.or_else(|| text.parse().ok().filter(|number| *number <= 7)).ok_or_else(|| {
            format!("'{text}' is no day of the week: 0 (Sunday) to 7, or SUN to SAT")
        })
    };
    if field == "*" {
        return Ok(field.to_owned());
    }
    let mut days = BTreeSet::new();
    for item in field.split(',') {
        let (range, step) = match item.split_once('/') {
            None => (item, 1),
            Some((range, step)) => match step.parse::<usize>() {
                Ok(step) if step > 0 => (range, step),
                _ => return Err(format!("'{step}' is no step")),
            },
        };
        let (from, to) = match range.split_once('-') {
            None if range == "*" => (0, 6),
            None if item.contains('/') => (day(range)?, 6),
            None => (day(range)?, day(range)?),
            // A range to Sunday ends the week, one from Sunday begins it.
            Some((from, to)) => match (day(from)?, day(to)?) {
                (from, 0) if from > 0 => (from, 7),
                range => range,
            },
        };
        if from > to {
            return Err(format!("'{range}' ends before it begins"));
        }
        days.extend((from..=to).step_by(step).map(|day| NAMES[day % 7]));
    }
    Ok(days.into_iter().collect::<Vec<_>>().join(","))
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
        assert_eq!(crontab_weekdays("0-7").unwrap().split(',').count(), 7);
        assert_eq!(crontab_weekdays("2-7/2").unwrap(), "SAT,THU,TUE");
        assert_eq!(crontab_weekdays("fri-sun").unwrap(), "FRI,SAT,SUN");
        assert!(crontab_weekdays("5-2").is_err());
    }

    #[test]
    fn a_day_or_a_weekday_is_enough_as_in_crontab() {
        let either = due("0 9 1 * MON", "2026-11-20T00:00:00Z", "2026-12-01T12:00:00Z", Tz::UTC);
        assert_eq!(either, Some(("Tue 01 09:00".into(), 2)));
    }

    #[test]
    fn after_a_very_long_gap_it_is_due_now() {
        let now = time("2026-11-23T09:00:30Z");
        let schedule = Schedule::parse("* * * * * *").unwrap();
        assert_eq!(schedule.due(Some(time("2026-01-01T00:00:00Z")), now, Tz::UTC).unwrap().at, now);
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
