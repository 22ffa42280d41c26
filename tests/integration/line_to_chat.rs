//! The whole line, from logs on a disk to Slack and Teams: the program against stand-ins that take
//! nothing beyond the documented limits.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::path::Path;
use std::process::Command;

use crate::program::{Desk, Ended, change, copy, log};
use crate::standin::slack::{self, CHANNEL, Slack, TOKEN};
use crate::standin::teams::{self, Teams};

const CONFIG: &str = "
[[channel]]
name = 'hook'
sink = 'slack'
url = 'env:HOOK'
[[channel]]
name = 'bot'
sink = 'slack-bot'
token = 'env:TOKEN'
channel = '#platform'
[[channel]]
name = 'cards'
sink = 'teams'
url = 'env:CARDS'
[[report]]
name = 'everything'
timezone = 'Africa/Johannesburg'
mode = 'both'
max_events = 3
channels = ['hook', 'bot', 'cards']
";

/// Services, and a desk with the program.
struct Line {
    desk: Desk,
    hook: Slack,
    bot: Slack,
    cards: Teams,
}

impl Line {
    fn new(config: &str) -> Self {
        let desk = Desk::new();
        desk.write("c.toml", config);
        Self { desk, hook: Slack::start(), bot: Slack::start(), cards: Teams::start() }
    }

    fn run(&self, code: i32) -> String {
        let line = "run --config c.toml --logs logs --now 2026-11-23T12:00:00Z";
        let mut command: Command = self.desk.command(line);
        command
            .env("HOOK", self.hook.hook_url())
            .env("TOKEN", TOKEN)
            .env("CLICKOPS_SLACK_API", self.bot.api_url())
            .env("CARDS", self.cards.url())
            .env("CLICKOPS_LOG", "trace");
        let ended = Ended::of(&mut command);
        assert_eq!(ended.code, code, "{}", ended.stderr);
        assert!(!ended.stderr.contains("hush") && !ended.stdout.contains("hush"));
        ended.stderr
    }

    /// Nothing was refused, and nothing comes out live.
    fn is_well(&self) {
        assert!(self.hook.refused().is_empty() && self.bot.refused().is_empty());
        assert!(self.cards.refused().is_empty());
    }
}

#[test]
fn the_examples_arrive_once_and_the_bots_in_a_thread() {
    let line = Line::new(CONFIG);
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/logs");
    copy(&examples, &line.desk.path("logs"));
    line.run(0);
    line.is_well();
    let (hook, bot, cards) = (line.hook.taken(), line.bot.taken(), line.cards.taken());
    // A digest, and the three most important changes.
    assert_eq!((hook.len(), bot.len(), cards.len()), (4, 4, 4));
    assert!(hook[0].body["text"].as_str().unwrap().contains("30 changes by 7 people"));
    let threads: Vec<_> = bot.iter().map(|one| one.under.clone()).collect();
    let parent = Some(bot[0].ts.clone());
    assert_eq!(threads, [None, parent.clone(), parent.clone(), parent]);
    assert!([CHANNEL.0, CHANNEL.1].contains(&bot[0].body["channel"].as_str().unwrap()));
    for body in hook.iter().chain(&bot).map(|taken| taken.body.to_string()) {
        assert_eq!(slack::live(&body, &["https://"]), None);
    }
    for body in cards.iter().map(|taken| taken.body.to_string()) {
        assert_eq!(teams::live(&body, &["https://"]), None);
    }
    line.run(0);
    assert!(line.hook.taken().is_empty() && line.bot.taken().is_empty());
    assert!(line.cards.taken().is_empty());
}

#[test]
fn what_is_no_text_at_all_arrives_as_one_that_does_nothing() {
    let line = Line::new(CONFIG);
    let mut record = change("e-1", "2026-11-23T08:55:00Z");
    record["userAgent"] = "NOTUTF8 <!channel> [y](http://evil.example)".into();
    let text = log(&[record]).into_bytes();
    let at = text.windows(7).position(|part| part == b"NOTUTF8").unwrap();
    let mut bytes = text;
    bytes[at..at + 7].copy_from_slice(&[0xff, 0xfe, 0xc3, 0x28, 0xed, 0xa0, 0x80]);
    line.desk.write("logs/a.json", bytes);
    let said = line.run(0);
    line.is_well();
    let hook = line.hook.taken();
    assert_eq!(hook.len(), 2, "{said}");
    let body = hook[1].body.to_string();
    assert_eq!(slack::live(&body, &["https://"]), None, "{body}");
    assert!(body.contains("&lt;!channel&gt;"), "{body}");
}

#[test]
fn a_template_that_slack_would_refuse_costs_no_message() {
    let line = Line::new(&format!("[source]\ntemplates = 'mine'\n{CONFIG}"));
    line.desk.write("mine/slack/digest.mrkdwn.j2", "{{ {'type': 'sektion'} | block }}");
    line.desk.write("logs/a.json", log(&[change("e-1", "2026-11-23T08:55:00Z")]));
    let said = line.run(0);
    assert!(said.contains("the shipped template is used") && said.contains("sektion"), "{said}");
    line.is_well();
    assert_eq!(line.hook.taken().len(), 2);
}
