//! `clickops diff`: what an edit would have done, to every finding and to none that it leaves alone.

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;

use crate::program::{Desk, Ended, change, log, project};

const ENTRY: &str = "[[exclusion]]\nname = 'x'\nkind = 'accepted'\nreason = 'y'\n";

/// A desk with a change by each of these people; the ids of the events are their names.
fn desk(people: &[&str]) -> Desk {
    let desk = Desk::new();
    let event = |name: &&str| {
        let mut event = change(name, "2026-11-23T09:00:00Z");
        event["userIdentity"]["userName"] = (*name).into();
        event["userIdentity"]["arn"] = format!("arn:aws:iam::111122223333:user/{name}").into();
        event
    };
    let events: Vec<_> = people.iter().map(event).collect();
    desk.write("logs/a.json", log(&events));
    desk
}

/// A shipped view with something of it replaced.
fn edited(view: &str, from: &str, to: &str) -> String {
    let text = fs::read_to_string(project(&format!("sql/views/{view}.sql"))).unwrap();
    assert!(text.contains(from), "{view} has no {from}");
    text.replace(from, to)
}

fn differences(ended: &Ended) -> BTreeSet<(String, String)> {
    assert_eq!(ended.code, 0, "{ended:?}");
    let text = |row: &Value, name: &str| row[name].as_str().unwrap().to_owned();
    ended.rows().iter().map(|row| (text(row, "change"), text(row, "event_id"))).collect()
}

fn pairs(all: &[(&str, &str)]) -> BTreeSet<(String, String)> {
    all.iter().map(|(change, id)| ((*change).to_owned(), (*id).to_owned())).collect()
}

#[test]
fn an_exclusion_loses_what_it_covers_and_is_added_to_the_others() {
    let desk = desk(&["ann", "bob", "eve"]);
    desk.write("clickops.toml", format!("{ENTRY}actor = 'ann'"));
    desk.write("new.toml", format!("{ENTRY}actor = 'bob'").replace("'x'", "'new'"));
    let diff = "diff --logs logs --format ndjson --config clickops.toml";
    let added = desk.clickops(&format!("{diff} --exclusions new.toml"));
    assert_eq!(differences(&added), pairs(&[("lost", "bob")]));
    let row = &added.rows()[0];
    assert_eq!(row["before_reported"], "true");
    assert_eq!(row["before_exclusion"], Value::Null);
    assert_eq!(row["after_exclusion"], "new");
    assert_eq!(row["after_verdict"], "clickops");

    // One of the same name takes the place of the config's.
    desk.write("same.toml", format!("{ENTRY}actor = 'bob'"));
    let replaced = desk.clickops(&format!("{diff} --exclusions same.toml"));
    assert_eq!(differences(&replaced), pairs(&[("gained", "ann"), ("lost", "bob")]));
    let without = desk.clickops(&format!("{diff} --without x"));
    assert_eq!(differences(&without), pairs(&[("gained", "ann")]));
    // Another name on the same finding: as hidden as before.
    desk.write("renamed.toml", format!("{ENTRY}actor = 'ann'").replace("'x'", "'z'"));
    let renamed = desk.clickops(&format!("{diff} --without x --exclusions renamed.toml"));
    assert_eq!(differences(&renamed), pairs(&[("changed", "ann")]));
}

#[test]
fn groups_of_an_added_entry_are_those_of_the_config() {
    let desk = desk(&["ann"]);
    let account = "[[account]]\nid = '111122223333'\nname = 'sandbox'\ngroup = 'play'\n";
    desk.write("clickops.toml", account);
    desk.write("new.toml", format!("{ENTRY}group = 'play'"));
    let diff = "diff --logs logs --format ndjson --exclusions new.toml";
    let ended = desk.clickops(&format!("{diff} --config clickops.toml"));
    assert_eq!(differences(&ended), pairs(&[("lost", "ann")]));
    let ended = desk.clickops(diff);
    assert_eq!(ended.code, 2, "{ended:?}");
    assert!(ended.stderr.contains("no account is in a group 'play'"), "{ended:?}");
}

