//! What bad input gets: the rest is processed, nothing is lost or reported twice, the message
//! names file, line or key and the remedy, and the exit code says so.

use std::fs;

use crate::program::{Desk, change, gzip, log};

const GOOD: &str = "2026-11-23T09:00:00Z";

/// A desk with one good log and one bad one, and what running over them says.
fn beside_a_good_log(name: &str, bytes: &[u8]) -> (Desk, crate::program::Ended) {
    let desk = Desk::new();
    desk.write("logs/good.json.gz", gzip(&log(&[change("good", GOOD)])));
    desk.write(&format!("logs/{name}"), bytes);
    let ended = desk.clickops("run --logs logs");
    assert!(desk.journal().iter().any(|finding| finding.starts_with("\"good\"")), "{ended:?}");
    (desk, ended)
}

#[test]
fn damaged_logs_are_named_and_tried_again_until_they_are_repaired() {
    let text = log(&[change("bad-1", GOOD), change("bad-2", GOOD)]);
    let packed = gzip(&text);
    let mut flipped = packed.clone();
    let middle = flipped.len() / 2;
    flipped[middle] ^= 0xff;
    let cases: [(&str, Vec<u8>); 6] = [
        ("truncated.json.gz", packed[..packed.len() - 20].to_vec()),
        ("corrupt.json.gz", flipped),
        ("cut.json", text.as_bytes()[..text.len() - 50].to_vec()),
        ("not-json.json", b"hello".to_vec()),
        ("digest.json", br#"{"awsAccountId":"111122223333","digestStartTime":"x","digestS3Bucket":"b","logFiles":[]}"#.to_vec()),
        ("config.json", br#"{"fileVersion":"1.0","configurationItems":[]}"#.to_vec()),
    ];
    for (name, bytes) in cases {
        let (desk, ended) = beside_a_good_log(name, &bytes);
        assert_eq!(ended.code, 1, "{name}: {ended:?}");
        assert!(ended.stderr.contains(name), "{name}: {}", ended.stderr);
        let journal = desk.journal();
        let again = desk.clickops("run --logs logs");
        assert_eq!(again.code, 1, "{name}: {again:?}");
        assert!(again.stderr.contains(name), "{name}: {}", again.stderr);
        assert_eq!(desk.journal(), journal, "{name}");

        desk.write(
            &format!("logs/{name}"),
            if name.ends_with("gz") { packed.clone() } else { text.clone().into_bytes() },
        );
        desk.clickops("run --logs logs").ok();
        let mut repaired = desk.journal();
        repaired.sort();
        let ids: Vec<_> =
            repaired.iter().map(|finding| finding.split('"').nth(1).unwrap()).collect();
        assert_eq!(ids, ["bad-1", "bad-2", "good"], "{name}");
    }
}

#[test]
fn empty_logs_are_read() {
    for bytes in ["", " \n", "{\"Records\":[]}"] {
        let (_, ended) = beside_a_good_log("empty.json", bytes.as_bytes());
        assert_eq!(ended.code, 0, "{bytes:?}: {ended:?}");
    }
}

#[test]
fn broken_lines_leave_the_others() {
    let lines = format!("{}\nnot a record\n{}\n", change("a", GOOD), change("b", GOOD));
    let (desk, ended) = beside_a_good_log("lines.ndjson", lines.as_bytes());
    assert_eq!(ended.code, 1, "{ended:?}");
    assert!(
        ended.stderr.contains("lines.ndjson") && ended.stderr.contains("line 2"),
        "{}",
        ended.stderr
    );
    assert_eq!(desk.journal().len(), 3);
}

#[test]
fn odd_records_are_findings_all_the_same() {
    let mut odd = Vec::new();
    for (field, value) in [
        ("userAgent", serde_json::Value::Null),
        ("requestParameters", "a text".into()),
        ("responseElements", serde_json::json!([1, 2])),
        ("resources", "a text".into()),
        ("tlsDetails", "a text".into()),
        ("eventID", serde_json::Value::Null),
        ("additionalEventData", "x".repeat(1_000_000).into()),
    ] {
        let mut event = change(&format!("odd-{field}"), GOOD);
        event[field] = value;
        odd.push(event);
    }
    let mut nobody = change("nobody", GOOD);
    nobody["userIdentity"] = "a text".into();
    odd.push(nobody);
    let count = odd.len();
    let (desk, ended) = beside_a_good_log("odd.json", log(&odd).as_bytes());
    assert_eq!(ended.code, 0, "{ended:?}");
    assert_eq!(desk.journal().len(), 1 + count, "{:?}", desk.journal());
}

#[cfg(unix)]
#[test]
fn a_log_that_may_not_be_read_is_named() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    let desk = Desk::new();
    desk.write("logs/good.json", log(&[change("good", GOOD)]));
    symlink("nowhere", desk.path("logs/vanished.json")).unwrap();
    let closed = desk.write("logs/closed.json", log(&[change("closed", GOOD)]));
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o000)).unwrap();
    let ended = desk.clickops("run --logs logs");
    assert_eq!(ended.code, 1, "{ended:?}");
    assert!(ended.stderr.contains("vanished.json"), "{}", ended.stderr);
    // The super-user may read everything.
    if fs::read(&closed).is_err() {
        assert!(ended.stderr.contains("closed.json"), "{}", ended.stderr);
        assert_eq!(desk.journal().len(), 1);
    }
}

