//! What begins with a word of its own: `CASE`, `CAST`, `EXTRACT`, intervals, literals with a type.

use super::expr::node;
use super::{Parsed, Parser};
use crate::sql::ast::{Expr, ExprKind, Now, Unit};
use crate::sql::refusal::Refusal;
use crate::sql::token::{Kind, Token};
use crate::sql::ty::SqlType;

impl Parser<'_> {
    pub(super) fn now(&mut self, at: usize, now: Now) -> Parsed<Expr> {
        self.at += 1;
        let mut precision = None;
        if self.eat("(") {
            precision = Some(u8::try_from(self.number()?).unwrap_or(u8::MAX));
            self.need(")")?;
        }
        Ok(node(at, ExprKind::Now(now, precision)))
    }

    pub(super) fn case(&mut self, at: usize) -> Parsed<Expr> {
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

    pub(super) fn cast(&mut self, at: usize, or_null: bool) -> Parsed<Expr> {
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

    pub(super) fn extract(&mut self, at: usize) -> Parsed<Expr> {
        self.need_word("extract")?;
        self.need("(")?;
        let field = self.ident()?;
        self.need_word("from")?;
        let value = Box::new(self.value()?);
        self.need(")")?;
        Ok(node(at, ExprKind::Extract(field, value)))
    }

    pub(super) fn interval_follows(&self) -> bool {
        let sign = usize::from(self.ahead(1).is("-") || self.ahead(1).is("+"));
        match self.ahead(1 + sign).kind {
            Kind::Text(_) => true,
            // A column may be called interval; a number after it is another database's way.
            Kind::Integer(_) => sign == 0 || unit(self.ahead(2 + sign)).is_some(),
            _ => false,
        }
    }

    pub(super) fn interval(&mut self, at: usize) -> Parsed<Expr> {
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

    pub(super) fn unit(&mut self) -> Parsed<Unit> {
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

    pub(super) fn typed_literal(&mut self, at: usize) -> Parsed<Expr> {
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
}

fn unit(token: &Token) -> Option<Unit> {
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
