//! Tokens to a tree, by Trino's grammar. What is not in that grammar is refused, so a statement
//! that passes here is one that Athena can read.

use std::collections::HashMap;

use super::ast::{Expr, Ident, Name, Query, Statement};
use super::refusal::Refusal;
use super::token::{self, Kind, Token};

mod call;
mod expr;
mod foreign;
mod literal;
mod query;
mod relation;
mod reserved;
mod ty;
mod window;

pub use self::reserved::{is_reserved, reserved_words};

/// How deep expressions and queries may nest.
const DEEPEST: usize = 120;

/// Reads the one statement of `text`.
///
/// # Errors
/// `SYNTAX_ERROR` for what Trino's grammar does not hold, `NOT_SUPPORTED` for statements that
/// change something.
pub fn statement(text: &str) -> Result<Statement, Refusal> {
    let tokens = token::tokens(text)?;
    foreign::statement(&tokens)?;
    let mut parser = Parser { tokens: &tokens, at: 0, depth: 0, queries: HashMap::new() };
    let statement = parser.statement()?;
    parser.eat(";");
    if parser.here().kind == Kind::End {
        return Ok(statement);
    }
    if tokens[parser.at - 1].is(";") {
        return Err(Refusal::syntax(parser.place(), "a second statement begins here")
            .hint("run statements one by one, as Athena does"));
    }
    Err(parser.unexpected("the end of the statement"))
}

/// Reads one expression.
///
/// # Errors
/// As [`statement`].
pub fn expression(text: &str) -> Result<Expr, Refusal> {
    let tokens = token::tokens(text)?;
    let mut parser = Parser { tokens: &tokens, at: 0, depth: 0, queries: HashMap::new() };
    let expr = parser.expr()?;
    match parser.here().kind {
        Kind::End => Ok(expr),
        _ => Err(parser.unexpected("the end of the expression")),
    }
}

/// Where the reader is.
struct Parser<'a> {
    tokens: &'a [Token],
    at: usize,
    depth: usize,
    /// Queries that were read, and where they end, by where they begin.
    queries: HashMap<usize, (Parsed<Query>, usize)>,
}

type Parsed<T> = Result<T, Refusal>;

impl<'a> Parser<'a> {
    fn here(&self) -> &'a Token {
        self.ahead(0)
    }

    fn ahead(&self, count: usize) -> &'a Token {
        &self.tokens[(self.at + count).min(self.tokens.len() - 1)]
    }

    /// Byte of the next token.
    fn place(&self) -> usize {
        self.here().span.start
    }

    fn next(&mut self) -> &'a Token {
        let token = self.here();
        self.at += 1;
        token
    }

    /// Takes a symbol if it is next.
    fn eat(&mut self, symbol: &str) -> bool {
        let found = self.here().is(symbol);
        self.at += usize::from(found);
        found
    }

    /// Takes a keyword if it is next.
    fn word(&mut self, word: &str) -> bool {
        let found = self.here().is_word(word);
        self.at += usize::from(found);
        found
    }

    /// Takes several keywords if all of them are next.
    fn words(&mut self, words: &[&str]) -> bool {
        let found = words.iter().enumerate().all(|(at, word)| self.ahead(at).is_word(word));
        self.at += if found { words.len() } else { 0 };
        found
    }

    fn need(&mut self, symbol: &str) -> Parsed<()> {
        if self.eat(symbol) { Ok(()) } else { Err(self.unexpected(&format!("'{symbol}'"))) }
    }

    fn need_word(&mut self, word: &str) -> Parsed<()> {
        if self.word(word) {
            Ok(())
        } else {
            Err(self.unexpected(&format!("'{}'", word.to_uppercase())))
        }
    }

    /// `mismatched input`, at the next token.
    fn unexpected(&self, expecting: &str) -> Refusal {
        let token = self.here();
        let found = match &token.kind {
            Kind::End => "<EOF>".to_owned(),
            Kind::Word(text) | Kind::Integer(text) | Kind::Decimal(text) | Kind::Double(text) => {
                text.clone()
            }
            Kind::Quoted(text) => format!("\"{text}\""),
            Kind::Text(text) => format!("'{text}'"),
            Kind::Binary(_) => "X'..'".to_owned(),
            Kind::Symbol(symbol) => (*symbol).to_owned(),
        };
        let refusal = Refusal::syntax(
            token.span.start,
            format!("mismatched input '{found}'. Expecting: {expecting}"),
        );
        foreign::hint(self.tokens, self.at, refusal)
    }

    /// Runs `read` one level deeper.
    fn nested<T>(&mut self, read: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        if self.depth >= DEEPEST {
            return Err(Refusal::syntax(self.place(), "the statement is nested too deeply")
                .hint("name parts of it with WITH"));
        }
        self.depth += 1;
        let read = read(self);
        self.depth -= 1;
        read
    }

    fn is_name(&self, ahead: usize) -> bool {
        match &self.ahead(ahead).kind {
            Kind::Quoted(_) => true,
            Kind::Word(word) => !is_reserved(word),
            _ => false,
        }
    }

    fn ident(&mut self) -> Parsed<Ident> {
        if !self.is_name(0) {
            let refusal = self.unexpected("<identifier>");
            return Err(match &self.here().kind {
                Kind::Word(word) => {
                    refusal.hint(format!("{word} is a reserved word: write \"{word}\""))
                }
                _ => refusal,
            });
        }
        let token = self.next();
        let (text, quoted) = match &token.kind {
            Kind::Quoted(text) => (text, true),
            Kind::Word(text) => (text, false),
            _ => return Err(self.unexpected("<identifier>")),
        };
        Ok(Ident { text: text.clone(), quoted, at: token.span.start })
    }

    fn name(&mut self) -> Parsed<Name> {
        let mut name = vec![self.ident()?];
        while self.eat(".") {
            name.push(self.ident()?);
        }
        Ok(name)
    }

    /// Elements with commas between them.
    fn list<T>(&mut self, mut read: impl FnMut(&mut Self) -> Parsed<T>) -> Parsed<Vec<T>> {
        let mut list = vec![read(self)?];
        while self.eat(",") {
            list.push(read(self)?);
        }
        Ok(list)
    }

    /// A list in parentheses.
    fn listed<T>(&mut self, read: impl FnMut(&mut Self) -> Parsed<T>) -> Parsed<Vec<T>> {
        self.need("(")?;
        let list = self.list(read)?;
        self.need(")")?;
        Ok(list)
    }

    fn statement(&mut self) -> Parsed<Statement> {
        if self.word("explain") {
            let analyze = self.word("analyze");
            return Ok(Statement::Explain(self.query()?, analyze));
        }
        if self.words(&["show", "tables"]) || self.words(&["show", "views"]) {
            return Ok(Statement::ShowTables);
        }
        if self.words(&["show", "functions"]) {
            return Ok(Statement::ShowFunctions);
        }
        if self.words(&["show", "columns"]) {
            if !self.word("from") {
                self.need_word("in")?;
            }
            return Ok(Statement::ShowColumns(self.name()?));
        }
        if self.here().is_word("show") {
            return Err(Refusal::new(
                "NOT_SUPPORTED",
                self.place(),
                "nothing else can be shown here",
            )
            .hint("SHOW TABLES, SHOW COLUMNS FROM name and SHOW FUNCTIONS can"));
        }
        if self.word("describe") || self.word("desc") {
            return Ok(Statement::ShowColumns(self.name()?));
        }
        Ok(Statement::Query(self.query()?))
    }
}

#[cfg(test)]
mod tests;
