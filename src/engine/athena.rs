//! Athena: queries run in AWS, over the log table in the log archive's bucket.
//!
//! A query is started, asked after with growing pauses, and its answer is read page by page. One that
//! nobody waits for any more is stopped. It may also outlive this process: whoever keeps its
//! [`ExecutionId`] can [`resume`](AthenaEngine::resume) it in another. Results are never reused:
//! Athena does not look whether there are new logs.

use std::sync::Arc;

use async_trait::async_trait;
use aws_sdk_athena::Client;
use aws_sdk_athena::config::SharedCredentialsProvider;
use tokio::sync::OnceCell;
use tokio::time::Instant;

use self::failure::Failure;
use self::results::Results;
use self::stop::{Guard, Tasks};
use self::wait::{Deadlines, Waited};
use crate::config::Athena;
use crate::engine::charge::Charge;
use crate::engine::{Engine, EngineError, Rows, Scan};
use crate::query::{BoundQuery, Sent};
use crate::table::TableShape;

mod connect;
mod execution;
mod failure;
mod fault;
mod pace;
mod prune;
mod results;
mod start;
mod stop;
mod wait;

pub use execution::{ExecutionId, RunKey};
pub use pace::Pace;

/// How often a query is run when Athena says that it may succeed the next time.
const ATTEMPTS: u32 = 3;

/// Runs queries on Athena.
#[derive(Debug)]
pub struct AthenaEngine {
    settings: Athena,
    table: Arc<TableShape>,
    pace: Pace,
    credentials: Option<SharedCredentialsProvider>,
    client: OnceCell<Client>,
    tasks: Tasks,
}

/// How a query is run.
pub struct Run<'a> {
    /// What makes it unique.
    pub key: RunKey,
    /// Learns the id as soon as Athena has taken the query.
    pub started: &'a (dyn Fn(&ExecutionId) + Sync),
    /// When to leave it alone, so that another process goes on; `None` waits for its end.
    pub leave: Option<Instant>,
}

/// What comes of a query.
#[derive(Debug)]
pub enum Answer {
    /// Its answer.
    Rows(Rows),
    /// It goes on: [`Run::leave`] has come.
    Running(ExecutionId),
}

impl AthenaEngine {
    /// An engine for a table of this shape and name. It talks to nobody before its first query.
    pub fn new(settings: Athena, table: Arc<TableShape>) -> Self {
        Self {
            settings,
            table,
            pace: Pace::default(),
            credentials: None,
            client: OnceCell::new(),
            tasks: Tasks::default(),
        }
    }

    /// The same with these credentials, in place of those that the AWS CLI would find.
    #[must_use]
    pub fn with_credentials(self, credentials: SharedCredentialsProvider) -> Self {
        Self { credentials: Some(credentials), ..self }
    }

    /// The same with other pauses.
    #[must_use]
    pub fn with_pace(self, pace: Pace) -> Self {
        Self { pace, ..self }
    }

    /// Runs a query.
    ///
    /// # Errors
    /// [`EngineError`] when Athena refuses it, fails, or cannot be reached.
    pub async fn run(&self, query: &BoundQuery, run: &Run<'_>) -> Result<Answer, EngineError> {
        let client = self.client().await?;
        let sent = self.sent(query)?;
        let scan = Arc::new(Scan::default());
        let mut pauses = self.pace.pauses();
        for attempt in 1.. {
            let token = run.key.attempt(attempt).token(&sent.text, &sent.parameters);
            let (settings, pace, tasks) = (&self.settings, &self.pace, &self.tasks);
            let guard =
                start::start(client, settings, pace, tasks, &sent, token, run.leave).await?;
            // Athena's history keeps no values.
            tracing::debug!(execution = %guard.id(), query.name, ?sent.parameters, "started");
            (run.started)(guard.id());
            match self.follow(client, query, &sent, guard, run.leave, &scan).await {
                Ok(answer) => return Ok(answer),
                Err(failure) if failure.again && attempt < ATTEMPTS => {
                    tracing::warn!(query = query.name, error = %failure.error, "runs once more");
                    pauses.wait().await;
                }
                Err(failure) => return Err(failure.error),
            }
        }
        Err(EngineError::stopped())
    }

