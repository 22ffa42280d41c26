//! Channels of chat services, without AWS.

use std::time::Instant;

use serde_json::Value;

use crate::program::{Desk, Ended, project};
use crate::standin::slack::{Fault, Slack, TOKEN};
use crate::standin::teams::Teams;

const CONFIG: &str = "
[[channel]]
name = 'hook'
sink = 'slack'
url = 'file:hook'
[[channel]]
name = 'bot'
sink = 'slack-bot'
token = 'file:token'
channel = '#platform'
[[channel]]
name = 'cards'
sink = 'teams'
url = 'file:flow'
[[report]]
name = 'hourly'
channels = ['bot', 'cards']
";

/// The checks of the channels, the exit code, and no secret anywhere.
fn examine(desk: &Desk, slack: &Slack, more: &str) -> (Vec<Value>, i32) {
    let logs = project("examples/logs");
    let line = format!("doctor --config c.toml --logs {} --format json {more}", logs.display());
    let mut command = desk.command(&line);
    command.env("CLICKOPS_SLACK_API", slack.api_url()).env("CLICKOPS_LOG", "trace");
    let ended = Ended::of(&mut command);
    for line in format!("{}{}", ended.stdout, ended.stderr).lines() {
        assert!(!line.to_lowercase().contains("hush"), "{line}");
    }
    let checks: Vec<Value> = serde_json::from_str(&ended.stdout).unwrap();
    (checks.into_iter().filter(|check| check["name"] == "channel").collect(), ended.code)
}

/// The default channel is looked at although no report names it.
#[test]
fn chat_services_are_tried_and_get_a_message_if_asked() {
    let (desk, slack, teams) = (Desk::new(), Slack::start(), Teams::start());
    desk.write("c.toml", CONFIG);
    desk.write("hook", slack.hook_url());
    desk.write("token", TOKEN);
    desk.write("flow", teams.url());
    let (checks, code) = examine(&desk, &slack, "");
    assert_eq!((checks.len(), code), (3, 0), "{checks:#?}");
    assert!(slack.taken().is_empty() && teams.taken().is_empty());

    let before = Instant::now();
    let (checks, code) = examine(&desk, &slack, "--send");
    assert_eq!((checks.len(), code), (3, 0), "{checks:#?}");
    let (taken, cards) = (slack.taken(), teams.taken());
    assert_eq!((taken.len(), cards.len()), (2, 1));
    assert!(taken.iter().all(|one| one.at > before) && cards[0].at > before);

    slack.fail(&[Fault::api("account_inactive")]);
    desk.write("flow", "https://hush.webhook.office.com/webhookb2/hush");
    let (checks, code) = examine(&desk, &slack, "");
    let states: Vec<_> = checks.iter().map(|check| check["state"].as_str().unwrap()).collect();
    assert_eq!((states, code), (vec!["failed", "failed", "ok"], 1), "{checks:#?}");
    let said = |at: usize| checks[at]["message"].as_str().unwrap();
    assert!(said(0).contains("bot: Slack answers account_inactive; install"), "{}", said(0));
    assert!(said(1).contains("make a workflow in the Teams channel"), "{}", said(1));
}
