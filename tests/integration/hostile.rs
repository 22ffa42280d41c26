//! Messages made of whatever a log can hold: each is one that Slack and Teams take by every limit
//! they document, and nothing in it pings anybody or leads anywhere but to AWS.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use clickops::digest::{About, Detail, Digest, Finds, Outage, OutageNotice, RunStats, Unused};
use clickops::engine::Damaged;
use clickops::finding::{Finding, rows};
use clickops::message::{Form, Message};
use clickops::render::Renderer;
use proptest::prelude::*;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use crate::corpus::records;
use crate::program::Desk;
use crate::standin::{slack, teams};

/// Where messages may lead.
const CONSOLE: [&str; 2] = [
    "https://eu-west-1.console.aws.amazon.com/cloudtrailv2/",
    "https://console.aws.amazon.com/s3/",
];

/// What people could choose names of.
const HOSTILE: [&str; 28] = [
    "<!channel>",
    "<!here|x>",
    "<@U0123>",
    "<#C0123>",
    "<http://evil.example|y>",
    "https://evil.example/?a=b|c>",
    "HTTP://evil.example",
    "[y](https://evil.example)",
    "![y](http://evil.example)",
    "[y]: http://evil.example",
    "<at>everyone</at>",
    "{{DATE(2026-11-23T07:00:00Z)}}",
    "```",
    "`",
    "*bold* _it_ ~no~",
    "\u{202e}txt.exe",
    "\u{200b}\u{feff}\u{2028}",
    "\u{0}\u{1}\u{2}\u{3}\u{1b}[2J\u{7f}\u{85}",
    "\r\n\r\nForged: all is well",
    "\\",
    "\"}],\"blocks\":[",
    "&lt;!channel&gt; &amp;",
    "%3C!channel%3E",
    "👩‍💻🏴󠁧󠁢󠁥󠁮󠁧󠁿",
    "Z̴̡̧͖̥͒͛̄͐",
    "\u{fffd}\u{fffd}",
    "| a | b |\n|---|---|",
    "{% raw %}{{ 7 * 7 }}",
];

fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => prop::sample::select(&HOSTILE[..]).prop_map(str::to_owned),
        2 => "\\PC{0,40}",
        1 => any::<String>(),
        1 => (1_usize..2_000).prop_map(|length| "<&`".repeat(length)),
    ];
    prop::collection::vec(piece, 0..4).prop_map(|pieces| pieces.concat())
}

/// A field: hostile, unknown, plain, or of the size of a whole log.
fn field(plain: &'static str) -> impl Strategy<Value = Value> {
    prop_oneof![
        6 => text().prop_map(Value::from),
        1 => Just(Value::Null),
        3 => Just(Value::from(plain)),
        1 => prop::sample::select(&HOSTILE[..]).prop_map(|piece| {
            Value::from(piece.repeat(1_000_000 / piece.len().max(1)))
        }),
    ]
}

fn finding() -> impl Strategy<Value = Finding> {
    let who = (field("Ann Smith"), field("arn:aws:sts::111122223333:assumed-role/a/b"));
    let place =
        (field("111122223333"), field("eu-west-1"), field("196.25.1.7"), field("Mozilla/5.0"));
    let what = (text(), text(), field("i-1"), field("Client.UnauthorizedOperation"));
    let known = (text(), field("s3://trail/a.json.gz"), field("flag"), field("reason"), text());
    let kind = (0_u8..4, any::<bool>(), any::<bool>());
    (who, place, what, known, kind).prop_map(
        |(
            (actor, arn),
            (account, region, source, agent),
            (service, action, resource, error),
            (id, log, signal, reason, name),
            (kind, plain_id, raw),
        )| {
            let verdict = ["clickops", "attempted", "chained", "operational"][usize::from(kind)];
            let id = if plain_id { "6f1c2b3a-0d4e-4f6a".to_owned() } else { id };
            let value = json!({
                "event_id": id, "event_time": "2026-11-23T07:12:00Z", "account_id": account,
                "region": region, "event_source": service, "event_name": action,
                "actor": actor, "actor_arn": arn, "source_ip": source, "user_agent": agent,
                "signal": signal, "verdict": verdict, "reported": kind == 0, "resource": resource,
                "error_code": error, "outcome": if kind == 1 { "denied" } else { "success" },
                "exclusion": if kind > 1 { signal.clone() } else { Value::Null },
                "log_file": log, "rule": "C1", "channel": reason.clone(),
                "shared_event_id": error.clone(),
                "extra": {
                    "reason": reason, name.clone(): error, "error_message": resource,
                    "expired_exclusion": signal, "expired_on": name,
                },
            });
            let mut finding: Finding = serde_json::from_str(&value.to_string()).unwrap();
            if raw {
                finding.raw = Some(RawValue::from_string(value.to_string()).unwrap());
            }
            finding
        },
    )
}

