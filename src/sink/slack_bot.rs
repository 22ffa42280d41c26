//! The sink for a Slack app with a bot: `chat.postMessage` of the Web API. It writes into any channel
//! that the bot may write into, and messages can be under others.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::http::{Address, Answer, Http};
use super::lookup::{Lookup, misfit};
use super::slack::{BETWEEN, Code, SCOPE, TEMPLATE};
use super::{Receipt, Sink, SinkError};
use crate::config;
use crate::message::{Form, Message};
use crate::secret::{Secret, Secrets};

/// Where the methods are.
const API: &str = "https://slack.com/api/";

/// Names another place for them, on this machine, as [`SlackBot::with_api`] does.
pub const API_VARIABLE: &str = "CLICKOPS_SLACK_API";

/// How much of an answer is read: it repeats the whole message, and each sign may take six bytes.
const ANSWER: usize = 1024 * 1024;

/// The header that says what a token is for.
const SCOPES: &str = "x-oauth-scopes";

/// Posts messages into one channel, as a bot.
pub struct SlackBot {
    settings: config::SlackBot,
    secrets: Arc<Secrets>,
    http: Http,
    api: Result<Address, &'static str>,
}

impl SlackBot {
    /// A sink whose token is looked up when the first message goes out.
    pub fn new(settings: config::SlackBot, secrets: Arc<Secrets>) -> Self {
        let api = Address::of(&Secret::new(API));
        Self { settings, secrets, http: Http::default(), api }
    }

    /// The same with a stand-in of Slack on this machine, such as `http://127.0.0.1:8080/api/`. A
    /// token goes to no other place.
    #[must_use]
    pub fn with_api(self, url: &str) -> Self {
        Self { api: Address::here(url), ..self }
    }

    /// Calls a method; gives its answer, and the word for what is wrong.
    async fn call(
        &self,
        method: &str,
        lookup: &mut Lookup<'_>,
        body: String,
    ) -> Result<(Answer, Outcome), SinkError> {
        let api = self.api.as_ref().map_err(|reason| {
            SinkError::broken(format!("{API_VARIABLE} {reason}"), "leave it unset: it is for tests")
        })?;
        let token = lookup.secret(&self.settings.token).await?;
        let headers = HeaderMap::from_iter([
            (CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8")),
            (AUTHORIZATION, self.authorization(&token)?),
        ]);
        let answer = self.http.post(&api.join(method), headers, body, ANSWER).await?;
        let outcome = outcome(&answer, &token)?;
        Ok((answer, outcome))
    }

    fn authorization(&self, token: &Secret) -> Result<HeaderValue, SinkError> {
        let text = token.expose();
        let value = Some(text).filter(|text| text.starts_with("xox"));
        let value = value.and_then(|text| HeaderValue::from_str(&format!("Bearer {text}")).ok());
        let mut value = value.ok_or_else(|| {
            let remedy = "write the bot token of the Slack app there, which begins with xoxb-";
            misfit(&self.settings.token, "holds no token of Slack", remedy)
        })?;
        value.set_sensitive(true);
        Ok(value)
    }

    /// The message for a channel, and for under another one.
    fn body(&self, message: &Message, under: Option<&str>) -> Result<String, SinkError> {
        let mut fields: Map<String, Value> =
            serde_json::from_str(&message.body).map_err(|error| {
                SinkError::refused(format!("the message is no object of JSON: {error}"), TEMPLATE)
            })?;
        fields.insert("channel".to_owned(), self.settings.channel.clone().into());
        if let Some(under) = under {
            fields.insert("thread_ts".to_owned(), under.into());
        }
        Ok(Value::Object(fields).to_string())
    }
}

impl std::fmt::Debug for SlackBot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SlackBot").field("settings", &self.settings).finish_non_exhaustive()
    }
}

/// What a method did.
enum Outcome {
    /// What was asked, and what the message is called if there is one.
    Done(Option<String>),
    /// Nothing, and where in the message the fault is.
    Wrong(Code, String),
}

