//! Logs and store in S3, against its stand-in: the same as in folders, and what comes of faults.

use std::sync::Arc;

use clickops::aws::s3::S3 as Client;
use clickops::config::S3Place;

use crate::standin;
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
    Arc::new(Client::new(standin::access(&service.url())))
}

fn place(text: &str) -> S3Place {
    text.parse().unwrap()
}
