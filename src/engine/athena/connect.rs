//! The SDK's client, and what of all repeating is its job.
//!
//! The SDK repeats a request that failed in passing, for seconds: time-outs, 5xx answers, throttling
//! and connections that cannot be made, with growing pauses and jitter. What it leaves, a connection
//! that ends within an answer among it, and what lasts longer is for the callers here: a full queue
//! (`start`), a query that goes on while Athena cannot be asked (`wait`), and a page that does not
//! come (`results`). Credentials come from where the AWS CLI looks for them.

use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region};
use aws_sdk_athena::Client;
use aws_sdk_athena::config::SharedCredentialsProvider;
use aws_smithy_http_client::Builder;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};

use super::Pace;
use crate::config::Athena;
use crate::engine::EngineError;

/// How often the SDK tries one request in all.
const ATTEMPTS: u32 = 4;

/// A client for these settings. It opens no connection yet.
pub(super) async fn client(
    settings: &Athena,
    pace: &Pace,
    credentials: Option<&SharedCredentialsProvider>,
) -> Result<Client, EngineError> {
    let http = Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring)).build_https();
    let retry = RetryConfig::standard()
        .with_max_attempts(ATTEMPTS)
        .with_initial_backoff(pace.backoff)
        .with_max_backoff(pace.longest);
    let timeouts = TimeoutConfig::builder().operation_attempt_timeout(pace.answer).build();
    let mut loader = aws_config::defaults(BehaviorVersion::v2026_01_12())
        .http_client(http)
        .retry_config(retry)
        .timeout_config(timeouts);
    if let Some(region) = &settings.region {
        loader = loader.region(Region::new(region.clone()));
    }
    if let Some(credentials) = credentials {
        loader = loader.credentials_provider(credentials.clone());
    }
    let shared = loader.load().await;
    if shared.region().is_none() {
        return Err(EngineError {
            refused: false,
            code: None,
            message: "nobody said which AWS region Athena is in".to_owned(),
            at: None,
            hint: Some("Set athena.region in the config, or AWS_REGION.".to_owned()),
        });
    }
    let mut config = aws_sdk_athena::config::Builder::from(&shared);
    if let Some(url) = &settings.endpoint_url {
        config = config.endpoint_url(url);
    }
    Ok(Client::from_conf(config.build()))
}

/// An error and what it comes from, in one line.
pub(super) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        let next = error.to_string();
        if !text.ends_with(&next) {
            text = format!("{text}: {next}");
        }
        source = error.source();
    }
    text
}
