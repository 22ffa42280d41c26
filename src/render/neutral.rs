//! Values made harmless for a terminal.
//!
//! People choose user names, resource names and user agents. Written out as they are, they could
//! clear the screen, forge lines, or show another text than they hold. So whatever steers or hides
//! is written as its escape, which a reader also recognises: `\x1b[2J`, `\n`, `\u{202e}`.

use std::borrow::Cow;
use std::fmt::Write;

use unicode_width::UnicodeWidthChar;

/// Name of this kind of escaping, for the template engine.
pub(super) const ESCAPE: &str = "text";

/// How many marks may sit on one letter. Real languages need two or three; more only bury lines.
const MARKS: usize = 4;

/// The value on one line.
pub fn line(value: &str) -> Cow<'_, str> {
    neutral(value, |_| false)
}

/// The value with its line breaks.
pub fn lines(value: &str) -> Cow<'_, str> {
    neutral(value, |c| c == '\n')
}

/// JSON with the escapes of its own for whatever is not plain, which mean the same.
pub fn json(text: &str) -> Cow<'_, str> {
    let steers = |c: char| c == '\x7f' || c > '\x7f' && steers(c);
    if !text.contains(steers) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if steers(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                // Writing to a string cannot fail.
                let _ = write!(escaped, "\\u{unit:04x}");
            }
        } else {
            escaped.push(c);
        }
    }
    Cow::Owned(escaped)
}

/// The last look at a whole page: line breaks and tabs may stay, and with `color` the sequences
/// that set colours. Spaces at line ends go.
pub(super) fn page(text: &str, color: bool) -> String {
    let mut page = String::with_capacity(text.len());
    for (at, line) in text.split('\n').enumerate() {
        if at > 0 {
            page.push('\n');
        }
        let line = line.trim_end();
        if color {
            let mut rest = line;
            while let Some(start) = rest.find("\x1b[") {
                let (before, sequence) = rest.split_at(start);
                let digits = sequence[2..].bytes().take_while(u8::is_ascii_digit).count();
                let end = 2 + digits;
                page.push_str(&neutral(before, |c| c == '\t'));
                if sequence[end..].starts_with('m') {
                    page.push_str(&sequence[..=end]);
                    rest = &sequence[end + 1..];
                } else {
                    page.push_str("\\x1b");
                    rest = &sequence[1..];
                }
            }
            page.push_str(&neutral(rest, |c| c == '\t'));
        } else {
            page.push_str(&neutral(line, |c| c == '\t'));
        }
    }
    page
}

fn neutral(value: &str, allowed: fn(char) -> bool) -> Cow<'_, str> {
    let plain = |c: char| (' '..='~').contains(&c) || allowed(c);
    if value.chars().all(plain) {
        return Cow::Borrowed(value);
    }
    let mut text = String::with_capacity(value.len());
    let mut marks = 0;
    for c in value.chars() {
        if plain(c) {
            marks = 0;
            text.push(c);
            continue;
        }
        match c {
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            '\0'..='\x7f' => {
                // Writing to a string cannot fail.
                let _ = write!(text, "\\x{:02x}", u32::from(c));
            }
            c if steers(c) => {
                let _ = write!(text, "\\u{{{:x}}}", u32::from(c));
            }
            c if c.width() == Some(0) => {
                marks += 1;
                if marks <= MARKS {
                    text.push(c);
                }
                continue;
            }
            c => text.push(c),
        }
        marks = 0;
    }
    Cow::Owned(text)
}

/// Characters that are not letters but change how others are shown, or are not seen at all.
/// Joiners and variation selectors stay: emoji and some scripts are made with them.
pub(crate) fn steers(c: char) -> bool {
    matches!(c,
        '\u{80}'..='\u{9f}'             // control characters of eight-bit terminals
        | '\u{ad}' | '\u{34f}'          // invisible
        | '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2066}'..='\u{206f}'       // change of direction
        | '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}'
        | '\u{180e}' | '\u{200b}' | '\u{2060}'..='\u{2065}' | '\u{feff}'
        | '\u{2028}' | '\u{2029}'       // line and paragraph ends
        | '\u{fff9}'..='\u{fffb}'       // annotations
        | '\u{e0000}'..='\u{e0fff}'     // tags
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_steers_a_terminal_is_written_out() {
        assert_eq!(line("\x1b[2J\x07"), "\\x1b[2J\\x07");
        assert_eq!(line("a\nb\r\n\tc\x7f"), "a\\nb\\r\\n\\tc\\x7f");
        assert_eq!(line("\u{9b}31m"), "\\u{9b}31m");
        assert_eq!(line("user\u{202e}txt.exe"), "user\\u{202e}txt.exe");
        assert_eq!(line("a\u{200b}b\u{feff}"), "a\\u{200b}b\\u{feff}");
    }

    #[test]
    fn what_people_write_stays() {
        for text in ["Ann Smith", "Zoë", "王小明", "👩‍💻 dev", "नमस्ते"] {
            assert_eq!(line(text), text);
        }
    }

    #[test]
    fn marks_do_not_pile_up() {
        let zalgo = format!("a{}b", "\u{301}".repeat(5_000));
        assert_eq!(line(&zalgo), format!("a{}b", "\u{301}".repeat(MARKS)));
    }

    #[test]
    fn a_page_keeps_colours_only_when_asked() {
        let text = "\x1b[1mbold\x1b[22m  \n\x1b[2J\tx";
        assert_eq!(page(text, true), "\x1b[1mbold\x1b[22m\n\\x1b[2J\tx");
        assert_eq!(page(text, false), "\\x1b[1mbold\\x1b[22m\n\\x1b[2J\tx");
    }
    proptest::proptest! {
        #[test]
        fn no_text_leaves_its_line(text in proptest::prelude::any::<String>()) {
            let neutral = line(&text);
            assert!(!neutral.chars().any(|c| c.is_control() || steers(c)), "{neutral:?}");
            // Once is enough.
            assert_eq!(line(&neutral), neutral);
            assert!(!page(&text, true).replace("\x1b[", "").chars().any(|c| c.is_control() && c != '\n' && c != '\t'));
        }
    }
}
