//! Texts that a column is compared with and never holds.

use chrono::NaiveDate;

use super::{Look, last_name, tables_of, text_of};
use crate::sql::ast::{Comparison, Expr, ExprKind, Select};
use crate::sql::walk::{self, Visitor};
use crate::table::Partition;
use crate::table::content::Content;

/// CloudTrail's own way of writing a time.
const TIME: &str = "2026-11-23T09:00:00Z";

/// Columns that hold `true`, `false` or nothing.
const TRUE_OR_FALSE: [&str; 5] =
    ["from_console", "mfaauthenticated", "read_only", "readonly", "sessioncredentialfromconsole"];

impl Look<'_> {
    /// Comparisons with what the column's values do not look like.
    pub(super) fn never_equal(&mut self, select: &Select) {
        let mut found = Compared::default();
        if let Some(condition) = &select.filter {
            walk::expression(condition, &mut found);
        }
        let tables = tables_of(select);
        let itself = tables.iter().any(|name| self.table.is_meant(name));
        let relation = |name: &&&Vec<_>| matches!(name.as_slice(), [only] if is_cloudtrail(only));
        let partitions = match (itself, tables.iter().find(relation)) {
            (true, _) => self.table.shape.partitions.as_slice(),
            (false, Some(_)) => self.relation,
            (false, None) => &[],
        };
        for (column, text, whole, at) in found.found {
            if let Some((values, instead)) = expected(&column, partitions)
                && !fits(&text, &values, whole)
            {
                self.say(at, format!("{column} is compared with '{text}', but {values}"), instead);
            }
        }
    }
}

fn is_cloudtrail(name: &crate::sql::ast::Ident) -> bool {
    name.key() == "cloudtrail"
}

/// What the values of a column look like.
enum Values {
    /// Like this text, digit for digit.
    Like(String),
    TrueOrFalse,
}

impl std::fmt::Display for Values {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Like(example) => write!(f, "its values look like {example}"),
            Self::TrueOrFalse => f.write_str("its values are true and false"),
        }
    }
}

fn expected(column: &str, partitions: &[Partition]) -> Option<(Values, String)> {
    if TRUE_OR_FALSE.contains(&column) {
        return Some((Values::TrueOrFalse, "write 'true' or 'false'".to_owned()));
    }
    if matches!(column, "eventtime" | "event_time") {
        return Some((
            Values::Like(TIME.to_owned()),
            format!("text compares letter by letter: write it as '{TIME}'"),
        ));
    }
    let partition = partitions.iter().find(|partition| partition.name == column)?;
    if !partition.ty.is_text() {
        return None;
    }
    let example = match &partition.content {
        Content::Account => "111122223333".to_owned(),
        Content::Date(format) => example(|day| format.of_day(day))?,
        _ => return None,
    };
    let instead = format!("write it as '{example}'");
    Some((Values::Like(example), instead))
}

/// A day as a format writes it; nothing where days differ in length.
fn example(write: impl Fn(NaiveDate) -> Option<String>) -> Option<String> {
    let late = write(NaiveDate::from_ymd_opt(2026, 11, 23)?)?;
    let early = write(NaiveDate::from_ymd_opt(2026, 1, 2)?)?;
    (late.len() == early.len()).then_some(late)
}

/// Whether a text could be a value, or where only order counts the beginning of one.
fn fits(text: &str, values: &Values, whole: bool) -> bool {
    match values {
        Values::TrueOrFalse => matches!(text, "true" | "false" | ""),
        Values::Like(example) => {
            let same = |(a, b): (char, char)| a == b || a.is_ascii_digit() && b.is_ascii_digit();
            let enough =
                if whole { text.len() == example.len() } else { text.len() <= example.len() };
            enough && text.chars().zip(example.chars()).all(same)
        }
    }
}

/// Columns, the texts they are compared with, and whether all of the text counts.
#[derive(Default)]
struct Compared {
    found: Vec<(String, String, bool, usize)>,
}

impl Compared {
    fn add(&mut self, column: &Expr, text: &Expr, whole: bool) {
        if let (Some(column), Some(value)) = (last_name(column), text_of(text)) {
            self.found.push((column, value.to_owned(), whole, text.at));
        }
    }
}

impl Visitor for Compared {
    fn expr(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Compare(op, left, right) => {
                let whole = matches!(op, Comparison::Equal | Comparison::NotEqual);
                self.add(left, right, whole);
                self.add(right, left, whole);
            }
            ExprKind::Between(value, low, high) => {
                self.add(value, low, false);
                self.add(value, high, false);
            }
            ExprKind::In(value, list) => {
                list.iter().for_each(|item| self.add(value, item, true));
            }
            _ => {}
        }
    }
}
