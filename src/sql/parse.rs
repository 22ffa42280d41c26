//! Tokens to a tree, by Trino's grammar. What is not in that grammar is refused, so a statement
//! that passes here is one that Athena can read.

use std::collections::HashMap;

use super::ast::{
    Body, Cte, Expr, ExprKind, Grouping, Ident, Item, Name, Query, Select, SetOp, Sort, Statement,
};
use super::refusal::Refusal;
use super::token::{self, Kind, Token};

mod call;
mod expr;
mod foreign;
mod literal;
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

    /// A query. What opens as one in parentheses may be an expression or a join and is then read
    /// again, so that what was read is kept: without that, time would double with each level.
    fn query(&mut self) -> Parsed<Query> {
        let start = self.at;
        if let Some((query, end)) = self.queries.get(&start) {
            self.at = *end;
            return query.clone();
        }
        let query = self.nested(Self::query_here);
        self.queries.insert(start, (query.clone(), self.at));
        query
    }

    fn query_here(&mut self) -> Parsed<Query> {
        let at = self.place();
        let mut with = Vec::new();
        let mut recursive = false;
        if self.word("with") {
            recursive = self.word("recursive");
            with = self.list(Self::cte)?;
        }
        let body = self.body()?;
        let order = self.order_by()?;
        let mut offset = None;
        if self.word("offset") {
            offset = Some(self.count()?);
            let _ = self.word("row") || self.word("rows");
        }
        let (mut limit, mut with_ties) = (None, None);
        let fetch = self.place();
        if self.word("limit") {
            if !self.word("all") {
                limit = Some(self.count()?);
            }
        } else if self.word("fetch") {
            if !self.word("first") {
                self.need_word("next")?;
            }
            limit = Some(if self.here().is_word("row") || self.here().is_word("rows") {
                Expr { kind: ExprKind::Integer("1".to_owned()), at: self.place() }
            } else {
                self.count()?
            });
            if !self.word("row") {
                self.need_word("rows")?;
            }
            if self.words(&["with", "ties"]) {
                with_ties = Some(fetch);
            } else {
                self.need_word("only")?;
            }
        }
        Ok(Query { with, recursive, body, order, offset, limit, with_ties, at })
    }

    /// The number of rows of `LIMIT` and the like.
    fn count(&mut self) -> Parsed<Expr> {
        let token = self.here();
        let kind = match &token.kind {
            Kind::Integer(digits) => ExprKind::Integer(digits.clone()),
            Kind::Symbol("?") => ExprKind::Placeholder,
            _ => return Err(self.unexpected("<integer>")),
        };
        self.at += 1;
        Ok(Expr { kind, at: token.span.start })
    }

    fn cte(&mut self) -> Parsed<Cte> {
        let name = self.ident()?;
        let columns = self.column_names()?;
        self.need_word("as")?;
        self.need("(")?;
        let query = self.query()?;
        self.need(")")?;
        Ok(Cte { name, columns, query })
    }

    /// `(a, b)` where it is there.
    fn column_names(&mut self) -> Parsed<Vec<Ident>> {
        if self.here().is("(") { self.listed(Self::ident) } else { Ok(Vec::new()) }
    }

    fn body(&mut self) -> Parsed<Body> {
        let mut left = self.body_intersect()?;
        loop {
            let at = self.place();
            let op = if self.word("union") {
                SetOp::Union
            } else if self.word("except") {
                SetOp::Except
            } else {
                return Ok(left);
            };
            let all = self.all()?;
            let right = Box::new(self.body_intersect()?);
            left = Body::Set { op, all, left: Box::new(left), right, at };
        }
    }

    fn body_intersect(&mut self) -> Parsed<Body> {
        let mut left = self.body_primary()?;
        loop {
            let at = self.place();
            if !self.word("intersect") {
                return Ok(left);
            }
            let all = self.all()?;
            let right = Box::new(self.body_primary()?);
            left = Body::Set { op: SetOp::Intersect, all, left: Box::new(left), right, at };
        }
    }

    fn all(&mut self) -> Parsed<bool> {
        let all = self.word("all");
        if !all {
            self.word("distinct");
        }
        Ok(all)
    }

    fn body_primary(&mut self) -> Parsed<Body> {
        let at = self.place();
        if self.here().is_word("select") {
            return Ok(Body::Select(Box::new(self.select()?)));
        }
        if self.word("values") {
            return Ok(Body::Values(self.list(Self::expr)?, at));
        }
        if self.word("table") {
            return Ok(Body::Table(self.name()?));
        }
        if self.eat("(") {
            let query = self.query()?;
            self.need(")")?;
            return Ok(Body::Query(Box::new(query)));
        }
        Err(self.unexpected("<query>"))
    }

    fn select(&mut self) -> Parsed<Select> {
        let at = self.place();
        self.need_word("select")?;
        let distinct = self.word("distinct");
        if !distinct {
            self.word("all");
        }
        let items = self.list(Self::item)?;
        let from = if self.word("from") { self.list(Self::relation)? } else { Vec::new() };
        let filter = if self.word("where") { Some(self.expr()?) } else { None };
        let group = if self.words(&["group", "by"]) {
            if !self.word("distinct") && self.here().is_word("all") && !self.ahead(1).is("(") {
                self.word("all");
            }
            Some(self.list(Self::grouping)?)
        } else {
            None
        };
        let having = if self.word("having") { Some(self.expr()?) } else { None };
        let windows = if self.word("window") { self.list(Self::named_window)? } else { Vec::new() };
        Ok(Select { distinct, items, from, filter, group, having, windows, at })
    }

    fn item(&mut self) -> Parsed<Item> {
        let at = self.place();
        if self.eat("*") {
            return Ok(Item::All(at));
        }
        let expr = self.expr()?;
        if self.here().is(".") && self.ahead(1).is("*") {
            self.at += 2;
            let columns = if self.word("as") { self.listed(Self::ident)? } else { Vec::new() };
            return Ok(Item::AllOf(expr, columns));
        }
        let alias = if self.word("as") || self.is_alias() { Some(self.ident()?) } else { None };
        Ok(Item::Expr(expr, alias))
    }

    /// Whether a name without `AS` is next. Words that may follow here are none.
    fn is_alias(&self) -> bool {
        const FOLLOW: [&str; 5] = ["limit", "offset", "fetch", "window", "tablesample"];
        let token = self.here();
        self.is_name(0) && !FOLLOW.iter().any(|word| token.is_word(word))
    }

    fn grouping(&mut self) -> Parsed<Grouping> {
        let set = |parser: &mut Self| {
            if parser.here().is("(") {
                parser.need("(")?;
                let set =
                    if parser.here().is(")") { Vec::new() } else { parser.list(Self::expr)? };
                parser.need(")")?;
                return Ok(set);
            }
            Ok(vec![parser.expr()?])
        };
        if self.word("rollup") {
            return Ok(Grouping::Rollup(self.listed(set)?));
        }
        if self.word("cube") {
            return Ok(Grouping::Cube(self.listed(set)?));
        }
        if self.words(&["grouping", "sets"]) {
            return Ok(Grouping::Sets(self.listed(set)?));
        }
        if self.here().is("(") && self.ahead(1).is(")") {
            self.at += 2;
            return Ok(Grouping::Simple(Vec::new()));
        }
        // `(a, b)` groups by both, which is what a row of them does too.
        let expr = self.expr()?;
        Ok(match expr.kind {
            ExprKind::Row(fields) if self.tokens[self.at - 1].is(")") => Grouping::Simple(fields),
            kind => Grouping::Simple(vec![Expr { kind, at: expr.at }]),
        })
    }

    fn order_by(&mut self) -> Parsed<Vec<Sort>> {
        if self.words(&["order", "by"]) { self.list(Self::sort) } else { Ok(Vec::new()) }
    }

    fn sort(&mut self) -> Parsed<Sort> {
        let expr = self.expr()?;
        let descending = self.word("desc");
        if !descending {
            self.word("asc");
        }
        let nulls_first = if self.word("nulls") {
            let first = self.word("first");
            if !first {
                self.need_word("last")?;
            }
            first
        } else {
            false
        };
        Ok(Sort { expr, descending, nulls_first })
    }
}

#[cfg(test)]
mod tests;
