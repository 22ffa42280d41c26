//! Athena: queries run in AWS, over the log table in the log archive's bucket.
//!
//! A query is started, asked after with growing pauses, and its answer is read page by page. One that
//! nobody waits for any more is stopped. It may also outlive this process: whoever keeps its
//! [`ExecutionId`] can come back to it in another, see [`Engine::work`]. Results are never reused:
//! Athena does not look whether there are new logs.

use std::sync::Arc;

use async_trait::async_trait;
use aws_sdk_athena::Client;
use aws_sdk_athena::config::SharedCredentialsProvider;
use aws_sdk_athena::types::{QueryExecution, QueryExecutionState as State, StatementType};
use tokio::time::Instant;

use self::failure::Failure;
use self::results::Results;
use self::stop::{Guard, Tasks};
use self::wait::{Deadlines, Waited};
use crate::config::Athena;
use crate::engine::charge::Charge;
use crate::engine::job::{ExecutionId, Job, Work};
use crate::engine::{Engine, EngineError, Room, Rows, Scan};
use crate::query::{BoundQuery, Sent};
use crate::table::TableShape;

mod catalogue;
mod connect;
mod failure;
mod fault;
mod pace;
mod prune;
mod results;
mod saved;
mod start;
mod stop;
mod token;
mod wait;
pub mod workgroup;

pub use connect::Connection;
pub use pace::Pace;
pub use saved::Saved;

/// How often a query is run when Athena says that it may succeed the next time.
const ATTEMPTS: u32 = 3;

/// As many queries of one job run at once: accounts in small regions may run twenty, all told.
const PARTS: usize = 4;

/// As much is read by one query, as stored. It costs memory of Athena's, not of ours, but work
/// groups limit the bytes of a query, and what fails has to be done again.
const PART_BYTES: u64 = 1024 * 1024 * 1024;

/// Runs queries on Athena.
#[derive(Debug)]
pub struct AthenaEngine {
    connection: Connection,
    table: Arc<TableShape>,
    tasks: Tasks,
}

impl AthenaEngine {
    /// An engine for a table of this shape and name. It talks to nobody before its first query.
    pub fn new(settings: Athena, table: Arc<TableShape>) -> Self {
        Self::over(Connection::new(settings), table)
    }

    /// The same over a connection that others use too.
    pub fn over(connection: Connection, table: Arc<TableShape>) -> Self {
        Self { connection, table, tasks: Tasks::default() }
    }

    /// The same with these credentials, in place of those that the AWS CLI would find.
    #[must_use]
    pub fn with_credentials(self, credentials: SharedCredentialsProvider) -> Self {
        Self { connection: self.connection.with_credentials(credentials), ..self }
    }

    /// The same with other pauses.
    #[must_use]
    pub fn with_pace(self, pace: Pace) -> Self {
        Self { connection: self.connection.with_pace(pace), ..self }
    }

    /// Waits for the end of an execution.
    async fn wait(
        &self,
        client: &Client,
        id: &ExecutionId,
        leave: Option<Instant>,
        scan: &Scan,
    ) -> Result<Waited, EngineError> {
        let deadlines =
            Deadlines { stop: Instant::now() + self.connection.settings.timeout, leave };
        wait::wait(client, &self.connection.pace, id, deadlines, scan).await
    }

    /// Begins to read the answer of an execution that has ended.
    async fn answer(
        &self,
        client: &Client,
        asked: (&BoundQuery, &Sent),
        id: &ExecutionId,
        execution: &QueryExecution,
        scan: Arc<Scan>,
    ) -> Result<Rows, Failure> {
        scan.charged(self.charge(id, execution));
        if let Some(failure) = failure::of(execution, asked.0, asked.1) {
            return Err(Failure { error: wait::of_execution(id, failure.error), ..failure });
        }
        let results =
            Results { client: client.clone(), pace: self.connection.pace, id: id.clone() };
        let (columns, pages) = results.read(execution).await?;
        Ok(Rows::new(columns, scan, pages))
    }

    /// Hands a query to Athena. It is stopped unless the guard is released.
    async fn start(
        &self,
        client: &Client,
        query: &BoundQuery,
        sent: &Sent,
        job: &Job<'_>,
    ) -> Result<Guard, EngineError> {
        let token = token::token(job.key, job.attempt, &sent.text, &sent.parameters);
        let (Connection { settings, pace, .. }, tasks) = (&self.connection, &self.tasks);
        let guard = start::start(client, settings, pace, tasks, sent, token, job.leave).await?;
        // Athena's history keeps no values.
        tracing::debug!(execution = %guard.id(), query.name, ?sent.parameters, "started");
        Ok(guard)
    }

