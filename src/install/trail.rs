//! Which folder of the bucket the log table is for.

use crate::config::{Place, S3Place};
use crate::error::Error;
use crate::logs::places::Places;
use crate::table::own::Trail;

/// The folder above the accounts, and who delivers there.
pub(super) fn of(places: &Places, logs: Option<&Place>) -> Result<Trail, Error> {
    let Some(Place::S3(root)) = logs else {
        return Err(Error::usage(
            "nobody said which bucket the logs are in",
            "Set source.logs in the config to s3://bucket/prefix.",
        ));
    };
    let mut trails = places.trails().into_iter();
    let Some((folder, span)) = trails.next() else {
        return Err(Error::nothing(
            format!("no account delivers to {root} yet, so there is nothing to make a table of"),
            "Set source.logs to a folder above the accounts, such as s3://bucket/AWSLogs; a new \
             trail delivers within minutes.",
        ));
    };
    let place = |folder: &str| S3Place {
        bucket: root.bucket.clone(),
        prefix: folder.trim_end_matches('/').to_owned(),
    };
    let others: Vec<String> = trails.map(|(folder, _)| place(folder).to_string()).collect();
    if !others.is_empty() {
        return Err(Error::usage(
            format!(
                "accounts deliver to several folders, and a table is for one: {}, {}",
                place(folder),
                others.join(", ")
            ),
            "Set source.logs to the one of the trail.",
        ));
    }
    Ok(Trail { folder: place(folder), accounts: span.accounts, regions: span.regions })
}
