//! How a table's partitions write a day: the letters of `projection.<column>.format`.

use std::fmt::Write as _;

use chrono::{Datelike, NaiveDate, NaiveDateTime, Timelike};

/// A format such as `yyyy/MM/dd`, in the letters of Java's `DateTimeFormatter`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayFormat {
    items: Vec<Item>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Item {
    Text(String),
    /// Digits: of what, and how many. One means as many as it takes.
    Number(Unit, usize),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Unit {
    Year,
    Month,
    Day,
    Hour,
    Minute,
    Second,
}

impl Unit {
    /// The letter's unit, and the numbers of letters that stand for digits.
    fn of(letter: char) -> Option<(Self, &'static [usize])> {
        Some(match letter {
            'y' | 'u' => (Self::Year, &[4]),
            'M' | 'L' => (Self::Month, &[1, 2]),
            'd' => (Self::Day, &[1, 2]),
            'H' => (Self::Hour, &[1, 2]),
            'm' => (Self::Minute, &[1, 2]),
            's' => (Self::Second, &[1, 2]),
            _ => return None,
        })
    }
}

impl DayFormat {
    /// As CloudTrail's own folders write it.
    pub fn folders() -> Self {
        Self::of_parts(&[
            Item::Number(Unit::Year, 4),
            Item::Text("/".to_owned()),
            Item::Number(Unit::Month, 2),
            Item::Text("/".to_owned()),
            Item::Number(Unit::Day, 2),
        ])
    }

    /// Four digits of a year.
    pub fn year() -> Self {
        Self::of_parts(&[Item::Number(Unit::Year, 4)])
    }

    /// A month with as many digits, or as it comes if that is fewer than two.
    pub fn month(digits: usize) -> Self {
        Self::of_parts(&[Item::Number(Unit::Month, digits.clamp(1, 2))])
    }

    /// A day of the month with as many digits, or as it comes if that is fewer than two.
    pub fn day_of_month(digits: usize) -> Self {
        Self::of_parts(&[Item::Number(Unit::Day, digits.clamp(1, 2))])
    }

    fn of_parts(items: &[Item]) -> Self {
        Self { items: items.to_vec() }
    }

    /// Reads a format.
    ///
    /// # Errors
    /// What is wrong with it, where it uses letters that cannot stand in a path of CloudTrail's.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut items = Vec::new();
        let mut rest = text.chars().peekable();
        while let Some(first) = rest.next() {
            if first == '\'' {
                let mut literal = String::new();
                loop {
                    match rest.next() {
                        Some('\'') if rest.peek() == Some(&'\'') => {
                            rest.next();
                            literal.push('\'');
                        }
                        Some('\'') => break,
                        Some(char) => literal.push(char),
                        None => return Err("a quote in it is not closed".to_owned()),
                    }
                }
                // Two quotes are one.
                push_text(&mut items, if literal.is_empty() { "'" } else { &literal });
            } else if first.is_ascii_alphabetic() {
                let mut count = 1;
                while rest.next_if_eq(&first).is_some() {
                    count += 1;
                }
                match Unit::of(first) {
                    Some((unit, counts)) if counts.contains(&count) => {
                        items.push(Item::Number(unit, count));
                    }
                    _ => {
                        let letters = first.to_string().repeat(count);
                        return Err(format!(
                            "'{letters}' in it is none of yyyy, MM, M, dd, d, HH, mm and ss"
                        ));
                    }
                }
            } else {
                push_text(&mut items, first.encode_utf8(&mut [0; 4]));
            }
        }
        let format = Self { items };
        if format.units().next().is_none() {
            return Err("it names no part of a date".to_owned());
        }
        Ok(format)
    }

    fn units(&self) -> impl Iterator<Item = Unit> + '_ {
        self.items.iter().filter_map(|item| match item {
            Item::Number(unit, _) => Some(*unit),
            Item::Text(_) => None,
        })
    }

    /// Folders that a value in this format is spread over, less one.
    pub fn slashes(&self) -> usize {
        let slashes = |item: &Item| match item {
            Item::Text(text) => text.matches('/').count(),
            Item::Number(..) => 0,
        };
        self.items.iter().map(slashes).sum()
    }

    /// Where year, month and day stand in a text of this format: first character, from 0, and how
    /// many. `None` where that is not always the same place, or one is missing.
    pub fn places_of_day(&self) -> Option<[(usize, usize); 3]> {
        let mut places = [None; 3];
        let mut start = 0;
        for item in &self.items {
            start += match item {
                Item::Text(text) => text.chars().count(),
                Item::Number(_, 1) => return None,
                Item::Number(unit, digits) => {
                    if let Some(place) = places.get_mut(*unit as usize) {
                        *place = Some((start, *digits));
                    }
                    *digits
                }
            };
        }
        let [year, month, day] = places;
        Some([year?, month?, day?])
    }

    /// Whether later times have later texts: every part has its digits, larger parts first.
    pub fn is_ordered(&self) -> bool {
        let fixed = self.items.iter().all(|item| !matches!(item, Item::Number(_, 1)));
        fixed && self.units().is_sorted() && self.units().next() == Some(Unit::Year)
    }

    /// The same for the SQL function `date_format`.
    pub fn in_sql(&self) -> String {
        let item = |item: &Item| match item {
            Item::Text(text) => text.replace('%', "%%").replace('\'', "''"),
            Item::Number(unit, _) => match unit {
                Unit::Year => "%Y",
                Unit::Month => "%m",
                Unit::Day => "%d",
                Unit::Hour => "%H",
                Unit::Minute => "%i",
                Unit::Second => "%s",
            }
            .to_owned(),
        };
        self.items.iter().map(item).collect()
    }

    /// The one part of a day that this format consists of, 0 for the year, 1 for the month or 2 for
    /// the day, and its digits in CloudTrail's own folders.
    pub fn only_part(&self) -> Option<(usize, usize)> {
        match self.items.as_slice() {
            [Item::Number(unit @ (Unit::Year | Unit::Month | Unit::Day), _)] => {
                Some((*unit as usize, if *unit == Unit::Year { 4 } else { 2 }))
            }
            _ => None,
        }
    }

    /// The text for a day; `None` when the format wants more than a day tells.
    pub fn of_day(&self, day: NaiveDate) -> Option<String> {
        let whole = self.units().all(|unit| unit <= Unit::Day);
        whole.then(|| self.of_time(day.and_time(chrono::NaiveTime::MIN)))
    }

    /// The text for a time.
    pub fn of_time(&self, time: NaiveDateTime) -> String {
        let mut text = String::new();
        for item in &self.items {
            match item {
                Item::Text(literal) => text.push_str(literal),
                Item::Number(unit, digits) => {
                    let number = match unit {
                        Unit::Year => i64::from(time.year()),
                        Unit::Month => i64::from(time.month()),
                        Unit::Day => i64::from(time.day()),
                        Unit::Hour => i64::from(time.hour()),
                        Unit::Minute => i64::from(time.minute()),
                        Unit::Second => i64::from(time.second()),
                    };
                    let _ = write!(text, "{number:0digits$}");
                }
            }
        }
        text
    }

    /// Reads a value off the start of `text`: how many bytes it takes, and the time if it names a
    /// whole day. `None` where the text is none of this format.
    pub fn take(&self, text: &str) -> Option<(usize, Option<NaiveDateTime>)> {
        let mut rest = text;
        let mut found = [None; 6];
        for item in &self.items {
            match item {
                Item::Text(literal) => rest = rest.strip_prefix(literal.as_str())?,
                Item::Number(unit, digits) => {
                    let most = if *digits == 1 { 2 } else { *digits };
                    let there = rest.bytes().take(most).take_while(u8::is_ascii_digit).count();
                    if there < *digits {
                        return None;
                    }
                    let (number, after) = rest.split_at(there);
                    found[*unit as usize] = Some(number.parse::<u32>().ok()?);
                    rest = after;
                }
            }
        }
        let [year, month, day, hour, minute, second] = found;
        if month.is_some_and(|month| !(1..=12).contains(&month))
            || day.is_some_and(|day| !(1..=31).contains(&day))
        {
            return None;
        }
        let time = || {
            let day = NaiveDate::from_ymd_opt(i32::try_from(year?).ok()?, month?, day?)?;
            day.and_hms_opt(hour.unwrap_or(0), minute.unwrap_or(0), second.unwrap_or(0))
        };
        Some((text.len() - rest.len(), time()))
    }
}

