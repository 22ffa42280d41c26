//! What means something else than it looks like, or does not run everywhere.

use std::collections::BTreeSet;

use super::{Look, last_name, text_of};
use crate::sql::ast::{Comparison, Expr, ExprKind, Item, Query, Relation, Select};
use crate::sql::walk::{self, Visitor};

/// Functions that community Trino has and the Trino of late 2022, which Athena began with, has not.
const NEWER: [(&str, &str); 6] = [
    ("any_value", "write arbitrary(x)"),
    ("array_first", "write element_at(x, 1)"),
    ("array_histogram", "count in a query over UNNEST"),
    ("array_last", "write element_at(x, -1)"),
    ("ends_with", "write x LIKE '%...'"),
    ("trim_array", "write slice(x, 1, n)"),
];

/// Columns that most records leave empty.
const OFTEN_NULL: [&str; 12] = [
    "error_code",
    "errorcode",
    "errormessage",
    "error_message",
    "from_console",
    "invoked_by",
    "invokedby",
    "read_only",
    "readonly",
    "sessioncredentialfromconsole",
    "shared_event_id",
    "sharedeventid",
];

impl Look<'_> {
    /// `ORDER BY` in a query whose order nobody sees.
    pub(super) fn order_in_vain(&mut self, query: &Query) {
        if let Some(first) = query.order.first()
            && query.limit.is_none()
            && query.offset.is_none()
            && !std::ptr::eq(query, self.top)
        {
            self.say(
                first.expr.at,
                "an ORDER BY in a query inside another one is ignored",
                "order the outermost query, or add LIMIT here",
            );
        }
    }

    /// Two CASEs with one branch in common, which some versions of Trino cannot compile.
    pub(super) fn same_branches(&mut self, select: &Select) {
        let mut cases = Cases::default();
        for item in &select.items {
            if let Item::Expr(expr, _) = item {
                walk::expression(expr, &mut cases);
            }
        }
        for (at, (place, branches)) in cases.found.iter().enumerate() {
            let mut before = cases.found[..at].iter().flat_map(|(_, branches)| branches);
            if before.any(|branch| branches.contains(branch)) {
                self.say(
                    *place,
                    "two CASEs of one SELECT have a WHEN ... THEN in common, which the Trino that \
                     Athena began with fails to compile",
                    "compute it once, in a CTE",
                );
            }
        }
    }

    /// A condition that is meant to keep most rows, and keeps none where the column is NULL.
    pub(super) fn loses_nulls(&mut self, select: &Select) {
        let Some(filter) = &select.filter else {
            return;
        };
        let mut nulls = Nulls::default();
        walk::expression(filter, &mut nulls);
        let mut unequal = Unequal::default();
        walk::expression(filter, &mut unequal);
        for (at, name) in unequal.found {
            if OFTEN_NULL.contains(&name.as_str()) && !nulls.asked.contains(&name) {
                self.say(
                    at,
                    format!("rows whose {name} is NULL are left out"),
                    format!("write coalesce({name}, '') in its place, or ask for NULL as well"),
                );
            }
        }
    }

    pub(super) fn newer_function(&mut self, expr: &Expr) {
        if let ExprKind::Call(call) = &expr.kind
            && let Some((name, instead)) = NEWER.iter().find(|(name, _)| *name == call.name.key())
        {
            self.say(expr.at, format!("{name} is newer than Athena's engine may be"), *instead);
        }
    }

    pub(super) fn like_without_escape(&mut self, expr: &Expr) {
        if let ExprKind::Like(_, pattern, None) = &expr.kind
            && text_of(pattern).is_some_and(|text| text.contains('\\'))
        {
            self.say(
                pattern.at,
                "a backslash in a pattern is an ordinary character",
                "add ESCAPE '\\' if it should escape",
            );
        }
    }

    pub(super) fn not_in_query(&mut self, expr: &Expr) {
        if let ExprKind::Not(inner) = &expr.kind
            && let ExprKind::InQuery(..) = inner.kind
        {
            self.say(
                expr.at,
                "NOT IN is never true once the query gives a NULL",
                "write NOT EXISTS, or leave out NULLs",
            );
        }
    }

    /// Columns that cannot be spoken of.
    pub(super) fn nameless_columns(&mut self, relation: &Relation) {
        if let Relation::Alias { relation, columns, .. } = relation
            && let Relation::Unnest { at, .. } = &**relation
            && columns.is_empty()
        {
            self.say(
                *at,
                "columns of an UNNEST have no names unless they are written",
                "write AS t(item)",
            );
        }
    }
}

/// Columns that are asked to be NULL, or not to be.
#[derive(Default)]
struct Nulls {
    asked: BTreeSet<String>,
}

impl Visitor for Nulls {
    fn expr(&mut self, expr: &Expr) {
        if let ExprKind::IsNull(inner) = &expr.kind {
            self.asked.extend(last_name(inner));
        }
    }
}

/// Columns that must not be something, and where that is said.
#[derive(Default)]
struct Unequal {
    found: Vec<(usize, String)>,
}

impl Visitor for Unequal {
    fn expr(&mut self, expr: &Expr) {
        let column = match &expr.kind {
            // Who asks for any text at all knows that NULL is none.
            ExprKind::Compare(Comparison::NotEqual, _, right) if text_of(right) == Some("") => {
                return;
            }
            ExprKind::Compare(Comparison::NotEqual, left, _) => left,
            ExprKind::Not(inner) => match &inner.kind {
                ExprKind::In(value, _)
                | ExprKind::Like(value, ..)
                | ExprKind::Compare(Comparison::Equal, value, _) => value,
                _ => return,
            },
            _ => return,
        };
        self.found.extend(last_name(column).map(|name| (column.at, name)));
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
