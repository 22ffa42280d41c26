//! Tokens with one ahead, and what most statements need of them.

use std::fmt;

use super::lexer::{Lexer, Place, Spot, Token};
use super::{Ignored, Wrong};

pub(super) struct Reader<'a> {
    lexer: Lexer<'a>,
    pub(super) next: Spot,
}

impl<'a> Reader<'a> {
    pub(super) fn new(text: &'a str) -> Result<Self, Wrong> {
        let mut lexer = Lexer::new(text);
        let next = lexer.next_token()?;
        Ok(Self { lexer, next })
    }

    pub(super) fn advance(&mut self) -> Result<(), Wrong> {
        self.next = self.lexer.next_token()?;
        Ok(())
    }

    /// Passes a keyword if it comes next.
    pub(super) fn eat(&mut self, keyword: &str) -> Result<bool, Wrong> {
        let here = self.next.token.is(keyword);
        if here {
            self.advance()?;
        }
        Ok(here)
    }

    pub(super) fn eat_sign(&mut self, sign: char) -> Result<bool, Wrong> {
        let here = self.next.token == Token::Sign(sign);
        if here {
            self.advance()?;
        }
        Ok(here)
    }

    /// Refuses what comes next.
    pub(super) fn wrong<T>(
        &self,
        reason: impl fmt::Display,
        hint: impl Into<String>,
    ) -> Result<T, Wrong> {
        Err(Wrong { place: self.next.place, reason: reason.to_string(), hint: hint.into() })
    }

    pub(super) fn expected<T>(&self, what: &str, hint: &str) -> Result<T, Wrong> {
        self.wrong(format!("{what} has to be here, not {}", self.next.token.shown()), hint)
    }

    pub(super) fn keyword(&mut self, keyword: &str, hint: &str) -> Result<(), Wrong> {
        if self.eat(keyword)? { Ok(()) } else { self.expected(keyword, hint) }
    }

    pub(super) fn sign(&mut self, sign: char, hint: &str) -> Result<(), Wrong> {
        if self.eat_sign(sign)? { Ok(()) } else { self.expected(&format!("'{sign}'"), hint) }
    }

    pub(super) fn text(&mut self, what: &str) -> Result<String, Wrong> {
        match self.next.token.text().map(str::to_owned) {
            Some(text) => {
                self.advance()?;
                Ok(text)
            }
            None => self.expected(what, "Write it in single quotes."),
        }
    }

    pub(super) fn name(&mut self, what: &str) -> Result<String, Wrong> {
        match self.next.token.name().map(str::to_owned) {
            Some(name) if !name.is_empty() => {
                self.advance()?;
                Ok(name)
            }
            _ => self.expected(what, "Quote a name that is no word with `."),
        }
    }

    /// A whole number.
    pub(super) fn number<T: std::str::FromStr>(&mut self, what: &str) -> Result<T, Wrong> {
        let number = match &self.next.token {
            Token::Word(word) => word.parse().ok(),
            _ => None,
        };
        match number {
            Some(number) => {
                self.advance()?;
                Ok(number)
            }
            None => self.expected(what, "Write a whole number."),
        }
    }

    /// Passes everything up to the parenthesis that closes the one that was just passed.
    pub(super) fn skip_parentheses(&mut self) -> Result<(), Wrong> {
        let mut open = 1;
        while open > 0 {
            match self.next.token {
                Token::Sign('(') => open += 1,
                Token::Sign(')') => open -= 1,
                Token::End => return self.expected("')'", "Close the parenthesis."),
                _ => {}
            }
            self.advance()?;
        }
        Ok(())
    }

    /// Passes the rest of a statement that is not read; `begins` is what of it was passed.
    pub(super) fn skip_statement(&mut self, begins: &str, place: Place) -> Result<Ignored, Wrong> {
        let mut words: Vec<String> = begins.split_whitespace().map(str::to_owned).collect();
        while !matches!(self.next.token, Token::Sign(';') | Token::End) {
            if words.len() < 2 {
                words.push(match &self.next.token {
                    Token::Word(word) => word.to_uppercase(),
                    other => other.shown(),
                });
            }
            self.advance()?;
        }
        Ok(Ignored { line: place.line, begins: words.join(" ") })
    }
}
