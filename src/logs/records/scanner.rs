//! Finds where a JSON value ends, chunk by chunk, without parsing it.
//!
//! It follows strings and brackets only, which is what makes it quick: whether the text between
//! them is JSON is seen when the record is parsed. It does notice a bracket where none can be,
//! because that is how a cut line in a file of one record a line shows itself.

use memchr::memchr3;

/// Deepest nesting of a record that is read. CloudTrail stays under 40. Parsers recurse once a
/// level, so this bound protects the stack, and stays below `serde_json`'s own of 128.
pub const DEEPEST: usize = 120;

/// What a chunk held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
    /// The value goes on after the chunk.
    More,
    /// The value ends before this index.
    End(usize),
    /// No JSON value can have the byte at this index.
    Bad(usize),
}

/// State between two chunks of one value.
#[derive(Debug, Default)]
pub(super) struct Scanner {
    /// The brackets that are to close the open ones, innermost last.
    open: Vec<u8>,
    /// Last byte outside strings that is no blank.
    previous: u8,
    in_string: bool,
    escaped: bool,
    in_scalar: bool,
    one_line: bool,
    deepest: usize,
}

impl Scanner {
    /// Starts over with the next value. With `one_line`, a line break inside it is an error.
    pub(super) fn restart(&mut self, one_line: bool) {
        self.open.clear();
        self.previous = 0;
        self.in_string = false;
        self.escaped = false;
        self.in_scalar = false;
        self.one_line = one_line;
        self.deepest = 0;
    }

    /// How many brackets deep the value nests.
    pub(super) fn depth(&self) -> usize {
        self.deepest
    }

    /// Whether the value may end where the text ends: only numbers and words may.
    pub(super) fn may_end(&self) -> bool {
        self.in_scalar
    }

    /// Goes on with the next chunk; the first one starts with the value's first byte.
    pub(super) fn feed(&mut self, chunk: &[u8]) -> Found {
        let mut at = 0;
        loop {
            if self.in_string {
                match self.string(chunk, at) {
                    Ok(after) => at = after,
                    Err(found) => return found,
                }
                if self.open.is_empty() {
                    return Found::End(at);
                }
            }
            let Some(&byte) = chunk.get(at) else {
                return Found::More;
            };
            match byte {
                b'"' if !self.in_scalar => self.in_string = true,
                b'{' | b'[' if !self.in_scalar => {
                    let fits = match self.open.last() {
                        None => true,
                        Some(b'}') => self.previous == b':',
                        Some(_) => matches!(self.previous, b'[' | b','),
                    };
                    if !fits {
                        return Found::Bad(at);
                    }
                    self.open.push(if byte == b'{' { b'}' } else { b']' });
                    self.deepest = self.deepest.max(self.open.len());
                    self.previous = byte;
                }
                b'}' | b']' if !self.in_scalar => {
                    if self.open.pop() != Some(byte) {
                        return Found::Bad(at);
                    }
                    self.previous = byte;
                    if self.open.is_empty() {
                        return Found::End(at + 1);
                    }
                }
                b'\n' if self.one_line && !self.in_scalar => return Found::Bad(at),
                b',' | b'}' | b']' | b' ' | b'\t' | b'\r' | b'\n' if self.in_scalar => {
                    return Found::End(at);
                }
                b' ' | b'\t' | b'\r' | b'\n' => {}
                _ => {
                    self.in_scalar = self.open.is_empty();
                    self.previous = byte;
                }
            }
            at += 1;
        }
    }

    /// Index after the closing quote.
    fn string(&mut self, chunk: &[u8], mut at: usize) -> Result<usize, Found> {
        loop {
            if self.escaped {
                if at == chunk.len() {
                    return Err(Found::More);
                }
                self.escaped = false;
                at += 1;
            }
            let rest = chunk.get(at..).unwrap_or_default();
            // JSON has no line break inside strings, so an unclosed quote costs one line at most.
            let Some(step) = memchr3(b'"', b'\\', b'\n', rest) else {
                return Err(Found::More);
            };
            at += step;
            match chunk[at] {
                b'"' => {
                    self.in_string = false;
                    self.previous = b'"';
                    return Ok(at + 1);
                }
                b'\\' => {
                    self.escaped = true;
                    at += 1;
                }
                _ => return Err(Found::Bad(at)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(text: &str) -> Found {
        let mut scanner = Scanner::default();
        scanner.restart(false);
        scanner.feed(text.as_bytes())
    }

    #[test]
    fn finds_the_end_of_each_kind_of_value() {
        for (text, end) in [
            (r#"{"a":[1,{"b":"}]"}]} x"#, Found::End(20)),
            (r#""a\"b" x"#, Found::End(6)),
            (r#""a\\" x"#, Found::End(5)),
            ("12,", Found::End(2)),
            ("null]", Found::End(4)),
            ("null", Found::More),
            (r#"{"a":"#, Found::More),
            (r#"{"a":"x"#, Found::More),
            ("{]", Found::Bad(1)),
            ("{\"a\":1\n{", Found::Bad(7)),
            ("[1\n{", Found::Bad(3)),
            ("\"a\nb\"", Found::Bad(2)),
            ("}", Found::Bad(0)),
        ] {
            assert_eq!(whole(text), end, "{text}");
        }
    }

    #[test]
    fn the_same_in_every_cut() {
        let text = r#"{"a\\":"\"}","b":[{},[],"\\"]}"#.as_bytes();
        for cut in 0..text.len() {
            let mut scanner = Scanner::default();
            scanner.restart(true);
            assert_eq!(scanner.feed(&text[..cut]), Found::More, "{cut}");
            assert_eq!(scanner.feed(&text[cut..]), Found::End(text.len() - cut), "{cut}");
        }
    }
}
