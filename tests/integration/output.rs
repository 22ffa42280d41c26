//! What commands print, and to whom: tables, single events, previews of messages.

use std::fs;
use std::io::{Read as _, Write as _};
use std::process::Stdio;

use crate::program::{Desk, change, log, project};

const ID: &str = "6f1c2b3a-0d4e-4f6a-9b1c-00000000000a";

fn desk() -> Desk {
    let desk = Desk::new();
    desk.write("logs/a.json", log(&[change(ID, "2026-11-23T09:00:00Z")]));
    desk
}

#[test]
fn a_table_fits_the_terminal() {
    let desk = desk();
    for columns in ["60", "100", "200"] {
        let line = "query console_changes --logs logs";
        let output = desk.command(line).env("COLUMNS", columns).output().unwrap();
        let table = String::from_utf8(output.stdout).unwrap();
        let width = table.lines().map(|line| line.chars().count()).max().unwrap();
        assert!(width <= columns.parse().unwrap(), "{table}");
        assert!(table.contains("2026-11-23T09:00:00Z"), "{table}");
        assert!(table.contains(" columns: --format ndjson prints all, --sql picks"), "{table}");
    }
}

#[test]
fn a_reader_who_has_seen_enough_is_no_error() {
    let desk = Desk::new();
    let logs = project("examples/logs");
    for format in ["csv", "json", "ndjson", "table"] {
        let mut program = desk
            .command(&format!("query verdicts --format {format} --logs"))
            .arg(&logs)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut first = [0];
        program.stdout.take().unwrap().read_exact(&mut first).unwrap();
        let ended = program.wait_with_output().unwrap();
        assert_eq!(ended.status.code(), Some(0), "{format}: {ended:?}");
        assert!(ended.stderr.is_empty(), "{format}: {ended:?}");
    }
}

/// What a full disk does not take is kept, and comes with the next run.
#[cfg(target_os = "linux")]
#[test]
fn a_digest_that_cannot_be_written_comes_later() {
    let desk = desk();
    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = desk.command("run --logs logs").stdout(full).output().unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(told.contains("check where standard output goes"), "{told}");
    let next = desk.clickops("run --logs logs").ok();
    assert!(next.contains("1 change by "), "{next}");
    let third = desk.clickops("run --logs logs").ok();
    assert!(third.starts_with("Nothing new"), "{third}");
}

#[test]
fn an_event_of_a_digest_is_explained_without_its_logs() {
    let desk = desk();
    desk.clickops("run --logs logs").ok();
    let from_log = desk.clickops(&format!("explain {ID}"));
    assert!(from_log.stderr.is_empty(), "{from_log:?}");
    let from_log = from_log.ok();
    for part in ["verdict   clickops", "reported  yes", "ec2:StopInstances"] {
        assert!(from_log.contains(part), "{from_log}");
    }
    fs::rename(desk.path("logs"), desk.path("moved")).unwrap();
    let moved = desk.clickops(&format!("explain {} --logs moved", &ID[..8]));
    assert!(moved.stderr.is_empty(), "{moved:?}");
    assert_eq!(moved.ok(), from_log.replace("/logs/", "/moved/"));
    let got = desk.clickops(&format!("get {ID} --logs moved"));
    assert!(got.stderr.is_empty(), "{got:?}");

    let kept = desk.clickops(&format!("explain {ID}"));
    assert!(kept.stderr.contains("its log is gone"), "{kept:?}");
    // The journal keeps what was decided, and not every rule that was tried.
    let traced = |line: &&str| {
        ["  decided ", "  tried ", "    "].iter().any(|start| line.starts_with(start))
            && !line.starts_with("            ")
    };
    let decided: String = from_log.split_inclusive('\n').filter(|line| !traced(line)).collect();
    assert!(decided.len() < from_log.len(), "{from_log}");
    assert_eq!(kept.ok(), decided);

    fs::rename(desk.path(".clickops"), desk.path("elsewhere")).unwrap();
    let unknown = desk.clickops(&format!("explain {ID}"));
    assert_eq!(unknown.code, 2, "{unknown:?}");
    desk.clickops(&format!("explain {ID} --store elsewhere")).ok();
}

