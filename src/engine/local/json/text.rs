//! Strings in JSON text, and values without blanks.

use std::fmt::Write as _;

use memchr::{memchr, memchr2};

use super::cursor::{Cursor, Parts, Quoted};
use super::number;

/// What stands for half of a surrogate pair alone, which is no character.
const HALF: char = '?';

/// Appends the text that a JSON string stands for; `inner` is what is between the quotes.
pub(in super::super) fn unescape(inner: &str, out: &mut String) {
    for piece in (Pieces { rest: inner }) {
        match piece {
            Piece::Plain(text) => out.push_str(text),
            Piece::Char(char) => out.push(char),
            Piece::Half(_) => out.push(HALF),
        }
    }
}

/// Appends text as a JSON string, with its quotes.
pub(in super::super) fn quote(text: &str, out: &mut String) {
    out.push('"');
    escape(text, out);
    out.push('"');
}

/// Appends a string again, with the escapes that it needs and no others.
pub(super) fn requote(string: Quoted<'_>, out: &mut String) {
    out.push('"');
    if string.escaped {
        for piece in (Pieces { rest: string.inner }) {
            match piece {
                Piece::Plain(text) => escape(text, out),
                Piece::Char(char) => escape_char(char, out),
                Piece::Half(unit) => write_unit(unit, out),
            }
        }
    } else {
        escape(string.inner, out);
    }
    out.push('"');
}

fn escape(text: &str, out: &mut String) {
    let special = |byte: u8| !(b' '..0xf0).contains(&byte) || matches!(byte, b'"' | b'\\');
    if !text.bytes().fold(false, |found, byte| found | special(byte)) {
        out.push_str(text);
        return;
    }
    for char in text.chars() {
        escape_char(char, out);
    }
}

/// Appends a character as Trino writes it into JSON: those outside the basic plane as two escapes.
fn escape_char(char: char, out: &mut String) {
    match char {
        '"' => out.push_str("\\\""),
        '\\' => out.push_str("\\\\"),
        '\n' => out.push_str("\\n"),
        '\t' => out.push_str("\\t"),
        '\r' => out.push_str("\\r"),
        '\u{8}' => out.push_str("\\b"),
        '\u{c}' => out.push_str("\\f"),
        '\0'..='\u{1f}' | '\u{10000}'.. => {
            for unit in char.encode_utf16(&mut [0; 2]) {
                write_unit(*unit, out);
            }
        }
        char => out.push(char),
    }
}

fn write_unit(unit: u16, out: &mut String) {
    let _ = write!(out, "\\u{unit:04X}");
}

/// A piece of a JSON string.
enum Piece<'a> {
    Plain(&'a str),
    /// What an escape stands for.
    Char(char),
    /// Half of a surrogate pair.
    Half(u16),
}

struct Pieces<'a> {
    rest: &'a str,
}

impl<'a> Iterator for Pieces<'a> {
    type Item = Piece<'a>;

    fn next(&mut self) -> Option<Piece<'a>> {
        let end = memchr(b'\\', self.rest.as_bytes()).unwrap_or(self.rest.len());
        if end > 0 {
            let (plain, rest) = self.rest.split_at(end);
            self.rest = rest;
            return Some(Piece::Plain(plain));
        }
        let escape = self.rest.as_bytes().get(1).copied();
        let mut length = 2;
        let piece = match escape {
            None if self.rest.is_empty() => return None,
            Some(b'n') => Piece::Char('\n'),
            Some(b't') => Piece::Char('\t'),
            Some(b'r') => Piece::Char('\r'),
            Some(b'b') => Piece::Char('\u{8}'),
            Some(b'f') => Piece::Char('\u{c}'),
            Some(b'u') => {
                let high = unit(self.rest);
                length = 6;
                match char::decode_utf16(high.into_iter().chain(self.rest.get(6..).and_then(unit)))
                    .next()
                {
                    Some(Ok(char)) => {
                        length = 6 * char.len_utf16();
                        Piece::Char(char)
                    }
                    Some(Err(half)) => Piece::Half(half.unpaired_surrogate()),
                    None => Piece::Char(HALF),
                }
            }
            Some(other) => Piece::Char(char::from(other)),
            None => Piece::Char('\\'),
        };
        self.rest = self.rest.get(length..).unwrap_or_default();
        Some(piece)
    }
}

