//! Messages as people see them: each case in `tests/messages` against its snapshot, plus what is
//! too large for a file. Review changes with `cargo insta review`, or read `tests/snapshots`.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::fs;
use std::path::Path;

use chrono::{DateTime, Utc};
use clickops::digest::{
    About, Account, Detail, Digest, Finds, Outage, OutageNotice, RunStats, Unused,
};
use clickops::engine::Damaged;
use clickops::finding::Finding;
use clickops::message::{Form, Message};
use clickops::render::{Look, Renderer};
use serde::Deserialize;
use serde_json::{Value, json};

/// A case: what a report knows. Each finding says only what matters; [`finding`] has the rest.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    /// `event` or `failure`; a digest decides itself between `digest` and `quiet`.
    template: Option<String>,
    report: String,
    zone: String,
    #[serde(default)]
    accounts: serde_json::Map<String, Value>,
    #[serde(default)]
    run: Value,
    before: Option<u64>,
    #[serde(default)]
    notices: Vec<String>,
    #[serde(default)]
    unused: Vec<Value>,
    #[serde(default)]
    findings: Vec<Value>,
    stage: Option<String>,
    error: Option<String>,
    remedy: Option<String>,
    next: Option<DateTime<Utc>>,
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// A finding with everything that the case leaves out.
fn finding(given: &Value) -> Finding {
    let mut all = json!({
        "event_id": "6f1c2b3a-0d4e-4f6a-9b1c-000000000000",
        "event_time": "2026-11-23T07:12:00Z",
        "event_source": "ec2.amazonaws.com",
        "event_name": "RunInstances",
        "signal": "flag",
        "channel": "console",
        "confidence": "high",
        "verdict": "clickops",
        "rule": "C1",
        "outcome": "success",
    });
    let fields = all.as_object_mut().unwrap();
    for (name, value) in given.as_object().unwrap() {
        fields.insert(name.clone(), value.clone());
    }
    // By way of text: a raw value keeps the text it was read from.
    serde_json::from_str(&all.to_string()).unwrap()
}

fn unused(given: &Value) -> Unused {
    Unused {
        name: given["name"].as_str().unwrap().to_owned(),
        until: given["until"].as_str().map(str::to_owned),
        ended: given["ended"].as_bool().unwrap_or_default(),
    }
}

fn about(case: &Case) -> About {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    About {
        report: case.report.clone(),
        sending: "2026-11-23T08:00:00+00:00 1-2".to_owned(),
        from: at("2026-11-23T07:00:00Z"),
        to: at("2026-11-23T08:00:00Z"),
        zone: case.zone.parse().unwrap(),
        accounts: case
            .accounts
            .iter()
            .map(|(id, account)| {
                let account = Account {
                    name: text(&account["name"]).unwrap_or_default(),
                    group: text(&account["group"]),
                };
                (id.clone(), account)
            })
            .collect(),
        run: RunStats {
            logs: case.run["logs"].as_u64().unwrap_or_default(),
            bytes: case.run["bytes"].as_u64().unwrap_or_default(),
            scanned: case.run["scanned"].as_u64(),
            seconds: case.run["seconds"].as_f64().unwrap_or_default(),
            damaged: case.run["damaged"]
                .as_array()
                .into_iter()
                .flatten()
                .map(|damaged| Damaged {
                    log: text(&damaged["log"]).unwrap(),
                    reason: text(&damaged["reason"]).unwrap(),
                })
                .collect(),
            engine: text(&case.run["engine"]).unwrap_or_default(),
            cost: case.run["cost"].as_f64(),
        },
        finds: Finds::default(),
        before: case.before,
        notices: case.notices.clone(),
        portal: None,
        unused: case.unused.iter().map(unused).collect(),
        now: at("2026-11-23T08:02:00Z"),
    }
}

fn render(case: &Case, look: impl Into<Look>) -> String {
    let message = message(case, Form::Text, look);
    format!("title: {}\n\n{}", message.title, message.body)
}

fn message(case: &Case, form: Form, look: impl Into<Look>) -> Message {
    let mut messages = messages(case, form, look);
    assert_eq!(messages.len(), 1, "the case fits into one message");
    messages.remove(0)
}

