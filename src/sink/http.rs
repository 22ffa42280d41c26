//! What sinks have in common that speak HTTP: one client, addresses that are secret, and what an
//! answer means.

use std::net::IpAddr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use chrono::{DateTime, Utc};
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{Client, Response, StatusCode, Url};
use rustls::{ClientConfig, RootCertStore};

use super::SinkError;
use crate::error::chain;
use crate::secret::Secret;

/// How long a connection may take to be made.
const CONNECT: Duration = Duration::from_secs(5);

/// How long an answer may take in all. A run that has lost its turn must not have a message on its
/// way for longer than [`crate::store::lease`] allows for.
const ANSWER: Duration = Duration::from_secs(10);

/// How much of an answer is read, unless more is asked for.
pub(super) const SHORT: usize = 4 * 1024;

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

    /// The address itself, for whoever has to know whose it is. It must not get into any text.
    pub(super) fn url(&self) -> &Url {
        &self.0
    }

    /// The address of this machine in a text.
    ///
    /// # Errors
    /// That it is no such address.
    pub(super) fn here(text: &str) -> Result<Self, &'static str> {
        let address = Self::of(&Secret::new(text));
        let is_here = |one: &Self| one.0.host_str().is_some_and(is_here);
        address.ok().filter(is_here).ok_or("holds no address of this machine")
    }

    /// What lies under this address.
    pub(super) fn join(&self, path: &str) -> Self {
        // A name of a method is always a path.
        Self(self.0.join(path).unwrap_or_else(|_| self.0.clone()))
    }
}

/// What a service answered.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    /// What it says, as far as it was read; `None` if the connection broke meanwhile. It may repeat
    /// the address, so no word of it gets into an error that was not looked at.
    pub(super) body: Option<Vec<u8>>,
}

/// Whether a host is this machine.
fn is_here(host: &str) -> bool {
    let address = host.trim_matches(['[', ']']).parse::<IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

/// Whether a host is one of these domains, or under one.
pub(super) fn is_under(host: &str, domains: &[&str]) -> bool {
    let is_of = |domain: &&str| {
        host.strip_suffix(*domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    };
    domains.iter().any(is_of)
}

impl Http {
    /// Posts JSON, once, and reads a short answer.
    ///
    /// # Errors
    /// As [`Http::post`].
    pub(super) async fn post_json(
        &self,
        address: &Address,
        body: String,
    ) -> Result<Answer, SinkError> {
        let json = HeaderValue::from_static("application/json");
        self.post(address, HeaderMap::from_iter([(CONTENT_TYPE, json)]), body, SHORT).await
    }

    /// Posts a body, once, and reads at most so many bytes of the answer.
    ///
    /// # Errors
    /// [`SinkError`], in which neither the address nor the body is, when no answer came.
    pub(super) async fn post(
        &self,
        address: &Address,
        headers: HeaderMap,
        body: String,
        most: usize,
    ) -> Result<Answer, SinkError> {
        let request = self.client()?.post(address.0.clone()).headers(headers).body(body);
        match request.send().await {
            Ok(mut answer) => Ok(Answer {
                status: answer.status(),
                headers: std::mem::take(answer.headers_mut()),
                body: read(answer, most).await,
            }),
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
    let fail = |reason: String| {
        let remedy = "check the certificates of this system";
        SinkError::broken(format!("cannot start TLS: {reason}"), remedy)
    };
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

async fn read(mut answer: Response, most: usize) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    while body.len() < most {
        match answer.chunk().await {
            Ok(Some(chunk)) => body.extend_from_slice(&chunk),
            Ok(None) => break,
            Err(_) => return None,
        }
    }
    body.truncate(most);
    Some(body)
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

impl Answer {
    /// What the answer means by its status alone.
    ///
    /// # Errors
    /// [`SinkError`].
    pub(super) fn by_status(&self) -> Result<(), SinkError> {
        let reason = self.reason();
        let refused = |reason: String, remedy: &str| Err(SinkError::refused(reason, remedy));
        // What is wrong with the channel is not wrong with the message, which waits until it is
        // mended.
        let broken = |reason: String, remedy: &str| Err(SinkError::broken(reason, remedy));
        match self.status.as_u16() {
            200..=299 => Ok(()),
            300..=399 => {
                broken(reason, "set the address that it leads to: redirects are not followed")
            }
            // Another try with the same key is under way.
            408 | 409 | 425 | 429 | 500.. => Err(self.retry(reason)),
            401 | 403 => broken(reason, "see that the address and the key are still valid there"),
            404 | 410 => broken(reason, "set a new address: nothing listens to this one any more"),
            413 => {
                refused(reason, "allow larger messages there, or send a digest in place of events")
            }
            _ => refused(reason, "see its own log for what it does not like"),
        }
    }

    /// That it answered like this.
    pub(super) fn reason(&self) -> String {
        format!("it answers {}", self.status)
    }

    /// The error for what passes, with the pause that the other side asks for.
    pub(super) fn retry(&self, reason: String) -> SinkError {
        SinkError::Retry { reason, after: retry_after(&self.headers, Utc::now()) }
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
        for (text, here) in [
            ("http://127.0.0.1:8080/api/", true),
            ("https://localhost/api/", true),
            ("https://slack.example.com/api/", false),
            ("https://127.0.0.1.example.com/", false),
            ("https://127.0.0.1@example.com/", false),
        ] {
            assert_eq!(Address::here(text).is_ok(), here, "{text}");
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
    fn an_answer_is_taken_refused_tried_again_or_waits() {
        let judge = |status: u16| {
            let status = StatusCode::from_u16(status).unwrap();
            match (Answer { status, headers: HeaderMap::new(), body: None }).by_status() {
                Ok(()) => "taken",
                Err(SinkError::Refused { .. }) => "refused",
                Err(SinkError::Retry { .. }) => "again",
                Err(SinkError::Broken { .. }) => "waits",
            }
        };
        for (statuses, meaning) in [
            (&[200, 202, 204][..], "taken"),
            (&[400, 413, 422], "refused"),
            (&[408, 409, 425, 429, 500, 502, 503, 599], "again"),
            // A person has to mend these, and nothing is lost until then.
            (&[301, 307, 401, 403, 404, 410], "waits"),
        ] {
            for status in statuses {
                assert_eq!(judge(*status), meaning, "{status}");
            }
        }
    }
}
