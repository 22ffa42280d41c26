//! Messages to a webhook: what it gets, and what becomes of one that it does not take.

use std::fs;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use clickops::config::Webhook as Settings;
use clickops::message::{Form, Message};
use clickops::secret::{Reference, Secrets};
use clickops::sink::webhook::Webhook;
use clickops::sink::{Sink, SinkError};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::program::{Desk, Ended, change, log, project};
use crate::standin::fate;
use crate::standin::hook::{Answer, Hook, Posted};
use crate::standin::ssm::Ssm;

const KEY: &str = "hush-key";

/// A sink for the service, whose address and key lie in files of the desk.
fn sink(desk: &Desk, url: &str) -> Webhook {
    let file = |name: &str, text: &str| Reference::File(desk.write(name, format!("{text}\n")));
    let settings = Settings { url: file("url", url), key: Some(file("key", KEY)) };
    Webhook::new(settings, Arc::new(Secrets::new([])))
}

fn message() -> Message {
    Message {
        form: Form::Json,
        title: "t".to_owned(),
        body: "{\"kind\":\"digest\",\"title\":\"Zoë\"}".to_owned(),
        key: "0123456789abcdef".to_owned(),
    }
}

/// Whether the request is signed with the key, as `templates/README.md` says.
fn is_signed(posted: &Posted) -> bool {
    let mut mac = Hmac::<Sha256>::new_from_slice(KEY.as_bytes()).unwrap();
    mac.update(format!("{}.{}", posted.headers["x-clickops-timestamp"], posted.body).as_bytes());
    let code: String = mac.finalize().into_bytes().iter().map(|b| format!("{b:02x}")).collect();
    posted.headers["x-clickops-signature"] == format!("sha256={code}")
}

#[tokio::test]
async fn a_service_gets_the_body_with_its_key_and_signature() {
    let (desk, hook) = (Desk::new(), Hook::start());
    sink(&desk, &hook.url()).deliver(&message(), None).await.unwrap();
    let posted = hook.posted();
    let [posted] = posted.as_slice() else { panic!("{posted:?}") };
    assert_eq!(posted.path, "/hush?sig=hush");
    assert_eq!(posted.body, message().body);
    assert_eq!(posted.headers["content-type"], "application/json");
    assert_eq!(posted.headers["idempotency-key"], message().key);
    assert!(posted.headers["user-agent"].starts_with("clickops/"));
    let timestamp: i64 = posted.headers["x-clickops-timestamp"].parse().unwrap();
    assert!((chrono::Utc::now().timestamp() - timestamp).abs() < 60);
    assert!(is_signed(posted));
}

#[tokio::test]
async fn what_is_not_taken_says_whether_to_try_again_and_no_secret() {
    let (desk, hook) = (Desk::new(), Hook::start());
    let sink = sink(&desk, &hook.url());
    let elsewhere = Hook::start();
    let wait = |seconds: &str| vec![("Retry-After", seconds.to_owned())];
    let seven = Some(Duration::from_secs(7));
    for (answer, expected, pause) in [
        (Answer::Status(429, wait("7")), "again", seven),
        (Answer::Status(503, wait("7")), "again", seven),
        (Answer::status(500), "again", None),
        (Answer::Hangup, "again", None),
        (Answer::status(400), "refused", None),
        (Answer::status(404), "waits", None),
        (Answer::Status(307, vec![("Location", elsewhere.url())]), "waits", None),
    ] {
        hook.answer(std::slice::from_ref(&answer));
        let sent = sink.deliver(&message(), None).await;
        assert_eq!(fate(&sent), expected, "{answer:?}");
        if let Err(SinkError::Retry { after, .. }) = sent {
            assert_eq!(after, pause, "{answer:?}");
        }
    }
    assert!(elsewhere.posted().is_empty());
    assert_eq!(hook.posted().len(), 7);
}

#[tokio::test]
async fn an_address_that_nobody_answers_at_or_that_is_none_waits() {
    let desk = Desk::new();
    let gone = Hook::start().url();
    for (url, said) in [
        (gone.as_str(), "it cannot be reached"),
        ("REPLACE_ME", "it still holds the placeholder"),
        ("http://hooks.example.com/hush", "holds an address that begins with http://"),
        ("hush", "holds no address of the web"),
    ] {
        let sent = sink(&desk, url).deliver(&message(), None).await;
        let expected = if url == gone { "again" } else { "waits" };
        assert_eq!(fate(&sent), expected, "{url}");
        let error = sent.unwrap_err().to_string();
        assert!(error.contains(said), "{url}: {error}");
    }
}

const CONFIG: &str = "
[[channel]]
name = 'queue'
sink = 'webhook'
url = 'ssm:/clickops/url'
secret = 'env:HOOK_KEY'
[[report]]
name = 'all'
mode = 'both'
channels = ['queue', 'terminal']
";

