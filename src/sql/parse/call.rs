//! Calls of functions, and those that have a grammar of their own.

use super::expr::{missing, node};
use super::{Parsed, Parser};
use crate::sql::ast::{Call, Expr, ExprKind, Ident};
use crate::sql::refusal::Refusal;
use crate::sql::token::Kind;

/// Most arguments that a function takes.
const MOST_ARGUMENTS: usize = 127;

impl Parser<'_> {
    pub(super) fn call(&mut self, at: usize, name: Ident) -> Parsed<Expr> {
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

    pub(super) fn after_call(&mut self, at: usize, mut call: Call) -> Parsed<Expr> {
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

    pub(super) fn position(&mut self, at: usize) -> Parsed<Expr> {
        let name = self.ident()?;
        self.need("(")?;
        let needle = self.value()?;
        self.need_word("in")?;
        let text = self.value()?;
        self.need(")")?;
        Ok(simple_call(at, &name, "strpos", vec![text, needle]))
    }

    pub(super) fn substring(&mut self, at: usize) -> Parsed<Expr> {
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

    pub(super) fn trim(&mut self, at: usize) -> Parsed<Expr> {
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

    pub(super) fn normalize(&mut self, at: usize) -> Parsed<Expr> {
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

    pub(super) fn listagg(&mut self, at: usize) -> Parsed<Expr> {
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

    pub(super) fn json_path(&mut self, at: usize) -> Parsed<Expr> {
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
