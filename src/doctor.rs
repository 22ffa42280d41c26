//! What would stop a run with this config, each with its remedy.
//!
//! [`examine`] tries everything that a run needs, as a run would, and gives a [`Check`] for each
//! thing. Checks that do not apply are left out: what needs AWS where nothing is there, and what
//! rests on another one that failed. Nothing is collected or reported; in the store, the blob
//! `doctor.json` is written.

use std::time::Duration;

use serde::Serialize;

use crate::app::App;
use crate::config::{By, Config, EngineName, Place};
use crate::error::{Error, Exit};
use crate::secret::Reference;

#[cfg(feature = "aws")]
mod aws;
#[cfg(not(feature = "aws"))]
#[path = "doctor/no_aws.rs"]
mod aws;
mod channels;
mod config;
mod engine;
mod logs;
mod store;
mod table;

/// How long one part may take. To list the bucket of a big organisation takes a minute.
const PATIENCE: Duration = Duration::from_secs(120);

/// How something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// As it should be.
    Ok,
    /// A run goes on, and somebody should look at it.
    Warning,
    /// A run fails, in whole or in part.
    Failed,
}

/// What was found out about one thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Check {
    /// The thing: `store`, `secret`, ...
    pub name: &'static str,
    /// How it is.
    pub state: State,
    /// What was seen; a fragment without a full stop.
    pub message: String,
    /// What to do about it; a sentence. There is one unless it is as it should be.
    pub remedy: Option<String>,
}

impl Check {
    fn ok(name: &'static str, message: impl Into<String>) -> Self {
        Self { name, state: State::Ok, message: message.into(), remedy: None }
    }

    fn warning(name: &'static str, message: impl Into<String>, remedy: impl Into<String>) -> Self {
        let remedy = Some(remedy.into());
        Self { name, state: State::Warning, message: message.into(), remedy }
    }

    fn failed(name: &'static str, message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { state: State::Failed, ..Self::warning(name, message, remedy) }
    }

    /// What an attempt came to.
    fn of(name: &'static str, tried: Result<String, Error>) -> Self {
        tried.map_or_else(|error| Self::error(name, error), |message| Self::ok(name, message))
    }

    fn error(name: &'static str, error: Error) -> Self {
        let remedy = error.hint.unwrap_or_else(|| "Run it again with --verbose.".to_owned());
        Self::failed(name, error.message, remedy)
    }
}

/// What the checks come to: as for a run that failed in part, or for a config that is wrong.
pub fn exit(checks: &[Check]) -> Exit {
    let failed = |check: &&Check| check.state == State::Failed;
    match checks.iter().find(failed) {
        None => Exit::Done,
        Some(check) if check.name == config::NAME => Exit::Usage,
        Some(_) => Exit::Partly,
    }
}

/// Tries everything. With `send`, each channel gets a test message.
pub async fn examine(app: &App, send: bool) -> Vec<Check> {
    let mut checks = config::examine(app).await;
    let config_is_wrong = checks.iter().any(|check| check.state == State::Failed);
    if config_is_wrong {
        return checks;
    }
    if needs_aws(&app.config) {
        let credentials = timed(aws::NAME, aws::credentials(app)).await;
        let missing = credentials.iter().any(|check| check.state == State::Failed);
        checks.extend(credentials);
        if missing {
            // Whatever else there is in AWS would say the same, after a while.
            return checks;
        }
    }
    let (logs, store, athena, channels) = tokio::join!(
        timed(logs::NAME, logs_and_engine(app)),
        timed(store::NAME, store::examine(app)),
        timed(aws::ATHENA, aws::athena(app)),
        timed(channels::NAME, channels::examine(app, send)),
    );
    checks.extend([logs, store, athena, channels].into_iter().flatten());
    checks.extend(aws::clock(app));
    checks
}

async fn logs_and_engine(app: &App) -> Vec<Check> {
    let by_minutes = app.config.by == By::Minutes;
    let (mut checks, found) = match by_minutes {
        true => (Vec::new(), None),
        false => logs::examine(app).await,
    };
    match table::examine(app).await {
        Ok(table) => checks.extend(table),
        Err(missing) => {
            checks.push(missing);
            return checks;
        }
    }
    match found {
        Some(found) => checks.push(engine::examine(app, &found).await),
        None if by_minutes => checks.push(engine::examine_minutes(app).await),
        None => {}
    }
    checks
}

/// Whether a run with this config asks AWS for anything.
fn needs_aws(config: &Config) -> bool {
    config.engine == EngineName::Athena
        || matches!(config.logs, Some(Place::S3(_)))
        || matches!(config.store, Place::S3(_))
        || config.secrets().iter().any(|secret| matches!(secret, Reference::Ssm(_)))
}

/// The checks of one part, or that it takes too long.
async fn timed(name: &'static str, part: impl Future<Output = Vec<Check>>) -> Vec<Check> {
    tokio::time::timeout(PATIENCE, part).await.unwrap_or_else(|_| {
        let message = format!("there is no answer within {} seconds", PATIENCE.as_secs());
        vec![Check::failed(name, message, "Check the network, and run it again.")]
    })
}
