//! What clocks show, field by field: what is printed, and what is put together from parsed fields.

use super::calendar::{self, Civil, FIRST_YEAR, LAST_YEAR, MILLIS_OF_DAY};

/// A field of a date or of a time of day.
///
/// In the order in which parsed fields are set: longer ones before those within them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Field {
    Era,
    Century,
    Year,
    YearOfEra,
    WeekYear,
    Month,
    Week,
    DayOfYear,
    Day,
    DayOfWeek,
    Halfday,
    /// 0 to 23.
    Hour,
    /// 1 to 24.
    ClockHour,
    /// 0 to 11.
    HalfdayHour,
    /// 1 to 12.
    HalfdayClockHour,
    Minute,
    /// Milliseconds of an hour.
    FractionOfHour,
    Second,
    /// Milliseconds of a minute.
    FractionOfMinute,
    /// Milliseconds of a second.
    Fraction,
}

/// A field of the time of day: how long its unit is, how many there are, the least value.
struct Clock {
    unit: i64,
    count: i64,
    least: i64,
}

impl Field {
    /// Its rank among fields to be set. Kinds of years are alike: of these, the last one counts.
    pub(super) fn rank(self) -> u8 {
        match self {
            Self::YearOfEra | Self::WeekYear => Self::Year as u8,
            Self::ClockHour => Self::Hour as u8,
            Self::HalfdayClockHour => Self::HalfdayHour as u8,
            field => field as u8,
        }
    }

    /// As errors call it.
    fn name(self) -> &'static str {
        match self {
            Self::Era => "era",
            Self::Century => "centuryOfEra",
            Self::Year => "year",
            Self::YearOfEra => "yearOfEra",
            Self::WeekYear => "weekyear",
            Self::Month => "monthOfYear",
            Self::Week => "weekOfWeekyear",
            Self::DayOfYear => "dayOfYear",
            Self::Day => "dayOfMonth",
            Self::DayOfWeek => "dayOfWeek",
            Self::Halfday => "halfdayOfDay",
            Self::Hour => "hourOfDay",
            Self::ClockHour => "clockhourOfDay",
            Self::HalfdayHour => "hourOfHalfday",
            Self::HalfdayClockHour => "clockhourOfHalfday",
            Self::Minute => "minuteOfHour",
            Self::Second => "secondOfMinute",
            Self::FractionOfHour | Self::FractionOfMinute | Self::Fraction => "millisOfSecond",
        }
    }

    fn clock(self) -> Option<Clock> {
        let (unit, count, least) = match self {
            Self::Halfday => (43_200_000, 2, 0),
            Self::Hour => (3_600_000, 24, 0),
            Self::ClockHour => (3_600_000, 24, 1),
            Self::HalfdayHour => (3_600_000, 12, 0),
            Self::HalfdayClockHour => (3_600_000, 12, 1),
            Self::Minute => (60_000, 60, 0),
            Self::Second => (1000, 60, 0),
            Self::FractionOfHour => (1, 3_600_000, 0),
            Self::FractionOfMinute => (1, 60_000, 0),
            Self::Fraction => (1, 1000, 0),
            _ => return None,
        };
        Some(Clock { unit, count, least })
    }
}

/// A day, and milliseconds of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Wall {
    days: i64,
    millis: i64,
}

impl Wall {
    pub(super) fn new(wall: i64) -> Self {
        Self { days: wall.div_euclid(MILLIS_OF_DAY), millis: wall.rem_euclid(MILLIS_OF_DAY) }
    }

    /// Milliseconds, as many as there can be at most.
    pub(super) fn total(self) -> i64 {
        self.days.saturating_mul(MILLIS_OF_DAY).saturating_add(self.millis)
    }

    fn civil(self) -> Civil {
        calendar::civil(self.days)
    }

