//! The detection against its cases: `tests/detection/<verdict>/<what-happened>.json`. The folder
//! is the assertion, so a new case is a new file and no code.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use crate::program::{Desk, files, project};

/// Detections that are collected only where a report names them.
const OPTIONAL: [&str; 5] =
    ["console_sessions", "sign_ins", "denied_attempts", "sensitive_reads", "human_cli"];

#[test]
fn every_case_gets_the_verdict_of_its_folder() {
    let cases = project("tests/detection");
    let ended = Desk::new().clickops_with("test", &[cases.to_str().unwrap()]);
    assert_eq!(ended.code, 0, "{}{}", ended.stdout, ended.stderr);
    let files = files(&cases);
    let json = |file: &&PathBuf| file.extension().is_some_and(|extension| extension == "json");
    let seen = files.iter().filter(json).count();
    assert!(seen > 200, "only {seen} cases");
    assert!(ended.stdout.ends_with(&format!("\n{seen} cases, all passed\n")), "{}", ended.stdout);
}

/// What teams think differently of: `tests/policies/<policy>/clickops.toml` is the setting, and the
/// folders beside it hold what it is about. Without the setting something else has to come out.
#[test]
fn every_policy_is_switched_by_its_config() {
    let mut policies = 0;
    for entry in fs::read_dir(project("tests/policies")).unwrap() {
        let policy = entry.unwrap().path();
        let (cases, config) = (policy.display().to_string(), policy.join("clickops.toml"));
        let set = Desk::new().clickops_with("test --config", &[config.to_str().unwrap(), &cases]);
        assert_eq!(set.code, 0, "{cases}: {}{}", set.stdout, set.stderr);
        let bare = Desk::new().clickops_with("test", &[&cases]);
        assert_eq!(bare.code, 1, "{cases}: {}{}", bare.stdout, bare.stderr);
        // The views say the same.
        let line = "query console_activity --format ndjson --config";
        let found = Desk::new().clickops_with(line, &[config.to_str().unwrap(), "--logs", &cases]);
        assert_eq!(found.code, 0, "{cases}: {}", found.stderr);
        let acts = found.rows();
        assert!(acts.len() > 1, "{cases}");
        for act in acts {
            let case = PathBuf::from(act["log_file"].as_str().unwrap());
            let shown = act["reported"] == "true";
            match case.parent().unwrap().file_name().unwrap().to_str().unwrap() {
                "reported" => assert!(shown, "{act}"),
                "hidden" => assert!(!shown && !act["exclusion"].is_null(), "{act}"),
                verdict => assert!(!shown && act["verdict"] == verdict, "{act}"),
            }
        }
        policies += 1;
    }
    assert!(policies > 10, "only {policies} policies");
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
    for view in ["verdicts", "console_activity", "console_changes"].into_iter().chain(OPTIONAL) {
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

/// The optional detections: `tests/detections/<view>/(found|not)/<what-happened>.json`.
#[test]
fn every_optional_detection_finds_what_its_cases_say() {
    let mut wrong = Vec::new();
    for view in OPTIONAL {
        let cases = project("tests/detections").join(view);
        let line = format!("query {view} --format ndjson --logs");
        let ended = Desk::new().clickops_with(&line, &[cases.to_str().unwrap()]);
        assert_eq!(ended.code, 0, "{view}: {}", ended.stderr);
        let rows = ended.rows();
        let mut seen = BTreeMap::from([("found", 0), ("not", 0)]);
        for file in files(&cases) {
            let expected = file.parent().unwrap().file_name().unwrap().to_str().unwrap();
            let path = fs::canonicalize(&file).unwrap().display().to_string();
            let of_case = rows.iter().filter(|row| row["log_file"] == path.as_str());
            let wanted = usize::from(expected == "found");
            if of_case.count() != wanted {
                wrong.push(format!("{view}: {expected}/{}", file.display()));
            }
            *seen.get_mut(expected).unwrap() += 1;
        }
        assert!(seen.values().all(|count| *count > 0), "{view}: {seen:?}");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
