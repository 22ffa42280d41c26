//! What reads more than it has to.

use std::collections::BTreeSet;

use super::{Look, last_name, tables_of, text_of};
use crate::sql::ast::{Expr, ExprKind, Item, JoinOn, Name, Query, Relation, Select};
use crate::sql::walk::{self, Visitor};

impl Look<'_> {
    /// The log table without a condition on where its logs lie.
    pub(super) fn scans_all(&mut self, select: &Select) {
        let tables = tables_of(select);
        let Some(table) = tables.into_iter().find(|name| self.table.is_meant(name)) else {
            return;
        };
        let mut names = Names::default();
        let mut conditions: Vec<&Expr> = select.filter.iter().collect();
        select.from.iter().for_each(|relation| join_conditions(relation, &mut conditions));
        for condition in conditions {
            walk::expression(condition, &mut names);
        }
        let partitions = self.table.shape.partitions.iter().map(|partition| &partition.name);
        let partitions: Vec<&str> = partitions.map(String::as_str).collect();
        if !partitions.is_empty() && !partitions.iter().any(|name| names.found.contains(*name)) {
            self.say(
                table.last().map_or(select.at, |last| last.at),
                "on Athena this reads every log there is",
                format!("add conditions on {}", partitions.join(", ")),
            );
        }
    }

    /// `SELECT *` from the log table.
    pub(super) fn takes_all_columns(&mut self, select: &Select) {
        let all = select.items.iter().find_map(|item| match item {
            Item::All(at) => Some(*at),
            _ => None,
        });
        if let Some(at) = all
            && tables_of(select).into_iter().any(|name| self.table.is_meant(name))
        {
            self.say(
                at,
                "* gives whatever columns the table's DDL happens to declare, each record whole",
                "name the columns, or select from the view events",
            );
        }
    }

    /// A pattern that begins with anything says nothing of where files lie.
    pub(super) fn path_by_its_end(&mut self, expr: &Expr) {
        if let ExprKind::Like(value, pattern, _) = &expr.kind
            && last_name(value).as_deref() == Some("$path")
            && text_of(pattern).is_some_and(|pattern| pattern.starts_with(['%', '_']))
        {
            self.say(
                value.at,
                "\"$path\" LIKE '%...' opens every file to look at its address",
                "compare \"$path\" with whole addresses by =, IN, >= and <=, or with how they begin",
            );
        }
    }

    /// What is selected from more than once is also read more than once.
    pub(super) fn reads_twice(&mut self, query: &Query) {
        let mut free: BTreeSet<String> = BTreeSet::from(["exclusions".to_owned()]);
        for cte in &query.with {
            let mut tables = Tables::default();
            walk::query(&cte.query, &mut tables);
            if tables.found.is_subset(&free) {
                free.insert(cte.name.key());
            }
        }
        for (name, places) in std::mem::take(&mut self.reads) {
            if let [_, second, ..] = places.as_slice()
                && !free.contains(&name)
            {
                self.say(
                    *second,
                    format!(
                        "{name} is read {} times, and each time costs its bytes again",
                        places.len()
                    ),
                    "where one pass can do it, use a window function or FILTER",
                );
            }
        }
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
    found: BTreeSet<String>,
}

impl Visitor for Names {
    fn expr(&mut self, expr: &Expr) {
        self.found.extend(last_name(expr));
    }
}

/// Every relation that is selected from.
#[derive(Default)]
struct Tables {
    found: BTreeSet<String>,
}

impl Visitor for Tables {
    fn table(&mut self, name: &Name) {
        self.found.extend(name.last().map(crate::sql::ast::Ident::key));
    }
}