    /// The value of a field.
    pub(super) fn get(self, field: Field) -> i64 {
        match field {
            Field::Era => i64::from(self.civil().year > 0),
            Field::Century => self.civil().year.abs() / 100,
            Field::Year => self.civil().year,
            Field::YearOfEra => match self.civil().year {
                year if year > 0 => year,
                year => 1 - year,
            },
            Field::WeekYear => calendar::week_year(self.days),
            Field::Month => self.civil().month,
            Field::Week => calendar::week(self.days),
            Field::DayOfYear => calendar::day_of_year(self.days),
            Field::Day => self.civil().day,
            Field::DayOfWeek => calendar::day_of_week(self.days),
            field => match field.clock() {
                Some(Clock { unit, count, least }) => match self.millis / unit % count {
                    0 if least == 1 => count,
                    value => value,
                },
                None => 0,
            },
        }
    }

    /// Values that a field can have. The longest months, years and weeks that there are count
    /// only for values that need them.
    fn bounds(self, field: Field, value: i64) -> (i64, i64) {
        let Civil { year, month, .. } = self.civil();
        match field {
            Field::Era => (0, 1),
            Field::Century => (0, LAST_YEAR / 100),
            Field::Year => (FIRST_YEAR - 1, LAST_YEAR + 1),
            Field::YearOfEra => (1, LAST_YEAR),
            Field::WeekYear => (FIRST_YEAR, LAST_YEAR),
            Field::Month => (1, 12),
            Field::Week if value <= 52 => (1, 52),
            Field::Week => (1, calendar::weeks(calendar::week_year(self.days))),
            Field::DayOfYear => (1, calendar::year_length(year)),
            Field::Day => (1, calendar::month_length(year, month)),
            Field::DayOfWeek => (1, 7),
            field => match field.clock() {
                Some(Clock { count, least, .. }) => (least, least + count - 1),
                None => (0, 0),
            },
        }
    }

    /// Gives a field another value, and keeps the others as far as they go with it; what is wrong
    /// with the value where it has none such.
    pub(super) fn set(&mut self, field: Field, value: i64) -> Result<(), String> {
        let (least, most) = self.bounds(field, value);
        if !(least..=most).contains(&value) {
            let name = field.name();
            return Err(format!("Value {value} for {name} must be in the range [{least},{most}]"));
        }
        let year = self.civil().year;
        match field {
            Field::Era if self.get(field) != value => self.set_year(-year),
            Field::Era => {}
            Field::Century => {
                let distance = value * 100 + year.abs() % 100;
                self.set_year(if year < 0 { -distance } else { distance });
            }
            Field::Year => self.set_year(value),
            Field::YearOfEra => self.set_year(if year > 0 { value } else { 1 - value }),
            Field::WeekYear => {
                let week = calendar::week(self.days).min(calendar::weeks(value));
                let day = calendar::day_of_week(self.days);
                self.days = calendar::week_year_start(value) + (week - 1) * 7 + day - 1;
            }
            Field::Month => {
                self.days = calendar::add_months(self.days, value - self.get(field));
            }
            Field::Week => self.days += (value - self.get(field)) * 7,
            Field::DayOfYear | Field::Day | Field::DayOfWeek => {
                self.days += value - self.get(field);
            }
            field => {
                if let Some(Clock { unit, count, .. }) = field.clock() {
                    let now = self.millis / unit % count;
                    self.millis += (value % count - now) * unit;
                }
            }
        }
        Ok(())
    }

    /// Keeps the day of the year's month, but for 29 February.
    fn set_year(&mut self, year: i64) {
        let Civil { month, day, .. } = self.civil();
        let day = day.min(calendar::month_length(year, month));
        self.days = calendar::day_number(year, month, day);
    }

    /// Goes back to the beginning of what a field says.
    pub(super) fn floor(&mut self, field: Field) {
        if let Some(Clock { unit, .. }) = field.clock() {
            self.millis -= self.millis % unit;
            return;
        }
        let Civil { year, month, .. } = self.civil();
        let first_of = |year| calendar::day_number(year, 1, 1);
        self.millis = 0;
        self.days = match field {
            Field::Era if year > 0 => first_of(1),
            Field::Era => first_of(FIRST_YEAR),
            Field::Century => first_of(year / 100 * 100),
            Field::Year | Field::YearOfEra => first_of(year),
            Field::WeekYear => calendar::week_year_start(calendar::week_year(self.days)),
            Field::Month => calendar::day_number(year, month, 1),
            Field::Week => calendar::monday(self.days),
            _ => self.days,
        };
    }
}
