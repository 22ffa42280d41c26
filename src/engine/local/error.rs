//! What goes wrong, in Athena's words, with code, position and hint.

use datafusion::error::DataFusionError;

use super::failure;
use crate::engine::EngineError;
use crate::sql::refusal::{Refusal, line_and_column};

/// A statement that is not taken.
pub(super) fn refused(refusal: Refusal, sql: &str) -> EngineError {
    EngineError {
        refused: true,
        code: Some(refusal.code.into()),
        message: refusal.message,
        at: refusal.at.map(|at| line_and_column(sql, at)),
        hint: refusal.hint.filter(|hint| !hint.is_empty()),
    }
}

/// A plan that DataFusion does not take, though Trino would take the statement.
pub(super) fn planning(error: &DataFusionError) -> EngineError {
    let mut error = running(error);
    if error.code.is_none() {
        error.refused = true;
        error.code = Some("NOT_SUPPORTED".into());
        error.message = format!("the embedded engine cannot run this: {}", error.message);
    }
    error
}

/// A failure while rows are computed.
pub(super) fn running(error: &DataFusionError) -> EngineError {
    let (code, message) = match failure::of(error) {
        Some(failure) => (Some(failure.code.name()), failure.message.clone()),
        None => of_datafusion(error),
    };
    EngineError { refused: false, code: code.map(Into::into), message, at: None, hint: None }
}

fn of_datafusion(error: &DataFusionError) -> (Option<&'static str>, String) {
    let text = match error.find_root() {
        DataFusionError::ResourcesExhausted(text) => {
            return (Some("EXCEEDED_MEMORY_LIMIT"), text.clone());
        }
        DataFusionError::Execution(text) | DataFusionError::NotImplemented(text) => text.clone(),
        DataFusionError::ArrowError(error, _) => error.to_string(),
        other => other.strip_backtrace(),
    };
    let lower = text.to_lowercase();
    if lower.contains("divide by zero") {
        return (Some("DIVISION_BY_ZERO"), "Division by zero".to_owned());
    }
    if lower.contains("more than one row") || lower.contains("multiple rows") {
        let message = "Scalar sub-query has returned multiple rows".to_owned();
        return (Some("SUBQUERY_MULTIPLE_ROWS"), message);
    }
    (None, text)
}
