//! What a function says when it fails, with Trino's code.

use std::fmt;

use datafusion::error::DataFusionError;

/// Trino's codes of failures while rows are computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Code {
    DivisionByZero,
    ExceededFunctionMemoryLimit,
    InvalidCastArgument,
    InvalidFunctionArgument,
    NotSupported,
    NumericValueOutOfRange,
}

impl Code {
    /// As it stands in front of the message.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::DivisionByZero => "DIVISION_BY_ZERO",
            Self::ExceededFunctionMemoryLimit => "EXCEEDED_FUNCTION_MEMORY_LIMIT",
            Self::InvalidCastArgument => "INVALID_CAST_ARGUMENT",
            Self::InvalidFunctionArgument => "INVALID_FUNCTION_ARGUMENT",
            Self::NotSupported => "NOT_SUPPORTED",
            Self::NumericValueOutOfRange => "NUMERIC_VALUE_OUT_OF_RANGE",
        }
    }

    /// Whether `TRY` gives NULL for it.
    pub(super) fn is_tried(self) -> bool {
        self != Self::NotSupported
    }
}

/// A failure while rows are computed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Failure {
    pub(super) code: Code,
    pub(super) message: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code.name(), self.message)
    }
}

impl std::error::Error for Failure {}

impl From<Failure> for DataFusionError {
    fn from(failure: Failure) -> Self {
        Self::External(Box::new(failure))
    }
}

/// A bad argument: `INVALID_FUNCTION_ARGUMENT`.
pub(super) fn argument(message: impl Into<String>) -> DataFusionError {
    Failure { code: Code::InvalidFunctionArgument, message: message.into() }.into()
}

/// A value that does not convert: `INVALID_CAST_ARGUMENT`.
pub(super) fn cast(message: impl Into<String>) -> DataFusionError {
    Failure { code: Code::InvalidCastArgument, message: message.into() }.into()
}

/// A number that is too large for its type: `NUMERIC_VALUE_OUT_OF_RANGE`.
pub(super) fn range(message: impl Into<String>) -> DataFusionError {
    Failure { code: Code::NumericValueOutOfRange, message: message.into() }.into()
}

/// What no setting allows: `NOT_SUPPORTED`.
pub(super) fn not_supported(message: impl Into<String>) -> DataFusionError {
    Failure { code: Code::NotSupported, message: message.into() }.into()
}

/// `DIVISION_BY_ZERO`.
pub(super) fn division_by_zero() -> DataFusionError {
    Failure { code: Code::DivisionByZero, message: "Division by zero".to_owned() }.into()
}

/// An answer that is larger than Trino allows: `EXCEEDED_FUNCTION_MEMORY_LIMIT`.
pub(super) fn too_large(message: impl Into<String>) -> DataFusionError {
    Failure { code: Code::ExceededFunctionMemoryLimit, message: message.into() }.into()
}

/// The failure behind an error, if it is one of Trino's.
pub(super) fn of(error: &DataFusionError) -> Option<&Failure> {
    match error {
        DataFusionError::External(inner) => match inner.downcast_ref::<Failure>() {
            Some(failure) => Some(failure),
            None => of(inner.downcast_ref::<DataFusionError>()?),
        },
        DataFusionError::Context(_, inner) => of(inner),
        DataFusionError::Shared(inner) => of(inner),
        DataFusionError::Collection(errors) => errors.first().and_then(of),
        DataFusionError::ArrowError(error, _) => match error.as_ref() {
            datafusion::arrow::error::ArrowError::ExternalError(inner) => {
                match inner.downcast_ref::<Failure>() {
                    Some(failure) => Some(failure),
                    None => of(inner.downcast_ref::<DataFusionError>()?),
                }
            }
            _ => None,
        },
        _ => None,
    }
}