/// What the Web API answers, as far as it matters here.
#[derive(Deserialize)]
struct Said {
    ok: bool,
    error: Option<String>,
    ts: Option<String>,
    #[serde(default)]
    response_metadata: Metadata,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Metadata {
    messages: Vec<String>,
}

#[async_trait]
impl Sink for SlackBot {
    fn form(&self) -> Form {
        Form::Slack
    }

    /// <https://docs.slack.dev/apis/web-api/rate-limits>
    fn pace(&self) -> Option<Duration> {
        Some(Duration::from_secs(1))
    }

    /// Where the message that it belongs under is gone, it is sent by itself.
    async fn deliver(&self, message: &Message, under: Option<&str>) -> Result<Receipt, SinkError> {
        let mut lookup = Lookup::of(&self.secrets);
        let body = self.body(message, under)?;
        let mut done = self.call("chat.postMessage", &mut lookup, body).await?;
        if let (Some(_), (_, Outcome::Wrong(code, _))) = (under, &done)
            && code.is_of_thread()
        {
            lookup.note("the Slack message that it belongs under is gone or locked".to_owned());
            let body = self.body(message, None)?;
            done = self.call("chat.postMessage", &mut lookup, body).await?;
        }
        match done {
            (_, Outcome::Done(ts)) => Ok(lookup.receipt(ts)),
            (answer, Outcome::Wrong(code, place)) => Err(code.error(&answer, &place, false)),
        }
    }

    async fn ready(&self) -> Result<(), SinkError> {
        let mut lookup = Lookup::of(&self.secrets);
        let (answer, outcome) = self.call("auth.test", &mut lookup, "{}".to_owned()).await?;
        if let Outcome::Wrong(code, _) = outcome {
            return Err(code.error(&answer, "", false));
        }
        let scopes = answer.headers.get(SCOPES).and_then(|value| value.to_str().ok());
        match scopes.map(|scopes| scopes.split(',').any(|scope| scope.trim() == "chat:write")) {
            Some(false) => Err(SinkError::broken("the token may not write messages", SCOPE)),
            _ => Ok(()),
        }
    }
}

/// What came of a call. Slack answers 200 to whatever is wrong with it.
fn outcome(answer: &Answer, token: &Secret) -> Result<Outcome, SinkError> {
    let Some(body) = &answer.body else {
        let reason = format!("{}, and the connection broke", answer.reason());
        return Err(SinkError::Retry { reason, after: None });
    };
    let said = serde_json::from_slice::<Said>(body).ok();
    match said {
        Some(said) if said.ok && answer.status.is_success() => Ok(Outcome::Done(said.ts)),
        Some(Said { ok: false, error: Some(error), response_metadata, .. })
            if answer.status.as_u16() != 429 =>
        {
            match Code::of(&error, token.expose()) {
                Some(code) => Ok(Outcome::Wrong(code, place(&response_metadata.messages))),
                None => Err(strange(answer)),
            }
        }
        _ => Err(answer.by_status().err().unwrap_or_else(|| strange(answer))),
    }
}

fn strange(answer: &Answer) -> SinkError {
    SinkError::broken(format!("{} and nothing that Slack would say", answer.reason()), BETWEEN)
}

/// Where in a message the fault is, which Slack says as `[json-pointer:/blocks/0/text]`.
fn place(messages: &[String]) -> String {
    let pointers = messages.iter().filter_map(|text| {
        let pointer = text.split_once("[json-pointer:")?.1.split(']').next()?;
        let good = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'/' || c == b'_';
        let is_one = pointer.starts_with("/blocks/") && pointer.len() <= 100;
        (is_one && pointer.bytes().all(good)).then_some(pointer)
    });
    pointers.take(1).map(|pointer| format!(" at {pointer}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_a_pointer_into_the_blocks() {
        for (text, expected) in [
            ("[ERROR] too long [json-pointer:/blocks/0/text/text]", " at /blocks/0/text/text"),
            ("[ERROR] too long [json-pointer:/blocks/0/xoxb-hush]", ""),
            ("[ERROR] [json-pointer:/token]", ""),
            ("hush", ""),
        ] {
            assert_eq!(place(&[text.to_owned()]), expected, "{text}");
        }
    }
}
