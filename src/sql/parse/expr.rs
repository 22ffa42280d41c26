//! Expressions.

use super::{Parsed, Parser, is_reserved};
use crate::sql::ast::{Call, Comparison, Expr, ExprKind, Ident, Now, Query, Unit};
use crate::sql::refusal::Refusal;
use crate::sql::token::Kind;
use crate::sql::ty::SqlType;

/// Most arguments that a function takes.
const MOST_ARGUMENTS: usize = 127;

fn node(at: usize, kind: ExprKind) -> Expr {
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

    fn call(&mut self, at: usize, name: Ident) -> Parsed<Expr> {
        self.need("(")?;
        let mut call = empty_call(name);
        if self.here().is("*") && self.ahead(1).is(")") {
            self.at += 1;
            call.star = true;
        } else if !self.here().is(")") {
            if self.word("distinct") {
                call.distinct = true;
            } else if !self.ahead(1).is("(") {
                self.word("all");
            }
            if !self.here().is_word("order") {
                call.arguments = self.list(Self::expr)?;
            }
            call.order = self.order_by()?;
        }
        self.need(")")?;
        if call.arguments.len() > MOST_ARGUMENTS {
            return Err(Refusal::new(
                "TOO_MANY_ARGUMENTS",
                at,
                format!("Too many arguments for function call {}()", call.name.text),
            ));
        }
        self.after_call(at, call)
    }

    fn after_call(&mut self, at: usize, mut call: Call) -> Parsed<Expr> {
        if self.here().is_word("filter") && self.ahead(1).is("(") {
            self.at += 2;
            self.need_word("where")?;
            call.filter = Some(self.expr()?);
            self.need(")")?;
        }
        if self.words(&["ignore", "nulls"]) {
            call.ignore_nulls = true;
        } else {
            self.words(&["respect", "nulls"]);
        }
        call.over = self.over()?;
        Ok(node(at, ExprKind::Call(Box::new(call))))
    }

    fn now(&mut self, at: usize, now: Now) -> Parsed<Expr> {
        self.at += 1;
        let mut precision = None;
        if self.eat("(") {
            precision = Some(u8::try_from(self.number()?).unwrap_or(u8::MAX));
            self.need(")")?;
        }
        Ok(node(at, ExprKind::Now(now, precision)))
    }

    fn case(&mut self, at: usize) -> Parsed<Expr> {
        self.need_word("case")?;
        let operand = if self.here().is_word("when") { None } else { Some(Box::new(self.expr()?)) };
        let mut whens = Vec::new();
        while self.word("when") {
            let when = self.expr()?;
            self.need_word("then")?;
            whens.push((when, self.expr()?));
        }
        if whens.is_empty() {
            return Err(self.unexpected("'WHEN'"));
        }
        let otherwise = if self.word("else") { Some(Box::new(self.expr()?)) } else { None };
        self.need_word("end")?;
        Ok(node(at, ExprKind::Case { operand, whens, otherwise }))
    }

    fn cast(&mut self, at: usize, or_null: bool) -> Parsed<Expr> {
        self.at += 1;
        self.need("(")?;
        let value = Box::new(self.expr()?);
        self.need_word("as")?;
        let ty = self.ty().map_err(|refusal| match refusal.code {
            "TYPE_NOT_FOUND" => Refusal { code: "TYPE_MISMATCH", at: Some(at), ..refusal },
            _ => refusal,
        })?;
        self.need(")")?;
        Ok(node(at, ExprKind::Cast { value, ty, or_null }))
    }

    fn extract(&mut self, at: usize) -> Parsed<Expr> {
        self.need_word("extract")?;
        self.need("(")?;
        let field = self.ident()?;
        self.need_word("from")?;
        let value = Box::new(self.value()?);
        self.need(")")?;
        Ok(node(at, ExprKind::Extract(field, value)))
    }

    fn interval_follows(&self) -> bool {
        let sign = usize::from(self.ahead(1).is("-") || self.ahead(1).is("+"));
        match self.ahead(1 + sign).kind {
            Kind::Text(_) => true,
            // A column may be called interval; a number after it is another database's way.
            Kind::Integer(_) => sign == 0 || unit(self.ahead(2 + sign)).is_some(),
            _ => false,
        }
    }

    fn interval(&mut self, at: usize) -> Parsed<Expr> {
        self.need_word("interval")?;
        let negative = self.eat("-");
        if !negative {
            self.eat("+");
        }
        let Kind::Text(text) = &self.here().kind else {
            return Err(self.unexpected("<string>").hint("write INTERVAL '7' DAY"));
        };
        let text = text.clone();
        self.at += 1;
        let from = self.unit()?;
        let to = if self.word("to") { Some(self.unit()?) } else { None };
        Ok(node(at, ExprKind::Interval { text, negative, from, to }))
    }

    fn unit(&mut self) -> Parsed<Unit> {
        match unit(self.here()) {
            Some(unit) => {
                self.at += 1;
                Ok(unit)
            }
            None => {
                let refusal = self.unexpected("'DAY', 'HOUR', 'MINUTE', 'MONTH', 'SECOND', 'YEAR'");
                Err(if self.here().is_word("week") || self.here().is_word("quarter") {
                    refusal.hint("write 7 days for a week, 3 months for a quarter")
                } else {
                    refusal
                })
            }
        }
    }

    fn typed_literal(&mut self, at: usize) -> Parsed<Expr> {
        let ty = match self.ty() {
            Ok(SqlType::Varchar(_)) => SqlType::VARCHAR,
            ty => ty?,
        };
        let Kind::Text(text) = &self.here().kind else {
            return Err(self.unexpected("<string>"));
        };
        let text = text.clone();
        self.at += 1;
        Ok(node(at, ExprKind::Typed(ty, text)))
    }

    fn position(&mut self, at: usize) -> Parsed<Expr> {
        let name = self.ident()?;
        self.need("(")?;
        let needle = self.value()?;
        self.need_word("in")?;
        let text = self.value()?;
        self.need(")")?;
        Ok(simple_call(at, &name, "strpos", vec![text, needle]))
    }

    fn substring(&mut self, at: usize) -> Parsed<Expr> {
        let name = self.ident()?;
        self.need("(")?;
        let mut arguments = vec![self.value()?];
        if self.word("from") {
            arguments.push(self.value()?);
            if self.word("for") {
                arguments.push(self.value()?);
            }
        } else {
            while self.eat(",") {
                arguments.push(self.expr()?);
            }
        }
        self.need(")")?;
        Ok(simple_call(at, &name, "substring", arguments))
    }

    fn trim(&mut self, at: usize) -> Parsed<Expr> {
        let name = Ident { text: "trim".to_owned(), quoted: false, at };
        self.need_word("trim")?;
        self.need("(")?;
        let function = if self.word("leading") {
            "ltrim"
        } else if self.word("trailing") {
            "rtrim"
        } else {
            self.word("both");
            "trim"
        };
        let arguments = if self.word("from") {
            vec![self.value()?]
        } else {
            let first = self.value()?;
            if self.word("from") {
                vec![self.value()?, first]
            } else if self.eat(",") {
                vec![first, self.value()?]
            } else {
                vec![first]
            }
        };
        self.need(")")?;
        Ok(simple_call(at, &name, function, arguments))
    }

    fn normalize(&mut self, at: usize) -> Parsed<Expr> {
        let name = Ident { text: "normalize".to_owned(), quoted: false, at };
        self.need_word("normalize")?;
        self.need("(")?;
        let mut arguments = vec![self.value()?];
        if self.eat(",") {
            let at = self.place();
            let form = ["NFC", "NFD", "NFKC", "NFKD"].into_iter().find(|form| self.word(form));
            let form = form.ok_or_else(|| self.unexpected("'NFC', 'NFD', 'NFKC', 'NFKD'"))?;
            arguments.push(node(at, ExprKind::Text(form.to_owned())));
        }
        self.need(")")?;
        Ok(simple_call(at, &name, "normalize", arguments))
    }

    fn listagg(&mut self, at: usize) -> Parsed<Expr> {
        let mut call = empty_call(Ident { text: "listagg".to_owned(), quoted: false, at });
        self.need_word("listagg")?;
        self.need("(")?;
        call.distinct = self.word("distinct");
        call.arguments = self.list(Self::expr)?;
        if self.words(&["on", "overflow"]) && !self.word("error") {
            return Err(missing(self.place(), "ON OVERFLOW TRUNCATE", "take substr of the result"));
        }
        self.need(")")?;
        self.need_word("within")?;
        self.need_word("group")?;
        self.need("(")?;
        call.order = self.order_by()?;
        if call.order.is_empty() {
            return Err(self.unexpected("'ORDER'"));
        }
        self.need(")")?;
        self.after_call(at, call)
    }

    fn json_path(&mut self, at: usize) -> Parsed<Expr> {
        let token = self.next();
        let Kind::Word(word) = &token.kind else {
            return Err(self.unexpected("<expression>"));
        };
        let name = Ident { text: word.clone(), quoted: false, at };
        self.need("(")?;
        let arguments = self.list(Self::expr)?;
        if !self.here().is(")") {
            return Err(missing(
                self.place(),
                &format!("the clauses of {}", word.to_lowercase()),
                "use json_extract_scalar or json_extract",
            ));
        }
        self.need(")")?;
        Ok(simple_call(at, &name, &word.to_lowercase(), arguments))
    }
}

