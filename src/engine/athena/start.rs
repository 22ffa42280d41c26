//! Hands a statement to Athena.

use aws_sdk_athena::Client;
use aws_sdk_athena::types::{QueryExecutionContext, ResultConfiguration};
use tokio::sync::oneshot;
use tokio::time::Instant;

use super::Pace;
use super::fault::{Fault, Kind};
use super::stop::{Guard, Tasks};
use crate::config::Athena;
use crate::engine::EngineError;
use crate::engine::job::ExecutionId;
use crate::query::Sent;

/// The longest statement that Athena takes, in bytes of UTF-8.
pub(super) const MOST_BYTES: usize = 262_144;

/// How often a query is offered anew when Athena cannot be reached, beyond what the SDK does.
const OFFERS: u32 = 3;

/// Starts a statement. Whoever asks twice with the same token gets the same execution.
pub(super) async fn start(
    client: &Client,
    settings: &Athena,
    pace: &Pace,
    tasks: &Tasks,
    sent: &Sent,
    token: String,
    leave: Option<Instant>,
) -> Result<Guard, EngineError> {
    if sent.text.len() > MOST_BYTES {
        return Err(EngineError {
            refused: true,
            code: None,
            message: format!(
                "the statement has {} bytes with the logs that it reads; Athena takes {MOST_BYTES}",
                sent.text.len()
            ),
            at: None,
            hint: Some(
                "Ask of fewer logs, with --since, --until, --account or --region.".to_owned(),
            ),
        });
    }
    let context = (settings.database.is_some() || settings.catalog.is_some()).then(|| {
        QueryExecutionContext::builder()
            .set_database(settings.database.clone())
            .set_catalog(settings.catalog.clone())
            .build()
    });
    let output = settings.output.as_ref();
    let output = output.map(|at| ResultConfiguration::builder().output_location(at).build());
    let request = client
        .start_query_execution()
        .query_string(&sent.text)
        .client_request_token(token)
        .set_execution_parameters((!sent.parameters.is_empty()).then(|| sent.parameters.clone()))
        .set_work_group(settings.workgroup.clone())
        .set_query_execution_context(context)
        .set_result_configuration(output);

    let patience = Instant::now() + pace.patience;
    let give_up = leave.map_or(patience, |leave| leave.min(patience));
    let mut pauses = pace.pauses();
    let mut offers = 0;
    loop {
        // Athena may take the query although nobody waits for the answer any more: then it has to
        // be stopped as soon as its id is known.
        let (answer, waiting) = oneshot::channel();
        let (request, client, guards) = (request.clone(), client.clone(), tasks.clone());
        tasks.spawn(async move {
            let started = request.send().await;
            let started = started.map_err(|error| Fault::of("StartQueryExecution", &error));
            let guarded = started.map(|started| {
                let id = started.query_execution_id.unwrap_or_default();
                ExecutionId::try_from(id).map(|id| Guard::new(client, guards, id))
            });
            // Nobody waits: what was not sent is dropped, and the guard stops the query.
            let _ = answer.send(guarded);
        });
        let fault = match waiting.await {
            Ok(Ok(Ok(guard))) => return Ok(guard),
            Ok(Ok(Err(reason))) => return Err(nonsense(reason)),
            Ok(Err(fault)) => fault,
            Err(_) => return Err(EngineError::stopped()),
        };
        offers += 1;
        let patient = match fault.kind {
            Kind::QueueFull => true,
            _ => offers < OFFERS && fault.passes(),
        };
        let pause = pauses.next();
        if !patient || Instant::now() + pause > give_up {
            return Err(fault.error());
        }
        tracing::debug!(?fault, "Athena does not take the query yet");
        tokio::time::sleep(pause).await;
    }
}

fn nonsense(reason: String) -> EngineError {
    EngineError {
        refused: false,
        code: None,
        message: format!("Athena's answer makes no sense: {reason}"),
        at: None,
        hint: Some("Check athena.endpoint_url: is it Athena that answers there?".to_owned()),
    }
}