#[test]
fn an_empty_id_is_wrong_usage() {
    let desk = desk();
    for command in ["explain", "get"] {
        let ended = desk.clickops_with(&format!("{command} --logs logs"), &[""]);
        assert_eq!(ended.code, 2, "{ended:?}");
        assert!(ended.stderr.contains("the event id is empty"), "{ended:?}");
    }
}

#[test]
fn what_was_piped_in_is_called_standard_input() {
    let desk = Desk::new();
    let explain = |text: &str| {
        let mut command = desk.command("explain -");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut program = command.spawn().unwrap();
        program.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
        let ended = program.wait_with_output().unwrap();
        String::from_utf8([ended.stdout, ended.stderr].concat()).unwrap()
    };
    let whole = log(&[change("e-1", "2026-11-23T09:00:00Z")]);
    for text in [&whole, &whole[..whole.len() - 2], "", "no json"] {
        let said = explain(text);
        assert!(said.contains("standard input"), "{text}: {said}");
        assert!(!said.contains("clickops-"), "{text}: {said}");
    }
}

#[test]
fn a_preview_takes_what_query_prints() {
    let desk = Desk::new();
    let mut denied = change("e-2", "2026-11-23T09:01:00Z");
    denied["readOnly"] = true.into();
    denied["eventName"] = "DescribeInstances".into();
    desk.write("logs/a.json", log(&[change("e-1", "2026-11-23T09:00:00Z"), denied]));
    let mut digests = Vec::new();
    for format in ["json", "ndjson"] {
        let rows =
            desk.clickops(&format!("query console_activity --logs logs --format {format}")).ok();
        desk.write("findings", rows);
        digests.push(desk.clickops("render --findings findings").ok());
    }
    assert_eq!(digests[0], digests[1]);
    assert!(digests[0].contains("StopInstances") && digests[0].ends_with('\n'), "{}", digests[0]);

    let failure = desk.clickops("render --findings findings --template failure");
    assert!(failure.stderr.contains("made up"), "{failure:?}");
    assert!(failure.ok().contains("nobody was looking"));

    let unknown = desk.clickops("render --findings findings --template nope");
    assert!(unknown.stderr.contains("shipped are digest, event, failure, quiet"), "{unknown:?}");
    assert!(!unknown.stderr.contains("_place"), "{unknown:?}");

    let rows = desk.clickops("query verdicts --logs logs --format ndjson").ok();
    let full = fs::read_to_string(desk.path("findings")).unwrap();
    desk.write("findings", full.replace("\"verdict\":\"clickops\"", "\"verdict\":\"not\""));
    let none = desk.clickops("render --findings findings");
    assert!(none.stderr.contains("1 of 1 are left out"), "{rows} {none:?}");
}

#[test]
fn an_id_may_be_short_but_not_too_short() {
    let desk = desk();
    let whole = desk.clickops(&format!("get {ID} --logs logs")).ok();
    assert_eq!(desk.clickops(&format!("get {} --logs logs", &ID[..8])).ok(), whole);
    for command in ["get", "explain"] {
        let missed = desk.clickops(&format!("{command} 6f1c2b3 --logs logs"));
        assert_eq!(missed.code, 4, "{missed:?}");
        assert!(missed.stderr.contains("at least the first eight characters"), "{missed:?}");
    }
}

/// A copy of a shipped file is where people begin.
#[test]
fn a_shipped_file_can_be_copied_and_used() {
    let desk = desk();
    let copy = desk.clickops("sql show verdicts --file").ok();
    assert_eq!(copy, fs::read_to_string(project("sql/views/verdicts.sql")).unwrap());
    desk.write("mine/views/verdicts.sql", copy.replace("'C1'", "'C1 of ours'"));
    desk.write("c.toml", "[source]\nsql = 'mine'");
    let line = "query console_changes --logs logs --format ndjson --config c.toml";
    assert_eq!(desk.clickops(line).rows()[0]["rule"], "C1 of ours");
}
