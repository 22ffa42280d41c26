//! Names in one column, and what is said of them in another.

use std::fmt::Write as _;

use crate::render::{neutral, wrap};
use crate::sink::terminal;

/// Columns where there is no terminal: other programs read whole lines.
const SCREEN: usize = 10_000;

/// Adds a line for each name; what is said goes on below itself.
pub(super) fn listed<'a>(
    text: &mut String,
    lines: impl Iterator<Item = (&'a str, &'a str)> + Clone,
) {
    let width = lines.clone().map(|(name, _)| name.len()).max().unwrap_or(0);
    let screen = terminal::width().map_or(SCREEN, usize::from);
    let indent = width + 4;
    for (name, about) in lines {
        let about = wrap(&neutral::line(about), screen.saturating_sub(indent).max(20), indent);
        let _ = writeln!(text, "{}", format!("  {name:width$}  {about}").trim_end());
    }
}

/// A text in lines that fit the screen.
pub(super) fn paragraph(text: &str) -> String {
    wrap(&neutral::line(text), terminal::width().map_or(SCREEN, usize::from), 0)
}

/// What a list has room for.
pub(super) fn first_sentence(text: &str) -> &str {
    text.split_once(". ").map_or(text, |(first, _)| first).trim_end_matches('.')
}