fn about(words: &[String]) -> About {
    let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
    let word = |at: usize| words.get(at).cloned().unwrap_or_default();
    About {
        report: word(0),
        sending: "1".to_owned(),
        from: at("2026-11-23T07:00:00Z"),
        to: at("2026-11-23T08:00:00Z"),
        zone: chrono_tz::Tz::UTC,
        accounts: [].into(),
        run: RunStats {
            engine: word(1),
            damaged: vec![Damaged { log: word(2), reason: word(3) }; 5],
            ..RunStats::default()
        },
        finds: Finds::named(&word(4), &word(0)),
        before: Some(3),
        notices: words.to_vec(),
        portal: None,
        unused: vec![Unused { name: word(2), until: None, ended: false }],
        now: at("2026-11-23T08:02:00Z"),
    }
}

/// Holds every message to what its service documents.
fn judge(messages: &[Message], links: &[&str]) {
    assert!((1..=5).contains(&messages.len()), "{} messages", messages.len());
    for message in messages {
        let body = &message.body;
        let (judged, live) = match message.form {
            Form::Slack => (slack::judge::judge(body), slack::live::live(body, links)),
            _ => (teams::judge::judge(body), teams::live::live(body, links)),
        };
        let start: String = body.chars().take(4_000).collect();
        assert_eq!(judged, Ok(()), "{start}");
        assert_eq!(live, None, "{start}");
        let quiet = |c: char| !c.is_control() && !('\u{202a}'..='\u{202e}').contains(&c);
        assert!(body.chars().all(quiet), "{start}");
    }
}

fn judge_all(findings: &[Finding], about: &About, links: &[&str]) {
    let renderer = Renderer::shipped();
    let digest = Digest::build(findings, about);
    let notice = OutageNotice::build(&Outage {
        report: about.report.clone(),
        from: about.from,
        to: about.to,
        zone: about.zone,
        stage: about.run.engine.clone(),
        error: about.notices.concat(),
        remedy: about.notices.first().cloned(),
        next: None,
        now: about.now,
    });
    for form in [Form::Slack, Form::Teams] {
        for template in ["digest", "quiet"] {
            judge(&renderer.render(form, template, &digest, false).unwrap(), links);
        }
        judge(&renderer.render(form, "failure", &notice, false).unwrap(), links);
        for finding in findings {
            let detail = Detail::build(finding, about);
            judge(&renderer.render(form, "event", &detail, false).unwrap(), links);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, max_shrink_iters: 64, ..ProptestConfig::default() })]

    #[test]
    fn whatever_a_log_holds_makes_messages_that_are_taken_and_do_nothing(
        findings in prop::collection::vec(finding(), 1..6),
        words in prop::collection::vec(text(), 5),
    ) {
        judge_all(&findings, &about(&words), &CONSOLE);
    }
}

#[test]
fn thousands_of_findings_make_five_messages_at_most() {
    let one = |number: usize| {
        let value = json!({
            "event_id": format!("6f1c{number}"), "event_time": "2026-11-23T07:12:00Z",
            "account_id": format!("{:012}", number % 97), "region": "eu-west-1",
            "event_source": "ec2.amazonaws.com", "event_name": format!("Action{}", number % 31),
            "actor": format!("person{}", number % 301), "verdict": "clickops",
            "resource": format!("i-{number:017}"),
        });
        serde_json::from_str(&value.to_string()).unwrap()
    };
    let findings: Vec<Finding> = (0..10_000).map(one).collect();
    let digest = Digest::build(&findings, &about(&[]));
    for form in [Form::Slack, Form::Teams] {
        let messages = Renderer::shipped().render(form, "digest", &digest, false).unwrap();
        judge(&messages, &CONSOLE);
        assert!(messages[0].body.contains("10,000"), "{form}");
    }
}

/// Findings of all events in a log, each with its record.
fn found(desk: &Desk, log: &std::path::Path) -> Vec<Finding> {
    let ended =
        desk.clickops_with("query verdicts --format ndjson --logs", &[log.to_str().unwrap()]);
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    let text = std::fs::read_to_string(log).unwrap_or_default();
    let records: HashMap<String, &str> = text
        .lines()
        .filter_map(|line| {
            let record: Value = serde_json::from_str(line).ok()?;
            Some((record["eventID"].as_str()?.to_owned(), line))
        })
        .collect();
    let finding = |line: &str| {
        let mut finding = rows::from_json(line).unwrap();
        let record = records.get(&finding.event_id);
        finding.raw = record.and_then(|record| clickops::raw::redacted(record));
        finding
    };
    ended.stdout.lines().map(finding).collect()
}

#[test]
fn the_examples_and_public_records_make_messages_that_are_taken() {
    let desk = Desk::new();
    let examples = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/logs");
    let logs = std::iter::once(examples).chain(records::logs());
    for log in logs {
        let findings = found(&desk, &log);
        assert!(!findings.is_empty(), "{}", log.display());
        // Their regions are many; links that are none of ours would not begin like this.
        judge_all(&findings, &about(&["daily".to_owned()]), &["https://"]);
    }
}
