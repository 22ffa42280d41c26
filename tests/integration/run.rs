//! `clickops run` from end to end: nothing missed, nothing twice.

use std::collections::BTreeSet;
use std::fs;

use crate::program::{Desk, change, copy, files, gzip, identity, log, project};

#[test]
fn a_second_run_says_that_nothing_is_new() {
    let desk = Desk::new();
    let logs = project("examples/logs");
    let first = desk.clickops_with("run --logs", &[logs.to_str().unwrap()]).ok();
    assert!(first.contains("30 changes"), "{first}");
    let journal = desk.journal();
    let second = desk.clickops_with("run --logs", &[logs.to_str().unwrap()]).ok();
    assert!(second.starts_with("Nothing new"), "{second}");
    assert_eq!(desk.journal(), journal);
}

#[test]
fn the_journal_holds_each_event_once_with_its_full_record() {
    let desk = Desk::new();
    desk.clickops_with("run --logs", &[project("examples/logs").to_str().unwrap()]).ok();
    let journal = desk.journal();
    let different: BTreeSet<_> = journal.iter().collect();
    assert_eq!(different.len(), journal.len());
    for file in files(&desk.path(".clickops/journal")) {
        for line in fs::read_to_string(file).unwrap().lines().skip(1) {
            let finding: serde_json::Value = serde_json::from_str(line).unwrap();
            assert_eq!(finding["raw"]["eventID"], finding["event_id"], "{line}");
        }
    }
}

/// Whichever log comes last, however old it is: exactly what it adds is reported.
#[test]
fn a_log_that_comes_later_adds_exactly_its_findings() {
    let desk = Desk::new();
    copy(&project("examples/logs"), &desk.path("logs"));
    let all = desk.clickops("query console_activity --logs logs --format ndjson");
    let mut late = BTreeSet::new();
    for row in all.rows() {
        late.insert(row["log_file"].as_str().unwrap().to_owned());
    }
    for (n, path) in late.iter().take(4).enumerate() {
        let desk = Desk::new();
        copy(&project("examples/logs"), &desk.path("logs"));
        let name = path.split("/logs/").nth(1).unwrap();
        let place = desk.path("logs").join(name);
        let aside = desk.path("aside.json.gz");
        fs::rename(&place, &aside).unwrap();
        desk.clickops("run --logs logs").ok();
        let before: BTreeSet<_> = desk.journal().into_iter().collect();
        fs::rename(&aside, &place).unwrap();
        desk.clickops("run --logs logs").ok();
        let after = desk.journal();
        let here = desk.clickops_with(
            "query console_activity --format ndjson --logs",
            &[place.to_str().unwrap()],
        );
        let expected: BTreeSet<_> =
            here.stdout.lines().map(identity).filter(|finding| !before.contains(finding)).collect();
        let added: Vec<_> =
            after.iter().filter(|finding| !before.contains(*finding)).cloned().collect();
        assert_eq!(added.iter().cloned().collect::<BTreeSet<_>>(), expected, "log {n}: {name}");
        assert_eq!(added.len(), expected.len());
        assert_eq!(after.len(), before.len() + added.len());
    }
}

#[test]
fn an_event_delivered_twice_is_reported_once() {
    let desk = Desk::new();
    let event = change("e-1", "2026-11-23T09:00:00Z");
    desk.write("logs/a.json.gz", gzip(&log(&[event.clone(), event.clone()])));
    assert!(desk.clickops("run --logs logs").ok().contains("1 change "));
    desk.write("logs/b.json.gz", gzip(&log(&[event])));
    let again = desk.clickops("run --logs logs").ok();
    assert!(again.contains("Nothing was changed by hand"), "{again}");
    assert_eq!(desk.journal().len(), 1);
}

#[test]
fn a_late_event_is_marked_as_late() {
    let desk = Desk::new();
    let name = "logs/111122223333_CloudTrail_eu-west-1_20261123T1100Z_abcdefghijklmnop.json.gz";
    desk.write(name, gzip(&log(&[change("e-1", "2026-11-23T09:00:00Z")])));
    let digest = desk.clickops("run --logs logs").ok();
    assert!(digest.contains("late"), "{digest}");
}

#[test]
fn a_dry_run_leaves_no_trace() {
    let desk = Desk::new();
    desk.write("logs/a.json", log(&[change("e-1", "2026-11-23T09:00:00Z")]));
    let dry = desk.clickops("run --logs logs --dry-run").ok();
    assert!(dry.contains("StopInstances"), "{dry}");
    assert!(!desk.path(".clickops").exists());
    let lines = |text: &str| -> Vec<String> {
        text.lines().filter(|line| !line.starts_with("Run ")).map(str::to_owned).collect()
    };
    assert_eq!(lines(&desk.clickops("run --logs logs").ok()), lines(&dry));
}

