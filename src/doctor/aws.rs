//! What a run needs of AWS besides logs, store and secrets.

use chrono::TimeDelta;

use super::Check;
use crate::app::App;
use crate::aws::Access;
use crate::aws::trouble::LOG_IN;
use crate::config::EngineName;
use crate::error::sentence;

mod athena;

pub(super) const NAME: &str = "credentials";

/// The part that is of Athena.
pub(super) const ATHENA: &str = "athena";

/// AWS takes no request that is signed with a time further away than this.
const SKEW: TimeDelta = TimeDelta::minutes(5);

/// Who asks, and in which region. Whether AWS accepts it, the other checks tell.
pub(super) async fn credentials(app: &App) -> Vec<Check> {
    let region = match app.config.engine {
        EngineName::Athena => app.config.athena.region.clone(),
        EngineName::Local => None,
    };
    let identity = match (Access { region, ..Access::default() }).identity().await {
        Ok(identity) => identity,
        Err(reason) => {
            return vec![Check::failed(
                NAME,
                format!("there are no AWS credentials: {reason}"),
                sentence(LOG_IN),
            )];
        }
    };
    let Some(region) = identity.region else {
        let message = "nobody said in which AWS region to ask";
        return vec![Check::failed(NAME, message, "Set AWS_REGION.")];
    };
    let account = identity.account.map(|id| format!(" of account {id}")).unwrap_or_default();
    vec![Check::ok(NAME, format!("access key {}{account}, in {region}", identity.key))]
}

/// Whether this machine's clock goes as AWS's does, where an answer told.
pub(super) fn clock(app: &App) -> Option<Check> {
    let name = "clock";
    let ahead = app.s3().clock_ahead()?;
    let seconds = ahead.num_seconds().abs();
    if ahead.abs() <= SKEW {
        return Some(Check::ok(name, format!("it differs by {seconds} s from that of AWS")));
    }
    let how = if ahead > TimeDelta::zero() { "behind" } else { "ahead of" };
    Some(Check::failed(
        name,
        format!("it is {seconds} s {how} that of AWS, which refuses what is signed so"),
        "Set the clock of this machine, and keep it right with NTP.",
    ))
}

/// The checks of Athena, where it is the engine.
pub(super) async fn athena(app: &App) -> Vec<Check> {
    match app.config.engine {
        EngineName::Athena if app.config.replay.is_none() => athena::examine(app).await,
        EngineName::Athena | EngineName::Local => Vec::new(),
    }
}
