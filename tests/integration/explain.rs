//! What `clickops explain` says beyond the verdict: exclusions that decide or nearly do, with the
//! place to change them, and the rules of views that people have edited.

use std::fs;

use serde_json::Value;

use crate::program::{Desk, change, log, project};

const EVENT: &str = "e-1";

fn desk(config: &str) -> Desk {
    let desk = Desk::new();
    desk.write("logs/a.json", log(&[change(EVENT, "2026-11-23T09:00:00Z")]));
    desk.write("c.toml", config);
    desk
}

fn entry(name: &str, kind: &str, scopes: &str) -> String {
    format!("[[exclusion]]\nname = '{name}'\nkind = '{kind}'\nreason = 'because'\n{scopes}\n")
}

/// The explanation of the event, as data and for reading, on one line.
fn explained(desk: &Desk) -> (Value, String) {
    let rows = desk.clickops("explain e-1 --logs logs --config c.toml --format ndjson").rows();
    let text = desk.clickops("explain e-1 --logs logs --config c.toml").ok();
    assert_eq!(rows.len(), 1);
    (rows[0].clone(), text.split_whitespace().collect::<Vec<_>>().join(" "))
}

#[test]
fn the_exclusion_that_hides_an_event_is_named_with_its_place() {
    let desk = desk(
        &(entry("all", "noise", "event_source = 'ec2'")
            + &entry("ann", "accepted", "actor = 'ann'\nuntil = 2026-12-31")),
    );
    let (row, text) = explained(&desk);
    assert_eq!((&row["exclusion"], &row["exclusion_kind"]), (&"ann".into(), &"accepted".into()));
    assert_eq!(row["exclusion_at"], "[[exclusion]] of the config");
    assert_eq!(row["reported"], "false");
    let said = "reported no: exclusion 'ann' (accepted, until 2026-12-31) hides it: because \
                (change it in [[exclusion]] of the config)";
    assert!(text.contains(said), "{text}");
}

#[test]
fn an_exception_says_that_it_is_why() {
    let desk = desk(
        &(entry("all", "noise", "event_source = 'ec2'")
            + &entry("stops", "reported", "event_name = 'Stop*'")),
    );
    let (row, text) = explained(&desk);
    assert_eq!((&row["reported_by"], &row["reported"]), (&"stops".into(), &"true".into()));
    assert_eq!(
        (&row["exclusion"], &row["exclusion_at"]),
        (&Value::Null, &"[[exclusion]] of the config".into())
    );
    assert!(text.contains("reported yes: exclusion 'stops', which is an exception"), "{text}");
}

#[test]
fn what_nearly_hides_it_is_told_with_the_scope_that_does_not_fit() {
    let all = [
        entry("two-misses", "noise", "event_source = 's3'\nactor = 'bob'\nregion = 'eu-west-1'"),
        entry("one-scope", "noise", "actor = 'bob'"),
        entry("other-person", "noise", "event_source = 'ec2'\nactor = 'bob'"),
        entry("other-address", "noise", "event_source = 'ec2'\nresource = 'vol-*'"),
    ];
    let (row, text) = explained(&desk(&all.concat()));
    assert_eq!(row["reported"], "true");
    let near = row["nearly"].as_str().unwrap();
    assert_eq!(
        near.split("; ").collect::<Vec<_>>(),
        [
            "exclusion 'other-address' but for resource, which is 'i-0123456789abcdef0' (change it in [[exclusion]] of the config)",
            "exclusion 'other-person' but for actor, which is 'ann' (change it in [[exclusion]] of the config)",
        ]
    );
    assert!(text.contains("nearly exclusion 'other-address' but for resource"), "{text}");
    // A shipped one, told from the config's.
    let desk = desk("");
    let mut event = change(EVENT, "2026-11-23T09:00:00Z");
    event["eventSource"] = "cloudformation.amazonaws.com".into();
    event["eventName"] = "DetectStackChange".into();
    desk.write("logs/a.json", log(&[event]));
    let near = explained(&desk).0["nearly"].clone();
    let said = "exclusion 'drift-detection' but for event_name, which is 'DetectStackChange' (change it in sql/exclusions.toml)";
    assert_eq!(near, said);
}

