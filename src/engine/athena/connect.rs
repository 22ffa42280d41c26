//! The SDK's client.
//!
//! Of all repeating, [`crate::aws`] tells what the SDK does. What it leaves, a connection that ends
//! within an answer among it, and what lasts longer is for the callers here: a full queue (`start`),
//! a query that goes on while Athena cannot be asked (`wait`), and a page that does not come
//! (`results`).

use std::sync::Arc;

use aws_sdk_athena::Client;
use aws_sdk_athena::config::{Builder, SharedCredentialsProvider};
use tokio::sync::OnceCell;

use super::Pace;
use crate::aws::Access;
use crate::config::Athena;
use crate::engine::EngineError;

/// The way to Athena. Its clones share one client.
#[derive(Debug, Clone)]
pub struct Connection {
    pub(super) settings: Arc<Athena>,
    pub(super) pace: Pace,
    credentials: Option<SharedCredentialsProvider>,
    client: Arc<OnceCell<Client>>,
}

impl Connection {
    /// A way that these settings tell. It talks to nobody yet.
    pub fn new(settings: Athena) -> Self {
        Self {
            settings: Arc::new(settings),
            pace: Pace::default(),
            credentials: None,
            client: Arc::default(),
        }
    }

    /// The same with these credentials, in place of those that the AWS CLI would find.
    #[must_use]
    pub fn with_credentials(self, credentials: SharedCredentialsProvider) -> Self {
        Self { credentials: Some(credentials), ..self }
    }

    /// The same with other settings for what is asked. Where Athena is stays as it was.
    #[must_use]
    pub fn with_settings(self, settings: Athena) -> Self {
        Self { settings: Arc::new(settings), ..self }
    }

    /// The same with other pauses.
    #[must_use]
    pub fn with_pace(self, pace: Pace) -> Self {
        Self { pace, ..self }
    }

    /// The client, made when it is first asked for.
    pub(super) async fn client(&self) -> Result<&Client, EngineError> {
        let connect = || client(&self.settings, &self.pace, self.credentials.as_ref());
        self.client.get_or_try_init(connect).await
    }
}

/// A client for these settings. It opens no connection yet.
pub(super) async fn client(
    settings: &Athena,
    pace: &Pace,
    credentials: Option<&SharedCredentialsProvider>,
) -> Result<Client, EngineError> {
    let access = Access {
        region: settings.region.clone(),
        endpoint_url: settings.endpoint_url.clone(),
        credentials: credentials.cloned(),
        backoff: pace.backoff,
        longest: pace.longest,
        answer: pace.answer,
    };
    let shared = access.config().await;
    if shared.region().is_none() {
        return Err(EngineError {
            refused: false,
            code: None,
            message: "nobody said which AWS region Athena is in".to_owned(),
            at: None,
            hint: Some("Set athena.region in the config, or AWS_REGION.".to_owned()),
        });
    }
    let mut config = Builder::from(&shared);
    config.set_retry_partition(access.shares_retries());
    Ok(Client::from_conf(config.build()))
}
