//! The logs: that they can be listed and read, and that they still come.

use std::io;

use chrono::{DateTime, TimeDelta, Utc};

use super::Check;
use crate::app::{App, no_logs};
use crate::config::Place;
use crate::error::Error;
use crate::logs::records::{self, Next};
use crate::logs::{Listing, Log, Span};

pub(super) const NAME: &str = "logs";

/// How far back logs in S3 are looked for: where there is none since, something is broken.
const LATELY: TimeDelta = TimeDelta::days(2);

/// CloudTrail delivers within some minutes, and an account has some call every few minutes: after
/// this long somebody should look.
const QUIET: TimeDelta = TimeDelta::hours(2);

/// After this long no account is merely quiet.
const SILENT: TimeDelta = TimeDelta::days(1);

/// What the logs are like, and those that were found.
pub(super) async fn examine(app: &App) -> (Vec<Check>, Option<Vec<Log>>) {
    if app.config.replay.is_some() {
        return (Vec::new(), None);
    }
    let in_s3 = matches!(app.config.logs, Some(Place::S3(_)));
    let since = in_s3.then(|| app.now - LATELY);
    let Listing { logs, unreadable } = match app.logs(&Span { since, ..Span::default() }).await {
        Ok(listing) => listing,
        Err(error) => return (vec![Check::error(NAME, error)], None),
    };
    let newest = logs.last().cloned();
    let mut checks = vec![listed(app, &logs, &unreadable)];
    if in_s3 {
        checks.push(age(newest.as_ref(), app.now));
    }
    let Some(newest) = newest else { return (checks, None) };
    let readable = readable(app, newest).await;
    let read = readable.is_ok();
    checks.push(Check::of("log", readable));
    (checks, read.then_some(logs))
}

fn listed(app: &App, logs: &[Log], unreadable: &[(String, io::Error)]) -> Check {
    let place = match &app.config.logs {
        Some(Place::S3(root)) => root.to_string(),
        Some(Place::Dir(root)) => root.display().to_string(),
        Some(Place::Memory) | None => String::new(),
    };
    match (unreadable, logs) {
        ([(address, error), rest @ ..], _) => {
            let others = match rest.len() {
                0 => String::new(),
                count => format!(", and {count} more places"),
            };
            Check::failed(
                NAME,
                format!("cannot look at {address}{others}: {error}"),
                "Check the permissions: a run leaves such places out and ends with code 1.",
            )
        }
        // The age of the last log says so where it is known to be wanted.
        ([], []) if matches!(app.config.logs, Some(Place::Dir(_))) => {
            Check::error(NAME, no_logs(app.config.logs.as_ref()))
        }
        ([], logs) => Check::ok(NAME, format!("{place} can be listed, {} found", logs.len())),
    }
}

fn age(newest: Option<&Log>, now: DateTime<Utc>) -> Check {
    let remedy = "See that the trail is on (`aws cloudtrail get-trail-status`), that it delivers to \
                  this bucket, and that source.logs is the prefix above the accounts.";
    let Some(newest) = newest else {
        let days = LATELY.num_days();
        return Check::failed(
            "age",
            format!("no log was delivered in the last {days} days"),
            remedy,
        );
    };
    let age = now - newest.delivered;
    let told = format!(
        "the last log was delivered {} min ago, at {}",
        age.num_minutes().max(0),
        newest.delivered.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
    );
    match age {
        age if age > SILENT => Check::failed("age", told, remedy),
        age if age > QUIET => Check::warning("age", told, remedy),
        _ => Check::ok("age", told),
    }
}

/// Reads a log as far as its first record: it takes the permission to do so, and the key.
async fn readable(app: &App, log: Log) -> Result<String, Error> {
    let (access, address) = (app.access(), log.address.clone());
    let read = move || -> Result<(), String> {
        let opened = access.open(&log).map_err(|error| error.to_string())?;
        records::read(opened, |_| Next::Stop).map(drop).map_err(|damage| damage.to_string())
    };
    // A panic in there is one of ours, and is printed.
    let read =
        tokio::task::spawn_blocking(read).await.unwrap_or_else(|error| Err(error.to_string()));
    match read {
        Ok(()) => Ok(format!("{address} can be read")),
        Err(reason) => Err(Error::nothing(
            format!("cannot read {address}: {reason}"),
            "Check the permissions on the log and on the key that it is encrypted with.",
        )),
    }
}