#[test]
fn rules_of_an_edited_view_are_shown_with_its_lines() {
    let desk = desk("[source]\nsql = 'mine'");
    let shipped = fs::read_to_string(project("sql/views/verdicts.sql")).unwrap();
    let mark = "            -- C2: an act";
    assert!(shipped.contains(mark));
    let rule = "            -- C99: our own jump host.\n            WHEN source_ip = '198.51.100.7' THEN 'jump-host'\n";
    let edited = shipped
        .replace("WHEN from_console = 'true' THEN 'flag'", "WHEN from_console = 'never' THEN 'flag'")
        .replace(mark, &format!("{rule}{mark}"))
        .replace("WHEN signal IN ('flag',", "WHEN signal IN ('jump-host', 'flag',")
        .replace("WHEN signal = 'console-action' THEN 'C2'", "WHEN signal = 'jump-host' THEN 'C99'\n            WHEN signal = 'console-action' THEN 'C2'");
    let line = 1 + edited.lines().position(|line| line.contains("THEN 'jump-host'")).unwrap();
    desk.write("mine/views/verdicts.sql", edited);
    let mut event = change(EVENT, "2026-11-23T09:00:00Z");
    event["sourceIPAddress"] = "198.51.100.7".into();
    desk.write("logs/a.json", log(&[event]));
    let (row, text) = explained(&desk);
    assert_eq!((&row["rule"], &row["verdict"]), (&"C99".into(), &"clickops".into()));
    assert!(text.contains(&format!("decided at mine/views/verdicts.sql:{line} tried")), "{text}");
    let tried = row["tried"].as_str().unwrap();
    let hit = format!("{line} signal C99 jump-host: source_ip = '198.51.100.7': yes");
    assert!(tried.lines().any(|tried| tried == hit), "{tried}");
}

/// A view that hands on less than the trace needs still gives its verdict.
#[test]
fn a_view_that_cannot_be_traced_is_explained_without_the_rules() {
    let desk = desk("[source]\nsql = 'mine'");
    let columns = clickops::finding::COLUMNS
        .map(|column| match column {
            "verdict" => {
                "CASE WHEN event_name = 'StopInstances' THEN 'clickops' ELSE 'not' END AS verdict"
                    .to_owned()
            }
            "rule" => "'C1' AS rule".to_owned(),
            "signal" | "channel" | "confidence" | "outcome" => {
                format!("CAST(NULL AS varchar) AS {column}")
            }
            other => other.to_owned(),
        })
        .join(", ");
    let header: String = clickops::finding::COLUMNS
        .into_iter()
        .chain([
            "reason",
            "tool",
            "tag",
            "role",
            "permission_set",
            "actor_account",
            "mfa",
            "signed_in",
            "access_key_id",
            "request_id",
            "error_message",
            "original_event_id",
            "topic",
        ])
        .map(|column| format!("-- column: {column} so\n"))
        .collect();
    let rest = "'mine' AS reason, CAST(NULL AS varchar) AS tool, CAST(NULL AS varchar) AS tag, role, permission_set, \
                actor_account, mfa, signed_in, access_key_id, request_id, error_message, original_event_id, 'console' AS topic";
    desk.write(
        "mine/views/verdicts.sql",
        format!("-- name: verdicts\n-- about: x\n{header}SELECT {columns}, {rest} FROM events"),
    );
    let (row, text) = explained(&desk);
    assert_eq!((&row["verdict"], &row["reason"]), (&"clickops".into(), &"mine".into()));
    assert!(row.get("tried").is_none_or(Value::is_null), "{row}");
    assert!(!text.contains("tried"), "{text}");
}

/// A digest of another detection sends people here, and must not be contradicted.
#[test]
fn what_another_detection_found_is_told_with_its_reason() {
    let desk = desk("[[report]]\nname = 'doors'\ndetection = 'sign_ins'");
    let found = project("tests/detections/sign_ins/found/root-with-mfa.json");
    fs::copy(found, desk.path("logs/a.json")).unwrap();
    let told = desk.clickops("run --logs logs --config c.toml").ok();
    let line = told.lines().find(|line| line.starts_with("clickops explain ")).unwrap();
    let id = line.split_whitespace().nth(2).unwrap();
    for more in ["--config c.toml", ""] {
        let text = desk.clickops(&format!("explain {id} --logs logs {more}")).ok();
        assert!(text.contains("verdict   not\n") && text.contains("reported  yes\n"), "{text}");
        assert!(text.contains("found by  sign_ins: The root user signed in"), "{text}");
    }
    let nowhere = desk.clickops(&format!("explain {id} --logs logs --store memory")).ok();
    assert!(nowhere.contains("reported  no\n") && !nowhere.contains("found by"), "{nowhere}");
}

/// Whoever wants another verdict is sent to the line that made this one.
#[test]
fn what_decided_is_the_list_of_actions_where_that_made_the_difference() {
    let view = fs::read_to_string(project("sql/views/verdicts.sql")).unwrap();
    let line = |text: &str| 1 + view.lines().position(|line| line.contains(text)).unwrap();
    for (case, decided) in [
        ("operational/job-started", "('glue.amazonaws.com', 'StartJobRun'"),
        ("not/report-generated", "('iam.amazonaws.com', 'GenerateCredentialReport'"),
        ("operational/object-uploaded-in-the-browser", "WHEN event_category = 'Data'"),
        ("clickops/instance-stopped", "WHEN from_console = 'true' THEN 'flag'"),
        ("not/login", "WHEN NOT lower(e.event_type) IN"),
    ] {
        let case_file = project(&format!("tests/detection/{case}.json"));
        let ended =
            Desk::new().clickops_with("explain --format ndjson", &[case_file.to_str().unwrap()]);
        let rows = ended.rows();
        assert_eq!(rows[0]["decided_at"], line(decided).to_string(), "{case}");
    }
}
