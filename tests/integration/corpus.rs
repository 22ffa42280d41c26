//! The public CloudTrail records that `CLICKOPS_CORPUS` leads to. Without it there is nothing to
//! test here: nothing of them is part of this project.

#![expect(clippy::print_stdout, reason = "precision and recall by class are for reading")]

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::program::{Desk, files};

/// The folder with the labelled records, if this machine has it.
fn corpus() -> Option<PathBuf> {
    let folder = PathBuf::from(std::env::var_os("CLICKOPS_CORPUS")?).join("dev");
    assert!(folder.is_dir(), "CLICKOPS_CORPUS has no folder dev");
    Some(folder)
}

#[test]
fn every_public_record_gets_a_verdict_with_rule_and_reason() {
    let Some(folder) = corpus() else { return };
    let desk = Desk::new();
    for file in files(&folder)
        .into_iter()
        .filter(|file| file.extension().is_some_and(|kind| kind == "ndjson"))
    {
        let records =
            std::fs::read_to_string(&file).unwrap().lines().filter(|line| !line.is_empty()).count();
        let ended = desk.clickops_with("explain --format ndjson", &[file.to_str().unwrap()]);
        assert_eq!(ended.code, 0, "{}: {}", file.display(), ended.stderr);
        let rows = ended.rows();
        assert_eq!(rows.len(), records, "{}", file.display());
        for row in rows {
            for column in ["event_id", "verdict", "rule", "reason"] {
                assert!(
                    row[column].as_str().is_some_and(|text| !text.is_empty()),
                    "{column}: {row}"
                );
            }
        }
    }
}

/// Precision and recall of the first cut over the labelled records, as floors that only rise.
#[test]
fn the_labelled_records_are_judged_well() {
    let Some(folder) = corpus() else { return };
    let mut labels = BTreeMap::new();
    let mut reader = csv::Reader::from_path(folder.join("labels.csv")).unwrap();
    for label in reader.records() {
        let label = label.unwrap();
        labels.insert(
            (label[0].to_owned(), label[1].to_owned()),
            (label[2].to_owned(), label[3].to_owned()),
        );
    }
    let ended = Desk::new()
        .clickops_with("query verdicts --format ndjson --logs", &[folder.to_str().unwrap()]);
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    let (mut hits, mut misses, mut false_alarms) = (0, Vec::new(), Vec::new());
    // Of each class, how many records are labelled, and how many are judged as labelled.
    let mut classes: BTreeMap<_, (u32, u32)> = BTreeMap::new();
    for row in ended.rows() {
        let text = |column: &str| row[column].as_str().unwrap_or_default().to_owned();
        let file = PathBuf::from(text("log_file"));
        let source = file.file_stem().unwrap().to_str().unwrap().to_owned();
        let why = format!("{source} {} {} {}", text("event_id"), text("rule"), text("reason"));
        let Some((label, class)) = labels.get(&(source, text("event_id"))) else { continue };
        let found = text("verdict") == "clickops";
        if label != "ambiguous" {
            let (all, right) = classes.entry((label, class)).or_default();
            *all += 1;
            *right += u32::from(found == (label == "clickops"));
        }
        match (label.as_str(), found) {
            ("clickops", true) => hits += 1,
            ("clickops", false) => misses.push(why),
            ("not", true) => false_alarms.push(why),
            _ => {}
        }
    }
    // A label of a record without an eventID has a hash of the record in its place.
    let joined: u32 = classes.values().map(|(all, _)| all).sum();
    let wanted = labels.values().filter(|(label, _)| label != "ambiguous").count();
    println!("{joined} of {wanted} labelled records are compared; the others have no eventID");
    for ((label, class), (all, right)) in &classes {
        println!("{label:8} {class:24} {right} of {all}");
    }
    let precision = f64::from(hits) / (f64::from(hits) + false_alarms.len() as f64);
    let recall = f64::from(hits) / (f64::from(hits) + misses.len() as f64);
    println!("precision {precision:.3}, recall {recall:.3}");
    assert!(precision >= 0.97, "precision {precision:.3}: {false_alarms:#?}");
    assert!(recall >= 0.97, "recall {recall:.3}: {misses:#?}");
}
