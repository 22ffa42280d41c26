//! Expressions.

use super::{Parsed, Parser, is_reserved};
use crate::sql::ast::{Comparison, Expr, ExprKind, Ident, Now, Query};
use crate::sql::refusal::Refusal;
use crate::sql::token::Kind;

pub(super) fn node(at: usize, kind: ExprKind) -> Expr {
    Expr { kind, at }
}

impl Parser<'_> {
    /// `a OR b`, and all that binds tighter.
    pub(super) fn expr(&mut self) -> Parsed<Expr> {
        self.nested(|parser| {
            let first = parser.conjunction()?;
            if !parser.here().is_word("or") {
                return Ok(first);
            }
            let at = first.at;
            let mut terms = vec![first];
            while parser.word("or") {
                terms.push(parser.conjunction()?);
            }
            Ok(node(at, ExprKind::Or(terms)))
        })
    }

    fn conjunction(&mut self) -> Parsed<Expr> {
        let first = self.negation()?;
        if !self.here().is_word("and") {
            return Ok(first);
        }
        let at = first.at;
        let mut terms = vec![first];
        while self.word("and") {
            terms.push(self.negation()?);
        }
        Ok(node(at, ExprKind::And(terms)))
    }

    fn negation(&mut self) -> Parsed<Expr> {
        let at = self.place();
        if self.word("not") {
            let inner = self.nested(Self::negation)?;
            return Ok(node(at, ExprKind::Not(Box::new(inner))));
        }
        self.predicate()
    }

    fn predicate(&mut self) -> Parsed<Expr> {
        let left = self.value()?;
        let at = self.place();
        if let Some(op) = self.comparison() {
            let all = self.here().is_word("all");
            let quantified = all || self.here().is_word("any") || self.here().is_word("some");
            if quantified && self.ahead(1).is("(") {
                self.at += 1;
                let query = Box::new(self.query_in_parentheses()?);
                let left = Box::new(left);
                return Ok(node(at, ExprKind::Quantified { op, left, all, query }));
            }
            let right = self.value()?;
            return Ok(node(at, ExprKind::Compare(op, Box::new(left), Box::new(right))));
        }
        if self.word("is") {
            let not = self.word("not");
            if self.word("null") {
                return Ok(maybe_not(not, at, ExprKind::IsNull(Box::new(left))));
            }
            if self.words(&["distinct", "from"]) {
                let right = self.value()?;
                let kind = ExprKind::IsDistinct(Box::new(left), Box::new(right));
                return Ok(maybe_not(not, at, kind));
            }
            return Err(self
                .unexpected("'DISTINCT', 'NULL'")
                .hint("write x = true, or x IS NOT NULL"));
        }
        let not = self.here().is_word("not")
            && ["between", "in", "like"].iter().any(|word| self.ahead(1).is_word(word));
        self.at += usize::from(not);
        if self.word("between") {
            let low = self.value()?;
            self.need_word("and")?;
            let high = self.value()?;
            let kind = ExprKind::Between(Box::new(left), Box::new(low), Box::new(high));
            return Ok(maybe_not(not, at, kind));
        }
        if self.word("like") {
            let pattern = Box::new(self.value()?);
            let escape = if self.word("escape") { Some(Box::new(self.value()?)) } else { None };
            return Ok(maybe_not(not, at, ExprKind::Like(Box::new(left), pattern, escape)));
        }
        if self.word("in") {
            if self.here().is("(") && self.opens_query(1) {
                let query = Box::new(self.query_in_parentheses()?);
                return Ok(maybe_not(not, at, ExprKind::InQuery(Box::new(left), query)));
            }
            let items = self.listed(Self::expr)?;
            return Ok(maybe_not(not, at, ExprKind::In(Box::new(left), items)));
        }
        Ok(left)
    }

    fn comparison(&mut self) -> Option<Comparison> {
        let op = match self.here().kind {
            Kind::Symbol("=") => Comparison::Equal,
            Kind::Symbol("<>" | "!=") => Comparison::NotEqual,
            Kind::Symbol("<") => Comparison::Less,
            Kind::Symbol("<=") => Comparison::LessOrEqual,
            Kind::Symbol(">") => Comparison::Greater,
            Kind::Symbol(">=") => Comparison::GreaterOrEqual,
            _ => return None,
        };
        self.at += 1;
        Some(op)
    }

    fn query_in_parentheses(&mut self) -> Parsed<Query> {
        self.need("(")?;
        let query = self.query()?;
        self.need(")")?;
        Ok(query)
    }

    /// Whether the tokens from `ahead` on begin a query.
    fn opens_query(&self, mut ahead: usize) -> bool {
        while self.ahead(ahead).is("(") {
            ahead += 1;
        }
        ["select", "with", "values", "table"].iter().any(|word| self.ahead(ahead).is_word(word))
    }

    /// `a || b`, and all that binds tighter.
    pub(super) fn value(&mut self) -> Parsed<Expr> {
        self.left_to_right(&["||"], |parser| {
            parser.left_to_right(&["+", "-"], |parser| {
                parser.left_to_right(&["*", "/", "%"], Self::signed)
            })
        })
    }

    fn left_to_right(
        &mut self,
        symbols: &[&'static str],
        read: impl Fn(&mut Self) -> Parsed<Expr>,
    ) -> Parsed<Expr> {
        let mut left = read(self)?;
        loop {
            let at = self.place();
            let Some(symbol) = symbols.iter().find(|symbol| self.here().is(symbol)) else {
                return Ok(left);
            };
            self.at += 1;
            let right = read(self)?;
            left = node(at, ExprKind::Arithmetic(symbol, Box::new(left), Box::new(right)));
        }
    }

    fn signed(&mut self) -> Parsed<Expr> {
        let at = self.place();
        if self.eat("-") {
            let inner = self.nested(Self::signed)?;
            return Ok(node(at, ExprKind::Negate(Box::new(inner))));
        }
        if self.eat("+") {
            return self.nested(Self::signed);
        }
        let mut value = self.postfix()?;
        while self.words(&["at", "time", "zone"]) {
            let interval = self.here().is_word("interval") && self.interval_follows();
            if !interval && !matches!(self.here().kind, Kind::Text(_)) {
                return Err(self
                    .unexpected("'INTERVAL', <string>")
                    .hint("for a zone that is no constant: at_timezone(x, zone)"));
            }
            let zone = self.postfix()?;
            value = node(value.at, ExprKind::AtZone(Box::new(value), Box::new(zone)));
        }
        Ok(value)
    }

    /// A value with the fields and subscripts after it.
    fn postfix(&mut self) -> Parsed<Expr> {
        let mut value = self.nested(Self::primary)?;
        loop {
            if self.here().is(".") && !self.ahead(1).is("*") {
                self.at += 1;
                let field = self.ident()?;
                value = node(value.at, ExprKind::Field(Box::new(value), field));
            } else if self.eat("[") {
                let index = self.value()?;
                self.need("]")?;
                value = node(value.at, ExprKind::Subscript(Box::new(value), Box::new(index)));
            } else {
                return Ok(value);
            }
        }
    }

    fn primary(&mut self) -> Parsed<Expr> {
        let token = self.here();
        let at = token.span.start;
        let literal = match &token.kind {
            Kind::Text(text) => Some(ExprKind::Text(text.clone())),
            Kind::Binary(bytes) => Some(ExprKind::Binary(bytes.clone())),
            Kind::Integer(digits) => Some(ExprKind::Integer(digits.clone())),
            Kind::Decimal(digits) => Some(ExprKind::Decimal(digits.clone())),
            Kind::Double(digits) => Some(ExprKind::Double(digits.clone())),
            Kind::Symbol("?") => Some(ExprKind::Placeholder),
            _ => None,
        };
        if let Some(kind) = literal {
            self.at += 1;
            return Ok(node(at, kind));
        }
        match &token.kind {
            Kind::Symbol("(") => self.parenthesised(at),
            Kind::Quoted(_) => self.name_or_call(at),
            Kind::Word(word) => self.word_or_name(at, &word.to_lowercase()),
            _ => Err(self.unexpected("<expression>")),
        }
    }

    fn parenthesised(&mut self, at: usize) -> Parsed<Expr> {
        if let Some(parameters) = self.lambda_parameters() {
            let body = Box::new(self.expr()?);
            return Ok(node(at, ExprKind::Lambda(parameters, body)));
        }
        if self.opens_query(1) {
            let start = self.at;
            let query = self.query_in_parentheses();
            // `((SELECT 1) + 1)` opens as a query does and is none.
            if query.is_ok() || !self.tokens[start + 1].is("(") {
                return Ok(node(at, ExprKind::Subquery(Box::new(query?))));
            }
            self.at = start;
        }
        self.need("(")?;
        let mut fields = self.list(Self::expr)?;
        self.need(")")?;
        Ok(if fields.len() == 1 { fields.remove(0) } else { node(at, ExprKind::Row(fields)) })
    }

    /// `(a, b) ->` where it is next.
    fn lambda_parameters(&mut self) -> Option<Vec<Ident>> {
        let start = self.at;
        let read = |parser: &mut Self| {
            if !parser.eat("(") {
                return None;
            }
            let mut names = Vec::new();
            if !parser.here().is(")") {
                names = parser.list(Self::ident).ok()?;
            }
            (parser.eat(")") && parser.eat("->")).then_some(names)
        };
        let names = read(self);
        if names.is_none() {
            self.at = start;
        }
        names
    }

    /// What begins with a word: a literal, an expression with words of its own, or a name.
    fn word_or_name(&mut self, at: usize, word: &str) -> Parsed<Expr> {
        let kind = match word {
            "null" => ExprKind::Null,
            "true" => ExprKind::Boolean(true),
            "false" => ExprKind::Boolean(false),
            "current_date" => ExprKind::Now(Now::Date, None),
            "current_timestamp" => return self.now(at, Now::Timestamp),
            "localtimestamp" => return self.now(at, Now::LocalTimestamp),
            "localtime" => return self.now(at, Now::LocalTime),
            "current_time" => {
                return Err(missing(at, "current_time", "use localtime, or current_timestamp"));
            }
            "case" => return self.case(at),
            "cast" | "try_cast" if self.ahead(1).is("(") => {
                return self.cast(at, word == "try_cast");
            }
            "extract" => return self.extract(at),
            "exists" => {
                self.at += 1;
                let query = Box::new(self.query_in_parentheses()?);
                return Ok(node(at, ExprKind::Exists(query)));
            }
            "array" if self.ahead(1).is("[") => {
                self.at += 2;
                let items = if self.here().is("]") { Vec::new() } else { self.list(Self::expr)? };
                self.need("]")?;
                return Ok(node(at, ExprKind::Array(items)));
            }
            "row" if self.ahead(1).is("(") => {
                self.at += 1;
                return Ok(node(at, ExprKind::Row(self.listed(Self::expr)?)));
            }
            "interval" if self.interval_follows() => return self.interval(at),
            "position" if self.ahead(1).is("(") => return self.position(at),
            "substring" if self.ahead(1).is("(") => return self.substring(at),
            "trim" => return self.trim(at),
            "normalize" => return self.normalize(at),
            "listagg" => return self.listagg(at),
            "grouping" => {
                self.at += 1;
                return Ok(node(at, ExprKind::Grouping(self.listed(Self::expr)?)));
            }
            "json_exists" | "json_value" | "json_query" => return self.json_path(at),
            "json_object" | "json_array" | "json_table" => {
                return Err(missing(
                    at,
                    word,
                    "build rows or maps, and write json_format(CAST(... AS JSON))",
                ));
            }
            "current_user" | "current_role" | "current_catalog" | "current_schema"
            | "current_path" => {
                return Err(missing(at, word, "it has no meaning for log files"));
            }
            _ if matches!(self.ahead(1).kind, Kind::Text(_)) && !is_reserved(word) => {
                return self.typed_literal(at);
            }
            "double" if self.ahead(1).is_word("precision") => return self.typed_literal(at),
            _ if is_reserved(word) => return Err(self.unexpected("<expression>")),
            _ => return self.name_or_call(at),
        };
        self.at += 1;
        Ok(node(at, kind))
    }

    fn name_or_call(&mut self, at: usize) -> Parsed<Expr> {
        let name = self.ident()?;
        if self.eat("->") {
            let body = Box::new(self.expr()?);
            return Ok(node(at, ExprKind::Lambda(vec![name], body)));
        }
        if self.here().is("(") {
            return self.call(at, name);
        }
        Ok(node(at, ExprKind::Name(name)))
    }
}

fn maybe_not(not: bool, at: usize, kind: ExprKind) -> Expr {
    let expr = node(at, kind);
    if not { node(at, ExprKind::Not(Box::new(expr))) } else { expr }
}

pub(super) fn missing(at: usize, what: &str, instead: &str) -> Refusal {
    Refusal::new("NOT_SUPPORTED", at, format!("the embedded engine does not have {what}"))
        .hint(instead)
}
