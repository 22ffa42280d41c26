//! A place in JSON text, and steps from there.

use std::borrow::Cow;

use memchr::memchr2;

use super::{number, text};

/// A place in JSON text that may be broken further on: what was passed is known to be JSON.
#[derive(Debug, Clone)]
pub(in super::super) struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

/// A string, as it stands between its quotes.
#[derive(Debug, Clone, Copy)]
pub(in super::super) struct Quoted<'a> {
    pub(in super::super) inner: &'a str,
    pub(in super::super) escaped: bool,
}

impl<'a> Quoted<'a> {
    /// The text that it stands for.
    pub(in super::super) fn text(self) -> Cow<'a, str> {
        if !self.escaped {
            return Cow::Borrowed(self.inner);
        }
        let mut text = String::with_capacity(self.inner.len());
        text::unescape(self.inner, &mut text);
        Cow::Owned(text)
    }

    /// Whether it stands for this text.
    pub(in super::super) fn is(self, text: &str) -> bool {
        if self.escaped { self.text() == text } else { self.inner == text }
    }
}

/// What sees the parts of a value, in order.
pub(super) trait Parts<'a> {
    /// A bracket, or a comma.
    fn mark(&mut self, _: u8) {}
    /// A key, and its colon.
    fn key(&mut self, _: Quoted<'a>) {}
    fn string(&mut self, _: Quoted<'a>) {}
    /// A number or a word.
    fn scalar(&mut self, _: &'a str) {}
}

impl Parts<'_> for () {}

impl<'a> Cursor<'a> {
    pub(in super::super) fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    /// The next byte that is no blank, not passed yet.
    pub(in super::super) fn peek(&mut self) -> Option<u8> {
        let bytes = self.text.as_bytes();
        while let Some(byte) = bytes.get(self.at)
            && is_blank(*byte)
        {
            self.at += 1;
        }
        bytes.get(self.at).copied()
    }

    /// Passes the byte if it comes next.
    fn eat(&mut self, byte: u8) -> Option<()> {
        (self.peek()? == byte).then(|| self.at += 1)
    }

    /// Whether nothing but blanks is left.
    pub(in super::super) fn is_at_end(&mut self) -> bool {
        self.peek().is_none()
    }

    /// Passes the bracket that opens an array or object; whether something is in there. If not,
    /// the other bracket is passed too.
    pub(in super::super) fn enter(&mut self, bracket: u8) -> Option<bool> {
        self.eat(bracket)?;
        Some(self.eat(closing(bracket)).is_none())
    }

    /// Passes the comma after an element and says so, or the bracket that closes `bracket`.
    pub(in super::super) fn more(&mut self, bracket: u8) -> Option<bool> {
        if self.eat(b',').is_some() {
            return Some(true);
        }
        self.eat(closing(bracket))?;
        Some(false)
    }

    /// Passes a string.
    pub(in super::super) fn string(&mut self) -> Option<Quoted<'a>> {
        self.eat(b'"')?;
        let start = self.at;
        let bytes = self.text.as_bytes();
        let mut escaped = false;
        loop {
            self.at += memchr2(b'"', b'\\', bytes.get(self.at..)?)?;
            let rest = bytes.get(self.at..)?;
            if rest.first() == Some(&b'"') {
                break;
            }
            escaped = true;
            self.at += escape_length(rest)?;
        }
        let inner = self.text.get(start..self.at)?;
        self.at += 1;
        // Without an early end, so that many bytes are looked at together.
        let control = inner.bytes().fold(false, |found, byte| found | (byte < b' '));
        (!control).then_some(Quoted { inner, escaped })
    }

    /// Passes a number or word, and gives it as written.
    pub(in super::super) fn scalar(&mut self) -> Option<&'a str> {
        let first = self.peek()?;
        let rest = self.text.get(self.at..)?;
        let length = match first {
            b't' => word(rest, "true")?,
            b'f' => word(rest, "false")?,
            b'n' => word(rest, "null")?,
            _ => {
                let length = number::length(rest.as_bytes())?;
                let ends = rest.as_bytes().get(length).is_none_or(|next| is_blank(*next));
                // A number that is all there is must not run into something else.
                if !ends && self.text.as_bytes().iter().take(self.at).copied().all(is_blank) {
                    return None;
                }
                length
            }
        };
        self.at += length;
        rest.get(..length)
    }

    /// Passes a key and its colon.
    pub(in super::super) fn key(&mut self) -> Option<Quoted<'a>> {
        let key = self.string()?;
        self.eat(b':')?;
        Some(key)
    }

    /// Passes a whole value.
    pub(in super::super) fn skip(&mut self) -> Option<()> {
        self.walk(&mut ())
    }

    /// Passes a whole value, and gives it as written.
    pub(in super::super) fn value(&mut self) -> Option<&'a str> {
        self.peek()?;
        let start = self.at;
        self.skip()?;
        self.text.get(start..self.at)
    }

    /// Passes a whole value, part by part.
    pub(super) fn walk(&mut self, parts: &mut impl Parts<'a>) -> Option<()> {
        let mut open = Nesting::default();
        loop {
            match self.peek()? {
                bracket @ (b'{' | b'[') => {
                    parts.mark(bracket);
                    if self.enter(bracket)? {
                        open.enter(bracket);
                        if bracket == b'{' {
                            parts.key(self.key()?);
                        }
                        continue;
                    }
                    parts.mark(closing(bracket));
                }
                b'"' => parts.string(self.string()?),
                _ => parts.scalar(self.scalar()?),
            }
            loop {
                let Some(bracket) = open.innermost() else {
                    return Some(());
                };
                if self.more(bracket)? {
                    parts.mark(b',');
                    if bracket == b'{' {
                        parts.key(self.key()?);
                    }
                    break;
                }
                parts.mark(closing(bracket));
                open.leave();
            }
        }
    }
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