fn messages(case: &Case, form: Form, look: impl Into<Look>) -> Vec<Message> {
    let about = about(case);
    let findings: Vec<_> = case.findings.iter().map(finding).collect();
    let renderer = Renderer::shipped();
    let look = look.into();
    match case.template.as_deref() {
        Some("event") => {
            let detail = Detail::build(&findings[0], &about);
            renderer.render(form, "event", &detail, look)
        }
        Some("failure") => {
            let notice = OutageNotice::build(&Outage {
                report: case.report.clone(),
                from: about.from,
                to: about.to,
                zone: about.zone,
                stage: case.stage.clone().unwrap(),
                error: case.error.clone().unwrap(),
                remedy: case.remedy.clone(),
                next: case.next,
                now: about.now,
            });
            renderer.render(form, "failure", &notice, look)
        }
        other => {
            assert_eq!(other, None, "a case is a digest, an event or a failure");
            let digest = Digest::build(&findings, &about);
            renderer.render(form, digest.template(), &digest, look)
        }
    }
    .unwrap()
}

fn case(path: &Path) -> Case {
    let text = fs::read_to_string(path).unwrap();
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn cases() -> Vec<(String, Case)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/messages");
    let mut cases: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "json"))
        .map(|path| {
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            (name, case(&path))
        })
        .collect();
    cases.sort_by(|a, b| a.0.cmp(&b.0));
    cases
}

fn hour(findings: Vec<Value>) -> Case {
    Case {
        template: None,
        report: "hourly".to_owned(),
        zone: "UTC".to_owned(),
        accounts: serde_json::Map::new(),
        run: json!({ "engine": "embedded engine", "logs": 1 }),
        before: None,
        notices: Vec::new(),
        unused: Vec::new(),
        findings,
        stage: None,
        error: None,
        remedy: None,
        next: None,
    }
}

mod every_case {
    use super::*;

    #[test]
    fn looks_as_it_did() {
        for (name, case) in cases() {
            insta::assert_snapshot!(format!("text@{name}"), render(&case, false));
        }
    }

    #[test]
    fn has_the_same_fields_for_programs() {
        for (name, case) in cases() {
            let message = message(&case, Form::Json, false);
            let body: Value = serde_json::from_str(&message.body).unwrap();
            assert_eq!(body["key"], message.key);
            assert!(message.body.chars().all(|c| !c.is_control() && c != '\u{202e}'), "{name}");
            let pretty = serde_json::to_string_pretty(&body).unwrap();
            // So that the file shows in every editor what it holds.
            let pretty = pretty.replace('\u{202e}', "\\u202e");
            insta::assert_snapshot!(format!("json@{name}"), pretty);
        }
    }

    #[test]
    fn looks_as_it_did_in_chat() {
        for form in [Form::Slack, Form::Teams] {
            for (name, case) in cases() {
                let message = message(&case, form, false);
                let body: Value = serde_json::from_str(&message.body).unwrap();
                let pretty = serde_json::to_string_pretty(&body).unwrap();
                insta::assert_snapshot!(format!("{form}@{name}"), pretty);
            }
        }
    }

    #[test]
    fn fits_the_width_and_steers_no_terminal() {
        for (name, case) in cases() {
            for width in [100, 80] {
                let color = false;
                let text = render(&case, Look { color, width });
                for line in text.lines().skip(1)
                /* the title */
                {
                    // A record and the address of a log are shown as they are.
                    let long = unicode_width::UnicodeWidthStr::width(line) > usize::from(width);
                    let quoted = name.starts_with("event")
                        && ["  ", "Log"].iter().any(|start| line.starts_with(start));
                    assert!(!long || quoted, "{name}: {line}");
                    assert!(!line.chars().any(char::is_control), "{name}: {line:?}");
                    assert!(!line.contains("Forged") || line.contains("\\n"), "{name}: {line}");
                }
            }
        }
    }

