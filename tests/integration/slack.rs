//! Slack: what it gets from an incoming webhook and from a bot, and what each answer means.

use std::sync::Arc;
use std::time::Duration;

use clickops::config;
use clickops::message::{Form, Message};
use clickops::secret::{Reference, Secrets};
use clickops::sink::slack_bot::SlackBot;
use clickops::sink::slack_webhook::SlackWebhook;
use clickops::sink::{Sink, SinkError};
use serde_json::{Value, json};

use crate::program::Desk;
use crate::standin::fate;
use crate::standin::slack::{CHANNEL, Fault, Slack, TOKEN};

mod bot;
mod judging;

fn message(body: &Value) -> Message {
    Message {
        form: Form::Slack,
        title: "t".to_owned(),
        body: body.to_string(),
        key: "0123456789abcdef".to_owned(),
    }
}

/// A message of some length, with signs that Slack answers in six bytes each.
fn digest() -> Message {
    let section =
        json!({ "type": "section", "text": { "type": "mrkdwn", "text": "ё".repeat(2_000) } });
    message(&json!({ "text": "Zoë", "blocks": vec![section; 5], "unfurl_links": false }))
}

/// A secret in a file of the desk.
fn secret(desk: &Desk, text: &str) -> Reference {
    Reference::File(desk.write("secret", format!("{text}\n")))
}

fn webhook(desk: &Desk, url: &str) -> SlackWebhook {
    let settings = config::SlackWebhook { url: secret(desk, url) };
    SlackWebhook::new(settings, Arc::new(Secrets::new([])))
}

#[tokio::test]
async fn a_webhook_gets_messages_as_they_are() {
    let (desk, slack) = (Desk::new(), Slack::start());
    let sink = webhook(&desk, &slack.hook_url());
    assert_eq!((sink.form(), sink.pace()), (Form::Slack, Some(Duration::from_secs(1))));
    sink.ready().await.unwrap();
    assert!(slack.taken().is_empty());
    slack.fail(&[Fault::Slow(Duration::from_millis(300))]);
    let receipt = sink.deliver(&digest(), Some("1764000000.000009")).await.unwrap();
    assert_eq!((receipt.id, receipt.note), (None, None));
    let taken = slack.taken();
    assert_eq!(taken.len(), 1);
    assert_eq!(taken[0].body.to_string(), digest().body);
    assert_eq!(taken[0].under, None);
}

#[tokio::test]
async fn each_word_of_a_webhook_says_what_becomes_of_the_message() {
    let (desk, slack) = (Desk::new(), Slack::start());
    let sink = webhook(&desk, &slack.hook_url());
    for (expected, codes) in [
        (
            "refused",
            &[
                "invalid_payload",
                "no_text",
                "invalid_blocks",
                "invalid_blocks_format",
                "too_many_attachments",
                "msg_blocks_too_long",
                "new_thing_too_long",
            ][..],
        ),
        (
            "waits",
            &[
                "channel_is_archived",
                "channel_not_found",
                "no_service",
                "no_service_id",
                "no_team",
                "team_disabled",
                "invalid_token",
                "action_prohibited",
                "posting_to_general_channel_denied",
                "user_not_found",
                "no_active_hooks",
                "a_word_that_is_new",
            ],
        ),
        ("again", &["rollup_error"]),
    ] {
        for code in codes {
            slack.fail(&[Fault::hook(code)]);
            let sent = sink.deliver(&digest(), None).await;
            assert_eq!(fate(&sent), expected, "{code}");
            let error = sent.unwrap_err().to_string();
            assert!(error.contains(&format!("Slack answers {code}")), "{error}");
        }
    }
    assert!(slack.taken().is_empty());
}

#[tokio::test]
async fn other_answers_of_a_webhook_are_known_by_their_status_and_not_repeated() {
    let (desk, slack) = (Desk::new(), Slack::start());
    let sink = webhook(&desk, &slack.hook_url());
    let says = |status, body: &str| Fault::Status(status, Vec::new(), body.to_owned());
    let long = format!("{}hush", "<html>".repeat(10_000));
    for (fault, expected) in [
        (says(200, "hush"), "waits"),
        (says(200, &long), "waits"),
        (says(204, ""), "waits"),
        (says(302, "ok"), "waits"),
        (says(400, "no such thing: /services/T0HUSH/B0HUSH/hush"), "refused"),
        (says(403, "t0hush"), "waits"),
        (says(404, "<html>hush</html>"), "waits"),
        (says(410, ""), "waits"),
        (says(500, "hush"), "again"),
        (says(502, "some_word"), "again"),
        (says(503, &long), "again"),
        (Fault::Hangup, "again"),
        (Fault::busy(7), "again"),
    ] {
        slack.fail(std::slice::from_ref(&fault));
        let sent = sink.deliver(&digest(), None).await;
        assert_eq!(fate(&sent), expected, "{fault:?}");
        if let Err(SinkError::Retry { after, .. }) = sent {
            let pause = matches!(fault, Fault::Status(429, ..)).then(|| Duration::from_secs(7));
            assert_eq!(after, pause, "{fault:?}");
        }
    }
    assert!(slack.taken().is_empty());
    // Nobody can tell such a message from one that was not taken.
    slack.fail(&[Fault::Lost]);
    assert_eq!(fate(&sink.deliver(&digest(), None).await), "again");
    assert_eq!(slack.taken().len(), 1);
}

#[tokio::test]
async fn who_sends_too_fast_is_told_how_long_to_wait() {
    let (desk, slack) = (Desk::new(), Slack::start());
    let sink = webhook(&desk, &slack.hook_url());
    slack.limit(Duration::from_secs(60), 2);
    for expected in ["taken", "taken", "again"] {
        let sent = sink.deliver(&digest(), None).await;
        assert_eq!(fate(&sent), expected);
        if let Err(SinkError::Retry { after, .. }) = sent {
            assert!((50..=60).contains(&after.unwrap().as_secs()), "{after:?}");
        }
    }
}

#[tokio::test]
async fn what_slack_cannot_show_is_refused_with_a_remedy() {
    let (desk, slack) = (Desk::new(), Slack::start());
    let sink = webhook(&desk, &slack.hook_url());
    let bad = message(&json!({ "text": "t", "blocks": [{ "type": "sektion" }] }));
    let sent = sink.deliver(&bad, None).await;
    assert_eq!(fate(&sent), "refused");
    let error = sent.unwrap_err().to_string();
    assert!(error.contains("invalid_blocks (see what the template makes with"), "{error}");
    assert!(slack.refused()[0].why.contains("sektion"));
}

#[tokio::test]
async fn a_secret_that_is_no_incoming_webhook_waits_with_a_remedy() {
    for (url, said) in [
        ("https://hooks.slack.com/triggers/T0/1/hush", "holds the address of a Slack workflow"),
        ("https://hooks.slack.com/workflows/T0/A0/1/hush", "holds the address of a Slack workflow"),
        ("https://slack.com/hush", "that is no incoming webhook"),
        ("https://hush.webhook.office.com/webhookb2/hush", "of Microsoft Teams"),
        ("http://hooks.slack.com/services/T0/B0/hush", "begins with http://"),
        ("REPLACE_ME", "it still holds the placeholder"),
        (TOKEN, "holds no address of the web"),
    ] {
        let desk = Desk::new();
        let sink = webhook(&desk, url);
        let sent = sink.deliver(&digest(), None).await;
        assert_eq!(fate(&sent), "waits", "{url}");
        let error = sent.unwrap_err().to_string();
        assert!(error.contains(said), "{error}");
        assert_eq!(sink.ready().await.unwrap_err().to_string(), error);
    }
}
