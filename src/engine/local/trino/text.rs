//! Text: parts, cases, searching, formatting. Dialect 4.6.
//!
//! Positions and lengths count code points. NULL as an argument gives NULL, unless a function says
//! otherwise.

use super::function::Function;

pub(in super::super) use self::format::can_format;

mod affix;
mod code_point;
mod concat;
mod concat_ws;
mod distance;
mod format;
mod format_number;
mod human_readable_seconds;
mod length;
mod letter_case;
mod luhn_check;
mod normalize;
mod pad;
mod replace;
mod reverse;
mod soundex;
mod split;
mod split_to_map;
mod strpos;
mod substr;
#[cfg(test)]
mod tests;
mod translate;
mod trim;

pub(super) const TEXT: &[Function] = &[
    affix::ENDS_WITH,
    affix::STARTS_WITH,
    code_point::CHR,
    code_point::CODEPOINT,
    concat::CONCAT,
    concat_ws::CONCAT_WS,
    distance::HAMMING_DISTANCE,
    distance::LEVENSHTEIN_DISTANCE,
    format::FORMAT,
    format_number::FORMAT_NUMBER,
    human_readable_seconds::HUMAN_READABLE_SECONDS,
    length::LENGTH,
    letter_case::LOWER,
    letter_case::UPPER,
    luhn_check::LUHN_CHECK,
    normalize::NORMALIZE,
    pad::LPAD,
    pad::RPAD,
    replace::REPLACE,
    reverse::REVERSE,
    soundex::SOUNDEX,
    split::SPLIT,
    split::SPLIT_PART,
    split_to_map::SPLIT_TO_MAP,
    split_to_map::SPLIT_TO_MULTIMAP,
    strpos::STRPOS,
    substr::SUBSTR,
    substr::SUBSTRING,
    translate::TRANSLATE,
    trim::LTRIM,
    trim::RTRIM,
    trim::TRIM,
];

/// The byte at which the code point at `count` begins, or the text's length past its end.
fn byte_at(text: &str, count: usize) -> usize {
    if text.is_ascii() {
        return count.min(text.len());
    }
    text.char_indices().nth(count).map_or(text.len(), |(byte, _)| byte)
}

/// How many code points there are.
fn count(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.chars().count() }
}

/// A count as `bigint`.
fn bigint(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
