//! `clickops test`: cases as files, whose folder says what has to come out.

use serde_json::Value;

use crate::program::{Desk, Ended, change, log, project};

/// A change that everybody sees, and one by a tool.
fn by_hand() -> String {
    log(&[change("e-hand", "2026-11-23T09:00:00Z")])
}

fn by_tool() -> String {
    let mut event = change("e-tool", "2026-11-23T09:00:00Z");
    event["userAgent"] = "APN/1.0 HashiCorp/1.0 Terraform/1.9.0".into();
    event["sessionCredentialFromConsole"] = Value::Null;
    log(&[event])
}

/// The last line, and the exit code.
fn end(ended: &Ended) -> (i32, &str) {
    (ended.code, ended.stdout.lines().last().unwrap_or(&ended.stderr))
}

#[test]
fn cases_pass_and_fail_by_their_folder() {
    let desk = Desk::new();
    desk.write("tests/detection/clickops/stopped.json", by_hand());
    desk.write("tests/detection/not/team/terraform.json", by_tool());
    desk.write("tests/detection/README.md", "no case");
    let ended = desk.clickops("test");
    assert_eq!(end(&ended), (0, "2 cases, all passed"), "{ended:?}");

    desk.write("tests/detection/attempted/wrong.json", by_hand());
    let ended = desk.clickops("test tests/detection");
    assert_eq!(end(&ended), (1, "3 cases, 1 failed"), "{ended:?}");
    let lines: Vec<_> = ended.stdout.lines().collect();
    assert_eq!(lines[0], "FAIL  attempted/wrong.json");
    let said = "      event e-hand ec2:StopInstances: expected attempted, got clickops; rule C1: ";
    assert!(lines[1].starts_with(said), "{ended:?}");
    assert!(ended.stdout.contains("\npass  not/team/terraform.json\n"), "{ended:?}");
}

#[test]
fn one_wrong_record_an_empty_file_and_a_damaged_one_fail() {
    let desk = Desk::new();
    let all: Vec<_> = (0..8).map(|n| change(&format!("e-{n}"), "2026-11-23T09:00:00Z")).collect();
    desk.write("c/not/many.json", log(&all));
    desk.write("c/not/none.json", log(&[]));
    desk.write("c/not/cut.json", &log(&all)[..900]);
    desk.write("c/clickops/right.json", by_hand());
    let ended = desk.clickops("test c");
    assert_eq!(end(&ended), (1, "4 cases, 3 failed"), "{ended:?}");
    assert!(ended.stdout.contains("and 3 events more"), "{ended:?}");
    assert!(ended.stdout.contains("FAIL  not/none.json\n      the file holds no event\n"));
    assert!(ended.stdout.contains("FAIL  not/cut.json\n"), "{ended:?}");
}

#[test]
fn exclusions_are_proved_by_cases_that_do_not_touch_each_other() {
    let desk = Desk::new();
    desk.write(
        "clickops.toml",
        "[[exclusion]]\nname='sandbox'\nkind='accepted'\nreason='r'\nactor='ann'\nuntil=2026-11-23",
    );
    let event = |name: &str, time: &str| {
        // One id for all, as copies of a file have it.
        let mut event = change("e-1", time);
        event["sharedEventID"] = "shared".into();
        event["userIdentity"]["userName"] = name.into();
        event["userIdentity"]["arn"] = format!("arn:aws:iam::111122223333:user/{name}").into();
        log(&[event])
    };
    desk.write("c/hidden/ann.json", event("ann", "2026-11-23T09:00:00Z"));
    desk.write("c/reported/bob.json", event("bob", "2026-11-23T09:00:00Z"));
    desk.write("c/reported/later.json", event("ann", "2026-11-24T09:00:00Z"));
    let ended = desk.clickops("test c --config clickops.toml");
    assert_eq!(end(&ended), (0, "3 cases, all passed"), "{ended:?}");
    // Without the entry nothing is hidden.
    let ended = desk.clickops("test c");
    assert_eq!(end(&ended), (1, "3 cases, 1 failed"), "{ended:?}");
    assert!(ended.stdout.starts_with("FAIL  hidden/ann.json"), "{ended:?}");
    // What no console made is no act, so there is nothing to hide.
    desk.write("c/hidden/tool.json", by_tool());
    let ended = desk.clickops("test c --config clickops.toml");
    assert_eq!(end(&ended), (1, "4 cases, 1 failed"), "{ended:?}");
}