    /// Goes on with a query that was started before, maybe by another process. `query` has to be
    /// the one that was started, so that places in errors can be found in it.
    ///
    /// # Errors
    /// As [`AthenaEngine::run`].
    pub async fn resume(
        &self,
        query: &BoundQuery,
        id: ExecutionId,
        leave: Option<Instant>,
    ) -> Result<Answer, EngineError> {
        let client = self.client().await?;
        let sent = self.sent(query)?;
        let scan = Arc::new(Scan::default());
        let guard = Guard::new(client.clone(), self.tasks.clone(), id);
        let followed = self.follow(client, query, &sent, guard, leave, &scan).await;
        followed.map_err(|failure| failure.error)
    }

    /// Waits for the end of an execution, and begins to read its answer.
    async fn follow(
        &self,
        client: &Client,
        query: &BoundQuery,
        sent: &Sent,
        guard: Guard,
        leave: Option<Instant>,
        scan: &Arc<Scan>,
    ) -> Result<Answer, Failure> {
        let deadlines = Deadlines { stop: Instant::now() + self.settings.timeout, leave };
        let id = guard.id().clone();
        let execution = match wait::wait(client, &self.pace, &id, deadlines, scan).await? {
            Waited::Ended(execution) => execution,
            Waited::Left => {
                guard.release();
                return Ok(Answer::Running(id));
            }
        };
        guard.release();
        scan.charged(self.charge(&id, &execution));
        if let Some(failure) = failure::of(&execution, query, sent) {
            let error = wait::of_execution(&id, failure.error);
            return Err(Failure { error, again: failure.again });
        }
        let results = Results { client: client.clone(), pace: self.pace, id };
        let (columns, pages) = results.read(&execution).await?;
        Ok(Answer::Rows(Rows::new(columns, Arc::clone(scan), pages)))
    }

    async fn client(&self) -> Result<&Client, EngineError> {
        let connect = || connect::client(&self.settings, &self.pace, self.credentials.as_ref());
        self.client.get_or_try_init(connect).await
    }

    /// The statement for Athena. A window whose logs make it too long would be split here, into
    /// statements of some logs each whose rows are joined.
    fn sent(&self, query: &BoundQuery) -> Result<Sent, EngineError> {
        let restriction = prune::restriction(query, &self.table, chrono::Utc::now())?;
        Ok(query.sent(restriction.as_deref()))
    }

    /// What an execution that has ended is charged with: nothing if it failed, but what it scanned
    /// if it was stopped.
    fn charge(
        &self,
        id: &ExecutionId,
        execution: &aws_sdk_athena::types::QueryExecution,
    ) -> Charge {
        use aws_sdk_athena::types::{QueryExecutionState as State, StatementType};
        let statistics = execution.statistics();
        let bytes = statistics.and_then(wait::bytes).unwrap_or_default();
        let failed = execution.status().and_then(|status| status.state()) == Some(&State::Failed);
        let free = failed || execution.statement_type() == Some(&StatementType::Ddl);
        let time = |time: Option<i64>| wait::milliseconds(time);
        Charge {
            bytes,
            dollars: if free { 0.0 } else { Charge::price(bytes, self.settings.price_per_tb) },
            engine: time(statistics.and_then(|known| known.engine_execution_time_in_millis())),
            queue: time(statistics.and_then(|known| known.query_queue_time_in_millis())),
            executions: vec![id.as_str().to_owned()],
        }
    }
}

#[async_trait]
impl Engine for AthenaEngine {
    /// Whoever drops this before it is done stops the query.
    async fn rows(&self, query: &BoundQuery) -> Result<Rows, EngineError> {
        let run = Run { key: RunKey::unique(), started: &|_| {}, leave: None };
        match self.run(query, &run).await? {
            Answer::Rows(rows) => Ok(rows),
            Answer::Running(_) => Err(EngineError::stopped()),
        }
    }

    async fn close(&self) {
        self.tasks.finish().await;
    }
}
