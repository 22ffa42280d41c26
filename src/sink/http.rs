//! What sinks have in common that speak HTTP: one client, addresses that are secret, and what an
//! answer means.

use std::net::IpAddr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use chrono::{DateTime, Utc};
use reqwest::header::{HeaderMap, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{Client, StatusCode, Url};
use rustls::{ClientConfig, RootCertStore};

use super::SinkError;
use crate::error::chain;
use crate::secret::Secret;

/// How long a connection may take to be made.
const CONNECT: Duration = Duration::from_secs(5);

/// How long an answer may take in all. A run that has lost its turn must not have a message on its
/// way for longer than [`crate::store::lease`] allows for.
const ANSWER: Duration = Duration::from_secs(10);

/// How long what a person has to mend is left alone: for longer than a run.
const NOT_NOW: Duration = Duration::from_secs(60 * 60);

/// A client, made when the first request is: it reads all certificates of the system.
#[derive(Debug, Clone, Default)]
pub(super) struct Http(Arc<OnceLock<Client>>);

/// An address that nobody may read.
pub(super) struct Address(Url);

impl Address {
    /// The address in a secret.
    ///
    /// # Errors
    /// What is wrong with it, without a word of it.
    pub(super) fn of(secret: &Secret) -> Result<Self, &'static str> {
        let url = Url::parse(secret.expose()).map_err(|_| "holds no address of the web")?;
        let here = url.host_str().is_some_and(is_here);
        match url.scheme() {
            "https" => Ok(Self(url)),
            "http" if here => Ok(Self(url)),
            "http" => Err("holds an address that begins with http://, where others read along"),
            _ => Err("holds no address that begins with https://"),
        }
    }
}

/// Whether a host is this machine.
fn is_here(host: &str) -> bool {
    let address = host.trim_matches(['[', ']']).parse::<IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

impl Http {
    /// Posts a body, once.
    ///
    /// # Errors
    /// [`SinkError`], in which neither the address nor the body is.
    pub(super) async fn post(
        &self,
        address: &Address,
        headers: HeaderMap,
        body: String,
    ) -> Result<(), SinkError> {
        let request = self.client()?.post(address.0.clone()).headers(headers).body(body);
        match request.send().await {
            Ok(answer) => judge(answer.status(), answer.headers(), Utc::now()),
            Err(error) => Err(SinkError::Retry { reason: unsent(error, address), after: None }),
        }
    }

    fn client(&self) -> Result<&Client, SinkError> {
        if let Some(client) = self.0.get() {
            return Ok(client);
        }
        let made = client()?;
        Ok(self.0.get_or_init(|| made))
    }
}

fn client() -> Result<Client, SinkError> {
    let fail = |reason: String| not_now(format!("cannot start TLS: {reason}"));
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    // As for AWS: two ways to do TLS would double its part of the binary.
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| fail(error.to_string()))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Client::builder()
        .tls_backend_preconfigured(tls)
        // A message goes where its channel says, and nowhere else.
        .redirect(Policy::none())
        .connect_timeout(CONNECT)
        .timeout(ANSWER)
        .user_agent(concat!("clickops/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(|error| fail(chain(&error.without_url())))
}

/// Trouble that lasts until somebody mends it, so that the message waits for a later run.
pub(super) fn not_now(reason: String) -> SinkError {
    SinkError::Retry { reason, after: Some(NOT_NOW) }
}

/// Why no answer came. Errors below the client may name the host.
fn unsent(error: reqwest::Error, address: &Address) -> String {
    let what = match () {
        () if error.is_timeout() => "it does not answer in time",
        () if error.is_connect() => "it cannot be reached",
        () => "the connection broke",
    };
    let text = chain(&error.without_url());
    let text = match address.0.host_str() {
        Some(host) => text.replace(host, "(host)"),
        None => text,
    };
    format!("{what}: {text}; check the address and the network")
}

/// What an answer means. What the other side says in its body may repeat the address, so it is not
/// looked at.
fn judge(status: StatusCode, headers: &HeaderMap, now: DateTime<Utc>) -> Result<(), SinkError> {
    let reason = format!("it answers {status}");
    let refused = |remedy: &str| {
        Err(SinkError::Refused { reason: reason.clone(), remedy: remedy.to_owned() })
    };
    // What is wrong with the channel is not wrong with the message, which waits until it is mended.
    let mend = |remedy: &str| Err(not_now(format!("{reason}; {remedy}")));
    match status.as_u16() {
        200..=299 => Ok(()),
        300..=399 => mend("set the address that it leads to: redirects are not followed"),
        // Another try with the same key is under way.
        408 | 409 | 425 | 429 | 500.. => {
            Err(SinkError::Retry { reason, after: retry_after(headers, now) })
        }
        401 | 403 => mend("see that the address and the key are still valid there"),
        404 | 410 => mend("set a new address: nothing listens to this one any more"),
        413 => refused("allow larger messages there, or send a digest in place of events"),
        _ => refused("see its own log for what it does not like"),
    }
}

/// How long the other side asks to wait: seconds, or a date.
fn retry_after(headers: &HeaderMap, now: DateTime<Utc>) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = DateTime::parse_from_rfc2822(text).ok()?;
    Some((date.with_timezone(&Utc) - now).to_std().unwrap_or_default())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_safe_to_send_to() {
        for (text, good) in [
            ("https://hooks.example.com/a?sig=b", true),
            ("http://127.0.0.1:8080/a", true),
            ("http://[::1]/a", true),
            ("http://localhost:1/a", true),
            ("http://hooks.example.com/hush", false),
            ("http://127.0.0.1.example.com/hush", false),
            ("ftp://hooks.example.com/hush", false),
            ("hush", false),
            ("https://", false),
        ] {
            let address = Address::of(&Secret::new(text));
            assert_eq!(address.is_ok(), good, "{text}");
            assert!(address.err().is_none_or(|error| !error.contains("hush")), "{text}");
        }
    }

    #[test]
    fn a_pause_is_seconds_or_a_date() {
        let now = "2026-11-23T09:00:00Z".parse().unwrap();
        for (text, seconds) in [
            ("7", Some(7)),
            ("Mon, 23 Nov 2026 09:01:00 GMT", Some(60)),
            ("Mon, 23 Nov 2026 08:00:00 GMT", Some(0)),
            ("soon", None),
            ("-1", None),
        ] {
            let headers = HeaderMap::from_iter([(RETRY_AFTER, text.parse().unwrap())]);
            assert_eq!(retry_after(&headers, now), seconds.map(Duration::from_secs), "{text}");
        }
    }

    #[test]
    fn an_answer_is_taken_refused_or_tried_again() {
        let judge = |status: u16| {
            let status = StatusCode::from_u16(status).unwrap();
            match judge(status, &HeaderMap::new(), Utc::now()) {
                Ok(()) => "taken",
                Err(SinkError::Refused { .. }) => "refused",
                Err(SinkError::Retry { .. }) => "again",
            }
        };
        for (statuses, meaning) in [
            (&[200, 202, 204][..], "taken"),
            (&[400, 413, 422], "refused"),
            (&[408, 409, 425, 429, 500, 502, 503, 599], "again"),
            // A person has to mend these, and nothing is lost until then.
            (&[301, 307, 401, 403, 404, 410], "again"),
        ] {
            for status in statuses {
                assert_eq!(judge(*status), meaning, "{status}");
            }
        }
    }
}