/// The command with all log lines, and what it needs to find the stand-in.
fn command(desk: &Desk, ssm: &Ssm, line: &str) -> Command {
    let mut command = desk.command(line);
    command
        .env("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
        .env("AWS_SECRET_ACCESS_KEY", "SECRETEXAMPLE")
        .env("AWS_REGION", "eu-west-1")
        .env("AWS_ENDPOINT_URL_SSM", ssm.url())
        .env("HOOK_KEY", KEY)
        .env("CLICKOPS_LOG", "trace");
    command
}

fn run(desk: &Desk, ssm: &Ssm, more: &str) -> Ended {
    let line = format!("run --config c.toml --logs logs --now 2026-11-23T12:00:00Z {more}");
    let ended = Ended::of(&mut command(desk, ssm, &line));
    let written = format!("{}{}", ended.stdout, ended.stderr);
    for line in written.lines() {
        assert!(!line.contains("hush"), "{line}");
    }
    ended
}

/// What the service took: kinds and keys of the messages in their order.
fn kinds(posted: &[Posted]) -> Vec<(String, String)> {
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let kind = |posted: &Posted| {
        assert!(is_signed(posted));
        let body = posted.json();
        assert_eq!(body["version"], 1);
        assert_eq!(body["report"], "all");
        assert_eq!(text(&body["key"]), posted.headers["idempotency-key"]);
        (text(&body["kind"]), text(&body["key"]))
    };
    posted.iter().map(kind).collect()
}

#[test]
fn a_run_delivers_to_a_webhook_and_to_the_terminal() {
    let (desk, hook, ssm) = (Desk::new(), Hook::start(), Ssm::start());
    ssm.put("/clickops/url", &hook.url());
    desk.write("c.toml", CONFIG);
    desk.write("logs/a.json", log(&[change("e-1", "2026-11-23T08:55:00Z")]));
    let ended = run(&desk, &ssm, "");
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    assert!(ended.stdout.contains("ec2:StopInstances"), "{}", ended.stdout);
    let posted = hook.posted();
    assert_eq!(posted.len(), 2);
    let [(first, digest), (second, event)] = &kinds(&posted)[..] else { panic!("{posted:?}") };
    assert_eq!((first.as_str(), second.as_str()), ("digest", "event"));
    assert_ne!(digest, event);
    assert_eq!(posted[1].json()["raw"]["eventID"], "e-1");
    assert_eq!(run(&desk, &ssm, "").code, 0);
    assert!(hook.posted().is_empty());
}

#[test]
fn messages_wait_for_a_webhook_that_is_busy_and_keep_their_keys() {
    let (desk, hook, ssm) = (Desk::new(), Hook::start(), Ssm::start());
    ssm.put("/clickops/url", &hook.url());
    desk.write("c.toml", CONFIG);
    desk.write("logs/a.json", log(&[change("e-1", "2026-11-23T08:55:00Z")]));
    // The digest gets through at the second try, the event not for a long time.
    let later = Answer::Status(429, vec![("Retry-After", "3600".to_owned())]);
    hook.answer(&[Answer::Hangup, Answer::status(200), later]);
    let ended = run(&desk, &ssm, "");
    assert_eq!(ended.code, 1, "{}", ended.stderr);
    assert!(ended.stderr.contains("'queue': it answers 429"), "{}", ended.stderr);
    let before = kinds(&hook.posted());
    assert_eq!(before[0], before[1]);
    assert_eq!(run(&desk, &ssm, "").code, 0);
    let after = kinds(&hook.posted());
    assert_eq!(after, before[2..]);
}

#[test]
fn a_channel_without_its_secret_keeps_no_other_back() {
    let (desk, hook, ssm) = (Desk::new(), Hook::start(), Ssm::start());
    desk.write("c.toml", CONFIG);
    desk.write("logs/a.json", log(&[change("e-1", "2026-11-23T08:55:00Z")]));
    let ended = run(&desk, &ssm, "");
    assert_eq!(ended.code, 1, "{}", ended.stderr);
    assert!(ended.stdout.contains("ec2:StopInstances"), "{}", ended.stdout);
    let told = "warning: report 'all' to 'queue': cannot use the secret ssm:/clickops/url: there \
                is no such parameter; write the real value with `aws ssm put-parameter";
    assert!(ended.stderr.contains(told), "{}", ended.stderr);

    ssm.put_kind("/clickops/url", &hook.url(), "String");
    let ended = run(&desk, &ssm, "");
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    assert!(!ended.stdout.contains("ec2:StopInstances"), "{}", ended.stdout);
    assert_eq!(ended.stderr.matches("ssm:/clickops/url is kept as plain text").count(), 1);
    assert_eq!(kinds(&hook.posted()).len(), 2);
}

#[test]
fn render_shows_what_a_webhook_gets() {
    let desk = Desk::new();
    let logs = project("examples/logs");
    let query = format!("query console_activity --format ndjson --logs {}", logs.display());
    fs::write(desk.path("found.ndjson"), desk.clickops(&query).ok()).unwrap();
    let digest = desk.clickops("render --findings found.ndjson --form json").ok();
    let digest: serde_json::Value = serde_json::from_str(&digest).unwrap();
    assert_eq!((&digest["kind"], &digest["version"]), (&"digest".into(), &1.into()));
    let events = desk.clickops("render --findings found.ndjson --form json --template event").ok();
    for event in events.lines() {
        let event: serde_json::Value = serde_json::from_str(event).unwrap();
        assert_eq!(event["kind"], "event");
    }
    let unknown = desk.clickops("render --findings found.ndjson --form json --template digset");
    assert!(unknown.stderr.contains("there are digest, quiet, event, failure"), "{unknown:?}");
}
