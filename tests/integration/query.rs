//! `clickops query`: what it prints in each format, which logs it reads, and how it ends.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use serde_json::json;

use crate::program::{Desk, Ended, change, gzip, log};

const TIME: &str = "2026-11-23T09:00:00Z";

/// One record with values that are hard to print, and a second one.
fn desk() -> Desk {
    let desk = Desk::new();
    let mut odd = change("odd", TIME);
    odd["userAgent"] = json!("say \"a,b\"\n\u{1b}[2J");
    odd["errorCode"] = json!("");
    desk.write("logs/a.json", log(&[odd, change("plain", TIME)]));
    desk
}

const ODD: &str = "SELECT eventid, useragent AS agent, errorcode, errormessage FROM cloudtrail \
                   WHERE eventid = 'odd'";

fn asked(desk: &Desk, format: &str, sql: &str) -> Ended {
    desk.clickops_with(&format!("query --logs logs --format {format} --sql"), &[sql])
}

/// Runs `clickops` with `input` on its standard input.
fn piped(desk: &Desk, line: &str, input: &[u8]) -> Ended {
    let mut program = started(desk, line);
    program.stdin.take().unwrap().write_all(input).unwrap();
    let output = program.wait_with_output().unwrap();
    Ended {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

fn started(desk: &Desk, line: &str) -> Child {
    let mut command = desk.command(line);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().unwrap()
}

#[test]
fn every_format_tells_null_from_an_empty_text() {
    let desk = desk();
    assert_eq!(
        asked(&desk, "csv", ODD).ok(),
        "eventid,agent,errorcode,errormessage\nodd,\"say \"\"a,b\"\"\n\u{1b}[2J\",\"\",\n"
    );
    let object = "{\"eventid\":\"odd\",\"agent\":\"say \\\"a,b\\\"\\n\\u001b[2J\",\"errorcode\":\"\",\"errormessage\":null}";
    assert_eq!(asked(&desk, "ndjson", ODD).ok(), format!("{object}\n"));
    assert_eq!(asked(&desk, "json", ODD).ok(), format!("[\n{object}\n]\n"));
    let table = asked(&desk, "table", ODD).ok();
    let lines: Vec<_> = table.lines().collect();
    assert_eq!(lines[0].split_whitespace().count(), 4, "{table}");
    assert_eq!(lines[2], "odd      say \"a,b\"\\n\\x1b[2J");
}

#[test]
fn an_answer_without_rows_says_so() {
    let desk = desk();
    let nothing = "SELECT eventid FROM cloudtrail WHERE eventid = 'none'";
    assert_eq!(asked(&desk, "table", nothing).ok(), "eventid\n───────\nno rows\n");
    assert_eq!(asked(&desk, "csv", nothing).ok(), "eventid\n");
    assert_eq!(asked(&desk, "json", nothing).ok(), "[]\n");
    assert_eq!(asked(&desk, "ndjson", nothing).ok(), "");
}

#[test]
fn only_a_terminal_cuts_cells() {
    let desk = desk();
    let long = "SELECT 'x' || lpad('y', 500, 'z') AS long, 'end' AS tail";
    let table = asked(&desk, "table", long).ok();
    assert!(table.contains(&format!("x{}y  end\n", "z".repeat(499))), "{table}");
}

#[test]
fn more_rows_than_a_table_should_have_are_left_out_and_said_to_be() {
    let desk = Desk::new();
    let records: Vec<_> = (0..1001).map(|n| change(&format!("e{n}"), TIME)).collect();
    desk.write("logs/a.json", log(&records));
    let sql = "SELECT eventid FROM cloudtrail";
    let lines = |format: &str, limit: &str| {
        let line = format!("query --logs logs --format {format} {limit} --sql");
        let ended = desk.clickops_with(&line, &[sql]);
        assert_eq!(ended.code, 0, "{ended:?}");
        (ended.stdout.lines().count(), ended.stdout, ended.stderr)
    };
    let (count, table, _) = lines("table", "");
    assert_eq!(count, 2 + 1000 + 1);
    assert!(table.contains("\nmore rows: these are the first 1,000; --limit N"), "{table}");
    let (count, table, _) = lines("table", "--limit all");
    assert_eq!(count, 2 + 1001);
    assert!(!table.contains("more rows"));
    let (count, table, _) = lines("table", "--limit 1001");
    assert_eq!((count, table.contains("more rows")), (2 + 1001, false));
    let (count, csv, notes) = lines("csv", "--limit 2");
    assert_eq!((count, csv.contains("more rows")), (1 + 2, false));
    assert!(notes.starts_with("note: more rows: these are the first 2; "), "{notes}");
    let (count, _, notes) = lines("csv", "");
    assert_eq!((count, notes.as_str()), (1 + 1001, ""));
    assert_eq!(lines("json", "--limit 0").1, "[]\n");
    assert_eq!(desk.clickops("query events --logs logs --limit ten").code, 2);
}

/// A desk with logs of two accounts and two regions, and one that lies elsewhere.
fn organisation() -> Desk {
    let desk = Desk::new();
    for (account, region) in [
        ("111122223333", "eu-west-1"),
        ("111122223333", "us-east-1"),
        ("444455556666", "eu-west-1"),
    ] {
        let name = format!("{account}_CloudTrail_{region}_20261123T0905Z_abcdefghijklmnop.json.gz");
        let folder = format!("logs/AWSLogs/o-x/{account}/CloudTrail/{region}/2026/11/23");
        let record = change(&format!("{account}-{region}"), TIME);
        desk.write(&format!("{folder}/{name}"), gzip(&log(&[record])));
    }
    desk.write("logs/export.json", log(&[change("elsewhere", TIME)]));
    desk.write(
        "clickops.toml",
        "[[account]]\nid = \"111122223333\"\nname = \"pay\"\ngroup = \"production\"\n\
         [[account]]\nid = \"444455556666\"\nname = \"web\"\ngroup = \"production\"\n",
    );
    desk
}

#[test]
fn accounts_and_regions_choose_logs_by_their_folder() {
    let desk = organisation();
    let read = |flags: &str| {
        let line = format!("query --logs logs --config clickops.toml --format csv {flags} --sql");
        let sql = "SELECT eventid FROM cloudtrail ORDER BY eventid";
        let ended = desk.clickops_with(&line, &[sql]);
        assert_eq!(ended.code, 0, "{ended:?}");
        (ended.stdout.lines().skip(1).collect::<Vec<_>>().join(" "), ended.stderr)
    };
    let all = "111122223333-eu-west-1 111122223333-us-east-1 444455556666-eu-west-1 elsewhere";
    assert_eq!(read(""), (all.to_owned(), String::new()));
    let (rows, said) = read("--account 111122223333 --region eu-west-1,eu-north-1");
    assert_eq!(rows, "111122223333-eu-west-1 elsewhere");
    assert!(
        said.contains("warning: no log is of region eu-north-1; there are eu-west-1, us-east-1")
    );
    assert!(said.contains("warning: 1 log outside CloudTrail's folder layout cannot be chosen"));
    assert_eq!(read("--account web").0, "444455556666-eu-west-1 elsewhere");
    assert_eq!(read("--account production").0, all);
    assert_eq!(read("--since 2026-11-23T09:05:00Z --until 2026-11-23T09:06:00Z").0, all[..68]);
}

#[test]
fn values_that_choose_no_logs_are_explained() {
    let desk = organisation();
    for (flags, says) in [
        ("--account 1234", "'1234' is no account id: it has 4 digits, not twelve"),
        ("--account pey", "Did you mean 'pay'?"),
        ("--region ireland", "'ireland' is no name of a region"),
        ("--region EU-WEST-1,", "'' is no name of a region"),
        ("--since 2026-11-24T00:00:00Z --until 2026-11-23T00:00:00Z", "hint: Exchange the two."),
    ] {
        let ended =
            desk.clickops(&format!("query events --logs logs --config clickops.toml {flags}"));
        assert_eq!(ended.code, 2, "{flags}: {ended:?}");
        assert!(ended.stderr.contains(says), "{flags}: {}", ended.stderr);
    }
    let none = desk.clickops("query events --logs logs --until 2020-01-01T00:00:00Z");
    assert!(none.stderr.contains("warning: none of 4 logs is left to read"), "{none:?}");
    assert!(none.ok().contains("no rows"));
}

#[test]
fn a_statement_comes_from_standard_input_too() {
    let desk = desk();
    let line = "query --logs logs --format csv --param id=plain --file -";
    let ended = piped(&desk, line, b"SELECT eventname FROM cloudtrail\nWHERE eventid = :id;\n");
    assert_eq!(ended.ok(), "eventname\nStopInstances\n");
    let ended = piped(&desk, line, b"SELECT\n  eventnam FROM cloudtrail WHERE eventid = :id");
    assert_eq!(ended.code, 3);
    assert!(ended.stderr.contains("standard input:2:3: "), "{}", ended.stderr);
    let ended = piped(&desk, line, b"SELECT '\xff'");
    assert_eq!(ended.code, 2);
    assert!(ended.stderr.contains("cannot read standard input"), "{}", ended.stderr);
}

#[test]
fn statements_that_are_piped_in_run_one_after_another() {
    let desk = desk();
    let script = "-- two questions; and settings\nSELECT count(*) AS n FROM cloudtrail;\n\
                  \\format csv\n\\set id=plain\n\
                  SELECT ';' AS semicolon, eventid FROM cloudtrail WHERE eventid = :id;\n\
                  \\format ndjson\n\\run console_changes\n";
    let ended = piped(&desk, "query --logs logs", script.as_bytes());
    assert!(ended.stderr.is_empty(), "{ended:?}");
    let text = ended.ok();
    assert!(text.starts_with("n\n─\n2\nsemicolon,eventid\n;,plain\n{\"event_id\":"), "{text}");
    assert_eq!(text.lines().count(), 7, "{text}");
}

#[test]
fn a_script_stops_at_its_first_mistake_and_names_the_place() {
    let desk = desk();
    let script = "SELECT 1 AS a;\nSELECT 2 AS b; SELECT nonsense\nFROM cloudtrail;\nSELECT 3 AS c;";
    let ended = piped(&desk, "query --logs logs --format csv", script.as_bytes());
    assert_eq!(ended.code, 3, "{ended:?}");
    assert_eq!(ended.stdout, "a\n1\nb\n2\n");
    assert!(ended.stderr.contains("standard input:2:23: "), "{}", ended.stderr);

    let ended = piped(&desk, "query --logs logs", b"\\fromat csv\nSELECT 1;");
    assert_eq!(ended.code, 2, "{ended:?}");
    assert!(ended.stderr.contains("Did you mean \\format?"), "{}", ended.stderr);

    let ended = piped(&desk, "query --logs logs", b"  -- nothing\n;");
    assert_eq!(ended.code, 2, "{ended:?}");
    assert!(ended.stderr.contains("there is no question"), "{}", ended.stderr);
}

#[test]
fn tables_and_columns_are_described() {
    let desk = desk();
    let text = piped(&desk, "query --logs logs", b"\\d\n\\d cloudtrail\n\\d Events\n").ok();
    assert!(text.contains("\n  console_changes   What people changed by hand"), "{text}");
    assert!(text.contains("  useridentity ") && text.contains("sessioncontext"), "{text}");
    assert!(text.contains("\n  actor "), "{text}");
    let ended = piped(&desk, "query --logs logs", b"\\d evnts");
    assert!(ended.stderr.contains("Did you mean 'events'?"), "{ended:?}");
}

/// Writes logs that take minutes to read, and little room.
#[cfg(unix)]
fn endless(desk: &Desk) {
    let line = format!("{}\n", change("again", TIME));
    let member = gzip(&line.repeat(1_000));
    for name in ["a", "b"] {
        desk.write(&format!("logs/{name}.ndjson.gz"), member.repeat(2_000));
    }
}

#[cfg(unix)]
fn interrupt(program: &Child) {
    let sent =
        std::process::Command::new("kill").args(["-INT", &program.id().to_string()]).status();
    assert!(sent.unwrap().success());
}

#[cfg(unix)]
#[test]
fn rows_come_before_the_scan_ends_and_ctrl_c_ends_it() {
    let desk = Desk::new();
    endless(&desk);
    for (format, first) in [
        ("csv", "eventid"),
        ("ndjson", "{\"eventid\":\"again\"}"),
        ("json", "["),
        ("table", "eventid"),
    ] {
        let line = format!("query --logs logs --limit all --format {format} --file -");
        let mut program = started(&desk, &line);
        program.stdin.take().unwrap().write_all(b"SELECT eventid FROM cloudtrail").unwrap();
        let mut out = BufReader::new(program.stdout.take().unwrap());
        let mut seen = String::new();
        while seen.lines().count() < 5 {
            assert!(out.read_line(&mut seen).unwrap() > 0, "{format}: {seen}");
        }
        assert_eq!(seen.lines().next(), Some(first), "{format}");

        interrupt(&program);
        let sent = Instant::now();
        out.read_to_string(&mut seen).unwrap();
        let ended = program.wait_with_output().unwrap();
        assert!(sent.elapsed() < Duration::from_secs(20), "{format}: {:?}", sent.elapsed());
        assert_eq!(ended.status.code(), Some(130), "{format}: {ended:?}");
        let said = String::from_utf8(ended.stderr).unwrap();
        assert!(said.starts_with("interrupted after ") && said.lines().count() == 1, "{said}");
        assert!(said.ends_with(" rows: 0 of 2 logs had been read\n"), "{said}");
        let whole = seen.lines().last().unwrap();
        assert!(whole.contains("again") && !seen.contains(']'), "{format}: {whole}");
    }
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_a_query_that_has_no_rows_yet() {
    let desk = Desk::new();
    endless(&desk);
    let mut program = started(&desk, "query --logs logs");
    let script =
        b"\\format csv\nSELECT 1 AS one;\nSELECT count(*) AS n FROM cloudtrail;\nSELECT 2;";
    program.stdin.take().unwrap().write_all(script).unwrap();
    let mut out = BufReader::new(program.stdout.take().unwrap());
    let mut seen = String::new();
    while !seen.ends_with("1\n") {
        assert!(out.read_line(&mut seen).unwrap() > 0, "{seen}");
    }
    std::thread::sleep(Duration::from_secs(2));
    interrupt(&program);
    let sent = Instant::now();
    out.read_to_string(&mut seen).unwrap();
    let ended = program.wait_with_output().unwrap();
    assert!(sent.elapsed() < Duration::from_secs(20), "{:?}", sent.elapsed());
    assert_eq!(ended.status.code(), Some(130), "{ended:?}");
    assert_eq!(seen, "one\n1\n");
    let said = String::from_utf8(ended.stderr).unwrap();
    assert!(said.contains("interrupted after 0 rows: 0 of 2 logs"), "{said}");
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_what_is_no_query() {
    let desk = Desk::new();
    endless(&desk);
    for line in ["explain -", "diff --without log-queries --logs logs", "run --logs logs"] {
        let program = started(&desk, line);
        // So that it is at work, or waits for input that never comes.
        std::thread::sleep(Duration::from_secs(2));
        interrupt(&program);
        let mut program = program;
        let _open = program.stdin.take();
        let sent = Instant::now();
        let ended = program.wait_with_output().unwrap();
        assert!(sent.elapsed() < Duration::from_secs(20), "{line}: {:?}", sent.elapsed());
        assert_eq!(ended.status.code(), Some(130), "{line}: {ended:?}");
        let said = String::from_utf8(ended.stderr).unwrap();
        assert!(said.ends_with("interrupted\n"), "{line}: {said}");
        assert_eq!(ended.stdout, b"", "{line}");
    }
    assert!(desk.journal().is_empty());
}

#[test]
fn what_a_question_would_cost_is_known_before_it_is_asked() {
    let desk = desk();
    desk.write("logs/b.json", log(&[change("b", TIME)]));
    let bytes: u64 = ["a", "b"]
        .map(|name| std::fs::metadata(desk.path(&format!("logs/{name}.json"))).unwrap().len())
        .iter()
        .sum();
    let ask = |sql: &str| {
        desk.clickops_with("query --logs logs --explain-cost --format ndjson --sql", &[sql])
    };
    let once = ask("SELECT event_id FROM events");
    let row = json!({
        "logs": "2", "bytes_delivered": bytes.to_string(), "reads": "1",
        "bytes_scanned": bytes.to_string(), "dollars": "0.000050",
    });
    assert_eq!((once.rows(), once.stderr.as_str()), (vec![row], ""));
    let twice = ask("SELECT a.event_id FROM events AS a JOIN verdicts AS b USING (event_id)");
    assert_eq!(twice.rows()[0]["reads"], "2");
    assert_eq!(twice.rows()[0]["bytes_scanned"], (2 * bytes).to_string());
    assert!(twice.stderr.contains("it reads the logs 2 times"), "{twice:?}");
    let none = desk.clickops("query --logs logs --explain-cost");
    assert_eq!(none.code, 2, "{none:?}");
}
