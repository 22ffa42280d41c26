//! Which logs a tick covers.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::Tick;
use crate::app::App;
use crate::config::{By, Config, EngineName, Place};
use crate::error::Error;
use crate::ledger;
use crate::window::Limits;

/// How far back ticks look in S3 when nobody says: there is no end of logs in a bucket.
const LATELY: Duration = Duration::from_secs(24 * 60 * 60);

/// How far back ticks look for late logs that they would read again: every minute costs its bytes.
const SHORTLY: Duration = Duration::from_secs(60 * 60);

const MINUTE: TimeDelta = TimeDelta::minutes(1);

/// A time from which everything can be collected once more without being reported once more.
pub(super) fn remembered(since: DateTime<Utc>, now: DateTime<Utc>) -> Result<DateTime<Utc>, Error> {
    let oldest = ledger::before(now, ledger::REMEMBER_FINDINGS);
    if (oldest..=now).contains(&since) {
        return Ok(since);
    }
    let days = ledger::REMEMBER_FINDINGS.as_secs() / (24 * 60 * 60);
    Err(Error::usage(
        format!("nothing can be collected again from {} on", since.to_rfc3339()),
        format!(
            "Give a time of the last {days} days: of longer ago it is not known what was reported. \
             `clickops ledger set-until` takes it all the same."
        ),
    ))
}

/// The limits of the logs that a tick covers.
///
/// # Errors
/// [`Error`] for limits that make no sense.
pub(super) fn limits(app: &App, tick: &Tick<'_>) -> Result<Limits, Error> {
    if tick.since.zip(tick.until).is_some_and(|(since, until)| since >= until) {
        return Err(Error::usage("since is not before until", "Exchange the two."));
    }
    let by_minutes = by_minutes(&app.config)?;
    let lately = match &app.config.logs {
        _ if by_minutes => Some(LATELY),
        Some(Place::S3(_)) => Some(LATELY),
        _ => None,
    };
    // Whoever says since when means it, unless the config says something else.
    let first = match tick.since {
        Some(since) => lately.map(|_| (app.now - since + MINUTE).to_std().unwrap_or_default()),
        None => lately,
    };
    Ok(Limits {
        overlap: app.config.overlap.or(if by_minutes { Some(SHORTLY) } else { lately }),
        first: app.config.first.or(first),
        since: tick.since,
        until: tick.until,
        ..Limits::default()
    })
}

/// Whether a run looks at minutes of delivery, because nobody may list logs.
///
/// # Errors
/// [`Error`] where its engine cannot do without a list.
pub(crate) fn by_minutes(config: &Config) -> Result<bool, Error> {
    if config.by == By::Minutes && config.engine != EngineName::Athena {
        return Err(Error::usage(
            "window.by = \"minutes\" is for Athena: the embedded engine lists its logs",
            "Leave it out, or set source.engine to \"athena\".",
        ));
    }
    Ok(config.by == By::Minutes)
}