fn closing(bracket: u8) -> u8 {
    if bracket == b'{' { b'}' } else { b']' }
}

/// Length of a word at the start, if it ends there.
fn word(text: &str, word: &str) -> Option<usize> {
    let rest = text.strip_prefix(word)?;
    let goes_on = |next: char| next.is_alphanumeric() || matches!(next, '_' | '$');
    (!rest.starts_with(goes_on)).then_some(word.len())
}

/// Length of the escape at the start, which is a backslash.
fn escape_length(text: &[u8]) -> Option<usize> {
    match text.get(1)? {
        b'u' => text.get(2..6)?.iter().all(u8::is_ascii_hexdigit).then_some(6),
        b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Some(2),
        _ => None,
    }
}

/// The brackets that are open: a bit for each, so that usual nesting needs no memory.
#[derive(Default)]
struct Nesting {
    depth: usize,
    /// The innermost up to 64 of them, a set bit for an object.
    bits: u64,
    outer: Vec<u64>,
}

impl Nesting {
    const AT_HAND: usize = 64;

    fn enter(&mut self, bracket: u8) {
        if self.depth > 0 && self.depth.is_multiple_of(Self::AT_HAND) {
            self.outer.push(self.bits);
        }
        self.bits = self.bits << 1 | u64::from(bracket == b'{');
        self.depth += 1;
    }

    fn leave(&mut self) {
        self.depth = self.depth.saturating_sub(1);
        self.bits >>= 1;
        if self.depth.is_multiple_of(Self::AT_HAND) {
            self.bits = self.outer.pop().unwrap_or_default();
        }
    }

    fn innermost(&self) -> Option<u8> {
        let bracket = if self.bits & 1 == 1 { b'{' } else { b'[' };
        (self.depth > 0).then_some(bracket)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn skips_json_and_nothing_else() {
        for (text, valid) in [
            (r#"{"a":[1,-0.5e+3,{}],"b":null}"#, true),
            (r#"[[],{},"\u00e9"]"#, true),
            (r#"{"a" 1}"#, false),
            (r#"{"a":1,}"#, false),
            (r#"{"a":1x,"b":2}"#, false),
            ("[1,]", false),
            ("[1 2]", false),
            ("[truex]", false),
            ("01", false),
            ("1x", false),
            ("1 x", true),
            ("1.", false),
            ("nul", false),
            (r#""\x""#, false),
            (r#""\u12""#, false),
            ("\"a\nb\"", false),
            ("[1", false),
        ] {
            assert_eq!(Cursor::new(text).skip().is_some(), valid, "{text}");
        }
    }

    #[test]
    fn nesting_is_not_limited() {
        let open = r#"[{"a":"#.repeat(1000);
        let close = "}]".repeat(1000);
        assert_eq!(Cursor::new(&format!("{open}1{close}")).skip(), Some(()));
        let wrong = "]}".repeat(1000);
        assert_eq!(Cursor::new(&format!("{open}1{wrong}")).skip(), None);
        let deep = "[".repeat(1_000_000);
        assert_eq!(Cursor::new(&deep).skip(), None);
    }
}
