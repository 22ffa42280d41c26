//! JSON text as text: unescape a string, take blanks out, walk through values.
//!
//! Nothing here recurses, so nesting costs memory, never stack.

use memchr::{memchr, memchr2};

/// Appends the text that a JSON string stands for; `inner` is what is between the quotes.
///
/// Half of a surrogate pair alone, which is no character, becomes U+FFFD.
pub(super) fn unescape(inner: &str, out: &mut String) {
    let mut rest = inner;
    while let Some(at) = memchr(b'\\', rest.as_bytes()) {
        out.push_str(&rest[..at]);
        let escape = rest.as_bytes().get(at + 1).copied().unwrap_or(b'\\');
        let mut length = 2;
        match escape {
            b'n' => out.push('\n'),
            b't' => out.push('\t'),
            b'r' => out.push('\r'),
            b'b' => out.push('\u{8}'),
            b'f' => out.push('\u{c}'),
            b'u' => {
                let high = unit(&rest[at..]).unwrap_or(0xfffd);
                length = 6;
                let low = match high {
                    0xd800..=0xdbff => rest.get(at + 6..).and_then(unit),
                    _ => None,
                };
                match low {
                    Some(low @ 0xdc00..=0xdfff) => {
                        length = 12;
                        let code = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
                        out.push(char::from_u32(code).unwrap_or('\u{fffd}'));
                    }
                    _ => out.push(char::from_u32(high).unwrap_or('\u{fffd}')),
                }
            }
            other => out.push(char::from(other)),
        }
        rest = rest.get(at + length..).unwrap_or_default();
    }
    out.push_str(rest);
}

/// The number in a `\uXXXX` at the start.
fn unit(text: &str) -> Option<u32> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    u32::from_str_radix(digits, 16).ok()
}

/// Appends a valid JSON value without the blanks between its parts. All else stays as written:
/// order and case of keys, repeated keys, the text of numbers.
pub(super) fn compact(value: &str, out: &mut String) {
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

/// A place in JSON text that may be broken further on: what was passed is known to be JSON.
#[derive(Debug, Clone)]
pub(super) struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    /// The next byte that is no blank, not passed yet.
    pub(super) fn peek(&mut self) -> Option<u8> {
        let bytes = self.text.as_bytes();
        while let Some(b' ' | b'\t' | b'\r' | b'\n') = bytes.get(self.at) {
            self.at += 1;
        }
        bytes.get(self.at).copied()
    }

    /// Passes the byte if it comes next.
    pub(super) fn eat(&mut self, byte: u8) -> Option<()> {
        (self.peek()? == byte).then(|| self.at += 1)
    }

    /// Passes a string, and gives what is between its quotes.
    pub(super) fn string(&mut self) -> Option<&'a str> {
        self.eat(b'"')?;
        let start = self.at;
        let bytes = self.text.as_bytes();
        loop {
            self.at += bytes[self.at..]
                .iter()
                .position(|byte| matches!(byte, b'"' | b'\\') || *byte < b' ')?;
            match bytes[self.at] {
                b'"' => {
                    self.at += 1;
                    return self.text.get(start..self.at - 1);
                }
                b'\\' => {
                    self.at += match bytes.get(self.at + 1)? {
                        b'u' => {
                            let digits = bytes.get(self.at + 2..self.at + 6)?;
                            digits.iter().all(u8::is_ascii_hexdigit).then_some(6)?
                        }
                        b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => 2,
                        _ => return None,
                    };
                }
                _ => return None,
            }
        }
    }

    /// Passes a number or word, and gives it as written.
    pub(super) fn scalar(&mut self) -> Option<&'a str> {
        self.peek()?;
        let bytes = &self.text.as_bytes()[self.at..];
        let length = bytes
            .iter()
            .position(|byte| matches!(byte, b',' | b'}' | b']' | b' ' | b'\t' | b'\r' | b'\n'))
            .unwrap_or(bytes.len());
        let word = self.text.get(self.at..self.at + length)?;
        let known = matches!(word, "true" | "false" | "null") || is_number(word.as_bytes());
        known.then(|| {
            self.at += length;
            word
        })
    }

    /// Passes a whole value.
    pub(super) fn skip(&mut self) -> Option<()> {
        let mut open = Vec::new();
        loop {
            match self.peek()? {
                bracket @ (b'{' | b'[') => {
                    self.at += 1;
                    let close = bracket + 2;
                    if self.eat(close).is_none() {
                        open.push(close);
                        if close == b'}' {
                            self.key()?;
                        }
                        continue;
                    }
                }
                b'"' => {
                    self.string()?;
                }
                _ => {
                    self.scalar()?;
                }
            }
            loop {
                let Some(close) = open.last().copied() else {
                    return Some(());
                };
                if self.eat(b',').is_some() {
                    if close == b'}' {
                        self.key()?;
                    }
                    break;
                }
                self.eat(close)?;
                open.pop();
            }
        }
    }

    /// Passes a key and its colon, and gives what is between its quotes.
    pub(super) fn key(&mut self) -> Option<&'a str> {
        let key = self.string()?;
        self.eat(b':')?;
        Some(key)
    }
}

fn is_number(word: &[u8]) -> bool {
    let digits = |text: &[u8]| text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let mut rest = word.strip_prefix(b"-").unwrap_or(word);
    let whole = digits(rest);
    if whole == 0 || (whole > 1 && rest[0] == b'0') {
        return false;
    }
    rest = &rest[whole..];
    if let Some(fraction) = rest.strip_prefix(b".") {
        let length = digits(fraction);
        if length == 0 {
            return false;
        }
        rest = &fraction[length..];
    }
    if let Some((b'e' | b'E', exponent)) = rest.split_first() {
        let exponent =
            exponent.strip_prefix(b"-").or_else(|| exponent.strip_prefix(b"+")).unwrap_or(exponent);
        let length = digits(exponent);
        return length > 0 && length == exponent.len();
    }
    rest.is_empty()
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
            (r"\ud83d!", "\u{fffd}!"),
            (r"\ude00\ud83d", "\u{fffd}\u{fffd}"),
        ] {
            let mut out = String::new();
            unescape(inner, &mut out);
            assert_eq!(out, text, "{inner}");
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

    #[test]
    fn skips_json_and_nothing_else() {
        for (text, valid) in [
            (r#"{"a":[1,-0.5e+3,{}],"b":null}"#, true),
            (r#"[[],{},"\u00e9"]"#, true),
            (r#"{"a" 1}"#, false),
            (r#"{"a":1,}"#, false),
            ("[1,]", false),
            ("[1 2]", false),
            ("01", false),
            ("1.", false),
            ("nul", false),
            (r#""\x""#, false),
            ("\"a\nb\"", false),
            ("[1", false),
        ] {
            assert_eq!(Cursor::new(text).skip().is_some(), valid, "{text}");
        }
        let deep = "[".repeat(1_000_000);
        assert_eq!(Cursor::new(&deep).skip(), None);
    }
}