#[test]
fn an_edited_view_says_what_it_loses_and_gains_in_counts_and_examples() {
    let desk = desk(&["ann", "bob", "eve", "root-user"]);
    desk.write("try.sql", edited("verdicts", "'clickops'", "'operational'"));
    let shown = desk.clickops("diff --sql try.sql --logs logs --examples 2").ok();
    let lines: Vec<_> = shown.lines().collect();
    assert_eq!(
        lines[..5],
        [
            "In 1 log reports show",
            "  4 changes as it is, 0 as edited: 4 lost, 0 gained, 0 changed otherwise",
            "",
            "Lost: changes reported as it is, and not as edited",
            "      4x ec2:StopInstances  clickops C1 -> operational C1",
        ],
        "{shown}"
    );
    assert_eq!(lines.len(), 7, "{shown}");
    assert!(lines[5].starts_with("         2026-11-23T09:00:00Z  ann  "), "{shown}");

    // A folder in the place of a file; what an edit finds no more is no act of anybody.
    desk.write("sql/views/verdicts.sql", edited("verdicts", "'clickops'", "'not'"));
    let ended = desk.clickops("diff --sql sql --logs logs --format ndjson");
    assert_eq!(differences(&ended).len(), 4);
    assert_eq!(ended.rows()[0]["after_verdict"], "not");
    assert_eq!(ended.rows()[0]["after_rule"], Value::Null);

    // As the config has it, nothing is found: taking it back gains everything.
    desk.write("clickops.toml", "[source]\nsql = 'sql'");
    desk.write("back.sql", edited("verdicts", "-- name", "-- name"));
    let ended =
        desk.clickops("diff --sql back.sql --logs logs --format ndjson --config clickops.toml");
    assert!(differences(&ended).iter().all(|(change, _)| change == "gained"), "{ended:?}");
    assert_eq!(ended.rows().len(), 4);
}

#[test]
fn it_works_on_the_examples_and_nothing_of_it_is_kept() {
    let desk = Desk::new();
    desk.write("entry.toml", format!("{ENTRY}event_source = ['ec2', 'iam']"));
    let logs = project("examples/logs");
    let run = |line: &str| desk.clickops_with(line, &["--logs", logs.to_str().unwrap()]);
    let ended = run("diff --exclusions entry.toml --format ndjson");
    let all = differences(&ended);
    let query = "SELECT event_id FROM console_changes WHERE event_source IN ('ec2.amazonaws.com', 'iam.amazonaws.com')";
    let asked = desk.clickops_with(
        "query --format ndjson",
        &["--logs", logs.to_str().unwrap(), "--sql", query],
    );
    let ids: BTreeSet<_> = asked
        .rows()
        .iter()
        .map(|row| ("lost".to_owned(), row["event_id"].as_str().unwrap().to_owned()))
        .collect();
    let reported = |(change, _): &&(String, String)| change == "lost";
    assert!(!ids.is_empty() && all.iter().filter(reported).eq(&ids), "{ids:?}\n{all:?}");
    assert!(!desk.path(".clickops").exists());

    let day = "diff --exclusions entry.toml --format ndjson --since 2026-11-22T00:00:00Z";
    let day = differences(&run(day));
    assert!(!day.is_empty() && day.len() < all.len(), "{day:?}");
    let none = run("diff --exclusions entry.toml --since 2030-01-01T00:00:00Z");
    assert_eq!(none.code, 4, "{none:?}");
}