    #[test]
    fn says_the_same_in_colour() {
        for (name, case) in cases() {
            let mut coloured = render(&case, true);
            for style in ["1", "2", "22", "31", "32", "33", "34", "35", "36", "39"] {
                coloured = coloured.replace(&format!("\x1b[{style}m"), "");
            }
            let lines =
                |text: &str| text.lines().map(|l| l.trim_end().to_owned()).collect::<Vec<_>>();
            assert_eq!(lines(&coloured), lines(&render(&case, false)), "{name}");
        }
    }
}

mod looks {
    use super::*;

    #[test]
    fn an_hour_in_colour() {
        let (_, case) = cases().into_iter().find(|(name, _)| name == "an-hour").unwrap();
        insta::assert_snapshot!(render(&case, true).replace('\x1b', "␛"));
    }

    #[test]
    fn an_hour_in_80_columns() {
        let (_, case) = cases().into_iter().find(|(name, _)| name == "an-hour").unwrap();
        let (color, width) = (false, 80);
        insta::assert_snapshot!(render(&case, Look { color, width }));
    }
}

mod large {
    use super::*;

    #[test]
    fn a_burst_is_one_line() {
        let calls = (0..300).map(|n| {
            json!({
                "actor": "Ann Smith",
                "event_time": format!("2026-11-23T07:{:02}:00Z", n % 50),
                "event_name": "DeleteSnapshot",
                "resource": format!("snap-{n:04}"),
            })
        });
        insta::assert_snapshot!(render(&hour(calls.collect()), false));
    }

    #[test]
    fn a_value_of_ten_thousand_characters_is_cut() {
        let long = "x".repeat(10_000);
        let mut given = json!({});
        for field in [
            "actor",
            "resource",
            "account_id",
            "region",
            "source_ip",
            "user_agent",
            "event_name",
            "actor_arn",
        ] {
            given[field] = format!("{field}-{long}-end").into();
        }
        let text = render(&hour(vec![given.clone()]), false);
        assert!(text.len() < 4_000, "{}", text.len());
        insta::assert_snapshot!(text);

        given["raw"] = json!({ "requestParameters": (0..1_000).collect::<Vec<_>>() });
        let mut event = hour(vec![given]);
        event.template = Some("event".to_owned());
        let text = render(&event, false);
        assert!(text.lines().count() < 300);
        assert!(text.contains("… 804 more lines"), "{text}");
    }

    #[test]
    fn thousands_of_people_end_in_a_count() {
        let calls = (0..3_000)
            .map(|n| json!({ "actor": format!("person-{n}"), "account_id": format!("{n:012}") }));
        let text = render(&hour(calls.collect()), false);
        assert!(text.contains("3,000 changes by 3,000 people in 3,000 accounts"), "{text}");
        assert!(text.contains("and 2,970 more people"), "{text}");
        assert!(text.lines().count() < 200);
    }

    /// As many lines as the template ever writes, each with all that it can have.
    #[test]
    fn the_longest_digest_is_rendered() {
        let mut calls = Vec::new();
        for (person, place, action) in (0..31 * 21 * 13).map(|n| (n / 273, n / 13 % 21, n % 13)) {
            for resource in 0..2 {
                calls.push(json!({
                    "actor": format!("person-{person}"),
                    "account_id": format!("{place:012}"),
                    "event_name": format!("DeleteThing{action}"),
                    "resource": format!("a-rather-long-resource-name-{resource}"),
                    "delivered": "2026-11-23T08:00:00Z",
                    "extra": { "first_time": "true" },
                }));
            }
        }
        let text = render(&hour(calls), true);
        assert!(text.contains("and 1 more person"), "{}", text.len());
        assert!(text.contains("and 1 more place"));
        assert!(text.contains("and 1 more action"));
    }

    #[test]
    fn a_record_of_a_megabyte_is_no_trouble() {
        let mut event = hour(vec![json!({
            "actor": "Ann Smith",
            "raw": { "requestParameters": { "policy": "x".repeat(1 << 20) } },
        })]);
        event.template = Some("event".to_owned());
        let text = render(&event, false);
        assert!(text.len() < 300 << 10 && text.contains('…'), "{}", text.len());
    }
}
