//! Classes in brackets: `[a-z]`, `[^\d-]`, `[a-z&&[^b]]`, `[[:alpha:]_]`.

use datafusion::error::Result;

use super::property;
use super::translate::{Escape, Translator, refused};

/// How deep classes may stand in classes.
const DEEPEST: usize = 32;

/// An element of a class.
enum Element {
    Char(char),
    /// The inside of a class, or what `[^` and `]` have to stand around.
    Set(String),
}

impl Translator<'_> {
    /// Translates a class, whose first bracket is passed.
    pub(super) fn class(&mut self, depth: usize) -> Result<()> {
        if depth > DEEPEST {
            return Err(refused("character classes are nested too deep"));
        }
        self.out.push('[');
        if self.eat('^') {
            self.out.push('^');
        }
        // A bracket that comes first stands for itself, if another one can close the class.
        if self.rest.starts_with(']') {
            if !closes_later(&self.rest[1..]) {
                return Err(refused("empty char-class"));
            }
            self.eat(']');
            self.push_range(']')?;
        }
        loop {
            if self.eat(']') {
                self.out.push(']');
                return Ok(());
            }
            if self.rest.starts_with("&&") {
                self.skip(2);
                self.out.push_str("&&");
                continue;
            }
            if let Some(name) = self.rest.strip_prefix("[:").and_then(|rest| rest.split_once(":]"))
                && name.0.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'^')
            {
                self.skip(name.0.len() + 4);
                let set = posix(name.0)?;
                self.out.push_str(&set);
                continue;
            }
            if self.eat('[') {
                self.class(depth + 1)?;
                continue;
            }
            match self.element()? {
                Element::Set(set) => self.out.push_str(&set),
                Element::Char(char) => self.push_range(char)?,
            }
        }
    }

    /// A character, or a set behind a backslash.
    fn element(&mut self) -> Result<Element> {
        let Some(char) = self.next() else {
            return Err(refused("premature end of char-class"));
        };
        if char != '\\' {
            return Ok(Element::Char(char));
        }
        if self.eat('b') {
            return Ok(Element::Char('\u{8}'));
        }
        Ok(match self.escape()? {
            Escape::Char(char) => Element::Char(char),
            Escape::Set { inside, negated: false } => Element::Set(format!("[{inside}]")),
            Escape::Set { inside, negated: true } => Element::Set(format!("[^{inside}]")),
        })
    }

    /// Writes a character, or the range that begins with it.
    fn push_range(&mut self, from: char) -> Result<()> {
        let ranges = self.rest.starts_with('-') && !self.rest.starts_with("-]");
        if !ranges {
            push(from, &mut self.out);
            return Ok(());
        }
        self.eat('-');
        if self.rest.starts_with('[') {
            return Err(refused("a class at the end of a range in a character class"));
        }
        match self.element()? {
            Element::Char(to) if to < from => Err(refused("empty range in char class")),
            Element::Char(to) => {
                push(from, &mut self.out);
                self.out.push('-');
                push(to, &mut self.out);
                // Behind a range it is neither a mark nor a character: `[0-9-_]` has no `-`.
                if !self.rest.starts_with("-]") {
                    self.eat('-');
                }
                Ok(())
            }
            Element::Set(_) => Err(refused("char-class value at end of range")),
        }
    }
}

fn push(char: char, out: &mut String) {
    if matches!(char, '[' | ']' | '^' | '-' | '&' | '~' | '\\') {
        out.push('\\');
    }
    out.push(char);
}

fn posix(name: &str) -> Result<String> {
    let set = match name.strip_prefix('^') {
        Some(name) => property::posix(name).map(|inside| format!("[^{inside}]")),
        None => property::posix(name).map(|inside| format!("[{inside}]")),
    };
    set.ok_or_else(|| refused("invalid POSIX bracket type"))
}

/// Whether a bracket without a backslash closes a class.
fn closes_later(rest: &str) -> bool {
    let mut chars = rest.chars();
    while let Some(char) = chars.next() {
        match char {
            '\\' => drop(chars.next()),
            ']' => return true,
            _ => {}
        }
    }
    false
}