fn push_text(items: &mut Vec<Item>, text: &str) {
    match items.last_mut() {
        Some(Item::Text(before)) => before.push_str(text),
        _ => items.push(Item::Text(text.to_owned())),
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    #[test]
    fn writes_and_reads_the_formats_of_tables() {
        let time = NaiveDate::from_ymd_opt(2026, 1, 3).unwrap().and_hms_opt(9, 5, 7).unwrap();
        for (format, text) in [
            ("yyyy/MM/dd", "2026/01/03"),
            ("yyyy-MM-dd", "2026-01-03"),
            ("yyyyMMdd", "20260103"),
            ("uuuu/M/d", "2026/1/3"),
            ("yyyy-MM-dd'T'HH:mm:ss", "2026-01-03T09:05:07"),
            ("yyyy/MM/dd/HH", "2026/01/03/09"),
            ("'year='yyyy'/month='MM'/day='dd", "year=2026/month=01/day=03"),
            ("yyyy''MM", "2026'01"),
        ] {
            let parsed = DayFormat::parse(format).unwrap();
            assert_eq!(parsed.of_time(time), text);
            let (length, read) = parsed.take(&format!("{text}/x")).unwrap();
            assert_eq!(length, text.len(), "{format}");
            let whole = format.contains('d');
            assert_eq!(read.map(|read| read.date()), whole.then_some(time.date()), "{format}");
        }
        assert_eq!(DayFormat::parse("yyyy/MM/dd").unwrap(), DayFormat::folders());
    }

    #[test]
    fn a_day_does_not_tell_the_hour() {
        let day = NaiveDate::from_ymd_opt(2026, 11, 23).unwrap();
        let of_day = |format| DayFormat::parse(format).unwrap().of_day(day);
        assert_eq!(of_day("MM").as_deref(), Some("11"));
        assert_eq!(of_day("yyyy/MM/dd/HH"), None);
    }

    #[test]
    fn what_is_no_date_is_not_taken() {
        let format = DayFormat::folders();
        for text in ["2026/1/23", "2026/11", "eu-west-1", "2026/13/01", "2026/11/32", "2026-11-23"]
        {
            assert_eq!(format.take(text), None, "{text}");
        }
    }

    #[test]
    fn letters_that_no_path_has_are_refused() {
        for (format, part) in [
            ("yy/MM/dd", "'yy' in it"),
            ("yyyy/MMM/dd", "'MMM' in it"),
            ("YYYY", "'YYYY' in it"),
            ("yyyy'", "not closed"),
            ("-", "no part of a date"),
            ("", "no part of a date"),
        ] {
            let reason = DayFormat::parse(format).unwrap_err();
            assert!(reason.contains(part), "{format}: {reason}");
        }
    }
}
