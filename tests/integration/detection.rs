//! The detection against its cases: `tests/detection/<verdict>/<what-happened>.json`. The folder
//! is the assertion, so a new case is a new file and no code.

use std::collections::BTreeMap;
use std::fs;

use crate::program::{Desk, files, project};

#[test]
fn every_case_gets_the_verdict_of_its_folder() {
    let cases = project("tests/detection");
    let ended = Desk::new()
        .clickops_with("query verdicts --format ndjson --logs", &[cases.to_str().unwrap()]);
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    let mut verdicts: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    for row in ended.rows() {
        let text = |column: &str| row[column].as_str().unwrap_or("NULL").to_owned();
        verdicts.entry(text("log_file")).or_default().push((
            text("verdict"),
            format!("{} {} {}", text("verdict"), text("rule"), text("reason")),
        ));
    }
    let mut wrong = Vec::new();
    let mut seen = 0;
    for file in files(&cases) {
        if file.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        seen += 1;
        let expected = file.parent().unwrap().file_name().unwrap().to_str().unwrap();
        let path = fs::canonicalize(&file).unwrap().display().to_string();
        let got = verdicts.remove(&path).unwrap_or_default();
        if got.is_empty() || got.iter().any(|(verdict, _)| verdict != expected) {
            let got: Vec<_> = got.into_iter().map(|(_, why)| why).collect();
            wrong.push(format!("{expected}/{}: {got:?}", file.file_stem().unwrap().display()));
        }
    }
    assert!(seen > 60, "only {seen} cases");
    assert!(wrong.is_empty(), "{} of {seen} cases:\n{}", wrong.len(), wrong.join("\n"));
}

/// The generator knows what it wrote; the detection has to find out.
#[test]
fn the_example_archive_is_judged_as_it_was_meant() {
    let ended = Desk::new().clickops_with(
        "query console_changes --format ndjson --logs",
        &[project("examples/logs").to_str().unwrap()],
    );
    assert_eq!(ended.rows().len(), 30, "examples/README.md tells of the changes in it");
}

#[test]
fn a_detection_begins_with_the_columns_of_the_contract() {
    let desk = Desk::new();
    for view in ["verdicts", "console_activity", "console_changes"] {
        let shown = desk.clickops(&format!("sql show {view}")).ok();
        let columns: Vec<&str> = shown
            .lines()
            .skip_while(|line| *line != "Columns")
            .skip(1)
            // Further lines of a meaning stand further in.
            .filter(|line| !line.starts_with("   "))
            .map_while(|line| line.split_whitespace().next())
            .take(clickops::finding::COLUMNS.len())
            .collect();
        assert_eq!(columns, clickops::finding::COLUMNS, "{view}");
    }
}
