//! Logs and store in S3, against its stand-in: the same as in folders, and what comes of faults.

use std::sync::Arc;
use std::time::Duration;

use clickops::aws::Access;
use clickops::aws::s3::S3 as Client;
use clickops::config::S3Place;

use crate::standin::s3::{Fault, S3};

mod line;
mod listing;
mod store;

/// The bucket of the log archive, and the one of the store.
const LOGS: &str = "log-archive";
const STATE: &str = "clickops-state";

fn service() -> S3 {
    S3::with(&[LOGS, STATE])
}

fn client(service: &S3) -> Arc<Client> {
    use aws_sdk_athena::config::{Credentials, SharedCredentialsProvider};
    let credentials = Credentials::new("AKIDEXAMPLE", "SECRETEXAMPLE", None, None, "test");
    Arc::new(Client::new(Access {
        region: Some("eu-west-1".to_owned()),
        endpoint_url: Some(service.url()),
        credentials: Some(SharedCredentialsProvider::new(credentials)),
        backoff: Duration::from_millis(1),
        longest: Duration::from_millis(2),
        answer: Duration::from_millis(1500),
    }))
}

fn place(text: &str) -> S3Place {
    text.parse().unwrap()
}
