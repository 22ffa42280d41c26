//! `clickops sql check`, case by case: `tests/check/NAME.sql` is looked at, and `NAME.txt` holds the
//! command, what it writes, and its exit code.

use std::fs;

use crate::program::{Desk, files, project};

#[test]
fn every_case_is_told_what_its_transcript_says() {
    let folder = project("tests/check");
    let files = files(&folder);
    let transcripts =
        files.iter().filter(|file| file.extension().is_some_and(|kind| kind == "txt"));
    let mut wrong = Vec::new();
    let mut seen = 0;
    for transcript in transcripts {
        let expected = fs::read_to_string(transcript).unwrap();
        let command = expected.lines().next().unwrap();
        let line = command.strip_prefix("$ clickops ").unwrap();
        let sql = transcript.with_extension("sql");
        let desk = Desk::new();
        desk.write(sql.file_name().unwrap().to_str().unwrap(), fs::read(&sql).unwrap());
        let ended = desk.clickops(line);
        let got = format!("{command}\n{}{}exit {}\n", ended.stdout, ended.stderr, ended.code);
        if got != expected {
            wrong.push(format!("{}\n   expected\n{expected}   got\n{got}", transcript.display()));
        }
        seen += 1;
    }
    let cases = files.iter().filter(|file| file.extension().is_some_and(|kind| kind == "sql"));
    assert_eq!(seen, cases.count(), "each .sql file has its .txt");
    assert!(wrong.is_empty(), "{} of {seen}:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_shipped_file_is_right_and_few_are_remarked_on() {
    let checked = Desk::new().clickops("sql check");
    assert_eq!(checked.code, 0, "{}{}", checked.stdout, checked.stderr);
    let remarked: Vec<_> =
        checked.stdout.lines().filter(|line| line.starts_with("remark: ")).collect();
    // It needs the events twice: the one that it is about, and those around it.
    assert!(
        remarked.iter().all(|line| line.contains("queries/around-an-event.sql")),
        "{remarked:#?}"
    );
}

#[test]
fn a_whole_statement_is_what_athena_gets_but_for_the_values() {
    let desk = Desk::new();
    let whole = desk.clickops("sql show who-touched --whole --as audit.trail").ok();
    assert!(whole.starts_with("WITH cloudtrail AS ("), "{whole}");
    assert!(whole.contains("FROM \"awsdatacatalog\".\"audit\".\"trail\""), "{whole}");
    assert!(whole.contains("\nevents AS (\n") && whole.contains("lower(:resource)"), "{whole}");
    let view = desk.clickops("sql show console_changes --whole").ok();
    assert!(view.ends_with("SELECT * FROM console_changes\n"), "{view}");
}