#[test]
fn exclusions_hide_what_detections_of_the_reports_find() {
    let desk = Desk::new();
    let sign_in = project("tests/detections/sign_ins/found/user-without-mfa.json");
    let sign_in = std::fs::read(sign_in).unwrap();
    let report = "[[report]]\nname='r'\ndetection='sign_ins'\n";
    let entry = "[[exclusion]]\nname='x'\nkind='accepted'\nreason='r'\nevent_source='signin'\n";
    desk.write("report.toml", report);
    desk.write("entry.toml", entry);
    desk.write("both.toml", format!("{report}{entry}"));
    desk.write("hidden/hidden/sign-in.json", &sign_in);
    desk.write("reported/reported/sign-in.json", &sign_in);
    for (config, hidden, reported) in [("both", 0, 1), ("report", 1, 0), ("entry", 1, 1)] {
        for (cases, code) in [("hidden", hidden), ("reported", reported)] {
            let ended = desk.clickops(&format!("test {cases} --config {config}.toml"));
            assert_eq!(ended.code, code, "{config} {cases}: {ended:?}");
        }
    }
    let ended = desk.clickops("test hidden --config report.toml");
    assert!(ended.stdout.contains("found by sign_ins; rule N5.1"), "{ended:?}");
}

#[test]
fn one_case_and_one_folder_run_alone() {
    let desk = Desk::new();
    desk.write("c/clickops/team/stopped.json", by_hand());
    desk.write("c/clickops/tool.json", by_tool());
    let ended = desk.clickops("test c/clickops/team/stopped.json");
    assert_eq!(ended.stdout, "pass  clickops/team/stopped.json\n1 case, all passed\n");
    let ended = desk.clickops("test c/clickops");
    assert_eq!(end(&ended), (1, "2 cases, 1 failed"), "{ended:?}");
    desk.write("c/clickops/notes.txt", "no case");
    let ended = desk.clickops("test c/clickops/notes.txt");
    assert_eq!(ended.code, 2, "{ended:?}");
    assert!(ended.stderr.contains("notes.txt is no case"), "{ended:?}");
}

#[test]
fn views_of_ones_own_are_tested() {
    let desk = Desk::new();
    let shipped = std::fs::read_to_string(project("sql/views/verdicts.sql"));
    let own = shipped.unwrap().replace("'clickops'", "'operational'");
    desk.write("sql/views/verdicts.sql", own);
    desk.write("clickops.toml", "[source]\nsql = 'sql'");
    desk.write("c/operational/stopped.json", by_hand());
    assert_eq!(end(&desk.clickops("test c --config clickops.toml")).0, 0);
    assert_eq!(end(&desk.clickops("test c")).0, 1);
}

#[test]
fn what_is_no_folder_of_cases_is_told() {
    let refused = |files: &[&str], code: i32, said: &str| {
        let desk = Desk::new();
        for file in files {
            desk.write(file, by_hand());
        }
        let ended = desk.clickops("test c");
        assert_eq!(ended.code, code, "{files:?}: {ended:?}");
        assert!(ended.stderr.contains(said), "{files:?}: {ended:?}");
    };
    refused(&["c/clikops/a.json"], 2, "Did you mean 'clickops'?");
    refused(&["c/zzz/a.json"], 2, "clickops, attempted, chained, operational, not, reported");
    refused(&["c/a.json"], 2, "Give the folder above");
    refused(&["c/chained-calls/hidden/a.json"], 2, "clickops test c/chained-calls");
    refused(&["c/chained-calls/a.json"], 2, "Folders of cases are called clickops");
    refused(&[], 4, "Give the folder that holds your cases");
    refused(&["c/not/a.txt"], 4, "there are no cases in c");

    let desk = Desk::new();
    desk.write("c/not/a.json", "{");
    let ended = desk.clickops("test c");
    assert_eq!(ended.code, 4, "{ended:?}");
    assert!(ended.stderr.contains("none of the cases in c can be read"), "{ended:?}");
}

#[test]
fn hostile_records_steer_no_terminal() {
    let desk = Desk::new();
    let mut event = change("\u{1b}[2J\u{202e}", "2026-11-23T09:00:00Z");
    event["eventName"] = "Stop\nInstances\u{1b}]0;x".into();
    desk.write("c/not/a.json", log(&[event]));
    let ended = desk.clickops("test c");
    assert_eq!(ended.code, 1, "{ended:?}");
    let steers = |ch: char| ch != '\n' && (ch.is_control() || ch == '\u{202e}');
    assert!(!ended.stdout.contains(steers), "{ended:?}");
}