    /// The statement for Athena.
    fn sent(&self, query: &BoundQuery) -> Result<Sent, EngineError> {
        let restriction = prune::restriction(query, &self.table, chrono::Utc::now())?;
        Ok(query.sent(restriction.as_deref()))
    }

    /// What an execution that has ended is charged with: nothing if it failed, but what it scanned
    /// if it was stopped.
    fn charge(&self, id: &ExecutionId, execution: &QueryExecution) -> Charge {
        let statistics = execution.statistics();
        let bytes = statistics.and_then(wait::bytes).unwrap_or_default();
        let failed = has_ended_as(execution, &State::Failed);
        let free = failed || execution.statement_type() == Some(&StatementType::Ddl);
        let time = |time: Option<i64>| wait::milliseconds(time);
        Charge {
            bytes,
            dollars: if free {
                0.0
            } else {
                Charge::price(bytes, self.connection.settings.price_per_tb)
            },
            engine: time(statistics.and_then(|known| known.engine_execution_time_in_millis())),
            queue: time(statistics.and_then(|known| known.query_queue_time_in_millis())),
            executions: vec![id.as_str().to_owned()],
        }
    }
}

fn has_ended_as(execution: &QueryExecution, state: &State) -> bool {
    execution.status().and_then(|status| status.state()) == Some(state)
}

#[async_trait]
impl Engine for AthenaEngine {
    /// Whoever drops this before it is done stops the query.
    async fn rows(&self, query: &BoundQuery) -> Result<Rows, EngineError> {
        let client = self.connection.client().await?;
        let sent = self.sent(query)?;
        let key = token::unique_key();
        let mut pauses = self.connection.pace.pauses();
        for attempt in 1.. {
            let job = Job { key: &key, attempt, execution: None, leave: None };
            let guard = self.start(client, query, &sent, &job).await?;
            let (id, scan) = (guard.id().clone(), Arc::default());
            let Waited::Ended(execution) = self.wait(client, &id, None, &scan).await? else {
                return Err(wait::timed_out(&id));
            };
            guard.release();
            match self.answer(client, (query, &sent), &id, &execution, scan).await {
                Ok(rows) => return Ok(rows),
                Err(Failure { error, again: true }) if attempt < ATTEMPTS => {
                    tracing::warn!(query = query.name, %error, "runs once more");
                    pauses.wait().await;
                }
                Err(Failure { error, .. }) => return Err(error),
            }
        }
        Err(EngineError::stopped())
    }

    async fn work(&self, query: &BoundQuery, job: &Job<'_>) -> Result<Work, EngineError> {
        let client = self.connection.client().await?;
        let sent = self.sent(query)?;
        let Some(id) = job.execution.clone() else {
            let guard = self.start(client, query, &sent, job).await?;
            let id = guard.id().clone();
            guard.release();
            return Ok(Work::Running(id));
        };
        let scan = Arc::default();
        let execution = match self.wait(client, &id, job.leave, &scan).await {
            Ok(Waited::Ended(execution)) => execution,
            Ok(Waited::Left) => return Ok(Work::Running(id)),
            Ok(Waited::Late) => {
                let late = wait::timed_out(&id);
                self.abandon(id).await?;
                return Err(late);
            }
            // Athena knows of none of this id: its history is not for ever.
            Err(error) if error.refused => return Ok(Work::Again(error)),
            Err(error) => return Ok(Work::Unclear(error)),
        };
        match self.answer(client, (query, &sent), &id, &execution, scan).await {
            Ok(rows) => Ok(Work::Rows(rows)),
            Err(Failure { error, again: true }) => {
                self.connection.pace.pauses().wait().await;
                Ok(Work::Again(error))
            }
            Err(Failure { error, .. })
                if has_ended_as(&execution, &State::Succeeded) && !error.refused =>
            {
                Ok(Work::Unclear(error))
            }
            Err(Failure { error, .. }) => Err(error),
        }
    }

    async fn abandon(&self, execution: ExecutionId) -> Result<(), EngineError> {
        let client = self.connection.client().await?.clone();
        drop(Guard::new(client, self.tasks.clone(), execution));
        Ok(())
    }

    fn room(&self, query: &BoundQuery) -> Result<Room, EngineError> {
        let text = self.sent(query)?.text.len();
        Ok(Room { bytes: PART_BYTES, text: start::MOST_BYTES.saturating_sub(text), parts: PARTS })
    }

    async fn close(&self) {
        self.tasks.finish().await;
    }
}
