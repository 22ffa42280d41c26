//! What to write instead.

use super::expr::Context;
use super::{Planner, function_names};
use crate::sql::ast::{Ident, Name};
use crate::sql::refusal::Refusal;
use crate::sql::ty::SqlType;

/// A name is suggested when it is at least this similar, of 1: by what it starts with ...
const SIMILAR: f64 = 0.75;

/// ... and by how few letters have to change.
const FEW_CHANGES: f64 = 0.65;

/// Suggests the known name that is most like the one written.
pub(super) fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<String> {
    let name = name.to_lowercase();
    known
        .map(|candidate| (strsim::jaro_winkler(&name, candidate), candidate))
        .filter(|(similarity, _)| *similarity >= SIMILAR)
        .filter(|(_, candidate)| {
            strsim::normalized_damerau_levenshtein(&name, candidate) >= FEW_CHANGES
        })
        .max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(a.1)))
        .map(|(_, candidate)| format!("did you mean {candidate}?"))
}

/// How to compare values of two types that do not meet.
pub(super) fn mismatch(left: &SqlType, right: &SqlType) -> String {
    let (text, other) = match (left, right) {
        (text, other) if text.is_text() => (left, other),
        (other, text) if text.is_text() => (right, other),
        _ => {
            return match (left, right) {
                (SqlType::Json, _) | (_, SqlType::Json) => {
                    "take text out of JSON with json_extract_scalar".to_owned()
                }
                _ => format!("convert one side: CAST(x AS {left})"),
            };
        }
    };
    match other {
        SqlType::Boolean => {
            format!("the other side is {text}: write 'true' or 'false' in quotes")
        }
        other if other.is_number() => format!(
            "text and numbers do not compare: write the number in quotes, '2026', or CAST(x AS {other})"
        ),
        SqlType::Date => {
            "compare with text, date_format(x, '%Y/%m/%d'), or convert it with date(...)".to_owned()
        }
        SqlType::Timestamp(_) | SqlType::TimestampTz(_) => {
            "ISO text such as eventtime: use from_iso8601_timestamp(eventtime), or compare with text such as '2026-01-02T00:00:00Z'".to_owned()
        }
        SqlType::Json => "take text out of JSON with json_extract_scalar".to_owned(),
        SqlType::IpAddress => "write TRY_CAST(x AS ipaddress)".to_owned(),
        other => format!("convert one side: CAST(x AS {other})"),
    }
}

/// A name that is no table.
pub(super) fn unknown_table(planner: &Planner<'_>, name: &Name, parts: &[String]) -> Refusal {
    let at = name.first().map_or(0, |part| part.at);
    let last = parts.last().map(String::as_str).unwrap_or_default();
    let tables = planner.tables.iter().filter_map(|table| table.name.last()).map(String::as_str);
    let ctes = planner.ctes.iter().map(|cte| cte.name.as_str());
    let views = super::super::VIEWS.iter().copied();
    let hint = nearest(last, tables.clone().chain(ctes).chain(views)).unwrap_or_else(|| {
        let known = tables.collect::<Vec<_>>().join(" or ");
        format!("the log table here is called {known}; --as gives it another name")
    });
    let written = name.iter().map(|part| part.text.as_str()).collect::<Vec<_>>();
    if let [.., schema, _] = parts
        && !planner
            .tables
            .iter()
            .any(|table| table.name[..table.name.len() - 1].ends_with(&parts[..parts.len() - 1]))
    {
        return Refusal::new("SCHEMA_NOT_FOUND", at, format!("Schema '{schema}' does not exist"))
            .hint(hint);
    }
    let full = match written.as_slice() {
        [table] => format!("awsdatacatalog.default.{table}"),
        [schema, table] => format!("awsdatacatalog.{schema}.{table}"),
        parts => parts.join("."),
    };
    Refusal::new("TABLE_NOT_FOUND", at, format!("Table '{}' does not exist", full.to_lowercase()))
        .hint(hint)
}

/// A name that is no column.
pub(super) fn unknown_column(
    context: &Context<'_>,
    names: &[&Ident],
    text: &str,
    at: usize,
) -> Refusal {
    // Of `alias.column` the column is what is not known.
    let (wrong, fields) = match names {
        [alias, column, ..] if !context.scope.of(&[alias.key()]).is_empty() => {
            (column.key(), context.scope.of(&[alias.key()]))
        }
        _ => (names[0].key(), context.scope.fields.iter().collect()),
    };
    let known = fields.into_iter().filter_map(|field| field.name.as_deref());
    // In other databases, and in JSON, text stands in double quotes.
    let quoted = match names {
        [only] if only.quoted => Some(format!("text stands in single quotes: '{}'", only.text)),
        _ => None,
    };
    let refusal =
        Refusal::new("COLUMN_NOT_FOUND", at, format!("Column '{text}' cannot be resolved"));
    match nearest(&wrong, known).or(quoted) {
        Some(hint) => refusal.hint(hint),
        None => refusal,
    }
}

/// A name that is no function.
pub(super) fn unknown_function(name: &str, at: usize) -> Refusal {
    let refusal =
        Refusal::new("FUNCTION_NOT_FOUND", at, format!("Function '{name}' not registered"));
    let lower = name.to_lowercase();
    if function_names::MISSING.contains(&lower.as_str()) {
        return refusal.hint("Athena knows it, the embedded engine does not");
    }
    let instead = function_names::INSTEAD.iter().find(|(foreign, _)| *foreign == lower);
    match instead {
        Some((_, instead)) => refusal.hint(format!("write {instead}")),
        None => match nearest(&lower, function_names::names().into_iter()) {
            Some(hint) => refusal.hint(hint),
            None => refusal,
        },
    }
}
