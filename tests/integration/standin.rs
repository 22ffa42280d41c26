//! Stand-ins for services, for tests without them.

use std::time::Duration;

use aws_sdk_athena::config::{Credentials, SharedCredentialsProvider};
use clickops::aws::Access;

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
