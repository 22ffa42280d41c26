//! The SDK's client.
//!
//! Of all repeating, [`crate::aws`] tells what the SDK does. What it leaves, a connection that ends
//! within an answer among it, and what lasts longer is for the callers here: a full queue (`start`),
//! a query that goes on while Athena cannot be asked (`wait`), and a page that does not come
//! (`results`).

use aws_sdk_athena::Client;
use aws_sdk_athena::config::{Builder, SharedCredentialsProvider};

use super::Pace;
use crate::aws::Access;
use crate::config::Athena;
use crate::engine::EngineError;

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
