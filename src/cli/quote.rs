//! A line of SQL, and a mark below the place that something is said about.

use unicode_width::UnicodeWidthStr as _;

use crate::render::neutral;

/// What of a long line is shown before and after the place.
const AROUND: usize = 60;

/// The part of `line` around `column`, which counts from 1, and a mark below it.
pub(super) fn marked(line: &str, column: u64) -> Option<String> {
    let column = usize::try_from(column).ok()?.checked_sub(1)?;
    let from = column.saturating_sub(AROUND);
    let part = |from: usize, count: usize| -> String {
        let part: String = line.chars().skip(from).take(count).collect();
        neutral::line(&part.replace('\t', " ")).into_owned()
    };
    let before = part(from, column - from);
    let dots = if from > 0 { "…" } else { "" };
    let blanks = " ".repeat(before.width() + dots.width());
    Some(format!("  {dots}{before}{}\n  {blanks}^", part(column, AROUND).trim_end()))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    #[test]
    fn of_a_long_line_the_part_around_the_place_is_shown() {
        let line = format!("SELECT {}, wrong FROM t", vec!["a"; 500].join(", "));
        let column = line.find("wrong").unwrap() as u64 + 1;
        let quote = marked(&line, column).unwrap();
        let (text, mark) = quote.split_once('\n').unwrap();
        assert!(text.width() < 130, "{quote}");
        let place: String = text.chars().skip(mark.width() - 1).take(5).collect();
        assert_eq!(place, "wrong");
    }
}
