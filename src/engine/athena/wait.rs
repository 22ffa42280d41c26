//! Waits for the end of an execution.

use std::sync::atomic::Ordering;
use std::time::Duration;

use aws_sdk_athena::Client;
use aws_sdk_athena::types::{
    QueryExecution, QueryExecutionState as State, QueryExecutionStatistics,
};
use tokio::time::Instant;

use super::Pace;
use super::fault::Fault;
use crate::engine::job::ExecutionId;
use crate::engine::{EngineError, Scan};

/// How often in a row Athena may fail to say how a query is, beyond what the SDK repeats. The query
/// itself goes on meanwhile.
const SILENCES: u32 = 5;

/// Until when to wait.
#[derive(Debug, Clone, Copy)]
pub(super) struct Deadlines {
    /// The query has to be done by then.
    pub(super) stop: Instant,
    /// Whoever waits has to leave by then, and may come back.
    pub(super) leave: Option<Instant>,
}

/// Why nobody waits any more.
#[derive(Debug)]
pub(super) enum Waited {
    /// The execution has ended, well or not.
    Ended(Box<QueryExecution>),
    /// It goes on, and the one who waited has to go.
    Left,
    /// It goes on for too long.
    Late,
}

/// Asks, with growing pauses, until the execution has ended.
pub(super) async fn wait(
    client: &Client,
    pace: &Pace,
    id: &ExecutionId,
    deadlines: Deadlines,
    scan: &Scan,
) -> Result<Waited, EngineError> {
    let mut pauses = pace.pauses();
    let mut silences = 0;
    loop {
        let asked = client.get_query_execution().query_execution_id(id.as_str()).send().await;
        let execution = match asked {
            Ok(answer) => answer.query_execution,
            Err(error) => {
                let fault = Fault::of("GetQueryExecution", &error);
                silences += 1;
                if silences > SILENCES || !fault.passes() {
                    return Err(of_execution(id, fault.error()));
                }
                tracing::debug!(execution = %id, ?fault, "Athena does not say how the query is");
                None
            }
        };
        if let Some(execution) = execution {
            silences = 0;
            if let Some(bytes) = execution.statistics().and_then(bytes) {
                scan.bytes.store(bytes, Ordering::Relaxed);
            }
            let state = execution.status().and_then(|status| status.state());
            if matches!(state, Some(State::Succeeded | State::Failed | State::Cancelled)) {
                return Ok(Waited::Ended(Box::new(execution)));
            }
        }
        let pause = pauses.next();
        let next = Instant::now() + pause;
        if deadlines.leave.is_some_and(|leave| next > leave) {
            return Ok(Waited::Left);
        }
        if next > deadlines.stop {
            return Ok(Waited::Late);
        }
        tokio::time::sleep(pause).await;
    }
}

/// Bytes scanned so far.
pub(super) fn bytes(statistics: &QueryExecutionStatistics) -> Option<u64> {
    u64::try_from(statistics.data_scanned_in_bytes()?).ok()
}

/// A length of time that Athena counts in milliseconds.
pub(super) fn milliseconds(time: Option<i64>) -> Duration {
    Duration::from_millis(time.and_then(|time| u64::try_from(time).ok()).unwrap_or_default())
}

pub(super) fn timed_out(id: &ExecutionId) -> EngineError {
    let error = EngineError {
        refused: false,
        code: None,
        message: "the query took too long and was stopped".to_owned(),
        at: None,
        hint: Some(
            "Ask of fewer logs, with --since, --account or --region, or raise athena.timeout."
                .to_owned(),
        ),
    };
    of_execution(id, error)
}

/// An error of an execution, whose id leads to it in Athena's history.
pub(super) fn of_execution(id: &ExecutionId, error: EngineError) -> EngineError {
    EngineError { message: format!("{}; execution {id}", error.message), ..error }
}
