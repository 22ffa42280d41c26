//! Patterns of Joda time: letters, as often as there are digits. Dialect 5.2.

use chrono::{Datelike as _, Utc};
use datafusion::error::Result;

use super::super::super::super::failure;
use super::super::wall::Field;
use super::Item;

/// Two digits mean a year from 80 before to 19 after the present one: so far back is their middle.
const BACK: i64 = 30;

/// Digits of a year that are read, unless another number follows.
const YEAR_DIGITS: usize = 9;

/// A letter as often as it stands together, or a literal.
enum Token {
    Letters(char, usize),
    Literal(String),
}

impl Token {
    /// Whether digits stand for it, so that a year before it has to be exact.
    fn is_number(&self) -> bool {
        match self {
            Self::Letters('M', count) => *count <= 2,
            Self::Letters(letter, _) => "CxyYdhHmsSeDwkK".contains(*letter),
            Self::Literal(_) => false,
        }
    }
}

/// The pieces of a pattern.
pub(super) fn items(pattern: &str) -> Result<Vec<Item>> {
    if pattern.is_empty() {
        return Err(failure::argument("Invalid pattern specification: Pattern is null or empty"));
    }
    let tokens = tokens(pattern);
    let mut items = Vec::with_capacity(tokens.len());
    for (at, token) in tokens.iter().enumerate() {
        match token {
            Token::Literal(text) if text.is_empty() => {}
            Token::Literal(text) => items.push(Item::literal(text.as_str())),
            Token::Letters(letter, count) => {
                let number_follows = tokens.get(at + 1).is_some_and(Token::is_number);
                items.push(item(*letter, *count, number_follows)?);
            }
        }
    }
    Ok(items)
}

/// Splits a pattern. Within single quotes everything is literal, and outside of them everything
/// but letters; a doubled quote is one, anywhere.
fn tokens(pattern: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut chars = pattern.chars().peekable();
    let mut quoted = false;
    while let Some(char) = chars.next() {
        if char.is_ascii_alphabetic() && !quoted {
            match tokens.last_mut() {
                Some(Token::Letters(letter, count)) if *letter == char => *count += 1,
                _ => tokens.push(Token::Letters(char, 1)),
            }
            continue;
        }
        if !matches!(tokens.last(), Some(Token::Literal(_))) {
            tokens.push(Token::Literal(String::new()));
        }
        if char == '\'' && chars.next_if_eq(&'\'').is_none() {
            quoted = !quoted;
        } else if let Some(Token::Literal(text)) = tokens.last_mut() {
            text.push(char);
        }
    }
    tokens
}

fn item(letter: char, count: usize, number_follows: bool) -> Result<Item> {
    let year = |field| {
        if count == 2 {
            let field = if field == Field::WeekYear { field } else { Field::Year };
            let pivot = i64::from(Utc::now().year()) - BACK;
            return Item::TwoDigits { field, pivot, lenient: !number_follows };
        }
        let most = if number_follows { count } else { YEAR_DIGITS };
        match field {
            Field::YearOfEra => Item::number(field, count, most),
            field => Item::signed(field, count, most),
        }
    };
    let name = |field| Item::Name { field, long: count >= 4 };
    Ok(match letter {
        'G' => name(Field::Era),
        'C' => Item::signed(Field::Century, count, count),
        'y' => year(Field::Year),
        'Y' => year(Field::YearOfEra),
        'x' => year(Field::WeekYear),
        'M' if count >= 3 => name(Field::Month),
        'M' => Item::number(Field::Month, count, 2),
        'w' => Item::number(Field::Week, count, 2),
        'D' => Item::number(Field::DayOfYear, count, 3),
        'd' => Item::number(Field::Day, count, 2),
        'e' => Item::number(Field::DayOfWeek, count, 1),
        'E' => name(Field::DayOfWeek),
        'a' => name(Field::Halfday),
        'H' => Item::number(Field::Hour, count, 2),
        'k' => Item::number(Field::ClockHour, count, 2),
        'K' => Item::number(Field::HalfdayHour, count, 2),
        'h' => Item::number(Field::HalfdayClockHour, count, 2),
        'm' => Item::number(Field::Minute, count, 2),
        's' => Item::number(Field::Second, count, 2),
        'S' => Item::Fraction { of: Field::Second, least: count, most: count },
        'Z' if count >= 3 => Item::ZoneId,
        'Z' => Item::Offset { colon: count == 2 },
        'z' => Item::ZoneName { long: count >= 4 },
        letter => {
            let component: String = std::iter::repeat_n(letter, count).collect();
            return Err(failure::argument(format!("Illegal pattern component: {component}")));
        }
    })
}
