//! Queries that nobody waits for any more are stopped: Athena would work on, and charge for it.

use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::engine::job::ExecutionId;
use aws_sdk_athena::Client;
use tokio::task::JoinHandle;

/// How long [`Tasks::finish`] waits.
const PATIENCE: Duration = Duration::from_secs(5);

/// Requests that go on although whoever caused them is gone.
#[derive(Debug, Clone, Default)]
pub(super) struct Tasks {
    running: Arc<Mutex<Vec<JoinHandle<()>>>>,
}

impl Tasks {
    /// Does something whether or not somebody waits for it.
    pub(super) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        // Where no runtime is left, there is no connection left either.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
            running.retain(|task| !task.is_finished());
            running.push(runtime.spawn(task));
        }
    }

    /// Waits until all is done, those that begin meanwhile included.
    pub(super) async fn finish(&self) {
        let all = async {
            while let Some(task) = self.next() {
                // A task that panicked is done as well.
                let _ = task.await;
            }
        };
        if tokio::time::timeout(PATIENCE, all).await.is_err() {
            tracing::warn!("a query may go on at Athena: it did not answer the request to stop it");
        }
    }

    fn next(&self) -> Option<JoinHandle<()>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }
}

/// An execution that is stopped when this is dropped.
#[derive(Debug)]
pub(super) struct Guard {
    client: Client,
    tasks: Tasks,
    id: ExecutionId,
    armed: bool,
}

impl Guard {
    pub(super) fn new(client: Client, tasks: Tasks, id: ExecutionId) -> Self {
        Self { client, tasks, id, armed: true }
    }

    pub(super) fn id(&self) -> &ExecutionId {
        &self.id
    }

    /// Lets it go on, or be: it has ended by itself.
    pub(super) fn release(mut self) {
        self.armed = false;
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        if !self.armed {
            return;
        }
        let stop = self.client.stop_query_execution().query_execution_id(self.id.as_str());
        let id = self.id.clone();
        self.tasks.spawn(async move {
            match stop.send().await {
                Ok(_) => tracing::debug!(execution = %id, "stopped a query that nobody waits for"),
                Err(error) => {
                    let error = crate::aws::chain(&error);
                    tracing::warn!(execution = %id, error, "a query may go on at Athena");
                }
            }
        });
    }
}
