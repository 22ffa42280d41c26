//! The sink for an incoming webhook of Slack, which writes into the one channel that it was made
//! for.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use super::http::{Address, Answer, Http, is_under};
use super::lookup::{Lookup, misfit};
use super::slack::{BETWEEN, Code, DOMAINS};
use super::{Receipt, Sink, SinkError};
use crate::config;
use crate::message::{Form, Message};
use crate::secret::Secrets;

/// Posts messages to an incoming webhook.
#[derive(Debug)]
pub struct SlackWebhook {
    settings: config::SlackWebhook,
    secrets: Arc<Secrets>,
    http: Http,
}

impl SlackWebhook {
    /// A sink whose address is looked up when the first message goes out.
    pub fn new(settings: config::SlackWebhook, secrets: Arc<Secrets>) -> Self {
        Self { settings, secrets, http: Http::default() }
    }

    async fn address(&self, lookup: &mut Lookup<'_>) -> Result<Address, SinkError> {
        let address = lookup.address(&self.settings.url).await?;
        let url = address.url();
        match unfit(url.host_str().unwrap_or_default(), url.path()) {
            Some(reason) => {
                let remedy = "make an incoming webhook in the settings of a Slack app, and write \
                              its address there: https://hooks.slack.com/services/...";
                Err(misfit(&self.settings.url, reason, remedy))
            }
            None => Ok(address),
        }
    }
}

/// Why no incoming webhook of Slack is there. Others may pass its messages on.
fn unfit(host: &str, path: &str) -> Option<&'static str> {
    let is_slack = is_under(host, &DOMAINS);
    let workflow = ["/triggers/", "/workflows/"].iter().any(|start| path.starts_with(start));
    match () {
        () if is_slack && workflow => {
            Some("holds the address of a Slack workflow, which takes plain values and no messages")
        }
        () if is_slack && !path.starts_with("/services/") => {
            Some("holds an address of Slack that is no incoming webhook")
        }
        () if super::teams::is_teams(host) => Some("holds an address of Microsoft Teams"),
        () => None,
    }
}

#[async_trait]
impl Sink for SlackWebhook {
    fn form(&self) -> Form {
        Form::Slack
    }

    /// <https://docs.slack.dev/apis/web-api/rate-limits>
    fn pace(&self) -> Option<Duration> {
        Some(Duration::from_secs(1))
    }

    /// Leaves `under` alone: a webhook is not told what its messages are called.
    async fn deliver(&self, message: &Message, _: Option<&str>) -> Result<Receipt, SinkError> {
        let mut lookup = Lookup::of(&self.secrets);
        let address = self.address(&mut lookup).await?;
        let answer = self.http.post_json(&address, message.body.clone()).await?;
        judge(&answer, address.url().as_str())?;
        Ok(lookup.receipt(None))
    }

    async fn ready(&self) -> Result<(), SinkError> {
        self.address(&mut Lookup::of(&self.secrets)).await.map(drop)
    }
}

/// What an answer means: 200 with `ok`, or another status with one of Slack's words.
fn judge(answer: &Answer, address: &str) -> Result<(), SinkError> {
    let Some(body) = &answer.body else {
        let reason = format!("{}, and the connection broke", answer.reason());
        return Err(SinkError::Retry { reason, after: None });
    };
    let text = String::from_utf8_lossy(body);
    match answer.status.as_u16() {
        200 if text.trim() == "ok" => Ok(()),
        429 => answer.by_status(),
        200..=299 | 400..=599 => match Code::of(&text, address) {
            Some(code) => Err(code.error(answer, "", true)),
            None => answer.by_status().and_then(|()| {
                let reason = format!("{} without the word \"ok\"", answer.reason());
                Err(SinkError::broken(reason, BETWEEN))
            }),
        },
        _ => answer.by_status(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_of_an_incoming_webhook_or_of_somebody_in_between() {
        for (host, path, good) in [
            ("hooks.slack.com", "/services/T0/B0/x", true),
            ("hooks.slack-gov.com", "/services/T0/B0/x", true),
            ("chat.example.com", "/hooks/x", true),
            ("notslack.com", "/triggers/x", true),
            ("hooks.slack.com", "/triggers/T0/1/x", false),
            ("hooks.slack.com", "/workflows/T0/A0/1/x", false),
            ("slack.com", "/api/chat.postMessage", false),
            ("app.slack.com", "/client/T0/C0", false),
            ("prod-01.westeurope.logic.azure.com", "/workflows/x", false),
        ] {
            assert_eq!(unfit(host, path).is_none(), good, "{host}{path}");
        }
    }
}