/// The number in a `\uXXXX` at the start.
fn unit(text: &str) -> Option<u16> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    u16::from_str_radix(digits, 16).ok()
}

/// Passes a value, and appends it as Trino's JSON has it: without blanks, strings with no more
/// escapes than they need, fractions as doubles. Order of keys and repeated keys stay.
pub(in super::super) fn write_value(cursor: &mut Cursor<'_>, out: &mut String) -> Option<()> {
    cursor.walk(&mut Writer(out))
}

struct Writer<'o>(&'o mut String);

impl<'a> Parts<'a> for Writer<'_> {
    fn mark(&mut self, mark: u8) {
        self.0.push(char::from(mark));
    }

    fn key(&mut self, key: Quoted<'a>) {
        requote(key, self.0);
        self.0.push(':');
    }

    fn string(&mut self, string: Quoted<'a>) {
        requote(string, self.0);
    }

    fn scalar(&mut self, scalar: &'a str) {
        number::write(scalar, self.0);
    }
}

/// Appends a valid JSON value without the blanks between its parts. All else stays as written:
/// order and case of keys, repeated keys, the text of numbers.
pub(in super::super) fn compact(value: &str, out: &mut String) {
    let mut rest = value;
    loop {
        let quote = memchr(b'"', rest.as_bytes());
        let outside = &rest[..quote.unwrap_or(rest.len())];
        if outside.bytes().any(|byte| byte <= b' ') {
            out.extend(outside.chars().filter(|char| *char > ' '));
        } else {
            out.push_str(outside);
        }
        let Some(quote) = quote else {
            return;
        };
        let after = string_end(rest.as_bytes(), quote + 1).unwrap_or(rest.len());
        out.push_str(&rest[quote..after]);
        rest = &rest[after..];
    }
}

/// Index after the closing quote of the string whose inside starts at `at`.
fn string_end(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        at += memchr2(b'"', b'\\', bytes.get(at..)?)?;
        if bytes[at] == b'"' {
            return Some(at + 1);
        }
        at += 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_become_characters() {
        for (inner, text) in [
            ("plain", "plain"),
            (r#"a\"b\\c\/d"#, r#"a"b\c/d"#),
            (r"\n\t\r\b\f", "\n\t\r\u{8}\u{c}"),
            (r"\u00e9\u20AC", "é€"),
            (r"\ud83d\ude00!", "😀!"),
            (r"\ud83d!", "?!"),
            (r"\ude00\ud83d", "??"),
            (r"\ud83d\ud83d\ude00", "?😀"),
        ] {
            let mut out = String::new();
            unescape(inner, &mut out);
            assert_eq!(out, text, "{inner}");
        }
    }

    #[test]
    fn values_are_written_as_trino_does() {
        for (value, text) in [
            (r#"{ "b" : 1.10 ,  "a b": [ 1 , "x y" ] }"#, r#"{"b":1.1,"a b":[1,"x y"]}"#),
            (r#""\/\u00e9\n\u0001\u001f""#, r#""/é\n\u0001\u001F""#),
            (r#""😀\ud83d\u007f\"""#, "\"\\uD83D\\uDE00\\uD83D\u{7f}\\\"\""),
        ] {
            let mut out = String::new();
            assert_eq!(write_value(&mut Cursor::new(value), &mut out), Some(()));
            assert_eq!(out, text);
        }
    }

    #[test]
    fn only_blanks_between_parts_go() {
        for (value, text) in [
            (r#"{ "b" : 1.10 ,  "a b": [ 1 , "x y" ] }"#, r#"{"b":1.10,"a b":[1,"x y"]}"#),
            ("{\n\t\"q\": \"\\\" }\"\r\n}", "{\"q\":\"\\\" }\"}"),
            (r#"{"a":1,"a":2}"#, r#"{"a":1,"a":2}"#),
        ] {
            let mut out = String::new();
            compact(value, &mut out);
            assert_eq!(out, text);
        }
    }
}
