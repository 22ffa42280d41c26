//! What a statement does that is allowed and probably not meant, or costs more than it has to.

use std::collections::BTreeMap;

use super::ast::{Expr, ExprKind, Ident, Name, Query, Relation, Select, Statement};
use super::refusal::line_and_column;
use super::walk::{self, Visitor};
use crate::table::{Partition, TableShape};

mod cost;
mod doubt;
#[cfg(test)]
mod tests;
mod values;

/// One remark.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Remark {
    /// Line and column in the text, from 1.
    pub at: (u64, u64),
    /// What it is about.
    pub text: String,
    /// What to write instead.
    pub instead: String,
}

/// The log table, as the statement knows it.
#[derive(Debug, Clone, Copy)]
pub struct LogTable<'a> {
    /// Its name and columns.
    pub shape: &'a TableShape,
    /// Whether its bare name means the table itself. Else it means the relation of that name, which
    /// is restricted already.
    pub bare: bool,
}

impl LogTable<'_> {
    /// Whether a name means the table itself, all of it.
    fn is_meant(&self, name: &Name) -> bool {
        let parts: Vec<String> = name.iter().map(Ident::key).collect();
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        self.shape.name.is_called(&parts) && (self.bare || parts.len() > 1)
    }
}

/// Looks at a statement.
pub fn remarks(statement: &Statement, text: &str, table: LogTable<'_>) -> Vec<Remark> {
    let (Statement::Query(query) | Statement::Explain(query, _)) = statement else {
        return Vec::new();
    };
    let relation = TableShape::cloudtrail(None);
    let mut look = Look {
        table,
        relation: &relation.partitions,
        found: Vec::new(),
        reads: BTreeMap::new(),
        top: query,
    };
    walk::query(query, &mut look);
    look.reads_twice(query);
    let mut found: Vec<Remark> = look
        .found
        .into_iter()
        .map(|(at, text_, instead)| Remark { at: line_and_column(text, at), text: text_, instead })
        .collect();
    found.sort();
    found.dedup();
    found
}

struct Look<'a> {
    table: LogTable<'a>,
    /// Columns of the relation `cloudtrail` that say where a log lies.
    relation: &'a [Partition],
    found: Vec<(usize, String, String)>,
    /// Where each relation is selected from.
    reads: BTreeMap<String, Vec<usize>>,
    top: &'a Query,
}

impl Look<'_> {
    fn say(&mut self, at: usize, text: impl Into<String>, instead: impl Into<String>) {
        self.found.push((at, text.into(), instead.into()));
    }
}

impl Visitor for Look<'_> {
    fn query(&mut self, query: &Query) {
        self.order_in_vain(query);
    }

    fn select(&mut self, select: &Select) {
        self.scans_all(select);
        self.takes_all_columns(select);
        self.same_branches(select);
        self.loses_nulls(select);
        self.never_equal(select);
    }

    fn table(&mut self, name: &Name) {
        if let Some(last) = name.last() {
            self.reads.entry(last.key()).or_default().push(last.at);
        }
    }

    fn relation(&mut self, relation: &Relation) {
        self.nameless_columns(relation);
    }

    fn expr(&mut self, expr: &Expr) {
        self.newer_function(expr);
        self.like_without_escape(expr);
        self.not_in_query(expr);
        self.path_by_its_end(expr);
    }
}

/// The last part of a name: a column, or a field of one.
fn last_name(expr: &Expr) -> Option<String> {
    match &expr.kind {
        ExprKind::Name(name) | ExprKind::Field(_, name) => Some(name.key()),
        _ => None,
    }
}

/// A text in quotes.
fn text_of(expr: &Expr) -> Option<&str> {
    match &expr.kind {
        ExprKind::Text(text) => Some(text),
        _ => None,
    }
}

/// A relation, or the sides of a join, without the names that they are given.
fn sides<'a>(relation: &'a Relation, into: &mut Vec<&'a Name>) {
    match relation {
        Relation::Table(name) => into.push(name),
        Relation::Alias { relation, .. } => sides(relation, into),
        Relation::Join { left, right, .. } => {
            sides(left, into);
            sides(right, into);
        }
        Relation::Query { .. } | Relation::Unnest { .. } => {}
    }
}

/// The tables that a `SELECT` takes its rows from itself.
fn tables_of(select: &Select) -> Vec<&Name> {
    let mut tables = Vec::new();
    select.from.iter().for_each(|relation| sides(relation, &mut tables));
    tables
}
