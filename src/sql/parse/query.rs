//! Queries: `WITH`, set operations, `SELECT`, and order and limit around them.

use super::{Parsed, Parser};
use crate::sql::ast::{
    Body, Cte, Expr, ExprKind, Grouping, Ident, Item, Query, Select, SetOp, Sort,
};
use crate::sql::token::Kind;

impl Parser<'_> {
    /// A query. What opens as one in parentheses may be an expression or a join and is then read
    /// again, so that what was read is kept: without that, time would double with each level.
    pub(super) fn query(&mut self) -> Parsed<Query> {
        let start = self.at;
        if let Some((query, end)) = self.queries.get(&start) {
            self.at = *end;
            return query.clone();
        }
        let query = self.nested(Self::query_here);
        self.queries.insert(start, (query.clone(), self.at));
        query
    }

    pub(super) fn query_here(&mut self) -> Parsed<Query> {
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
    pub(super) fn count(&mut self) -> Parsed<Expr> {
        let token = self.here();
        let kind = match &token.kind {
            Kind::Integer(digits) => ExprKind::Integer(digits.clone()),
            Kind::Symbol("?") => ExprKind::Placeholder,
            _ => return Err(self.unexpected("<integer>")),
        };
        self.at += 1;
        Ok(Expr { kind, at: token.span.start })
    }

    pub(super) fn cte(&mut self) -> Parsed<Cte> {
        let name = self.ident()?;
        let columns = self.column_names()?;
        self.need_word("as")?;
        self.need("(")?;
        let query = self.query()?;
        self.need(")")?;
        Ok(Cte { name, columns, query })
    }

    /// `(a, b)` where it is there.
    pub(super) fn column_names(&mut self) -> Parsed<Vec<Ident>> {
        if self.here().is("(") { self.listed(Self::ident) } else { Ok(Vec::new()) }
    }

    pub(super) fn body(&mut self) -> Parsed<Body> {
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

    pub(super) fn body_intersect(&mut self) -> Parsed<Body> {
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

    pub(super) fn all(&mut self) -> Parsed<bool> {
        let all = self.word("all");
        if !all {
            self.word("distinct");
        }
        Ok(all)
    }

    pub(super) fn body_primary(&mut self) -> Parsed<Body> {
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

    pub(super) fn select(&mut self) -> Parsed<Select> {
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

    pub(super) fn item(&mut self) -> Parsed<Item> {
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
    pub(super) fn is_alias(&self) -> bool {
        const FOLLOW: [&str; 5] = ["limit", "offset", "fetch", "window", "tablesample"];
        let token = self.here();
        self.is_name(0) && !FOLLOW.iter().any(|word| token.is_word(word))
    }

    pub(super) fn grouping(&mut self) -> Parsed<Grouping> {
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

    pub(super) fn order_by(&mut self) -> Parsed<Vec<Sort>> {
        if self.words(&["order", "by"]) { self.list(Self::sort) } else { Ok(Vec::new()) }
    }

    pub(super) fn sort(&mut self) -> Parsed<Sort> {
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
