//! Microsoft Teams: what a workflow gets, and what each answer means.

use std::sync::Arc;
use std::time::Duration;

use clickops::config;
use clickops::message::{Form, Message};
use clickops::secret::{Reference, Secrets};
use clickops::sink::teams::Teams as TeamsSink;
use clickops::sink::{Sink, SinkError};
use serde_json::{Value, json};

use crate::program::Desk;
use crate::standin::fate;
use crate::standin::teams::{Fault, Teams};

mod judging;

fn sink(desk: &Desk, url: &str) -> TeamsSink {
    let url = Reference::File(desk.write("url", format!("{url}\n")));
    TeamsSink::new(config::Teams { url }, Arc::new(Secrets::new([])))
}

fn card(body: &Value) -> Message {
    let message = judging::message(std::slice::from_ref(body));
    Message {
        form: Form::Teams,
        title: "t".to_owned(),
        body: message.to_string(),
        key: "0123456789abcdef".to_owned(),
    }
}

fn digest() -> Message {
    card(&json!({ "type": "TextBlock", "text": "Zoë" }))
}

#[tokio::test]
async fn a_workflow_gets_cards_as_they_are() {
    let (desk, teams) = (Desk::new(), Teams::start());
    let sink = sink(&desk, &teams.url());
    assert_eq!((sink.form(), sink.pace()), (Form::Teams, Some(Duration::from_secs(1))));
    sink.ready().await.unwrap();
    assert!(teams.taken().is_empty());
    let receipt = sink.deliver(&digest(), Some("1")).await.unwrap();
    assert_eq!((receipt.id, receipt.note), (None, None));
    let taken = teams.taken();
    assert_eq!(taken.len(), 1);
    assert_eq!(taken[0].body.to_string(), digest().body);
    teams.fail(&[Fault::Status(200, Vec::new(), "hush".to_owned())]);
    assert_eq!(fate(&sink.deliver(&digest(), None).await), "taken");
}

#[tokio::test]
async fn each_answer_says_what_becomes_of_the_message() {
    let (desk, teams) = (Desk::new(), Teams::start());
    let sink = sink(&desk, &teams.url());
    let says = |status, code: &str| {
        let body = json!({ "error": { "code": code, "message": "hush" } });
        Fault::Status(status, Vec::new(), body.to_string())
    };
    for (fault, expected, said) in [
        (
            says(401, "DirectApiAuthorizationRequired"),
            "waits",
            "DirectApiAuthorizationRequired; write the whole address",
        ),
        (says(401, "hush"), "waits", "write the whole address"),
        (says(403, ""), "waits", "write the whole address"),
        (says(404, "WorkflowNotFound"), "waits", "WorkflowNotFound; make a workflow"),
        (says(410, ""), "waits", "make a workflow"),
        (says(400, "WorkflowTriggerIsNotEnabled"), "waits", "turn the workflow on"),
        (says(400, "TriggerInputSchemaMismatch"), "waits", "make a workflow"),
        (says(400, "InvalidRequestContent"), "refused", "run history"),
        (says(400, "hush"), "refused", "run history"),
        (says(413, ""), "refused", "28 KB"),
        (says(302, ""), "waits", "redirects"),
        (says(500, ""), "again", "500"),
        (says(503, "ServiceUnavailable"), "again", "503"),
        (Fault::busy(7), "again", "429"),
        (Fault::Hangup, "again", "the connection broke"),
    ] {
        teams.fail(std::slice::from_ref(&fault));
        let sent = sink.deliver(&digest(), None).await;
        assert_eq!(fate(&sent), expected, "{fault:?}");
        let error = sent.unwrap_err();
        assert!(error.to_string().contains(said), "{error}");
        if let SinkError::Retry { after, .. } = error {
            let pause = matches!(fault, Fault::Status(429, ..)).then(|| Duration::from_secs(7));
            assert_eq!(after, pause, "{fault:?}");
        }
    }
    assert!(teams.taken().is_empty());
    // Nobody can tell such a message from one that was not taken.
    teams.fail(&[Fault::Lost]);
    assert_eq!(fate(&sink.deliver(&digest(), None).await), "again");
    assert_eq!(teams.taken().len(), 1);
}

#[tokio::test]
async fn what_teams_cannot_take_is_refused() {
    let (desk, teams) = (Desk::new(), Teams::start());
    let sink = sink(&desk, &teams.url());
    for (body, said) in [
        (json!({ "type": "TextBlock", "text": "x".repeat(28 * 1024) }), "bytes"),
        (json!({ "type": "Textblock", "text": "x" }), "Textblock"),
    ] {
        assert_eq!(fate(&sink.deliver(&card(&body), None).await), "refused");
        let refused = teams.refused();
        assert!(refused[0].why.contains(said), "{refused:?}");
    }
    teams.limit();
    for expected in ["taken", "taken", "taken", "taken", "again"] {
        assert_eq!(fate(&sink.deliver(&digest(), None).await), expected);
    }
}

#[tokio::test]
async fn a_secret_that_is_no_workflow_waits_with_a_remedy() {
    let teams = Teams::start();
    let flow = "https://prod-01.westeurope.logic.azure.com/workflows/hush/triggers/manual/paths";
    for (url, said) in [
        (teams.url_until_ampersand().as_str(), "401"),
        (&format!("{flow}/invoke?api-version=2016-06-01"), "without its end"),
        ("https://hush.webhook.office.com/webhookb2/hush", "Microsoft ended in May 2026"),
        ("https://hooks.slack.com/services/T0/B0/hush", "of Slack"),
        ("REPLACE_ME", "it still holds the placeholder"),
    ] {
        let desk = Desk::new();
        let sent = sink(&desk, url).deliver(&digest(), None).await;
        assert_eq!(fate(&sent), "waits", "{url}");
        let error = sent.unwrap_err().to_string();
        assert!(error.contains(said), "{error}");
    }
    assert!(teams.taken().is_empty());
}
