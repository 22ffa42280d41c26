//! What a statement does that is allowed and probably not meant, or costs more than it has to.

use std::collections::BTreeMap;

use super::ast::{Expr, ExprKind, Ident, Item, JoinOn, Name, Query, Relation, Select, Statement};
use super::refusal::line_and_column;
use super::walk::{self, Visitor};

/// One remark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// Line and column in the text, from 1.
    pub at: (u64, u64),
    /// What it is about, and what to write instead.
    pub text: String,
}

/// Functions that community Trino has and the Trino of late 2022, which Athena began with, has not.
const NEWER: [&str; 6] =
    ["any_value", "array_first", "array_histogram", "array_last", "ends_with", "trim_array"];

/// Looks at a statement. `partitions` are the columns of the table `table` by which its logs lie.
pub fn remarks(
    statement: &Statement,
    text: &str,
    table: &str,
    partitions: &[String],
) -> Vec<Remark> {
    let (Statement::Query(query) | Statement::Explain(query, _)) = statement else {
        return Vec::new();
    };
    let mut look =
        Look { table, partitions, found: Vec::new(), tables: BTreeMap::new(), top: query };
    walk::query(query, &mut look);
    for (name, places) in std::mem::take(&mut look.tables) {
        if let [_, second, ..] = places.as_slice() {
            look.found.push((
                *second,
                format!(
                    "{name} is read {} times, and each time costs its bytes again",
                    places.len()
                ),
            ));
        }
    }
    let mut found = look.found;
    found.sort();
    found.dedup();
    found
        .into_iter()
        .map(|(at, said)| Remark { at: line_and_column(text, at), text: said })
        .collect()
}

struct Look<'a> {
    table: &'a str,
    partitions: &'a [String],
    found: Vec<(usize, String)>,
    /// Where each relation is selected from.
    tables: BTreeMap<String, Vec<usize>>,
    top: &'a Query,
}

impl Look<'_> {
    fn say(&mut self, at: usize, text: impl Into<String>) {
        self.found.push((at, text.into()));
    }

    /// The log table without a condition on where its logs lie.
    fn scans_all(&mut self, select: &Select) {
        let Some(at) = select.from.iter().find_map(|relation| place_of(relation, self.table))
        else {
            return;
        };
        let mut names = Names::default();
        let mut conditions: Vec<&Expr> = select.filter.iter().collect();
        select.from.iter().for_each(|relation| join_conditions(relation, &mut conditions));
        for condition in conditions {
            walk::expression(condition, &mut names);
        }
        let by = |partition: &String| names.found.contains(partition);
        if !self.partitions.is_empty() && !self.partitions.iter().any(by) {
            let columns = self.partitions.join(", ");
            self.say(
                at,
                format!("on Athena this reads every log there is: add conditions on {columns}"),
            );
        }
    }

    /// Two CASEs with one branch in common, which some versions of Trino cannot compile.
    fn same_branches(&mut self, select: &Select) {
        let mut cases = Cases::default();
        for item in &select.items {
            if let Item::Expr(expr, _) = item {
                walk::expression(expr, &mut cases);
            }
        }
        for (at, (place, branches)) in cases.found.iter().enumerate() {
            let before = cases.found[..at].iter();
            if before.clone().any(|(_, other)| other.iter().any(|branch| branches.contains(branch)))
            {
                self.say(
                    *place,
                    "two CASEs of one SELECT have a WHEN ... THEN in common, which the Trino that \
                     Athena began with fails to compile: compute it once, in a CTE",
                );
            }
        }
    }
}

impl Visitor for Look<'_> {
    fn query(&mut self, query: &Query) {
        if !query.order.is_empty() && query.limit.is_none() && !std::ptr::eq(query, self.top) {
            self.say(
                query.order[0].expr.at,
                "an ORDER BY in a query inside another one is ignored: order the outermost",
            );
        }
    }

    fn select(&mut self, select: &Select) {
        self.scans_all(select);
        self.same_branches(select);
    }

    fn table(&mut self, name: &Name) {
        if let Some(last) = name.last() {
            self.tables.entry(last.key()).or_default().push(last.at);
        }
    }

    fn relation(&mut self, relation: &Relation) {
        let named = match relation {
            Relation::Alias { relation, columns, .. } => match &**relation {
                Relation::Unnest { at, .. } if columns.is_empty() => Some(*at),
                _ => None,
            },
            _ => None,
        };
        if let Some(at) = named {
            self.say(at, "columns of an UNNEST have no names unless they are written: AS t(item)");
        }
    }

    fn expr(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Call(call) if NEWER.contains(&call.name.key().as_str()) => {
                let instead = match call.name.key().as_str() {
                    "any_value" => ": write arbitrary",
                    "ends_with" => ": write x LIKE '%...'",
                    _ => "",
                };
                self.say(
                    expr.at,
                    format!("{} is newer than Athena's engine may be{instead}", call.name.text),
                );
            }
            ExprKind::Like(_, pattern, None) => {
                if let ExprKind::Text(text) = &pattern.kind
                    && text.contains('\\')
                {
                    self.say(
                        pattern.at,
                        "a backslash in a pattern is an ordinary character unless ESCAPE '\\' follows",
                    );
                }
            }
            ExprKind::Not(inner) => {
                if let ExprKind::InQuery(..) = inner.kind {
                    self.say(
                        expr.at,
                        "NOT IN is never true once the query gives a NULL: write NOT EXISTS, or leave out NULLs",
                    );
                }
            }
            _ => {}
        }
    }
}

