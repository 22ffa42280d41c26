//! DataFusion's errors in Athena's words, with code, position and hint.

use datafusion::common::{Diagnostic, SchemaError, Span};
use datafusion::error::DataFusionError;
use datafusion::execution::SessionState;

use crate::engine::EngineError;

/// A name is suggested when it is at least this similar, of 1.
const SIMILAR: f64 = 0.75;

/// The text is no SQL.
pub(super) fn syntax(error: &DataFusionError) -> EngineError {
    let text = match error.find_root() {
        DataFusionError::SQL(error, _) => error.to_string(),
        other => other.strip_backtrace(),
    };
    let text = text.trim_start_matches("sql parser error: ").trim_start_matches("Parser error: ");
    let (message, at) = split_position(text);
    EngineError { refused: true, code: Some("SYNTAX_ERROR"), message, at, hint: None }
}

/// More than one statement, or none.
pub(super) fn not_one_query() -> EngineError {
    EngineError {
        refused: true,
        code: Some("SYNTAX_ERROR"),
        message: "expected exactly one statement".to_owned(),
        at: None,
        hint: Some("run statements one by one, as Athena does".to_owned()),
    }
}

/// A statement that changes something.
pub(super) fn no_query() -> EngineError {
    EngineError {
        refused: true,
        code: Some("NOT_SUPPORTED"),
        message: "only queries can run here: SELECT, WITH, VALUES or EXPLAIN".to_owned(),
        at: None,
        hint: Some("logs are read only; name intermediate results with WITH".to_owned()),
    }
}

/// A statement that DataFusion does not plan.
pub(super) fn refused(error: &DataFusionError, session: &SessionState) -> EngineError {
    let span = position(error);
    let mut refusal = EngineError {
        refused: true,
        code: None,
        message: String::new(),
        at: span.map(|span| (span.start.line, span.start.column)),
        hint: None,
    };
    match error.find_root() {
        DataFusionError::SchemaError(error, _) => schema(error, &mut refusal),
        DataFusionError::Plan(text) => plan(text, session, &mut refusal),
        DataFusionError::SQL(..) => return syntax(error),
        DataFusionError::NotImplemented(text) => {
            refusal.code = Some("NOT_SUPPORTED");
            refusal.message = text.clone();
        }
        DataFusionError::Execution(text) => {
            let (code, message) = coded(text);
            refusal.code = code;
            refusal.message = message.to_owned();
        }
        other => refusal.message = other.strip_backtrace(),
    }
    if refusal.code == Some("COLUMN_NOT_FOUND") && refusal.hint.is_none() {
        refusal.hint = help(error);
    }
    refusal
}

/// A failure while rows are computed.
pub(super) fn running(error: &DataFusionError) -> EngineError {
    let root = error.find_root();
    let text = match root {
        DataFusionError::Execution(text) => text.clone(),
        DataFusionError::ArrowError(error, _) => error.to_string(),
        other => other.strip_backtrace(),
    };
    let (code, message) = coded(&text);
    let (code, message) = match (root, message) {
        (DataFusionError::ResourcesExhausted(_), _) => (Some("EXCEEDED_MEMORY_LIMIT"), message),
        (_, text) if text.to_lowercase().contains("divide by zero") => {
            (Some("DIVISION_BY_ZERO"), "Division by zero")
        }
        (DataFusionError::ArrowError(error, _), text) if is_cast(error) => {
            (Some("INVALID_CAST_ARGUMENT"), text)
        }
        (_, text) => (code, text),
    };
    EngineError { refused: false, code, message: message.to_owned(), at: None, hint: None }
}

fn is_cast(error: &datafusion::arrow::error::ArrowError) -> bool {
    matches!(error, datafusion::arrow::error::ArrowError::CastError(_))
}

/// The codes that functions put in front of what they say, as Athena does.
const CODES: [&str; 5] = [
    "INVALID_FUNCTION_ARGUMENT",
    "FUNCTION_NOT_FOUND",
    "TYPE_MISMATCH",
    "NOT_SUPPORTED",
    "INVALID_CAST_ARGUMENT",
];

