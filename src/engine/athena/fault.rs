//! Requests that Athena does not answer as hoped: what kind of trouble it is, and what to do.

use crate::aws::trouble::{self, ProvideErrorMetadata, SdkError, Trouble};
use crate::engine::EngineError;

/// Kinds of trouble.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// As many queries as the account may have run or wait already.
    QueueFull,
    /// Too many requests in a second.
    Throttled,
    /// Trouble of the service or of the way to it, which passes.
    Passing,
    /// There are no credentials, or they are no longer or not at all valid.
    Credentials,
    /// The credentials do not allow it.
    Denied,
    /// Athena does not take the request.
    Invalid,
}

/// A request that failed, after the SDK has repeated it.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) kind: Kind,
    operation: &'static str,
    message: String,
}

impl Fault {
    pub(super) fn of<E>(operation: &'static str, error: &SdkError<E>) -> Self
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
    {
        let kind = match (error.code(), Trouble::of(error)) {
            (Some("TooManyRequestsException"), Trouble::Refused) => Kind::QueueFull,
            (_, Trouble::Throttled) => Kind::Throttled,
            (_, Trouble::Passing) => Kind::Passing,
            (_, Trouble::Credentials) => Kind::Credentials,
            (_, Trouble::Denied) => Kind::Denied,
            (_, Trouble::Refused) => Kind::Invalid,
        };
        Self { kind, operation, message: trouble::message(error) }
    }

    /// Whether the same request may succeed later.
    pub(super) fn passes(&self) -> bool {
        matches!(self.kind, Kind::QueueFull | Kind::Throttled | Kind::Passing)
    }

    /// What to tell people.
    pub(super) fn error(self) -> EngineError {
        let (what, hint) = match self.kind {
            Kind::QueueFull => (
                "Athena's queue is full",
                "Run it again when other queries are done, or have the quota for active DML \
                 queries of the account raised."
                    .to_owned(),
            ),
            Kind::Throttled => (
                "Athena takes no more requests for now",
                "Run it again later: the account shares its request quotas among all who use \
                 Athena."
                    .to_owned(),
            ),
            Kind::Passing => (
                "Athena cannot be reached",
                "Check the network, and athena.region and athena.endpoint_url; run it again if \
                 they are right."
                    .to_owned(),
            ),
            Kind::Credentials => (
                "AWS does not accept the credentials",
                "Log in again (`aws sso login`), or set AWS_PROFILE; `aws sts get-caller-identity` \
                 tells whether they work."
                    .to_owned(),
            ),
            Kind::Denied => (
                "AWS does not allow it",
                format!(
                    "Allow athena:{} on the work group, glue:Get* on database and table, and S3 \
                     on logs and results.",
                    self.operation
                ),
            ),
            Kind::Invalid => (
                "Athena does not take the request",
                "Check athena.workgroup, athena.database and athena.output in the config.".to_owned(),
            ),
        };
        EngineError {
            refused: self.kind == Kind::Invalid,
            code: None,
            message: format!("{what}: {} ({})", self.message, self.operation),
            at: None,
            hint: Some(hint),
        }
    }
}
