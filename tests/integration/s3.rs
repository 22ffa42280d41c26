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
pub(crate) const LOGS: &str = "log-archive";
pub(crate) const STATE: &str = "clickops-state";

fn service() -> S3 {
    S3::with(&[LOGS, STATE])
}

/// Findings of the journal in S3, in its order.
pub(crate) fn journal(service: &S3) -> Vec<String> {
    let files = service.objects(STATE).into_iter();
    let files = files.filter(|(key, _)| key.starts_with("prod/journal/"));
    files
        .flat_map(|(_, bytes)| {
            let text = String::from_utf8(bytes).unwrap();
            text.lines().skip(1).map(str::to_owned).collect::<Vec<_>>()
        })
        .collect()
}

fn client(service: &S3) -> Arc<Client> {
    Arc::new(Client::new(standin::access(&service.url())))
}

fn place(text: &str) -> S3Place {
    text.parse().unwrap()
}