fn coded(text: &str) -> (Option<&'static str>, &str) {
    CODES
        .iter()
        .find_map(|code| {
            let message = text.split_once(code)?.1.strip_prefix(": ")?;
            // DataFusion adds its own words about signatures.
            let own = message.split_once(". No function matches");
            Some((Some(*code), own.map_or(message, |(message, _)| message)))
        })
        .unwrap_or((None, text))
}

fn schema(error: &SchemaError, refusal: &mut EngineError) {
    match error {
        SchemaError::FieldNotFound { field, valid_fields } => {
            refusal.code = Some("COLUMN_NOT_FOUND");
            refusal.message = format!(
                "Column '{}' cannot be resolved or requester is not authorized to access \
                 requested resources",
                plain(&field.flat_name())
            );
            let known = valid_fields.iter().map(|field| field.name.as_str());
            refusal.hint = nearest(&field.name, known);
        }
        SchemaError::AmbiguousReference { field } => {
            refusal.code = Some("AMBIGUOUS_NAME");
            refusal.message = format!("Column '{}' is ambiguous", plain(&field.flat_name()));
            refusal.hint = Some("write the table's name or alias before it".to_owned());
        }
        other => refusal.message = other.to_string(),
    }
}

fn plan(text: &str, session: &SessionState, refusal: &mut EngineError) {
    if let Some(name) = between(text, "Invalid function '", "'") {
        refusal.code = Some("FUNCTION_NOT_FOUND");
        refusal.message = format!("Function '{name}' not registered");
        let known = session.scalar_functions().keys();
        let known = known.chain(session.aggregate_functions().keys());
        let known = known.chain(session.window_functions().keys());
        refusal.hint = nearest(name, known.map(String::as_str));
    } else if let Some(name) = between(text, "table '", "' not found") {
        refusal.code = Some("TABLE_NOT_FOUND");
        refusal.message = format!("Table '{name}' does not exist");
        let last = name.rsplit('.').next().unwrap_or(name);
        refusal.hint = nearest(last, ["cloudtrail"].into_iter())
            .or_else(|| Some("the table here is called cloudtrail".to_owned()));
    } else {
        let (code, message) = coded(text);
        refusal.code = code;
        refusal.message = message.to_owned();
    }
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    let rest = text.split_once(before)?.1;
    Some(rest.split_once(after)?.0)
}

fn plain(name: &str) -> String {
    name.replace('"', "")
}

/// Suggests the known name that is most like the one written.
fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<String> {
    let name = name.to_lowercase();
    known
        .map(|candidate| (strsim::jaro_winkler(&name, candidate), candidate))
        .filter(|(similarity, _)| *similarity >= SIMILAR)
        .max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(a.1)))
        .map(|(_, candidate)| format!("did you mean {candidate}?"))
}

fn diagnostic(error: &DataFusionError) -> Option<&Diagnostic> {
    match error {
        DataFusionError::Diagnostic(diagnostic, _) => Some(diagnostic),
        DataFusionError::Context(_, inner) => diagnostic(inner),
        DataFusionError::Collection(errors) => errors.iter().find_map(diagnostic),
        DataFusionError::Shared(inner) => diagnostic(inner),
        _ => None,
    }
}

fn position(error: &DataFusionError) -> Option<Span> {
    diagnostic(error)?.span
}

fn help(error: &DataFusionError) -> Option<String> {
    let helps = &diagnostic(error)?.helps;
    helps.first().map(|help| help.message.clone())
}

/// Takes ` at Line: 1, Column: 8` off the end of sqlparser's messages.
fn split_position(text: &str) -> (String, Option<(u64, u64)>) {
    let read = || {
        let (message, place) = text.rsplit_once(" at Line: ")?;
        let (line, column) = place.split_once(", Column: ")?;
        let digits = column.split(|c: char| !c.is_ascii_digit()).next()?;
        Some((message.to_owned(), (line.parse().ok()?, digits.parse().ok()?)))
    };
    match read() {
        Some((message, at)) => (message, Some(at)),
        None => (text.to_owned(), None),
    }
}
