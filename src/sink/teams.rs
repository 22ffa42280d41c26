//! The sink for a channel of Microsoft Teams: a workflow with the trigger "When a Teams webhook
//! request is received" (<https://learn.microsoft.com/connectors/teams/#microsoft-teams-webhook>).
//!
//! It answers 202 before it looks at the card. Whether Teams can show it is only in the workflow's
//! run history.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use reqwest::Url;
use serde_json::Value;

use super::http::{Address, Answer, Http, is_under};
use super::lookup::{Lookup, misfit};
use super::{Receipt, Sink, SinkError};
use crate::config;
use crate::message::{Form, Message};
use crate::secret::Secrets;

/// Domains of the services that run workflows.
const WORKFLOWS: [&str; 3] = ["logic.azure.com", "logic.azure.us", "api.powerplatform.com"];

/// Domains of the connectors that workflows replaced.
const CONNECTORS: [&str; 2] = ["webhook.office.com", "outlook.office.com"];

const NEW_WORKFLOW: &str = "make a workflow in the Teams channel with the trigger \"When a Teams \
                            webhook request is received\", and write its address to the secret";
const WHOLE: &str = "write the whole address to the secret: it goes on after each &, up to sig=... \
                     (a shell takes it whole between single quotes)";
const TURN_ON: &str = "turn the workflow on, and see who owns it: one whose owner is gone stops";

/// Posts cards to a workflow.
#[derive(Debug)]
pub struct Teams {
    settings: config::Teams,
    secrets: Arc<Secrets>,
    http: Http,
}

impl Teams {
    /// A sink whose address is looked up when the first message goes out.
    pub fn new(settings: config::Teams, secrets: Arc<Secrets>) -> Self {
        Self { settings, secrets, http: Http::default() }
    }

    async fn address(&self, lookup: &mut Lookup<'_>) -> Result<Address, SinkError> {
        let address = lookup.address(&self.settings.url).await?;
        match unfit(address.url()) {
            Some((reason, remedy)) => Err(misfit(&self.settings.url, reason, remedy)),
            None => Ok(address),
        }
    }
}

/// Whether a host is one of Teams, today's or the old ones.
pub(super) fn is_teams(host: &str) -> bool {
    is_under(host, &WORKFLOWS) || is_under(host, &CONNECTORS)
}

/// Why no workflow is there, and what to do.
fn unfit(url: &Url) -> Option<(&'static str, &'static str)> {
    let host = url.host_str().unwrap_or_default();
    let signed = || url.query_pairs().any(|(key, value)| key == "sig" && !value.is_empty());
    match () {
        () if is_under(host, &CONNECTORS) => Some((
            "holds the address of an Office 365 connector, which Microsoft ended in May 2026",
            NEW_WORKFLOW,
        )),
        () if is_under(host, &WORKFLOWS) && !signed() => {
            Some(("holds the address of a workflow without its end", WHOLE))
        }
        () if is_under(host, &super::slack::DOMAINS) => {
            Some(("holds an address of Slack", NEW_WORKFLOW))
        }
        () => None,
    }
}

#[async_trait]
impl Sink for Teams {
    fn form(&self) -> Form {
        Form::Teams
    }

    /// Teams takes four a second, and less over longer times.
    fn pace(&self) -> Option<Duration> {
        Some(Duration::from_secs(1))
    }

    /// Leaves `under` alone: a workflow is not told what its messages are called.
    async fn deliver(&self, message: &Message, _: Option<&str>) -> Result<Receipt, SinkError> {
        let mut lookup = Lookup::of(&self.secrets);
        let address = self.address(&mut lookup).await?;
        let answer = self.http.post_json(&address, message.body.clone()).await?;
        judge(&answer)?;
        Ok(lookup.receipt(None))
    }

    async fn ready(&self) -> Result<(), SinkError> {
        self.address(&mut Lookup::of(&self.secrets)).await.map(drop)
    }
}

/// What an answer means: its status, and for some the code in its body.
fn judge(answer: &Answer) -> Result<(), SinkError> {
    let said = code(answer.body.as_deref().unwrap_or_default());
    let reason = match said {
        Some(code) => format!("{} with {code}", answer.reason()),
        None => answer.reason(),
    };
    let refused = |reason: String, remedy: &str| Err(SinkError::refused(reason, remedy));
    let broken = |reason: String, remedy: &str| Err(SinkError::broken(reason, remedy));
    match (answer.status.as_u16(), said) {
        (400..=499, Some("WorkflowTriggerIsNotEnabled" | "WorkflowNotEnabled")) => {
            broken(reason, TURN_ON)
        }
        (400..=499, Some("TriggerInputSchemaMismatch")) => broken(reason, NEW_WORKFLOW),
        (401 | 403, _) => broken(reason, WHOLE),
        (404 | 410, _) => broken(reason, NEW_WORKFLOW),
        (413, _) => refused(reason, "Teams takes 28 KB: let the template show less"),
        (400 | 422, _) => {
            let remedy = "see the workflow's run history, and `clickops render --form teams`";
            refused(reason, remedy)
        }
        _ => answer.by_status(),
    }
}

/// Codes of Azure Logic Apps that may be said again. The rest of a body may repeat the address.
const CODES: [&str; 6] = [
    "DirectApiAuthorizationRequired",
    "InvalidRequestContent",
    "TriggerInputSchemaMismatch",
    "WorkflowNotEnabled",
    "WorkflowNotFound",
    "WorkflowTriggerIsNotEnabled",
];

/// The code in `{"error": {"code": ...}}`.
fn code(body: &[u8]) -> Option<&'static str> {
    let body: Value = serde_json::from_slice(body).ok()?;
    let said = body["error"]["code"].as_str()?;
    CODES.into_iter().find(|code| *code == said)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_of_a_workflow_with_its_signature() {
        let flow = "https://prod-01.westeurope.logic.azure.com/workflows/x/triggers/manual/paths/\
                    invoke?api-version=2016-06-01";
        let new = "https://abc.d0.environment.api.powerplatform.com:443/powerautomate/x?sv=1.0";
        for (url, good) in [
            (format!("{flow}&sp=%2Ftriggers&sv=1.0&sig=hush"), true),
            (format!("{new}&sig=hush"), true),
            ("https://proxy.example.com/teams".to_owned(), true),
            ("https://notwebhook.office.com.example.com/x".to_owned(), true),
            (flow.to_owned(), false),
            (format!("{flow}&sig="), false),
            (new.to_owned(), false),
            ("https://acme.webhook.office.com/webhookb2/hush".to_owned(), false),
            ("https://outlook.office.com/webhook/hush".to_owned(), false),
            ("https://hooks.slack.com/services/T0/B0/hush".to_owned(), false),
        ] {
            let unfit = unfit(&Url::parse(&url).unwrap());
            assert_eq!(unfit.is_none(), good, "{url}");
            assert!(!format!("{unfit:?}").contains("hush"));
        }
    }
}
