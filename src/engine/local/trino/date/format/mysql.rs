//! Patterns with the codes of MySQL. Dialect 5.1.

use datafusion::error::Result;

use super::super::super::super::failure;
use super::super::wall::Field;
use super::Item;

/// The middle of the years that two digits can mean.
const PIVOT: i64 = 2020;

/// The pieces of a pattern. A `%` at its end is nothing.
pub(super) fn items(pattern: &str) -> Result<Vec<Item>> {
    let mut items = Vec::new();
    let mut chars = pattern.chars();
    while let Some(char) = chars.next() {
        match char {
            '%' => {
                if let Some(code) = chars.next() {
                    coded(code, &mut items)?;
                }
            }
            char => items.push(Item::literal(char)),
        }
    }
    Ok(items)
}

fn coded(code: char, items: &mut Vec<Item>) -> Result<()> {
    items.push(match code {
        'a' => Item::Name { field: Field::DayOfWeek, long: false },
        'b' => Item::Name { field: Field::Month, long: false },
        'c' => Item::number(Field::Month, 1, 2),
        'd' => Item::number(Field::Day, 2, 2),
        'e' => Item::number(Field::Day, 1, 2),
        'f' => Item::Fraction { of: Field::Second, least: 6, most: 9 },
        'H' => Item::number(Field::Hour, 2, 2),
        'h' | 'I' => Item::number(Field::HalfdayClockHour, 2, 2),
        'i' => Item::number(Field::Minute, 2, 2),
        'j' => Item::number(Field::DayOfYear, 3, 3),
        'k' => Item::number(Field::Hour, 1, 2),
        'l' => Item::number(Field::HalfdayClockHour, 1, 2),
        'M' => Item::Name { field: Field::Month, long: true },
        'm' => Item::number(Field::Month, 2, 2),
        'p' => Item::Name { field: Field::Halfday, long: true },
        'r' => {
            coded('h', items)?;
            minutes_and_seconds(items);
            items.push(Item::literal(' '));
            return coded('p', items);
        }
        'S' | 's' => Item::number(Field::Second, 2, 2),
        'T' => {
            coded('H', items)?;
            minutes_and_seconds(items);
            return Ok(());
        }
        'v' => Item::number(Field::Week, 2, 2),
        'W' => Item::Name { field: Field::DayOfWeek, long: true },
        'x' => Item::signed(Field::WeekYear, 4, 4),
        'Y' => Item::signed(Field::Year, 4, 4),
        'y' => Item::TwoDigits { field: Field::Year, pivot: PIVOT, lenient: false },
        'D' | 'U' | 'u' | 'V' | 'w' | 'X' => {
            return Err(failure::argument(format!("%{code} not supported in date format string")));
        }
        code => Item::literal(code),
    });
    Ok(())
}

fn minutes_and_seconds(items: &mut Vec<Item>) {
    for field in [Field::Minute, Field::Second] {
        items.push(Item::literal(':'));
        items.push(Item::number(field, 2, 2));
    }
}
