//! English names of months, days and halves of a day.

use super::super::wall::Field;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

const DAYS: [&str; 7] =
    ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

const HALFDAYS: [&str; 2] = ["AM", "PM"];

const ERAS: [&str; 2] = ["BC", "AD"];

/// Letters of the short name of a month or a day.
const SHORT: usize = 3;

/// The names of a field's values, and the first value.
fn names(field: Field) -> (&'static [&'static str], i64) {
    match field {
        Field::Month => (&MONTHS, 1),
        Field::DayOfWeek => (&DAYS, 1),
        Field::Halfday => (&HALFDAYS, 0),
        Field::Era => (&ERAS, 0),
        _ => (&[], 0),
    }
}

/// The name of a value.
pub(super) fn name(field: Field, value: i64, long: bool) -> &'static str {
    let (names, first) = names(field);
    let name = usize::try_from(value - first).ok().and_then(|at| names.get(at)).unwrap_or(&"");
    if long { name } else { name.get(..SHORT).unwrap_or(name) }
}

/// The value whose name, long or short, `text` begins with, and the length of the name.
///
/// A name may be written as it is printed, or with small or capital letters only.
pub(super) fn read(field: Field, text: &str) -> Option<(i64, usize)> {
    let (names, first) = names(field);
    let long = names.iter().copied().zip(first..);
    let short = names.iter().filter_map(|name| name.get(..SHORT)).zip(first..);
    // These two are only read.
    let eras = if field == Field::Era { &[("BCE", 0), ("CE", 1)][..] } else { &[] };
    let found = eras
        .iter()
        .copied()
        .chain(long)
        .chain(short)
        .find(|(name, _)| text.get(..name.len()).is_some_and(|written| is(written, name)));
    found.map(|(name, value)| (value, name.len()))
}

fn is(written: &str, name: &str) -> bool {
    let all = |case: fn(&u8) -> bool| written.bytes().all(|byte| case(&byte));
    written == name
        || written.eq_ignore_ascii_case(name)
            && (all(u8::is_ascii_lowercase) || all(u8::is_ascii_uppercase))
}