#[test]
fn what_cannot_be_compared_is_told() {
    let desk = desk(&["ann"]);
    let refused = |line: &str, code: i32, said: &str| {
        let ended = desk.clickops(&format!("diff --logs logs {line}"));
        assert_eq!(ended.code, code, "{line}: {ended:?}");
        assert!(ended.stderr.contains(said), "{line}: {ended:?}");
    };
    desk.write("typo.sql", "-- name: verdict\nSELECT 1 AS a");
    desk.write("wrong.sql", edited("verdicts", "FROM events", "FROM events WHERE nothing = 1"));
    desk.write("short.sql", "-- name: console_activity\nSELECT event_id FROM events");
    desk.write("all.toml", ENTRY);
    desk.write("key.toml", format!("{ENTRY}acter = 'ann'"));
    refused("", 2, "--sql");
    refused("--sql none.sql", 2, "none.sql");
    refused("--sql typo.sql", 2, "Did you mean 'verdicts'?");
    refused("--sql wrong.sql", 3, "wrong.sql:");
    refused("--sql short.sql", 3, "a detection needs the columns");
    refused("--exclusions all.toml", 2, "would cover everything");
    refused("--exclusions key.toml", 2, "Did you mean 'actor'?");
    refused("--exclusions none.toml", 2, "none.toml");
    desk.write("empty.toml", "# nothing yet");
    refused("--exclusions empty.toml", 2, "empty.toml has no [[exclusion]]");
    desk.write("flat/verdicts.sql", edited("verdicts", "'clickops'", "'not'"));
    refused("--sql flat", 2, "neither views/ nor queries/");
    desk.write("bare/README.md", "no SQL");
    refused("--sql bare", 2, "has no .sql file in views/ or queries/");
    refused("--without log-queries --detection sign_in", 2, "Did you mean 'sign_ins'?");
    refused("--without log-querie", 2, "Did you mean 'log-queries'?");
}

#[test]
fn an_edit_that_changes_nothing_says_why() {
    let desk = desk(&["ann"]);
    let told = |line: &str, said: &[&str]| {
        let ended = desk.clickops(&format!("diff --logs logs {line}"));
        assert_eq!((ended.code, ended.stdout.as_str()), (0, ""), "{line}: {ended:?}");
        assert!(said.iter().all(|said| ended.stderr.contains(said)), "{line}: {ended:?}");
    };
    let query = fs::read_to_string(project("sql/queries/who-touched.sql")).unwrap();
    desk.write("who-touched.sql", query.replace("ORDER BY", "order by"));
    let beside = "console_activity selects from nothing that the edit changes";
    told("--sql who-touched.sql", &[beside, "clickops query --file"]);
    desk.write("sign_ins.sql", edited("sign_ins", "'Root'", "'IAMUser'"));
    told("--sql sign_ins.sql", &[beside, "--detection"]);
    desk.write("verdicts.sql", edited("verdicts", "'clickops'", "'clickops'"));
    told("--sql verdicts.sql", &["says what the shipped sql/ says"]);

    desk.write("sql/views/verdicts.sql", edited("verdicts", "'clickops'", "'not'"));
    desk.write("own.toml", "[source]\nsql = 'sql'");
    told("--sql sql --config own.toml", &["source.sql of the config, has already"]);
    let config = format!("{ENTRY}actor = 'ann'\n{ENTRY}actor = 'bob'").replacen("'x'", "'w'", 1);
    desk.write("clickops.toml", config);
    desk.write("w.toml", format!("{ENTRY}actor = 'ann'").replace("'x'", "'w'"));
    told(
        "--exclusions w.toml --config clickops.toml",
        &["'w' is in the config already", "--without w"],
    );
}

#[test]
fn every_detection_of_the_reports_is_compared() {
    let desk = Desk::new();
    let logs = project("examples/logs");
    let run = |line: &str| desk.clickops_with(line, &["--logs", logs.to_str().unwrap()]);
    desk.write("both.toml", "[[report]]\nname='a'\n[[report]]\nname='b'\ndetection='sign_ins'");
    desk.write("entry.toml", format!("{ENTRY}event_source = ['signin', 'kms']"));
    let of = |ended: &Ended| -> BTreeSet<String> {
        assert_eq!(ended.code, 0, "{ended:?}");
        let detection = |row: &Value| row["detection"].as_str().unwrap().to_owned();
        ended.rows().iter().map(detection).collect()
    };
    let diff = "diff --exclusions entry.toml --format ndjson";
    let both = of(&run(&format!("{diff} --config both.toml")));
    assert!(both.iter().eq(["console_activity", "sign_ins"]), "{both:?}");
    assert!(of(&run(diff)).iter().eq(["console_activity"]));
    assert!(of(&run(&format!("{diff} --detection sign_ins"))).iter().eq(["sign_ins"]));
    let shown = run("diff --exclusions entry.toml --config both.toml").ok();
    assert!(shown.contains("\n  2 sign-ins as it is, 0 as edited: 2 lost, 0 gained"), "{shown}");
    assert!(shown.contains("\nLost: sign-ins reported as it is"), "{shown}");

    // One that the edit does not touch is not read.
    desk.write("sign_ins.sql", edited("sign_ins", "actor_type = 'Root'", "actor_type = 'None'"));
    let ended = run("diff --sql sign_ins.sql --config both.toml");
    assert!(ended.stderr.contains("console_activity is left out"), "{ended:?}");
    assert!(!ended.stdout.contains("changes as it is"), "{ended:?}");
}

