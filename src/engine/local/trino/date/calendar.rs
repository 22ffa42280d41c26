//! The Gregorian calendar, also for days before it came into use, on whole numbers that are wide
//! enough for every day there is. Days are counted from 1970, months and days from 1.

/// Milliseconds of a day.
pub(in super::super) const MILLIS_OF_DAY: i64 = 86_400_000;

/// The first year that milliseconds can count.
pub(super) const FIRST_YEAR: i64 = -292_275_054;

/// The last year that milliseconds can count.
pub(super) const LAST_YEAR: i64 = 292_278_993;

/// Days from 1 March of year 0 to 1970. Years that begin in March have the leap day at their end.
const MARCH_TO_1970: i64 = 719_468;

/// Days of 400 years, of 100 that are followed by others of these 400, and of 4 of these 100.
const CYCLES: (i64, i64, i64) = (146_097, 36_524, 1_461);

/// A day by year, month and day of the month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) struct Civil {
    pub(in super::super) year: i64,
    pub(in super::super) month: i64,
    pub(in super::super) day: i64,
}

/// The day of a year, a month and a day of the month.
pub(in super::super) fn day_number(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    year * 365 + leap_days + days_before_month(month) + day - 1 - MARCH_TO_1970
}

/// As [`day_number`], if there is such a day.
pub(in super::super) fn day(year: i64, month: i64, day: i64) -> Option<i64> {
    let there_is = (1..=12).contains(&month) && (1..=month_length(year, month)).contains(&day);
    there_is.then(|| day_number(year, month, day))
}

/// Year, month and day of the month of a day.
pub(in super::super) fn civil(days: i64) -> Civil {
    let (long, century, short) = CYCLES;
    let shifted = days + MARCH_TO_1970;
    let (cycle, rest) = (shifted.div_euclid(long), shifted.rem_euclid(long));
    // The last century of a cycle, and the last year of four, are a day longer.
    let centuries = (rest / century).min(3);
    let rest = rest - centuries * century;
    let (fours, rest) = (rest / short, rest % short);
    let years = (rest / 365).min(3);
    let rest = rest - years * 365;
    let year = cycle * 400 + centuries * 100 + fours * 4 + years;
    let month = (rest * 5 + 2) / 153;
    let day = rest - days_before_month(month) + 1;
    if month < 10 {
        Civil { year, month: month + 3, day }
    } else {
        Civil { year: year + 1, month: month - 9, day }
    }
}

/// Days between 1 March and the first of the month that comes so many months later: five months
/// have 153 days.
fn days_before_month(months_after_march: i64) -> i64 {
    (months_after_march * 153 + 2) / 5
}

/// Whether a year has a 29 February.
pub(super) fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

/// Days of a year.
pub(super) fn year_length(year: i64) -> i64 {
    if is_leap(year) { 366 } else { 365 }
}

/// Days of a month.
pub(in super::super) fn month_length(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// The day so many months later; the last of its month where that is shorter.
pub(in super::super) fn add_months(days: i64, months: i64) -> i64 {
    let Civil { year, month, day } = civil(days);
    let months = year * 12 + month - 1 + months;
    let (year, month) = (months.div_euclid(12), months.rem_euclid(12) + 1);
    day_number(year, month, day.min(month_length(year, month)))
}

/// From Monday, 1, to Sunday, 7.
pub(super) fn day_of_week(days: i64) -> i64 {
    (days + 3).rem_euclid(7) + 1
}

/// From 1.
pub(super) fn day_of_year(days: i64) -> i64 {
    days - day_number(civil(days).year, 1, 1) + 1
}

/// The Monday of the week.
pub(super) fn monday(days: i64) -> i64 {
    days - day_of_week(days) + 1
}

/// The year that the week belongs to: that of its Thursday.
pub(super) fn week_year(days: i64) -> i64 {
    civil(monday(days) + 3).year
}

/// The week of its [`week_year`], from 1.
pub(super) fn week(days: i64) -> i64 {
    (days - week_year_start(week_year(days))) / 7 + 1
}

/// The first Monday of a [`week_year`].
pub(super) fn week_year_start(year: i64) -> i64 {
    // 4 January is always in the first week.
    monday(day_number(year, 1, 4))
}

/// Weeks of a [`week_year`].
pub(super) fn weeks(year: i64) -> i64 {
    (week_year_start(year + 1) - week_year_start(year)) / 7
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use chrono::{Datelike as _, NaiveDate};

    use super::*;

    #[test]
    fn days_are_those_of_another_calendar() {
        let epoch = NaiveDate::from_ymd_opt(1970, 1, 1).unwrap();
        for days in (-1_500_000..1_500_000).step_by(37).chain(-800..800) {
            let date = epoch.checked_add_signed(chrono::TimeDelta::days(days)).unwrap();
            let known = Civil {
                year: i64::from(date.year()),
                month: i64::from(date.month()),
                day: i64::from(date.day()),
            };
            assert_eq!(civil(days), known);
            assert_eq!(day_number(known.year, known.month, known.day), days);
            assert_eq!(day_of_week(days), i64::from(date.weekday().number_from_monday()));
            assert_eq!(day_of_year(days), i64::from(date.ordinal()));
            assert_eq!(week_year(days), i64::from(date.iso_week().year()));
            assert_eq!(week(days), i64::from(date.iso_week().week()));
        }
    }

    #[test]
    fn every_year_that_can_be_counted_is_there() {
        for year in [FIRST_YEAR, LAST_YEAR] {
            assert_eq!(civil(day_number(year, 1, 1)), Civil { year, month: 1, day: 1 });
            assert!(day_number(year, 1, 1).checked_mul(MILLIS_OF_DAY).is_some());
        }
    }

    #[test]
    fn months_end_where_they_end() {
        let shown = |year, month, day, months| {
            let Civil { year, month, day } =
                civil(add_months(day_number(year, month, day), months));
            (year, month, day)
        };
        assert_eq!(shown(2024, 1, 31, 1), (2024, 2, 29));
        assert_eq!(shown(2024, 2, 29, 12), (2025, 2, 28));
        assert_eq!(shown(2024, 2, 29, -1), (2024, 1, 29));
        assert_eq!(shown(2024, 1, 15, -13), (2022, 12, 15));
    }
}
