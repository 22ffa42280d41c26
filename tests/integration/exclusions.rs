//! Exclusions from end to end: what they hide, what comes back when they end, and `clickops snooze`.

use std::collections::BTreeSet;
use std::fs;

use clickops::app::App;
use clickops::config::Config;
use clickops::finding::Finding;
use clickops::finding::rows::from_json;
use serde_json::{Value, json};

use crate::program::{Desk, change, log, project};

const ENTRY: &str = "\n[[exclusion]]\nname = 'x'\nkind = 'accepted'\nreason = 'y'\n";

/// A console change with some of its fields written over.
fn event(id: &str, over: Value) -> Value {
    let mut event = change(id, "2026-11-23T09:00:00Z");
    let record = event.as_object_mut().unwrap();
    record.extend(over.as_object().unwrap().clone());
    event
}

/// The same by somebody else.
fn by(id: &str, name: &str) -> Value {
    let mut event = change(id, "2026-11-23T09:00:00Z");
    event["userIdentity"]["userName"] = name.into();
    event["userIdentity"]["arn"] = format!("arn:aws:iam::111122223333:user/{name}").into();
    event
}

/// Ids of the acts that the exclusions of a config hide.
fn hidden(desk: &Desk, config: &str) -> BTreeSet<String> {
    let line = format!("query console_activity --format ndjson --logs logs --config {config}");
    let ended = desk.clickops(&line);
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    let hidden = |row: &Value| (!row["exclusion"].is_null()).then(|| id(row));
    ended.rows().iter().filter_map(hidden).collect()
}

fn id(row: &Value) -> String {
    row["event_id"].as_str().unwrap().to_owned()
}

fn ids(all: &[&str]) -> BTreeSet<String> {
    all.iter().map(|id| (*id).to_owned()).collect()
}

#[test]
fn what_an_ended_entry_hid_is_back_with_a_notice() {
    let desk = Desk::new();
    let late = change("e-2", "2026-11-24T00:00:00Z");
    desk.write("logs/a.json", log(&[change("e-1", "2026-11-23T23:59:59Z"), late]));
    desk.write("c.toml", format!("{ENTRY}actor = 'ann'\nuntil = 2026-11-23"));
    assert_eq!(hidden(&desk, "c.toml"), ids(&["e-1"]));
    let run = "run --logs logs --config c.toml --now 2026-11-24T08:00:00Z";
    let digest = desk.clickops(run).ok();
    assert!(digest.contains("1 change by"), "{digest}");
    assert!(digest.contains("exclusion x ended on 2026-11-23; 1 change is back"), "{digest}");
    let explained = desk.clickops("explain e-2 --logs logs --config c.toml").ok();
    assert!(explained.contains("exclusion 'x' hid it until 2026-11-23"), "{explained}");

    // Another entry that still hides it takes it over.
    let other = ENTRY.replace("'x'", "'still'");
    desk.write("d.toml", format!("{other}actor = 'ann'{ENTRY}actor = 'ann'\nuntil = 2026-11-23"));
    assert_eq!(hidden(&desk, "d.toml"), ids(&["e-1", "e-2"]));
}

#[test]
fn a_group_is_its_accounts() {
    let desk = Desk::new();
    let other = event("e-2", json!({ "recipientAccountId": "222233334444" }));
    desk.write("logs/a.json", log(&[change("e-1", "2026-11-23T09:00:00Z"), other]));
    let account = "[[account]]\nid = '222233334444'\nname = 'b'\ngroup = 'production'\n";
    desk.write("c.toml", format!("{account}{ENTRY}group = 'production'"));
    assert_eq!(hidden(&desk, "c.toml"), ids(&["e-2"]));
    desk.write("d.toml", format!("{account}{ENTRY}group = 'prodcution'"));
    let refused = desk.clickops("query console_activity --logs logs --config d.toml");
    assert_eq!(refused.code, 2);
    assert!(refused.stderr.contains("exclusion.x.group"), "{}", refused.stderr);
    assert!(refused.stderr.contains("Did you mean 'production'?"), "{}", refused.stderr);
}