/// Where a relation, or a side of a join, is the table called `table`.
fn place_of(relation: &Relation, table: &str) -> Option<usize> {
    match relation {
        Relation::Table(name) => name.last().filter(|last| last.key() == table).map(|last| last.at),
        Relation::Alias { relation, .. } => place_of(relation, table),
        Relation::Join { left, right, .. } => {
            place_of(left, table).or_else(|| place_of(right, table))
        }
        Relation::Query { .. } | Relation::Unnest { .. } => None,
    }
}

fn join_conditions<'a>(relation: &'a Relation, into: &mut Vec<&'a Expr>) {
    match relation {
        Relation::Alias { relation, .. } => join_conditions(relation, into),
        Relation::Join { left, right, on, .. } => {
            join_conditions(left, into);
            join_conditions(right, into);
            if let JoinOn::Condition(condition) = on {
                into.push(condition);
            }
        }
        _ => {}
    }
}

/// Every name, and every field's name, in lower case.
#[derive(Default)]
struct Names {
    found: Vec<String>,
}

impl Visitor for Names {
    fn expr(&mut self, expr: &Expr) {
        if let ExprKind::Name(name) | ExprKind::Field(_, name) = &expr.kind {
            self.found.push(Ident::key(name));
        }
    }
}

/// Every CASE with its branches, as they are without their places.
#[derive(Default)]
struct Cases {
    found: Vec<(usize, Vec<String>)>,
}

impl Visitor for Cases {
    fn expr(&mut self, expr: &Expr) {
        if let ExprKind::Case { operand: None, whens, .. } = &expr.kind {
            let branches = whens.iter().map(|(when, then)| {
                let both = format!("{:?} {:?}", when.kind, then.kind);
                without_places(&both)
            });
            self.found.push((expr.at, branches.collect()));
        }
    }
}

/// The debug text of a tree without the bytes at which its nodes stand.
fn without_places(tree: &str) -> String {
    let mut parts = tree.split("at: ");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        out.push_str(part.trim_start_matches(|char: char| char.is_ascii_digit()));
    }
    out
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;
    use crate::sql::parse;

    fn said(sql: &str) -> Vec<String> {
        let statement = parse::statement(sql).unwrap();
        let partitions = ["account", "region", "day"].map(str::to_owned);
        remarks(&statement, sql, "cloudtrail", &partitions)
            .into_iter()
            .map(|remark| format!("{}: {}", remark.at.1, remark.text))
            .collect()
    }

    #[test]
    fn costly_and_doubtful_statements_are_remarked_on() {
        for (sql, start) in [
            (
                "SELECT 1 FROM cloudtrail WHERE eventname = 'x'",
                "15: on Athena this reads every log",
            ),
            ("SELECT 1 FROM db.cloudtrail t", "18: on Athena this reads every log"),
            ("SELECT any_value(x) FROM t", "8: any_value is newer"),
            (r"SELECT x LIKE 'a\_b' FROM t", "15: a backslash"),
            ("SELECT 1 FROM t WHERE x NOT IN (SELECT y FROM u)", "25: NOT IN is never true"),
            ("SELECT 1 FROM t AS a JOIN t AS b ON a.x = b.x", "27: t is read 2 times"),
            ("SELECT * FROM (SELECT x FROM t ORDER BY x)", "41: an ORDER BY in a query inside"),
            ("SELECT * FROM t CROSS JOIN UNNEST(x) AS u", "28: columns of an UNNEST"),
            (
                "SELECT CASE WHEN a THEN b END, CASE WHEN c THEN d WHEN a THEN b END FROM t",
                "32: two CASEs",
            ),
        ] {
            let said = said(sql);
            assert_eq!(said.len(), 1, "{sql}: {said:?}");
            assert!(said[0].starts_with(start), "{sql}: {said:?}");
        }
    }

    #[test]
    fn nothing_is_said_of_careful_statements() {
        for sql in [
            "SELECT 1 FROM cloudtrail WHERE day = '2026/11/23'",
            "SELECT 1 FROM cloudtrail c JOIN t ON c.account = t.account",
            r"SELECT x LIKE 'a\_b' ESCAPE '\' FROM t ORDER BY 1",
            "SELECT CASE WHEN a THEN b END, CASE WHEN a THEN c END FROM (SELECT a FROM t ORDER BY a LIMIT 1)",
        ] {
            assert_eq!(said(sql), Vec::<String>::new(), "{sql}");
        }
    }
}
