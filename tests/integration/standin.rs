//! Stand-ins for services, for tests without them.

use std::time::Duration;

use aws_sdk_athena::config::{Credentials, SharedCredentialsProvider};
use clickops::aws::Access;
use clickops::sink::{Receipt, SinkError};

pub(crate) mod athena;
mod fields;
pub(crate) mod hook;
mod http;
pub(crate) mod lambda;
mod moods;
pub(crate) mod s3;
pub(crate) mod slack;
pub(crate) mod ssm;
pub(crate) mod teams;

/// What became of a message. Whatever is said of it holds no secret.
pub(crate) fn fate(sent: &Result<Receipt, SinkError>) -> &'static str {
    let said = match sent {
        Ok(receipt) => format!("{receipt:?}"),
        Err(error) => format!("{error} {error:?}"),
    };
    for secret in ["hush", "HUSH", "127.0.0.1"] {
        assert!(!said.contains(secret), "{said}");
    }
    match sent {
        Ok(_) => "taken",
        Err(SinkError::Retry { .. }) => "again",
        Err(SinkError::Refused { .. }) => "refused",
        Err(SinkError::Broken { .. }) => "waits",
    }
}

/// A way to the stand-in of an AWS service, with short pauses.
pub(crate) fn access(url: &str) -> Access {
    let credentials = Credentials::new("AKIDEXAMPLE", "SECRETEXAMPLE", None, None, "test");
    Access {
        region: Some("eu-west-1".to_owned()),
        endpoint_url: Some(url.to_owned()),
        credentials: Some(SharedCredentialsProvider::new(credentials)),
        backoff: Duration::from_millis(1),
        longest: Duration::from_millis(2),
        answer: Duration::from_millis(1500),
    }
}
