//! The webhook sink: posts each message as JSON to a service of any kind. `templates/README.md`
//! tells what such a service gets.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use chrono::Utc;
use hmac::{Hmac, KeyInit as _, Mac as _};
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use sha2::Sha256;

use super::http::Http;
use super::lookup::Lookup;
use super::{Receipt, Sink, SinkError};
use crate::config;
use crate::message::{Form, Message};
use crate::secret::{Secret, Secrets};

/// The message's key, so that a service knows one that it has already.
const KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// When the request was made, in seconds since 1970, so that nobody can send it again much later.
const TIMESTAMP: HeaderName = HeaderName::from_static("x-clickops-timestamp");

/// `sha256=` and the HMAC of timestamp, dot and body, in hexadecimal digits.
const SIGNATURE: HeaderName = HeaderName::from_static("x-clickops-signature");

/// Posts messages to one address.
#[derive(Debug)]
pub struct Webhook {
    settings: config::Webhook,
    secrets: Arc<Secrets>,
    http: Http,
}

impl Webhook {
    /// A sink whose secrets are looked up when the first message goes out.
    pub fn new(settings: config::Webhook, secrets: Arc<Secrets>) -> Self {
        Self { settings, secrets, http: Http::default() }
    }
}

#[async_trait]
impl Sink for Webhook {
    fn form(&self) -> Form {
        Form::Json
    }

    fn pace(&self) -> Option<Duration> {
        Some(Duration::from_secs(1))
    }

    async fn deliver(&self, message: &Message, _: Option<&str>) -> Result<Receipt, SinkError> {
        let mut lookup = Lookup::of(&self.secrets);
        let address = lookup.address(&self.settings.url).await?;
        let timestamp = Utc::now().timestamp();
        let mut headers = HeaderMap::from_iter([
            (CONTENT_TYPE, HeaderValue::from_static("application/json")),
            (TIMESTAMP, HeaderValue::from(timestamp)),
        ]);
        // A key is hexadecimal digits, and so is a signature.
        headers.extend(HeaderValue::from_str(&message.key).ok().map(|key| (KEY, key)));
        if let Some(reference) = &self.settings.key {
            let key = lookup.secret(reference).await?;
            let signature = signature(&key, timestamp, &message.body);
            headers.extend(signature.parse().ok().map(|signature| (SIGNATURE, signature)));
        }
        self.http.post(&address, headers, message.body.clone(), 0).await?.by_status()?;
        Ok(lookup.receipt(None))
    }

    async fn ready(&self) -> Result<(), SinkError> {
        Lookup::of(&self.secrets).address(&self.settings.url).await.map(drop)
    }
}

fn signature(key: &Secret, timestamp: i64, body: &str) -> String {
    // Keys of any length are good for an HMAC.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key.expose().as_bytes()) else {
        return String::new();
    };
    mac.update(format!("{timestamp}.{body}").as_bytes());
    let code = mac.finalize().into_bytes();
    let digits: String = code.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256={digits}")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The code is that of `openssl dgst -sha256 -hmac`.
    #[test]
    fn a_signature_is_of_timestamp_and_body() {
        let signed = |timestamp| signature(&Secret::new("key"), timestamp, "{\"a\":1}");
        assert_eq!(
            signed(1_700_000_000),
            "sha256=a438e398bfafc57e4396bb7fc2304422f0f768e965d073ca313cb52e22e6ad03"
        );
        assert_ne!(signed(1_700_000_001), signed(1_700_000_000));
    }
}