/// `Exclusion::covers` and the view have to agree about every entry and every event.
#[tokio::test(flavor = "multi_thread")]
async fn sql_and_the_program_match_alike() {
    let desk = Desk::new();
    let mut events: Vec<Value> = ["ann", "a*n", r"a\n", "a%n", "a_n", "Ann", "王", ""]
        .iter()
        .enumerate()
        .map(|(n, name)| by(&format!("name-{n}"), name))
        .collect();
    events.push(event("no-agent", json!({ "userAgent": null })));
    events.push(event("other-account", json!({ "recipientAccountId": "222233334444" })));
    events.push(event("other-region", json!({ "awsRegion": "us-east-1" })));
    events.push(event("other-action", json!({ "eventName": "Start*Instances" })));
    events.push(event("other-service", json!({ "eventSource": "ec2.example.com" })));
    events.push(event("denied", json!({ "errorCode": "AccessDenied" })));
    desk.write("logs/a.json", log(&events));
    for scopes in [
        "actor = 'a*n'",
        r"actor = 'a\*n'",
        r"actor = 'a\\n'",
        "actor = ['a%n', 'a_n']",
        "actor = '*:user/a?n'",
        "actor = '*:user/a*'\nuser_agent = 'Moz*'",
        "event_source = 'ec2'\naccount = ['1111*', '222233334444']",
        "event_source = 'ec2*'\nregion = 'us-*'",
        r"event_name = 'Start\*Instances'",
        "resource = 'i-0123*'\nevent_name = 'Stop*'",
        "account = '222233334444'\nactor = 'ann'",
        "verdict = 'attempted'",
        "verdict = 'click*'\nchannel = 'console'\ntag = 'run-*'",
    ] {
        let path = desk.write("c.toml", format!("{ENTRY}{scopes}"));
        let mut config = Config::load(Some(&path), []).unwrap();
        config.logs = Some(clickops::config::Place::Dir(desk.path("logs")));
        let app = App::new(config, "2026-11-24T00:00:00Z".parse().unwrap());
        let assembler = app.assembler().await.unwrap();
        let logs = app.some_logs(&clickops::logs::Span::default()).await.unwrap().into();
        let query = assembler.named("console_activity", &Default::default(), logs).unwrap();
        let mut rows = app.engine().await.unwrap().rows(&query).await.unwrap();
        let columns = rows.columns.clone();
        let entry = app.config.exclusions.last().unwrap();
        let mut covered = 0;
        let all = rows.all().await.unwrap();
        assert_eq!(all.len(), events.len());
        for row in all {
            let row: serde_json::Map<_, _> =
                columns.iter().cloned().zip(row.into_iter().map(Value::from)).collect();
            let finding: Finding = from_json(&Value::from(row).to_string()).unwrap();
            let in_sql = finding.exclusion.is_some();
            assert_eq!(in_sql, entry.covers(&finding), "{scopes}: {finding:?}");
            covered += u32::from(in_sql);
        }
        assert!(covered > 0 || scopes.contains('?'), "{scopes} covers nothing");
    }
}

#[test]
fn a_snoozed_event_is_hidden_and_its_neighbours_are_not() {
    let hostile = ["ann", "a*", r"b\*", "c\"'\n[[exclusion]]\n", "d\u{202e}\u{1b}[2J", "%_'", "王"];
    for name in hostile {
        let desk = Desk::new();
        desk.write(
            "logs/a.json",
            log(&[
                by("this-one", name),
                by(
                    "another-person",
                    &name
                        .replace('*', "bc")
                        .replace('%', "x")
                        .replace("ann", "anna")
                        .replace('王', "小"),
                ),
                by("nobody", "zed"),
                event("another-action", json!({ "eventName": "StartInstances" })),
                event("another-account", json!({ "recipientAccountId": "222233334444" })),
            ]),
        );
        let snooze = "snooze this-one --logs logs --for 7d --now 2026-11-23T10:00:00Z --owner me --ticket OPS-1 --reason";
        let snoozed = desk.clickops_with(snooze, &["it's \"fine\""]);
        assert_eq!(snoozed.code, 0, "{}", snoozed.stderr);
        let steers = |ch: char| (ch.is_control() && ch != '\n') || ch == '\u{202e}';
        assert!(!snoozed.stdout.contains(steers), "{:?}", snoozed.stdout);
        assert!(snoozed.stdout.contains("until = 2026-11-30"), "{}", snoozed.stdout);
        desk.write("c.toml", &snoozed.stdout);
        let same = ["c\"'", "d"].iter().any(|begin| name.starts_with(begin));
        let expected = if same { ids(&["this-one", "another-person"]) } else { ids(&["this-one"]) };
        assert_eq!(hidden(&desk, "c.toml"), expected, "{name:?}\n{}", snoozed.stdout);
        // What it prints has a name of its own when it is asked again.
        let again = desk.clickops_with(&format!("{snooze} x --config c.toml"), &[]);
        let both = format!("{}{}", snoozed.stdout, again.stdout);
        desk.write("c.toml", both);
        desk.clickops("sql list --config c.toml").ok();
    }
}

#[test]
fn a_snooze_is_as_wide_as_asked() {
    let desk = Desk::new();
    let ann = |id: &str, over: Value| event(id, over);
    desk.write(
        "logs/a.json",
        log(&[
            ann("this-one", json!({})),
            ann("other-action", json!({ "eventName": "StartInstances" })),
            ann("other-account", json!({ "recipientAccountId": "222233334444" })),
            ann("other-region", json!({ "awsRegion": "us-east-1" })),
            ann(
                "other-resource",
                json!({ "requestParameters": { "instancesSet": { "items": [{ "instanceId": "i-9" }] } } }),
            ),
            by("other-person", "bob"),
        ]),
    );
    for (flags, also) in [
        ("", vec!["other-region", "other-resource"]),
        ("--resource", vec!["other-account", "other-region", "other-person"]),
        ("--actor", vec!["other-account", "other-region", "other-resource"]),
        ("--account", vec!["other-region", "other-resource", "other-person"]),
        ("--actor --account --region --resource", vec![]),
        ("--any-action", vec!["other-action", "other-region", "other-resource"]),
    ] {
        let line = format!(
            "snooze this-one --logs logs --until 2026-12-01 --now 2026-11-23T10:00:00Z --reason why {flags}"
        );
        desk.write("c.toml", desk.clickops(&line).ok());
        let mut expected = ids(&also);
        expected.insert("this-one".to_owned());
        assert_eq!(hidden(&desk, "c.toml"), expected, "{flags}");
    }
}

