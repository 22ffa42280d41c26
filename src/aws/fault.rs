//! Requests that S3 does not answer as hoped: what kind of trouble it is, and what to do.

use std::fmt;
use std::io;

use aws_sdk_s3::config::http::HttpResponse;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};

use super::chain;
use super::trouble::LOG_IN;

/// The operation that only looks whether a bucket is there.
pub(super) const HEAD_BUCKET: &str = "HeadBucket";

/// Kinds of trouble.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// There is no such object.
    Missing,
    /// There is no such bucket.
    NoBucket,
    /// The object is not as the request says it has to be.
    Differs,
    /// Somebody else writes the object just now.
    Conflict,
    /// Trouble of the service or of the way to it, too many requests among it, which passes.
    Passing,
    /// There are no credentials, or they are no longer or not at all valid.
    Credentials,
    /// The credentials do not allow it, or the key that the object is encrypted with does not.
    Denied,
    /// The bucket is in another region.
    Elsewhere(Option<String>),
    /// The object lies in an archive that has to be asked hours before.
    Archived,
    /// Nobody said in which region to ask.
    NoRegion,
    /// S3 does not take the request.
    Invalid,
}

/// A request that failed, after the SDK has repeated it.
#[derive(Debug, Clone)]
pub struct Fault {
    /// What kind of trouble it is.
    pub kind: Kind,
    operation: &'static str,
    message: String,
}

impl Fault {
    pub(super) fn of<E>(operation: &'static str, error: &SdkError<E, HttpResponse>) -> Self
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
    {
        let status = error.raw_response().map(|answer| answer.status().as_u16());
        let region = error
            .raw_response()
            .and_then(|answer| answer.headers().get("x-amz-bucket-region"))
            .map(str::to_owned);
        let kind = match (error, error.code()) {
            // Nothing but its words tells that there was nothing to sign the request with.
            (SdkError::DispatchFailure(_), _) if chain(error).contains("credential") => {
                Kind::Credentials
            }
            (SdkError::ConstructionFailure(_), _) => Kind::Invalid,
            (SdkError::ServiceError(_), code) => kind_of(code, status, region),
            _ => Kind::Passing,
        };
        // An answer to HEAD does not say what is missing.
        let kind = match kind {
            Kind::Missing if operation == HEAD_BUCKET => Kind::NoBucket,
            kind => kind,
        };
        let message = match (error.code(), error.message(), status) {
            (Some(code), Some(message), _) => format!("{code}: {message}"),
            (Some(code), None, _) => code.to_owned(),
            // An answer to HEAD has no words.
            (None, _, Some(status)) if matches!(error, SdkError::ServiceError(_)) => {
                format!("HTTP {status}")
            }
            (None, ..) => chain(error).lines().map(str::trim).collect::<Vec<_>>().join(" "),
        };
        Self { kind, operation, message }
    }

    /// What a request would be if there was an address for it.
    pub(super) fn no_region() -> Self {
        let message = "neither the environment nor the profile names one".to_owned();
        Self { kind: Kind::NoRegion, operation: "S3", message }
    }

    /// A download that broke off.
    pub(super) fn broken(error: &dyn std::error::Error) -> Self {
        Self { kind: Kind::Passing, operation: "GetObject", message: chain(error) }
    }

    /// What to do about it.
    pub fn remedy(&self) -> String {
        match &self.kind {
            Kind::Missing => "it was deleted in the meantime: run again".to_owned(),
            Kind::NoBucket => "check the name of the bucket".to_owned(),
            Kind::Differs | Kind::Conflict => "run again when the other run is done".to_owned(),
            Kind::Passing => {
                "run again; if that does not help, check the network and the region".to_owned()
            }
            Kind::Credentials => LOG_IN.to_owned(),
            Kind::Denied if self.operation == HEAD_BUCKET => {
                "allow s3:ListBucket on the bucket".to_owned()
            }
            // S3 asks KMS in the caller's name, and passes on what KMS says.
            Kind::Denied if self.message.contains("kms:") => format!(
                "allow {} on the key that the bucket is encrypted with, in the key's policy and to \
                 the role",
                if self.operation == "PutObject" {
                    "kms:Decrypt and kms:GenerateDataKey"
                } else {
                    "kms:Decrypt"
                }
            ),
            // Without s3:ListBucket a missing object looks like a forbidden one.
            Kind::Denied => format!(
                "allow s3:{} on it, s3:ListBucket on the bucket, and kms:Decrypt on the key \
                 that the bucket is encrypted with, if there is one (and kms:GenerateDataKey for \
                 what is written)",
                match self.operation {
                    "ListObjectsV2" => "GetObject",
                    "HeadObject" => "GetObject",
                    other => other,
                }
            ),
            Kind::Elsewhere(Some(region)) => format!("set AWS_REGION to {region}"),
            Kind::Elsewhere(None) => "set AWS_REGION to the region of the bucket".to_owned(),
            Kind::Archived => "restore it, or run with a later --since".to_owned(),
            Kind::NoRegion => "set AWS_REGION to the region of the bucket".to_owned(),
            Kind::Invalid => "check the name of the bucket and the prefix".to_owned(),
        }
    }
}

/// What it is, and what S3 says.
impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match &self.kind {
            Kind::Missing => "there is no such object",
            Kind::NoBucket => "there is no such bucket",
            Kind::Differs => "it was changed in the meantime",
            Kind::Conflict => "somebody else writes it just now",
            Kind::Passing => "S3 cannot be reached",
            Kind::Credentials => "AWS does not accept the credentials",
            Kind::Denied => "AWS does not allow it",
            Kind::Elsewhere(_) => "the bucket is in another region",
            Kind::Archived => "it is archived",
            Kind::NoRegion => "nobody said in which AWS region",
            Kind::Invalid => "S3 does not take the request",
        };
        write!(f, "{what}: {} ({})", self.message, self.operation)
    }
}

