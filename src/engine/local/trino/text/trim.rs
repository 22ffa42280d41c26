//! `trim(varchar[, chars]) -> varchar`, `ltrim`, `rtrim`: without the code points of a set at both
//! ends, at the start, at the end. The set is white space as Java has it, which leaves spaces that do
//! not break. `trim(LEADING chars FROM x)` is the same. Dialect 4.6.

use datafusion::arrow::array::ArrayRef;
use datafusion::error::Result;

use super::super::call::Call;
use super::super::function::{Form, Function};

const OF_SPACE: &str = "(varchar(x)) -> varchar(x)";
const OF_SET: &str = "(varchar(x), varchar) -> varchar(x)";

pub(super) const TRIM: Function = Function {
    name: "trim",
    forms: &[
        Form::new(OF_SPACE, |call: &Call| {
            call.each1(|text: &str| Ok(Some(text.trim_matches(is_space))))
        }),
        Form::new(OF_SET, |call: &Call| of_set(call, |text, set| text.trim_matches(set))),
    ],
};

pub(super) const LTRIM: Function = Function {
    name: "ltrim",
    forms: &[
        Form::new(OF_SPACE, |call: &Call| {
            call.each1(|text: &str| Ok(Some(text.trim_start_matches(is_space))))
        }),
        Form::new(OF_SET, |call: &Call| of_set(call, |text, set| text.trim_start_matches(set))),
    ],
};

pub(super) const RTRIM: Function = Function {
    name: "rtrim",
    forms: &[
        Form::new(OF_SPACE, |call: &Call| {
            call.each1(|text: &str| Ok(Some(text.trim_end_matches(is_space))))
        }),
        Form::new(OF_SET, |call: &Call| of_set(call, |text, set| text.trim_end_matches(set))),
    ],
};

fn of_set(call: &Call, trimmed: for<'t> fn(&'t str, &[char]) -> &'t str) -> Result<ArrayRef> {
    let mut set = Vec::new();
    call.each2(|text: &str, chars: &str| {
        set.clear();
        set.extend(chars.chars());
        Ok(Some(trimmed(text, &set)))
    })
}

fn is_space(char: char) -> bool {
    match char {
        '\u{1c}'..='\u{1f}' => true,
        '\u{85}' | '\u{a0}' | '\u{2007}' | '\u{202f}' => false,
        _ => char.is_whitespace(),
    }
}