#[test]
fn schedules_say_when_and_exclusions_what() {
    let desk = Desk::new();
    desk.write(
        "logs/a.json",
        log(&[change("e-1", "2026-11-23T08:10:00Z"), change("e-2", "2026-11-23T08:20:00Z")]),
    );
    desk.write(
        "clickops.toml",
        r#"
        [source]
        logs = "logs"
        [[account]]
        id = "111122223333"
        name = "payments"
        group = "prod"
        [[report]]
        name = "hourly"
        schedule = "0 * * * *"
        timezone = "Europe/Berlin"
        match.groups = ["prod"]
        [[exclusion]]
        name = "night stop"
        kind = "accepted"
        reason = "saves money"
        event_source = "ec2"
        event_name = "Stop*"
        actor = "bob"
        "#,
    );
    let at = |time: &str| desk.clickops(&format!("run --config clickops.toml --now {time}")).ok();
    let first = at("2026-11-23T09:00:00Z");
    assert!(
        first.contains("2 changes") && first.contains("payments") && first.contains("09:10"),
        "{first}"
    );
    assert_eq!(at("2026-11-23T09:59:00Z"), "");
    assert!(at("2026-11-23T10:00:00Z").contains("Nothing was changed by hand"));

    let text = fs::read_to_string(desk.path("clickops.toml")).unwrap();
    desk.write("clickops.toml", text.replace("\"bob\"", "\"a*\""));
    desk.write("logs/b.json", log(&[change("e-3", "2026-11-23T10:10:00Z")]));
    let hidden = at("2026-11-23T12:00:00Z");
    assert!(hidden.contains("night stop") || hidden.contains("saves money"), "{hidden}");
    assert!(hidden.contains("nobody was looking from 11:00 to 13:00; caught up now"), "{hidden}");
}

#[test]
fn the_ledger_can_be_looked_at_and_moved() {
    let desk = Desk::new();
    assert!(desk.clickops("ledger show").ok().starts_with("Nothing has been collected"));
    let name = |minute: &str| {
        format!(
            "logs/111122223333_CloudTrail_eu-west-1_20261123T{minute}Z_abcdefghijklmn{}.json.gz",
            &minute[..2]
        )
    };
    desk.write(&name("0900"), gzip(&log(&[change("e-1", "2026-11-23T08:55:00Z")])));
    desk.write(&name("1000"), gzip(&log(&[change("e-2", "2026-11-23T09:55:00Z")])));
    desk.clickops("ledger set-until 2026-11-23T09:30:00Z --now 2026-11-23T12:00:00Z").ok();
    assert!(desk.clickops("run --logs logs").ok().contains("1 change "));
    assert!(desk.clickops("ledger show").ok().contains("2026-11-23 10:00 UTC"));
    desk.clickops("ledger set-until 2026-11-23T08:00:00Z --now 2026-11-23T12:00:00Z").ok();
    assert!(desk.clickops("run --logs logs").ok().contains("1 change "));
    assert_eq!(desk.journal().len(), 2);
}

#[test]
fn what_an_engine_works_on_can_be_looked_at() {
    let desk = Desk::new();
    let ledger = serde_json::json!({"unfinished": [
        {"logs": "00000000000000010000000000000002", "attempt": 1,
         "executions": {"console_activity": "0a1b2c3d-1111"}},
        {"logs": "", "span": {"until": "2026-11-23T09:00:00Z"}, "attempt": 2, "executions": {}},
    ]});
    desk.write(".clickops/ledger.json", ledger.to_string());
    let shown = desk.clickops("ledger show").ok();
    assert!(shown.contains("Begun      2 logs: 0a1b2c3d-1111\n"), "{shown}");
    assert!(shown.contains("Begun      minutes of delivery: to be tried again\n"), "{shown}");
}

/// Each detection has its findings once, and only the report that names it tells of them.
#[test]
fn a_report_that_names_another_detection_hears_of_that_one_alone() {
    let desk = Desk::new();
    copy(&project("tests/detections/sign_ins/found"), &desk.path("logs"));
    copy(&project("tests/detections/denied_attempts/found"), &desk.path("logs"));
    let report = |name: &str, more: &str| format!("[[report]]\nname = \"{name}\"\n{more}\n");
    let config = report("plain", "") + &report("doors", "detection = \"sign_ins\"");
    desk.write("c.toml", &config);
    let told = desk.clickops("run --config c.toml --logs logs").ok();
    let (plain, doors) = told.split_once("doors").unwrap();
    assert!(plain.contains("1 denied") && !plain.contains("ConsoleLogin"), "{told}");
    assert!(doors.contains("ConsoleLogin") && !doors.contains("denied"), "{told}");
    assert!(doors.contains("3 sign-ins by 2 people") && !doors.contains("change"), "{told}");
    let journal = desk.journal();
    assert_eq!(journal.len(), 4, "{journal:?}");
    let again = desk.clickops("run --config c.toml --logs logs").ok();
    assert!(again.starts_with("Nothing new"), "{again}");
    assert_eq!(desk.journal(), journal);
}
