//! The channels, and the secrets that they need.

use std::collections::BTreeSet;

use super::Check;
use crate::app::App;
use crate::config::Channel;
use crate::digest::{About, Digest, Finds, RunStats};
use crate::error::{Error, Exit, sentence};
use crate::render::Look;
use crate::secret::{Found, Reference, SecretError};
use crate::sink::{Sink, SinkError};

pub(super) const NAME: &str = "channel";

pub(super) async fn examine(app: &App, send: bool) -> Vec<Check> {
    let mut checks = Vec::new();
    let mut missing = BTreeSet::new();
    for (reference, looked_up) in app.secrets().all().await {
        checks.push(secret(&reference, &looked_up));
        if looked_up.is_err() {
            missing.insert(reference);
        }
    }
    let sinks = app.channels();
    for (name, channel) in &app.config.channels {
        let used = *name == app.config.default_channel
            || app.config.reports.iter().any(|report| report.channels.contains(name));
        let has_secrets = channel.secrets().into_iter().all(|one| !missing.contains(one));
        // Whoever reads this sees that the terminal works.
        let wanted = used && has_secrets && *channel != Channel::Terminal;
        if let Some(sink) = sinks.get(name).filter(|_| wanted) {
            checks.push(Check::of(NAME, reach(app, name, sink.as_ref(), send).await));
        }
    }
    checks
}

fn secret(reference: &Reference, looked_up: &Result<Found, SecretError>) -> Check {
    let name = "secret";
    match looked_up {
        Ok(Found { note: Some(note), .. }) => {
            let remedy = "Whoever may read parameters reads it, without the key.";
            Check::warning(name, note, remedy)
        }
        Ok(_) => Check::ok(name, format!("{reference} is there")),
        Err(error) => Check::failed(name, error.to_string(), sentence(&error.remedy)),
    }
}

/// Tries a channel as far as can be, with a message or without.
async fn reach(app: &App, name: &str, sink: &dyn Sink, send: bool) -> Result<String, Error> {
    let failed = |error: SinkError| Error {
        exit: Exit::Partly,
        stage: "deliver",
        message: format!("{name}: {error}"),
        hint: Some("Mend it, and try it with `clickops doctor --send`.".to_owned()),
    };
    if !send {
        sink.ready().await.map_err(failed)?;
        return Ok(format!("{name} is ready; --send tries it with a message"));
    }
    let digest = Digest::build(&[], &about(app));
    let message =
        app.renderer().render_or_shipped(sink.form(), "quiet", &digest, Look::from(false));
    for message in message?.messages {
        sink.deliver(&message, None).await.map_err(failed)?;
    }
    Ok(format!("{name} has taken a test message"))
}

/// What a test message tells.
fn about(app: &App) -> About {
    About {
        report: "doctor".to_owned(),
        sending: app.now.to_rfc3339(),
        from: app.now,
        to: app.now,
        zone: chrono_tz::Tz::UTC,
        accounts: crate::config::shown(&app.config.accounts),
        run: RunStats { engine: app.engine_name().to_owned(), ..RunStats::default() },
        finds: Finds::default(),
        before: None,
        notices: vec!["this is a test message of `clickops doctor`".to_owned()],
        portal: app.config.portal.clone(),
        unused: Vec::new(),
        now: app.now,
    }
}
