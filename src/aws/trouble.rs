//! Requests that a service of the JSON protocol does not answer as hoped: what kind of trouble it
//! is, as far as all such services say it alike.

use aws_sdk_s3::config::http::HttpResponse;
pub(crate) use aws_sdk_s3::error::ProvideErrorMetadata;

use super::chain;

/// What the SDK gives for a request that failed.
pub(crate) type SdkError<E> = aws_sdk_s3::error::SdkError<E, HttpResponse>;

/// What to do where AWS does not accept the credentials; a fragment without a full stop.
pub(crate) const LOG_IN: &str = "log in again (`aws sso login`) or set AWS_PROFILE; \
                                 `aws sts get-caller-identity` tells whether they work";

/// Kinds of trouble.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// Too many requests in a second.
    Throttled,
    /// Trouble of the service or of the way to it, which passes.
    Passing,
    /// There are no credentials, or they are no longer or not at all valid.
    Credentials,
    /// The credentials do not allow it.
    Denied,
    /// The service does not take the request.
    Refused,
}

impl Trouble {
    /// What kind of trouble an error is.
    pub(crate) fn of<E>(error: &SdkError<E>) -> Self
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
    {
        let fails = error.raw_response().is_some_and(|answer| answer.status().is_server_error());
        match (error, error.code()) {
            (SdkError::ServiceError(_), _) if fails => Self::Passing,
            (_, Some(code)) => Self::of_code(code),
            // Nothing but its words tells that there was nothing to sign the request with.
            (SdkError::DispatchFailure(_), _) if chain(error).contains("credential") => {
                Self::Credentials
            }
            (SdkError::ConstructionFailure(_), _) => Self::Refused,
            _ => Self::Passing,
        }
    }

    fn of_code(code: &str) -> Self {
        match code {
            "ThrottlingException"
            | "Throttling"
            | "ThrottledException"
            | "RequestLimitExceeded"
            | "SlowDown" => Self::Throttled,
            "RequestTimeout" | "RequestTimeoutException" => Self::Passing,
            "ExpiredTokenException"
            | "ExpiredToken"
            | "UnrecognizedClientException"
            | "InvalidClientTokenId"
            | "InvalidSignatureException"
            | "SignatureDoesNotMatch"
            | "MissingAuthenticationToken"
            | "MissingAuthenticationTokenException"
            | "IncompleteSignature"
            | "RequestExpired" => Self::Credentials,
            "AccessDeniedException" | "AccessDenied" | "OptInRequired" => Self::Denied,
            _ => Self::Refused,
        }
    }
}

/// What the service says, in one line.
pub(crate) fn message<E>(error: &SdkError<E>) -> String
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    match (error.code(), error.message()) {
        (Some(code), Some(message)) => format!("{code}: {message}"),
        (Some(code), None) => code.to_owned(),
        (None, _) => chain(error).lines().map(str::trim).collect::<Vec<_>>().join(" "),
    }
}
