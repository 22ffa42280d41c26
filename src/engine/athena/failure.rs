//! Executions that ended without an answer: Athena's words, taken apart into code, place and advice.

use aws_sdk_athena::types::{AthenaError, QueryExecution, QueryExecutionState as State};

use super::wait;
use crate::engine::EngineError;
use crate::figures;
use crate::query::{BoundQuery, Sent};
use crate::sql::parse;

/// Why there is no answer, and whether asking anew may bring one.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) error: EngineError,
    pub(super) again: bool,
}

impl From<EngineError> for Failure {
    fn from(error: EngineError) -> Self {
        Self { error, again: false }
    }
}

/// Who has to do something about a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Category {
    System,
    User,
    Other,
}

/// What became of an execution that has ended; nothing if it succeeded.
pub(super) fn of(execution: &QueryExecution, query: &BoundQuery, sent: &Sent) -> Option<Failure> {
    let status = execution.status()?;
    let known = status.athena_error();
    let reason = status
        .state_change_reason()
        .or_else(|| known.and_then(AthenaError::error_message))
        .unwrap_or("Athena gives no reason");
    match status.state()? {
        State::Failed => Some(failed(reason, known, query, sent)),
        State::Cancelled => Some(cancelled(reason, execution).into()),
        _ => None,
    }
}

fn failed(reason: &str, known: Option<&AthenaError>, query: &BoundQuery, sent: &Sent) -> Failure {
    let Reason { code, at, message } = Reason::read(reason);
    let kind = known.and_then(AthenaError::error_type).unwrap_or(-1);
    let category = match known.and_then(AthenaError::error_category) {
        Some(1) => Category::System,
        Some(2) => Category::User,
        _ => Category::Other,
    };
    let throttled = (1400..=1406).contains(&kind);
    let again = throttled || known.is_some_and(AthenaError::retryable);
    let hint = if code == Some("SYNTAX_ERROR") {
        // The same text is no statement here either, and this grammar has advice.
        parse::statement(&query.sql).err().and_then(|refusal| refusal.hint)
    } else {
        advice(code, kind, message, category)
    };
    let error = EngineError {
        refused: at.is_some() || matches!(kind, 1003 | 1004 | 1006 | 1107 | 1110),
        code: code.map(|code| code.to_owned().into()),
        message: message.to_owned(),
        at: at.and_then(|at| sent.place(&query.sql, at)),
        hint: hint.filter(|hint| !hint.is_empty()),
    };
    Failure { error, again }
}

/// Athena's numbers for kinds of errors are in its error reference.
fn advice(code: Option<&str>, kind: i32, message: &str, category: Category) -> Option<String> {
    let text = match (code, kind) {
        (Some("TABLE_NOT_FOUND" | "SCHEMA_NOT_FOUND" | "CATALOG_NOT_FOUND"), _) | (_, 1110) => {
            "Set athena.database and athena.table to where the log table is."
        }
        (Some("COLUMN_NOT_FOUND"), _) => {
            "A log table of your own may lack columns: give its CREATE EXTERNAL TABLE with --ddl."
        }
        (Some("CONSTRAINT_VIOLATION"), _) if message.to_lowercase().contains("injected") => {
            "Say which accounts and regions to read, with --account and --region."
        }
        (Some("PERMISSION_DENIED"), _) | (_, 1500 | 1501) => {
            "Allow s3:GetObject and s3:ListBucket on the logs, and kms:Decrypt on their key."
        }
        (_, 401 | 402 | 1306) => {
            "Check that athena.output is a bucket in this region that the role may write to."
        }
        (_, 1109) => "Check the LOCATION of the log table: there is nothing at that address.",
        (_, 1400..=1406) => "Run it again later, or ask of fewer logs with --since or --account.",
        (_, 0..=8 | 206 | 210) => {
            "Ask of fewer logs, with --since, --until, --account or --region."
        }
        _ => match category {
            Category::System => "This is Athena's own trouble: run it again later.",
            Category::User | Category::Other => return None,
        },
    };
    Some(text.to_owned())
}

fn cancelled(reason: &str, execution: &QueryExecution) -> EngineError {
    let scanned = execution.statistics().and_then(wait::bytes);
    let scanned = scanned.map_or_else(String::new, |bytes| {
        format!(" after {}, which is charged", figures::bytes(bytes))
    });
    let lower = reason.to_lowercase();
    let (message, hint) = if lower.contains("bytes scanned") && lower.contains("limit") {
        (
            format!("Athena stopped the query at the work group's limit of bytes{scanned}"),
            "Ask of fewer logs, with --since, --until, --account or --region, or raise the work \
             group's limit of bytes for a query.",
        )
    } else {
        (
            format!("somebody stopped the query{scanned}: {reason}"),
            "Run it again if that was not you.",
        )
    };
    EngineError { refused: false, code: None, message, at: None, hint: Some(hint.to_owned()) }
}

/// `SYNTAX_ERROR: line 3:12: mismatched input ...`, taken apart.
#[derive(Debug, PartialEq, Eq)]
struct Reason<'a> {
    code: Option<&'a str>,
    at: Option<(u64, u64)>,
    message: &'a str,
}

impl<'a> Reason<'a> {
    fn read(text: &'a str) -> Self {
        // What Athena appends to every message.
        const TAILS: [&str; 2] =
            ["You may need to manually clean the data", "This query ran against the"];
        let ends = TAILS.iter().filter_map(|tail| text.find(tail));
        let text = text[..ends.min().unwrap_or(text.len())].trim();
        let is_code = |word: &str| {
            word.starts_with(|first: char| first.is_ascii_uppercase())
                && word.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
        };
        let (code, rest) = match text.split_once(": ") {
            Some((word, rest)) if is_code(word) => (Some(word), rest),
            _ => (None, text),
        };
        let (at, message) = match place(rest) {
            Some((at, message)) => (Some(at), message),
            None => (None, rest),
        };
        Self { code, at, message }
    }
}

fn place(text: &str) -> Option<((u64, u64), &str)> {
    let (place, message) = text.strip_prefix("line ")?.split_once(": ")?;
    let (line, column) = place.split_once(':')?;
    Some(((line.parse().ok()?, column.parse().ok()?), message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_are_taken_apart() {
        for (text, code, at, message) in [
            (
                "COLUMN_NOT_FOUND: line 3:12: Column 'x' cannot be resolved. This query ran against the \"d\" database",
                Some("COLUMN_NOT_FOUND"),
                Some((3, 12)),
                "Column 'x' cannot be resolved.",
            ),
            ("line 1:2: mismatched input", None, Some((1, 2)), "mismatched input"),
            (
                "DIVISION_BY_ZERO: Division by zero",
                Some("DIVISION_BY_ZERO"),
                None,
                "Division by zero",
            ),
            (
                "Query exhausted resources: too big",
                None,
                None,
                "Query exhausted resources: too big",
            ),
            (
                "GENERIC_INTERNAL_ERROR: line of code: x",
                Some("GENERIC_INTERNAL_ERROR"),
                None,
                "line of code: x",
            ),
            ("", None, None, ""),
        ] {
            assert_eq!(Reason::read(text), Reason { code, at, message }, "{text}");
        }
    }
}