#[test]
fn snooze_knows_the_journal_and_says_what_it_would_have_hidden() {
    let desk = Desk::new();
    let logs = desk.write(
        "logs/a.json",
        log(&[
            change("e-1", "2026-11-23T09:00:00Z"),
            change("e-2", "2026-11-23T09:01:00Z"),
            by("e-3", "bob"),
        ]),
    );
    let now = "--now 2026-11-23T10:00:00Z";
    desk.clickops(&format!("run --logs logs {now}")).ok();
    fs::remove_file(logs).unwrap();
    let snoozed = desk.clickops(&format!("snooze e-1 --for 1d --reason why {now}"));
    assert_eq!(snoozed.code, 0, "{}", snoozed.stderr);
    assert!(snoozed.stdout.contains("actor = \"ann\""), "{}", snoozed.stdout);
    let said = "of 3 findings in the last 30 days it would have hidden 2";
    assert!(snoozed.stderr.contains(said), "{}", snoozed.stderr);
}

#[test]
fn snooze_refuses_what_would_make_no_sense() {
    let desk = Desk::new();
    let read = event("a-read", json!({ "eventName": "DescribeInstances", "readOnly": true }));
    let mut nameless = change("nameless", "2026-11-23T09:00:00Z");
    nameless["requestParameters"] = Value::Null;
    desk.write("logs/a.json", log(&[read, nameless]));
    for (line, part) in [
        ("snooze a-read --for 7d --reason x", "nothing that a report would show"),
        ("snooze missing --for 7d --reason x", "no event 'missing'"),
        ("snooze nameless --for 7d --reason x --resource", "tells of no resource"),
        ("snooze nameless --until 2026-11-01 --reason x", "is over"),
        ("snooze nameless --for 9999999d --reason x", "too far away"),
        ("snooze nameless --reason x", "--for"),
        ("snooze nameless --for 7d", "--reason"),
        ("snooze nameless --until soon --reason x", "write a day"),
    ] {
        let ended = desk.clickops(&format!("{line} --logs logs --now 2026-11-23T10:00:00Z"));
        assert_ne!(ended.code, 0, "{line}");
        assert_eq!(ended.stdout, "", "{line}");
        assert!(ended.stderr.contains(part), "{line}: {}", ended.stderr);
    }
}

/// Noise only where nothing changes, by the example archive and the cases of the detection.
#[test]
fn no_shipped_entry_hides_a_change() {
    let line = "query --format ndjson --sql";
    let sql = "SELECT event_id, event_source, event_name, exclusion FROM console_activity WHERE verdict = 'clickops' AND exclusion IS NOT NULL";
    for folder in ["examples/logs", "tests/detection"] {
        let logs = project(folder);
        let ended = Desk::new().clickops_with(line, &[sql, "--logs", logs.to_str().unwrap()]);
        assert_eq!(ended.code, 0, "{}", ended.stderr);
        assert_eq!(ended.stdout, "", "{folder}");
    }
}

#[test]
fn what_is_wrong_with_an_entry_is_told_with_its_remedy() {
    let desk = Desk::new();
    desk.write("logs/a.json", log(&[change("e-1", "2026-11-23T09:00:00Z")]));
    for (config, remedy) in [
        (format!("{ENTRY}verdict = 'atempted'"), "Did you mean 'attempted'?"),
        (format!("{ENTRY}verdict = 'xyz'"), "Acts are clickops, attempted, chained, operational."),
        (format!("{ENTRY}actor = 'ann'{ENTRY}actor = 'bob'"), "Give one of them another name."),
        (format!("{ENTRY}actor = '*'"), "Say what it is for"),
        (ENTRY.replace("'accepted'", "'acepted'") + "actor = 'ann'", "Did you mean 'accepted'?"),
        (ENTRY.replace("[[exclusion]]", "[exclusion]") + "actor = 'ann'", "write two brackets"),
        (
            "[[report]]\nname = 'doors'\ndetection = 'sign_in'".to_owned(),
            "Did you mean 'sign_ins'?",
        ),
    ] {
        desk.write("c.toml", &config);
        let ended = desk.clickops("run --logs logs --config c.toml --store memory");
        assert_eq!(ended.code, 2, "{config}: {ended:?}");
        assert!(ended.stderr.contains(remedy), "{config}: {ended:?}");
    }
    assert!(
        desk.clickops("run --logs logs --config c.toml").stderr.contains("report.doors.detection")
    );
}