#[test]
fn a_place_without_logs_is_an_error_of_its_own() {
    let desk = Desk::new();
    fs::create_dir(desk.path("empty")).unwrap();
    for (place, says) in [("empty", "there are no logs in"), ("missing", "cannot read missing")] {
        for command in ["run", "query console_changes"] {
            let ended = desk.clickops(&format!("{command} --logs {place}"));
            assert_eq!(ended.code, 4, "{ended:?}");
            assert!(
                ended.stderr.contains(says) && ended.stderr.contains("hint: "),
                "{}",
                ended.stderr
            );
        }
    }
    desk.write("bad/only.json", "broken");
    assert_eq!(desk.clickops("run --logs bad").code, 4);
}

#[test]
fn a_mistake_in_sql_names_file_and_line() {
    let desk = Desk::new();
    desk.write("logs/a.json", log(&[change("a", GOOD)]));
    let ended = desk
        .clickops_with("query --logs logs --sql", &["SELECT eventid,\n  eventnam FROM cloudtrail"]);
    assert_eq!(ended.code, 3, "{ended:?}");
    assert!(
        ended.stderr.contains("--sql:2:") && ended.stderr.contains("eventname"),
        "{}",
        ended.stderr
    );

    desk.write(
        "sql/views/events.sql",
        "-- name: events\nSELECT\n  nonsense(eventid) AS event_id\nFROM cloudtrail\n",
    );
    desk.write("clickops.toml", "[source]\nsql = \"sql\"\n");
    let ended = desk.clickops("run --logs logs --config clickops.toml");
    assert_eq!(ended.code, 3, "{ended:?}");
    assert!(ended.stderr.contains("nonsense"), "{}", ended.stderr);
    assert!(desk.journal().is_empty());
    // Nothing was marked as read: with the mistake gone, the event is reported.
    assert!(desk.clickops("run --logs logs").ok().contains("1 change "));
}

#[test]
fn a_broken_template_gives_way_to_the_shipped_one_and_says_so() {
    let desk = Desk::new();
    desk.write("logs/a.json", log(&[change("a", GOOD)]));
    desk.write("mine/text/digest.txt.j2", "{{ counts.chnges }}");
    desk.write("clickops.toml", "[source]\ntemplates = \"mine\"\n");
    let ended = desk.clickops("run --logs logs --config clickops.toml");
    assert!(ended.stdout.contains("StopInstances"), "{ended:?}");
    assert!(
        ended.stderr.contains("digest.txt.j2") && ended.stderr.contains("changes"),
        "{}",
        ended.stderr
    );
}

#[test]
fn unknown_keys_suggest_the_nearest() {
    let desk = Desk::new();
    desk.write("clickops.toml", "[[report]]\nname = \"x\"\nshedule = \"0 * * * *\"\n");
    let ended = desk.clickops("run --config clickops.toml --logs .");
    assert_eq!(ended.code, 2);
    assert!(
        ended.stderr.contains("line 3") && ended.stderr.contains("Did you mean 'schedule'?"),
        "{}",
        ended.stderr
    );

    let ended =
        Desk::new().command("run --logs .").env("CLICKOPS_STORE_ATT", "x").output().unwrap();
    assert_eq!(ended.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&ended.stderr).contains("Did you mean 'at'?"));
}

/// Values of events get into the messages of engines, and file names into remarks.
#[test]
fn an_error_that_quotes_an_event_steers_no_terminal_and_forges_no_line() {
    let desk = Desk::new();
    let mut event = change("e-1", "2026-11-23T09:00:00Z");
    event["errorMessage"] = "\u{1b}[2J\u{202e}7\nhint: run this".into();
    desk.write("logs/a.json", log(&[event]));
    desk.write("logs/\u{1b}[2Jb.json", "no json");
    let ended = desk.clickops_with(
        "query --logs logs --sql",
        &["SELECT CAST(errormessage AS integer) AS n FROM cloudtrail"],
    );
    assert_eq!(ended.code, 3, "{ended:?}");
    let said = "Cannot cast '\\x1b[2J\\u{202e}7\\nhint: run this' to";
    assert!(ended.stderr.contains(said), "{ended:?}");
    let damaged = desk.clickops("query verdicts --logs logs --format ndjson");
    assert!(damaged.stderr.contains("\\x1b[2Jb.json"), "{damaged:?}");
    for said in [ended.stderr, damaged.stderr] {
        assert!(!said.contains(['\u{1b}', '\u{202e}']), "{said:?}");
        assert_eq!(said.lines().filter(|line| line.starts_with("hint: run this")).count(), 0);
    }
}
