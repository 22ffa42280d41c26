//! The Lambda: `clickops run`, once for each invocation.
//!
//! ```text
//! start:       log -> config
//! invocation:  event -> tick -> metrics -> answer
//! ```
//!
//! What is made at the start, clients of AWS among it, serves all invocations. A config that cannot
//! be used keeps no function from starting: every invocation is answered with what is wrong with it.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, SystemTime};

use chrono::{DateTime, Utc};
use lambda_runtime::{Diagnostic, LambdaEvent, service_fn};
use serde_json::Value;
use tokio::sync::OnceCell;
use tokio::time::Instant;

use self::answer::Answer;
use self::event::{Action, Event, Run};
use crate::app::{self, App};
use crate::aws::s3::S3;
use crate::config::Config;
use crate::doctor;
use crate::engine::athena::Connection;
use crate::error::{Error, Exit};
use crate::moment::Moment;
use crate::render::Look;
use crate::tick::{News, Tick, tick};

mod answer;
mod event;
mod metrics;
mod settings;

/// What a tick that has to leave may need to bring what it has begun to a clean end: a message on
/// its way, and the ledger.
const MARGIN: Duration = Duration::from_secs(15);

/// Serves invocations as long as there are any.
///
/// # Errors
/// [`Error`] when this process is no function of Lambda, or its runtime cannot be reached.
pub async fn serve() -> Result<(), Error> {
    if std::env::var_os("AWS_LAMBDA_RUNTIME_API").is_none() {
        return Err(Error {
            exit: Exit::Usage,
            stage: "start",
            message: "this program is for AWS Lambda, and nothing here invokes it".to_owned(),
            hint: Some("Use `clickops run` on any other machine.".to_owned()),
        });
    }
    let function = Arc::new(Function::default());
    // What is wrong with it is told to whoever invokes the function.
    if let Err(error) = function.config().await {
        tracing::warn!(%error, "the config cannot be used");
    }
    let handler = service_fn(move |event: LambdaEvent<Value>| {
        let function = Arc::clone(&function);
        async move { function.invoked(event).await }
    });
    lambda_runtime::run(handler).await.map_err(|error| Error {
        exit: Exit::Partly,
        stage: "runtime",
        message: error.to_string(),
        hint: Some("Lambda starts the function anew; look for an outage if that fails.".to_owned()),
    })
}

/// What serves all invocations.
#[derive(Default)]
struct Function {
    s3: Arc<S3>,
    config: OnceCell<Config>,
    athena: OnceLock<Connection>,
}

impl Function {
    /// The config. One that cannot be used is read again when next asked for: it may be mended
    /// meanwhile.
    async fn config(&self) -> Result<&Config, Error> {
        self.config.get_or_try_init(|| settings::load(&self.s3)).await
    }

    /// What an invocation needs. Clients of AWS are those of the invocations before.
    async fn app(&self, now: DateTime<Utc>) -> Result<App, Error> {
        let config = self.config().await?.clone();
        let athena = self.athena.get_or_init(|| Connection::new(config.athena.clone())).clone();
        Ok(App::new(config, now).with_s3(Arc::clone(&self.s3)).with_athena(athena))
    }

    /// Does what an event asks for, and answers.
    async fn invoked(&self, event: LambdaEvent<Value>) -> Result<Answer, Diagnostic> {
        let started = Instant::now();
        let (event, context) = event.into_parts();
        let done = self.act(&event, time_to_leave(context.deadline())).await;
        let mut answer = done.unwrap_or_else(Answer::failed);
        answer.took(started.elapsed());
        metrics::print(&answer, &context.env_config.function_name);
        answer.log();
        answer.given()
    }

    async fn act(&self, event: &Value, leave: Instant) -> Result<Answer, Error> {
        let event = Event::read(event)?;
        let now = event.now(Utc::now())?;
        let scheduled = event.scheduled.map(|time| time.to_rfc3339());
        tracing::info!(action = event.action.name(), scheduled, "invoked");
        let app = self.app(now).await?;
        match &event.action {
            Action::Run(run) => ticked(&app, &event.action, run, leave).await,
            Action::Doctor { send } => examined(&app, *send, leave).await,
            Action::ApplySql => applied(&app, leave).await,
        }
    }
}

/// One tick.
async fn ticked(app: &App, action: &Action, run: &Run, leave: Instant) -> Result<Answer, Error> {
    let warnings: Mutex<Vec<String>> = Mutex::default();
    let tell = |news: News<'_>| match news {
        News::Listed(logs) => tracing::info!(logs = logs.len(), "listed"),
        News::Scan(_) | News::Collected => {}
        News::Warning(text) => {
            tracing::warn!("{text}");
            warnings.lock().unwrap_or_else(PoisonError::into_inner).push(text.to_owned());
        }
    };
    let time = |moment: Moment| moment.from(app.now);
    let ticked = tick(
        app,
        &Tick {
            replay: run.replay.map(time),
            since: run.since.map(time),
            until: run.until.map(time),
            reports: &run.reports,
            dry_run: run.dry_run,
            look: Look::from(false),
            leave: Some(leave),
            tell: &tell,
        },
    )
    .await?;
    let warnings = warnings.into_inner().unwrap_or_else(PoisonError::into_inner);
    Ok(Answer::of(action.name(), ticked, warnings))
}

/// All checks.
async fn examined(app: &App, send: bool, leave: Instant) -> Result<Answer, Error> {
    let checks = tokio::time::timeout_at(leave, doctor::examine(app, send)).await;
    checks.map(Answer::examined).map_err(|_| no_time("doctor"))
}

/// The shipped SQL, put into Athena.
async fn applied(app: &App, leave: Instant) -> Result<Answer, Error> {
    let steps: Mutex<Vec<String>> = Mutex::default();
    let say = |step: &str| {
        tracing::info!("{step}");
        steps.lock().unwrap_or_else(PoisonError::into_inner).push(step.to_owned());
        Ok(())
    };
    let installed = tokio::time::timeout_at(leave, app.install(app::VIEW_DAYS, false, &say)).await;
    installed.unwrap_or_else(|_| Err(no_time("apply-sql")))?;
    Ok(Answer::applied(steps.into_inner().unwrap_or_else(PoisonError::into_inner)))
}

fn no_time(action: &'static str) -> Error {
    Error {
        exit: Exit::Partly,
        stage: action,
        message: "there was no time for all of it".to_owned(),
        hint: Some("Give the function a longer timeout.".to_owned()),
    }
}

/// When to begin nothing more, for a function that is killed at `deadline`.
fn time_to_leave(deadline: SystemTime) -> Instant {
    let left = deadline.duration_since(SystemTime::now()).unwrap_or_default();
    Instant::now() + left - MARGIN.min(left / 4)
}
