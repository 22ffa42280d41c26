//! What a backslash makes of the letters after it.

use datafusion::error::Result;

use super::super::property;
use super::{Translator, missing, refused};

/// What a backslash makes of the letters after it, inside classes and outside.
pub(in super::super) enum Escape {
    Char(char),
    Set { inside: String, negated: bool },
}

impl<'p> Translator<'p> {
    pub(super) fn backslash(&mut self) -> Result<()> {
        let digits = self.rest.bytes().take_while(u8::is_ascii_digit).count();
        let digits = self.rest.get(..digits).unwrap_or_default();
        if !digits.is_empty() && !digits.starts_with('0') {
            let number = digits.parse().unwrap_or(usize::MAX);
            if number <= self.groups || number <= 9 {
                self.skip(digits.len());
                return self.reference(number);
            }
        }
        match self.rest.chars().next() {
            Some('Q') => {
                let quoted = self.rest.get(1..).unwrap_or_default();
                let (text, length) = match quoted.split_once("\\E") {
                    Some((text, _)) => (text, text.len() + 3),
                    None => (quoted, quoted.len() + 1),
                };
                self.skip(length);
                text.chars().for_each(|char| self.literal(char));
            }
            Some('A') => self.simple(r"\A"),
            Some('z') => self.simple(r"\z"),
            Some('b') => self.simple(r"\b"),
            Some('B') => self.simple(r"\B"),
            Some('Z') => {
                self.skip(1);
                self.end();
            }
            Some('G') => return Err(missing("\\G")),
            Some('k') => {
                let end = match self.rest.as_bytes().get(1) {
                    Some(b'<') => '>',
                    Some(b'\'') => '\'',
                    _ => {
                        self.skip(1);
                        self.literal('k');
                        return Ok(());
                    }
                };
                self.skip(2);
                let Some((name, _)) = self.rest.split_once(end) else {
                    return Err(refused("end pattern in group"));
                };
                self.skip(name.len() + 1);
                let named = self.names.iter().find(|(known, _)| known == name);
                let Some(group) = named.map(|(_, group)| *group).or_else(|| name.parse().ok())
                else {
                    return Err(refused(format!("undefined name <{name}> reference")));
                };
                return self.reference(group);
            }
            _ => match self.escape()? {
                Escape::Char(char) => self.literal(char),
                Escape::Set { inside, negated } => {
                    let mark = if negated { "^" } else { "" };
                    // Sets are what they are, whatever the case.
                    let set = if self.flags.ignore_case {
                        format!("(?-i:[{mark}{inside}])")
                    } else {
                        format!("[{mark}{inside}]")
                    };
                    self.push(&set);
                }
            },
        }
        Ok(())
    }

    pub(super) fn simple(&mut self, text: &str) {
        self.skip(1);
        self.push(text);
    }

    pub(super) fn reference(&mut self, group: usize) -> Result<()> {
        if group == 0 || group > self.groups {
            return Err(refused("invalid backref number/name"));
        }
        self.backtracks = true;
        // In a group of its own, because digits may follow.
        self.push(&format!(r"(?:\{group})"));
        Ok(())
    }

    /// What is behind a backslash, in classes and outside.
    pub(in super::super) fn escape(&mut self) -> Result<Escape> {
        let Some(char) = self.next() else {
            return Err(refused("end pattern at escape"));
        };
        let code = match char {
            't' => 0x09,
            'n' => 0x0a,
            'v' => 0x0b,
            'f' => 0x0c,
            'r' => 0x0d,
            'a' => 0x07,
            'e' => 0x1b,
            'c' => match self.next() {
                Some(letter) if letter.is_ascii() => u32::from(letter) & 0x1f,
                _ => return Err(refused("too short control sequence")),
            },
            '0'..='7' => {
                let first = char.to_digit(8).unwrap_or(0);
                self.number(8, 2).map_or(first, |(rest, length)| (first << (3 * length)) + rest)
            }
            'x' if self.eat('{') => {
                let code = self.number(16, 8).map(|(code, _)| code);
                match code {
                    Some(code) if self.eat('}') => code,
                    _ => return Err(refused("invalid code point value")),
                }
            }
            'x' => match self.number(16, 2) {
                Some((code, _)) if code < 0x80 => code,
                _ => return Err(missing("single bytes of characters")),
            },
            'u' => match self.number(16, 4) {
                Some((code, 4)) => code,
                _ => return Err(refused("too short digits for Unicode")),
            },
            'p' | 'P' => return self.property(char == 'P'),
            _ => {
                return Ok(match property::short(char) {
                    Some(inside) => Escape::Set {
                        inside: inside.to_owned(),
                        negated: char.is_ascii_uppercase(),
                    },
                    None => Escape::Char(char),
                });
            }
        };
        match char::from_u32(code) {
            Some(char) => Ok(Escape::Char(char)),
            None => Err(refused("invalid code point value")),
        }
    }

    /// A number of at most so many digits, and how many it has.
    pub(super) fn number(&mut self, radix: u32, most: usize) -> Option<(u32, usize)> {
        let digits = self.rest.chars().take(most).take_while(|char| char.is_digit(radix)).count();
        let number = u32::from_str_radix(self.rest.get(..digits)?, radix).ok()?;
        self.skip(digits);
        Some((number, digits))
    }

    pub(super) fn property(&mut self, negated: bool) -> Result<Escape> {
        let name: &'p str = if self.eat('{') {
            let Some((name, _)) = self.rest.split_once('}') else {
                return Err(refused("invalid character property name"));
            };
            self.skip(name.len() + 1);
            name
        } else {
            let letter = self.rest;
            let length = self.next().map_or(0, char::len_utf8);
            letter.get(..length).unwrap_or_default()
        };
        match property::named(name) {
            Some(inside) => Ok(Escape::Set { inside, negated }),
            None => Err(refused(format!("invalid character property name <{name}>"))),
        }
    }
}