fn unit(token: &crate::sql::token::Token) -> Option<Unit> {
    const UNITS: [(&str, Unit); 6] = [
        ("year", Unit::Year),
        ("month", Unit::Month),
        ("day", Unit::Day),
        ("hour", Unit::Hour),
        ("minute", Unit::Minute),
        ("second", Unit::Second),
    ];
    UNITS.iter().find(|(word, _)| token.is_word(word)).map(|(_, unit)| *unit)
}

fn maybe_not(not: bool, at: usize, kind: ExprKind) -> Expr {
    let expr = node(at, kind);
    if not { node(at, ExprKind::Not(Box::new(expr))) } else { expr }
}

fn empty_call(name: Ident) -> Call {
    Call {
        name,
        arguments: Vec::new(),
        star: false,
        distinct: false,
        order: Vec::new(),
        filter: None,
        ignore_nulls: false,
        over: None,
    }
}

fn simple_call(at: usize, written: &Ident, function: &str, arguments: Vec<Expr>) -> Expr {
    let name = Ident { text: function.to_owned(), quoted: false, at: written.at };
    node(at, ExprKind::Call(Box::new(Call { arguments, ..empty_call(name) })))
}

fn missing(at: usize, what: &str, instead: &str) -> Refusal {
    Refusal::new("NOT_SUPPORTED", at, format!("the embedded engine does not have {what}"))
        .hint(instead)
}
