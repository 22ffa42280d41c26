//! What somebody typed, or piped in, as statements and commands.
//!
//! A statement ends with `;`. A command begins with a backslash where no statement is open, and
//! ends with its line.

use std::ops::Range;

/// One thing to do.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Input<'a> {
    /// A line that begins with a backslash.
    Command(&'a str),
    /// A statement without its `;`, and the byte where it begins.
    Statement(&'a str, usize),
}

/// What a piece of SQL text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Code,
    /// `'text'`.
    Text,
    /// `"name"`.
    Name,
    Comment,
}

/// Everything that is complete in `text`, and where the rest begins: a command whose line has no
/// end yet, or a statement without its `;`.
pub(super) fn inputs(text: &str) -> (Vec<Input<'_>>, usize) {
    let mut inputs = Vec::new();
    let mut start = 0;
    while let Some(first) = first_code(text, start) {
        if text[first..].starts_with('\\') {
            let Some(length) = text[first..].find('\n') else {
                return (inputs, first);
            };
            inputs.push(Input::Command(text[first..first + length].trim_end()));
            start = first + length + 1;
            continue;
        }
        let end = parts(&text[start..])
            .filter(|(_, part)| *part == Part::Code)
            .find_map(|(range, _)| Some(start + range.start + text[start..][range].find(';')?));
        let Some(end) = end else {
            return (inputs, start + blanks(&text[start..]));
        };
        let begin = start + blanks(&text[start..end]);
        if first < end {
            inputs.push(Input::Statement(text[begin..end].trim_end(), begin));
        }
        start = end + 1;
    }
    (inputs, text.len())
}

/// Everything in `text`, the last piece of which needs no end.
pub(super) fn all_inputs(text: &str) -> Vec<Input<'_>> {
    let (mut inputs, rest) = inputs(text);
    let open = text[rest..].trim_end();
    if open.starts_with('\\') {
        inputs.push(Input::Command(open));
    } else if !open.is_empty() {
        inputs.push(Input::Statement(open, rest));
    }
    inputs
}

/// A statement as it stands in `text`, with everything before it blanked out: what is said of its
/// lines and columns is then right for the whole text.
pub(super) fn in_place(text: &str, statement: &str, start: usize) -> String {
    let before = &text[..start];
    let line = before.rsplit('\n').next().unwrap_or_default();
    let breaks = before.matches('\n').count();
    format!("{}{}{statement}", "\n".repeat(breaks), " ".repeat(line.chars().count()))
}

fn blanks(text: &str) -> usize {
    text.len() - text.trim_start().len()
}

/// Where the first thing begins, from `start` on, that is neither blank nor comment.
fn first_code(text: &str, start: usize) -> Option<usize> {
    parts(&text[start..]).filter(|(_, part)| *part != Part::Comment).find_map(|(range, _)| {
        let blank = blanks(&text[start..][range.clone()]);
        (blank < range.len()).then_some(start + range.start + blank)
    })
}

/// The parts of a text, in order and without gaps. What is open at the end goes on to it.
pub(super) fn parts(text: &str) -> impl Iterator<Item = (Range<usize>, Part)> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = text.get(at..).filter(|rest| !rest.is_empty())?;
        let (part, length) = part(rest);
        let range = at..at + length;
        at += length;
        Some((range, part))
    })
}

/// The first part of a text, and its length in bytes.
fn part(text: &str) -> (Part, usize) {
    let through = |from: usize, end: &str| {
        text[from..].find(end).map_or(text.len(), |found| from + found + end.len())
    };
    match text.as_bytes() {
        [b'\'', ..] => (Part::Text, through(1, "'")),
        [b'"', ..] => (Part::Name, through(1, "\"")),
        [b'-', b'-', ..] => (Part::Comment, through(2, "\n")),
        [b'/', b'*', ..] => (Part::Comment, through(2, "*/")),
        bytes => {
            let opens = |at: &usize| {
                matches!(bytes[*at..], [b'\'' | b'"', ..] | [b'-', b'-', ..] | [b'/', b'*', ..])
            };
            (Part::Code, (1..bytes.len()).find(opens).unwrap_or(bytes.len()))
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn statements(text: &str) -> Vec<String> {
        let texts = all_inputs(text).into_iter().map(|input| match input {
            Input::Command(line) => format!("command {line}"),
            Input::Statement(statement, _) => statement.to_owned(),
        });
        texts.collect()
    }

    #[test]
    fn statements_end_with_semicolons_that_are_no_part_of_something_else() {
        assert_eq!(
            statements("SELECT ';', \"a;b\" -- c;\n/* ; */ FROM t; SELECT 'it''s;'\n;;"),
            ["SELECT ';', \"a;b\" -- c;\n/* ; */ FROM t", "SELECT 'it''s;'"]
        );
        assert_eq!(statements("SELECT 1"), ["SELECT 1"]);
        assert_eq!(statements(" \n -- nothing\n ; /* here */"), [""; 0]);
        assert_eq!(statements("-- name: q\nSELECT 1;"), ["-- name: q\nSELECT 1"]);
    }

    #[test]
    fn commands_stand_between_statements_and_end_with_their_line() {
        assert_eq!(
            statements("\\format csv \n-- it's\n  \\set who=O'Hara; x\nSELECT '\n\\d\n';\n\\q"),
            [
                "command \\format csv",
                "command \\set who=O'Hara; x",
                "SELECT '\n\\d\n'",
                "command \\q"
            ]
        );
    }

    #[test]
    fn what_has_no_end_yet_is_the_rest() {
        let rest = |text: &str| text[inputs(text).1..].to_owned();
        assert_eq!(rest("SELECT 1; SELECT 2"), "SELECT 2");
        assert_eq!(rest("SELECT 1; \\d ev"), "\\d ev");
        assert_eq!(rest("SELECT 'a;"), "SELECT 'a;");
        assert_eq!(rest("SELECT 1;\n"), "");
    }

    #[test]
    fn a_statement_keeps_its_lines_and_columns() {
        let text = "SELECT 1;\n  SELECT é; SELECT x;";
        let places: Vec<_> = all_inputs(text)
            .into_iter()
            .map(|input| match input {
                Input::Statement(statement, start) => in_place(text, statement, start),
                Input::Command(_) => String::new(),
            })
            .collect();
        assert_eq!(places, ["SELECT 1", "\n  SELECT é", "\n            SELECT x"]);
    }

    proptest! {
        /// Whatever is typed, the parts make up the text, and nothing panics.
        #[test]
        fn parts_make_up_the_text(text in "[a-z'\"\\-/*;\\\\ \né]{0,60}") {
            let joined: String = parts(&text).map(|(range, _)| &text[range]).collect();
            prop_assert_eq!(&joined, &text);
            for input in all_inputs(&text) {
                if let Input::Statement(statement, start) = input {
                    prop_assert!(in_place(&text, statement, start).ends_with(statement));
                    prop_assert!(!statement.trim().is_empty());
                }
            }
            prop_assert!(inputs(&text).1 <= text.len());
        }
    }
}
