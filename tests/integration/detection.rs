//! The detection against its cases: `tests/detection/<verdict>/<what-happened>.json`. The folder
//! is the assertion, so a new case is a new file and no code.

use std::path::PathBuf;

use crate::program::{Desk, files, project};

#[test]
fn every_case_gets_the_verdict_of_its_folder() {
    let cases = project("tests/detection");
    let ended = Desk::new().clickops_with("test", &[cases.to_str().unwrap()]);
    assert_eq!(ended.code, 0, "{}{}", ended.stdout, ended.stderr);
    let files = files(&cases);
    let json = |file: &&PathBuf| file.extension().is_some_and(|extension| extension == "json");
    let seen = files.iter().filter(json).count();
    assert!(seen > 60, "only {seen} cases");
    assert!(ended.stdout.ends_with(&format!("\n{seen} cases, all passed\n")), "{}", ended.stdout);
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
