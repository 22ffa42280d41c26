//! Logs and store in S3, against its stand-in: the same as in folders, and what comes of faults.

use std::collections::BTreeMap;
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
fn journal(service: &S3) -> Vec<String> {
    findings(service.objects(STATE))
}

/// Findings in the journal among these objects of a store.
pub(crate) fn findings(objects: BTreeMap<String, Vec<u8>>) -> Vec<String> {
    let files = objects.into_iter().filter(|(key, _)| key.starts_with("prod/journal/"));
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
