//! AWS: how this process reaches it, whichever service it asks.
//!
//! The SDK repeats a request that failed in passing, for seconds: time-outs, 5xx answers, throttling
//! and connections that cannot be made, with growing pauses and jitter. What lasts longer is for the
//! callers. Credentials come from where the AWS CLI looks for them.

use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_smithy_http_client::Builder;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};

pub use aws_sdk_s3::config::SharedCredentialsProvider;
use aws_sdk_s3::config::retry::RetryPartition;

pub(crate) use crate::error::chain;

mod clock;
mod fault;
mod identity;
pub mod s3;
pub mod ssm;
pub(crate) mod trouble;

/// How often the SDK tries one request in all.
const ATTEMPTS: u32 = 4;

/// How AWS is reached. What is not set comes from where the AWS CLI looks for it.
#[derive(Debug, Clone)]
pub struct Access {
    /// The region to ask in.
    pub region: Option<String>,
    /// An address to talk to in place of AWS.
    pub endpoint_url: Option<String>,
    /// Who asks.
    pub credentials: Option<SharedCredentialsProvider>,
    /// The first pause after a request that failed in passing.
    pub backoff: Duration,
    /// The longest such pause.
    pub longest: Duration,
    /// How long one answer may take.
    pub answer: Duration,
}

impl Default for Access {
    fn default() -> Self {
        Self {
            region: None,
            endpoint_url: None,
            credentials: None,
            backoff: Duration::from_millis(500),
            longest: Duration::from_secs(5),
            answer: Duration::from_secs(30),
        }
    }
}

impl Access {
    /// What the client of any service is made from. No connection is opened yet.
    pub(crate) async fn config(&self) -> SdkConfig {
        let http = Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring)).build_https();
        let retry = RetryConfig::standard()
            .with_max_attempts(ATTEMPTS)
            .with_initial_backoff(self.backoff)
            .with_max_backoff(self.longest);
        let timeouts = TimeoutConfig::builder().operation_attempt_timeout(self.answer).build();
        let mut loader = aws_config::defaults(BehaviorVersion::v2026_01_12())
            .http_client(http)
            .retry_config(retry)
            .timeout_config(timeouts);
        if let Some(region) = &self.region {
            loader = loader.region(Region::new(region.clone()));
        }
        if let Some(url) = &self.endpoint_url {
            loader = loader.endpoint_url(url);
        }
        if let Some(credentials) = &self.credentials {
            loader = loader.credentials_provider(credentials.clone());
        }
        loader.load().await
    }

    /// With whom a client shares the SDK's allowance of repeated requests, which trouble uses up.
    /// By default that is every client of the service in the process; an address in place of AWS
    /// has nothing to do with the others.
    pub(crate) fn shares_retries(&self) -> Option<RetryPartition> {
        self.endpoint_url.clone().map(RetryPartition::new)
    }
}
