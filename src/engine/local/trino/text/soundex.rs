//! `soundex(varchar) -> varchar(4)`: how an English word sounds, as a letter and three digits.
//!
//! What is no letter is left out; a letter outside `A` to `Z` is an error. Dialect 4.6.

use datafusion::arrow::array::ArrayRef;
use datafusion::error::Result;

use super::super::super::failure;
use super::super::call::Call;
use super::super::function::{Form, Function};

pub(super) const SOUNDEX: Function =
    Function { name: "soundex", forms: &[Form::new("(varchar) -> varchar(4)", run).fails()] };

/// The digit of each letter from `A`; `0` for those that are not written.
const DIGITS: &[u8; 26] = b"01230120022455012623010202";

const LENGTH: usize = 4;

fn run(call: &Call) -> Result<ArrayRef> {
    call.each1(|text: &str| code(text).map(Some))
}

fn code(text: &str) -> Result<String> {
    let mut letters = text
        .chars()
        .filter(|char| char.is_alphabetic() && u32::from(*char) <= 0xffff)
        .flat_map(char::to_uppercase);
    let Some(first) = letters.next() else {
        return Ok(String::new());
    };
    let mut code = String::from(first);
    let mut last = digit(first)?;
    for letter in letters {
        if code.len() == LENGTH {
            break;
        }
        // These two do not part letters that sound alike.
        if matches!(letter, 'H' | 'W') {
            continue;
        }
        let digit = digit(letter)?;
        if digit != '0' && digit != last {
            code.push(digit);
        }
        last = digit;
    }
    while code.len() < LENGTH {
        code.push('0');
    }
    Ok(code)
}

fn digit(letter: char) -> Result<char> {
    let index = u32::from(letter).wrapping_sub(u32::from('A'));
    let digit = usize::try_from(index).ok().and_then(|index| DIGITS.get(index));
    digit.map(|digit| char::from(*digit)).ok_or_else(|| {
        failure::argument(format!("The character is not mapped: {letter} (index={index})"))
    })
}