impl std::error::Error for Fault {}

/// For readers of logs, which know files: the text says what to do as well.
impl From<Fault> for io::Error {
    fn from(fault: Fault) -> Self {
        let kind = match fault.kind {
            Kind::Missing => io::ErrorKind::NotFound,
            Kind::Denied => io::ErrorKind::PermissionDenied,
            _ => io::ErrorKind::Other,
        };
        Self::new(kind, format!("{fault}; {}", fault.remedy()))
    }
}

/// Neither 409 nor 412 is a modelled error, and an answer to HEAD has a status alone.
fn kind_of(code: Option<&str>, status: Option<u16>, region: Option<String>) -> Kind {
    match (code, status) {
        (Some("NoSuchKey" | "NotFound"), _) => Kind::Missing,
        (Some("NoSuchBucket"), _) => Kind::NoBucket,
        (Some("PreconditionFailed"), _) => Kind::Differs,
        (Some("ConditionalRequestConflict" | "OperationAborted"), _) => Kind::Conflict,
        (Some("PermanentRedirect" | "TemporaryRedirect" | "AuthorizationHeaderMalformed"), _) => {
            Kind::Elsewhere(region)
        }
        (Some("IllegalLocationConstraintException"), _) => Kind::Elsewhere(region),
        (Some("SlowDown" | "RequestTimeout" | "ThrottlingException"), _) => Kind::Passing,
        (
            Some(
                "ExpiredToken"
                | "InvalidAccessKeyId"
                | "InvalidToken"
                | "SignatureDoesNotMatch"
                | "TokenRefreshRequired"
                | "RequestTimeTooSkewed",
            ),
            _,
        ) => Kind::Credentials,
        (Some("AccessDenied" | "AllAccessDisabled" | "AccountProblem"), _) => Kind::Denied,
        (Some("InvalidObjectState"), _) => Kind::Archived,
        (_, Some(301 | 307)) => Kind::Elsewhere(region),
        (_, Some(403)) => Kind::Denied,
        (_, Some(404)) => Kind::Missing,
        (_, Some(409)) => Kind::Conflict,
        (_, Some(412)) => Kind::Differs,
        (_, Some(429 | 500..)) => Kind::Passing,
        _ => Kind::Invalid,
    }
}
