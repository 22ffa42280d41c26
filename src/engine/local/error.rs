//! DataFusion's errors in Athena's words, with code, position and hint.

use datafusion::common::{Diagnostic, SchemaError, Span};
use datafusion::error::DataFusionError;
use datafusion::execution::SessionState;

use crate::engine::EngineError;

/// A name is suggested when it is at least this similar, of 1: by what it starts with ...
const SIMILAR: f64 = 0.75;

/// ... and by how few letters have to change.
const FEW_CHANGES: f64 = 0.6;

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

/// What sqlparser reads and Athena's grammar does not.
pub(super) fn foreign(what: &str, instead: &str, at: Option<(u64, u64)>) -> EngineError {
    EngineError {
        refused: true,
        code: Some("SYNTAX_ERROR"),
        message: format!("mismatched input '{what}'"),
        at,
        hint: Some(instead.to_owned()),
    }
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
///
/// `tables` are the relations that the statement defines itself.
pub(super) fn refused(
    error: &DataFusionError,
    session: &SessionState,
    tables: &[String],
) -> EngineError {
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
        DataFusionError::Plan(text) => plan(text, session, tables, &mut refusal),
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

/// Trino's functions that are not here. A name that is registered never gets as far as this list.
#[rustfmt::skip]
const MISSING: &[&str] = &[
    "all_match", "any_match", "any_value", "approx_distinct", "approx_percentile", "arbitrary",
    "array_frequency", "array_join", "array_sort", "arrays_overlap", "at_timezone",
    "bing_tile", "bitwise_and", "bitwise_left_shift", "bitwise_not", "bitwise_or",
    "bitwise_right_shift", "bitwise_xor", "bool_and", "bool_or", "cbrt", "checksum", "codepoint",
    "combinations", "concat_ws", "count_if", "crc32", "current_timezone", "date_add", "date_diff",
    "date_format", "date_parse", "day_of_month", "day_of_week", "day_of_year", "dow", "doy",
    "entropy", "every", "filter", "flatten", "format", "format_datetime", "format_number",
    "from_base", "from_base32", "from_base64", "from_base64url", "from_big_endian_32",
    "from_big_endian_64", "from_hex", "from_iso8601_date", "from_iso8601_timestamp",
    "from_iso8601_timestamp_nanos", "from_unixtime_nanos", "from_utf8", "geometric_mean",
    "hamming_distance", "histogram", "hmac_md5", "hmac_sha1", "hmac_sha256", "hmac_sha512",
    "human_readable_seconds", "is_finite", "is_infinite", "is_json_scalar", "is_nan",
    "json_array", "json_array_contains", "json_array_get", "json_array_length", "json_exists",
    "json_extract", "json_format", "json_object", "json_parse", "json_query", "json_size",
    "json_value", "kurtosis", "last_day_of_month", "levenshtein_distance", "listagg", "map",
    "map_agg", "map_concat", "map_entries", "map_filter", "map_from_entries", "map_keys",
    "map_union", "map_values", "map_zip_with", "max_by", "millisecond", "min_by", "multimap_agg",
    "multimap_from_entries", "ngrams", "none_match", "normalize", "numeric_histogram",
    "parse_data_size", "parse_datetime", "parse_duration", "quarter", "rand", "random", "reduce",
    "reduce_agg", "regexp_count", "regexp_extract_all", "regexp_position", "regexp_split",
    "repeat", "sequence", "shuffle", "slice", "soundex", "split", "split_to_map",
    "split_to_multimap", "spooky_hash_v2_32", "spooky_hash_v2_64", "strpos", "timezone_hour",
    "timezone_minute", "to_base", "to_base32", "to_base64", "to_base64url", "to_hex",
    "to_iso8601", "to_milliseconds", "to_unixtime", "to_utf8", "transform", "transform_keys",
    "transform_values", "translate", "trim_array", "try", "typeof", "url_decode", "url_encode",
    "url_extract_fragment", "url_extract_host", "url_extract_parameter", "url_extract_path",
    "url_extract_port", "url_extract_protocol", "url_extract_query", "width_bucket",
    "with_timezone", "word_stem", "xxhash64", "year_of_week", "yow", "zip", "zip_with",
];

fn schema(error: &SchemaError, refusal: &mut EngineError) {
    match error {
        SchemaError::FieldNotFound { field, valid_fields } => {
            refusal.code = Some("COLUMN_NOT_FOUND");
            refusal.message = format!("Column '{}' cannot be resolved", plain(&field.flat_name()));
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

fn plan(text: &str, session: &SessionState, tables: &[String], refusal: &mut EngineError) {
    if let Some(name) = between(text, "Invalid function '", "'") {
        refusal.code = Some("FUNCTION_NOT_FOUND");
        refusal.message = format!("Function '{name}' not registered");
        let known = session.scalar_functions().keys();
        let known = known.chain(session.aggregate_functions().keys());
        let known = known.chain(session.window_functions().keys());
        refusal.hint = if MISSING.contains(&&*name.to_lowercase()) {
            Some("Athena knows it, the embedded engine does not yet".to_owned())
        } else {
            nearest(name, known.map(String::as_str))
        };
    } else if let Some(name) = between(text, "table '", "' not found") {
        refusal.code = Some("TABLE_NOT_FOUND");
        refusal.message = format!("Table '{name}' does not exist");
        let last = name.rsplit('.').next().unwrap_or(name);
        refusal.hint = nearest(last, tables.iter().map(String::as_str).chain(["cloudtrail"]))
            .or_else(|| Some("the table here is called cloudtrail".to_owned()));
    } else if let Some(column) = between(text, "column \"", "\" must appear in the GROUP BY") {
        refusal.code = Some("EXPRESSION_NOT_AGGREGATE");
        refusal.message =
            format!("'{column}' must be an aggregate expression or appear in GROUP BY clause");
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
        .filter(|(_, candidate)| {
            strsim::normalized_damerau_levenshtein(&name, candidate) >= FEW_CHANGES
        })
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