#[test]
fn an_entry_that_matches_nothing_or_has_ended_is_told_with_what_it_came_near() {
    let desk = desk(&["ann", "bob"]);
    let told = |scopes: &str, said: &[&str]| {
        desk.write("entry.toml", format!("{ENTRY}{scopes}"));
        let ended =
            desk.clickops("diff --logs logs --exclusions entry.toml --now 2026-11-24T00:00:00Z");
        assert_eq!(ended.code, 0, "{ended:?}");
        for said in said {
            assert!(ended.stderr.contains(said), "{scopes}: {said}: {ended:?}");
        }
        ended.stderr
    };
    let nothing = "exclusion 'x' matches nothing in these logs";
    told(
        "actor = 'eve'\nevent_source = 'ec2'",
        &[nothing, "bob ec2:StopInstances but for actor, which is 'bob'"],
    );
    told(
        "tag = 'runstate'",
        &[nothing, "no finding has the tag 'runstate': did you mean 'run-state'?"],
    );
    told("region = 'eu-wset-1'", &["did you mean 'eu-west-1'?"]);
    told("event_source = 'ec3'", &["did you mean 'ec2'?"]);
    told("account = '111122223334'", &["did you mean '111122223333'?"]);
    let stderr = told("channel = 'telephone'", &["no finding has the channel 'telephone'"]);
    assert!(!stderr.contains("did you mean"), "{stderr}");
    let stderr = told("actor = 'ann'\nuntil = 2026-11-22", &["exclusion 'x' ended on 2026-11-22"]);
    assert!(!stderr.contains(nothing), "{stderr}");
    assert_eq!(told("actor = 'ann'\nuntil = 2026-11-24", &[]), "");
}

#[test]
fn an_exception_is_named_and_lines_fit_the_terminal() {
    let desk = Desk::new();
    let entry = format!("{ENTRY}verdict = 'attempted'").replace("accepted", "reported");
    desk.write("entry.toml", entry);
    let logs = project("examples/logs");
    let line = "diff --exclusions entry.toml --format ndjson";
    let rows = desk.clickops_with(line, &["--logs", logs.to_str().unwrap()]).rows();
    assert!(!rows.is_empty() && rows.iter().all(|row| row["after_reported_by"] == "x"), "{rows:?}");
    let mut command = desk.command("diff --exclusions entry.toml --logs");
    let ended = command.arg(&logs).env("COLUMNS", "80").output().unwrap();
    let shown = String::from_utf8(ended.stdout).unwrap();
    assert!(shown.contains("-> attempted C1 reported by 'x'\n"), "{shown}");
    assert!(shown.lines().all(|line| line.chars().count() <= 80), "{shown}");
    let id = rows[0]["event_id"].as_str().unwrap();
    assert!(shown.contains(&id[..8]) && !shown.contains(&id[..9]), "{shown}");
}

#[test]
fn damaged_logs_are_told() {
    let desk = desk(&["ann"]);
    desk.write("logs/b.json", "{");
    desk.write("entry.toml", format!("{ENTRY}actor = 'ann'"));
    let ended = desk.clickops("diff --logs logs --exclusions entry.toml");
    assert_eq!(ended.code, 1, "{ended:?}");
    assert!(ended.stdout.contains(": 1 lost"), "{ended:?}");
    assert!(ended.stderr.contains("b.json"), "{ended:?}");
    assert_eq!(desk.clickops("diff --logs logs/b.json --exclusions entry.toml").code, 4);
}
