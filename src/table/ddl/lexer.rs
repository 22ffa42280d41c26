//! Hive's DDL as tokens.

use std::iter::Peekable;
use std::str::CharIndices;

/// A token, and where it begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Spot {
    pub(crate) token: Token,
    pub(crate) place: Place,
}

/// A place in the text, from 1; columns count characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) line: u64,
    pub(crate) column: u64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Token {
    /// A keyword, a name, or a number.
    Word(String),
    /// In backticks: a name.
    Name(String),
    /// In single quotes.
    Text(String),
    /// In double quotes: a name or a text.
    Either(String),
    Sign(char),
    End,
}

impl Token {
    /// What it says where a name stands.
    pub(crate) fn name(&self) -> Option<&str> {
        match self {
            Self::Word(text) | Self::Name(text) | Self::Either(text) => Some(text),
            _ => None,
        }
    }

    /// What it says where a text stands.
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) | Self::Either(text) => Some(text),
            _ => None,
        }
    }

    pub(super) fn is(&self, keyword: &str) -> bool {
        matches!(self, Self::Word(word) if word.eq_ignore_ascii_case(keyword))
    }

    /// How messages show it.
    pub(super) fn shown(&self) -> String {
        match self {
            Self::Word(text) => format!("'{text}'"),
            Self::Name(text) => format!("`{text}`"),
            Self::Text(text) => format!("the text '{text}'"),
            Self::Either(text) => format!("\"{text}\""),
            Self::Sign(sign) => format!("'{sign}'"),
            Self::End => "the end".to_owned(),
        }
    }
}

/// What is open at the end of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Open {
    pub(crate) what: &'static str,
    pub(crate) place: Place,
}

#[derive(Debug)]
pub(crate) struct Lexer<'a> {
    chars: Peekable<CharIndices<'a>>,
    place: Place,
}

impl<'a> Lexer<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        // Editors on Windows put a mark in front of everything.
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        Self { chars: text.char_indices().peekable(), place: Place { line: 1, column: 1 } }
    }

    fn peek(&mut self) -> Option<char> {
        self.chars.peek().map(|(_, char)| *char)
    }

    fn next(&mut self) -> Option<char> {
        let (_, char) = self.chars.next()?;
        if char == '\n' {
            self.place = Place { line: self.place.line + 1, column: 1 };
        } else {
            self.place.column += 1;
        }
        Some(char)
    }

    /// The next token; [`Token::End`] again and again after the last.
    pub(crate) fn next_token(&mut self) -> Result<Spot, Open> {
        loop {
            let place = self.place;
            let Some(first) = self.next() else {
                return Ok(Spot { token: Token::End, place });
            };
            let token = match (first, self.peek()) {
                (blank, _) if blank.is_whitespace() => continue,
                ('-', Some('-')) => {
                    while self.peek().is_some_and(|char| char != '\n') {
                        self.next();
                    }
                    continue;
                }
                ('/', Some('*')) => {
                    self.next();
                    self.pass_comment().ok_or(Open { what: "comment", place })?;
                    continue;
                }
                ('\'', _) => Token::Text(self.quoted('\'').ok_or(Open { what: "text", place })?),
                ('"', _) => Token::Either(self.quoted('"').ok_or(Open { what: "quote", place })?),
                ('`', _) => Token::Name(self.name().ok_or(Open { what: "name", place })?),
                (char, _) if is_word(char) => {
                    let mut word = char.to_string();
                    while let Some(char) = self.peek().filter(|char| is_word(*char)) {
                        word.push(char);
                        self.next();
                    }
                    Token::Word(word)
                }
                (sign, _) => Token::Sign(sign),
            };
            return Ok(Spot { token, place });
        }
    }

    fn pass_comment(&mut self) -> Option<()> {
        loop {
            if self.next()? == '*' && self.peek()? == '/' {
                self.next();
                return Some(());
            }
        }
    }

    /// The rest of a text: a backslash or a second quote takes a quote's meaning away.
    fn quoted(&mut self, quote: char) -> Option<String> {
        let mut text = String::new();
        loop {
            match self.next()? {
                '\\' => match self.next()? {
                    'n' => text.push('\n'),
                    't' => text.push('\t'),
                    'r' => text.push('\r'),
                    other => text.push(other),
                },
                char if char == quote => {
                    if self.peek() != Some(quote) {
                        return Some(text);
                    }
                    self.next();
                    text.push(quote);
                }
                char => text.push(char),
            }
        }
    }

    fn name(&mut self) -> Option<String> {
        let mut text = String::new();
        loop {
            match self.next()? {
                '`' if self.peek() == Some('`') => {
                    self.next();
                    text.push('`');
                }
                '`' => return Some(text),
                char => text.push(char),
            }
        }
    }
}

fn is_word(char: char) -> bool {
    char.is_alphanumeric() || char == '_'
}
