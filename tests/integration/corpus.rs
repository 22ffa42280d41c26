//! The public CloudTrail records that `CLICKOPS_CORPUS` leads to. Without it there is nothing to
//! test here: nothing of them is part of this project.

#![expect(clippy::print_stdout, reason = "precision and recall are for reading")]

use std::collections::BTreeSet;

use serde_json::Value;

use self::records::Label;
use self::score::Score;
use crate::judges;
use crate::program::Desk;

pub(crate) mod records;
mod score;

#[test]
fn every_public_record_gets_a_verdict_and_explain_agrees() {
    let desk = Desk::new();
    for file in records::logs() {
        let asked = |line| {
            let ended = desk.clickops_with(line, &[file.to_str().unwrap()]);
            assert_eq!(ended.code, 0, "{}: {}", file.display(), ended.stderr);
            verdicts(&ended.rows())
        };
        let explained = asked("explain --format ndjson");
        let text = std::fs::read_to_string(&file).unwrap();
        let records = text.lines().filter(|line| !line.is_empty()).count();
        assert_eq!(explained.len(), records, "{}", file.display());
        assert_eq!(explained, asked("query verdicts --format ndjson --logs"), "{}", file.display());
    }
}

/// What was said of which event. No part of it may be missing.
fn said(row: &Value) -> [String; 4] {
    ["event_id", "verdict", "rule", "reason"].map(|column| {
        let text = row[column].as_str().filter(|text| !text.is_empty());
        text.unwrap_or_else(|| panic!("{column}: {row}")).to_owned()
    })
}

/// The same of all events, sorted.
fn verdicts(rows: &[Value]) -> Vec<[String; 4]> {
    let mut all: Vec<_> = rows.iter().map(said).collect();
    all.sort_unstable();
    all
}

#[test]
fn the_labelled_records_are_judged_well() {
    let labels = records::labels();
    if labels.is_empty() {
        return;
    }
    let lines: Vec<_> = labels.iter().flat_map(|label| label.records.clone()).collect();
    let rows = judges::ours(&lines);
    let found: Vec<_> = rows.iter().map(|row| row["verdict"] == "clickops").collect();
    let judged = score::judged(&labels, &found);
    let ours = Score::of(&judged);
    println!("{} of {} labels are decided: {ours}", judged.len(), labels.len());
    print!("{}", score::classes(&judged));
    let wrong: BTreeSet<_> =
        judged.iter().filter(|judged| !judged.is_right()).map(|judged| &judged.label.key).collect();
    let mut disagreements = String::new();
    for (Label { label, class, key, .. }, rows) in score::by_label(&labels, &rows) {
        for row in rows.iter().filter(|_| label == "ambiguous" || wrong.contains(key)) {
            let text = format!("{label} {class} {key:?}: {}\n", said(row).join(" "));
            print!("{text}");
            if label != "ambiguous" {
                disagreements.push_str(&text);
            }
        }
    }
    assert!(ours.precision() >= 0.99 && ours.recall() >= 0.98, "{ours}\n{disagreements}");
}

/// Picks some of the labels.
type Filter = fn(&Label) -> bool;

/// What it is known to reach was counted over 423 records, of which a part may be here.
#[test]
fn the_earlier_tool_is_measured_by_the_same_labels() {
    let labels = records::labels();
    if labels.is_empty() {
        return;
    }
    let lines = labels.iter().flat_map(|label| &label.records);
    let records: Vec<Value> = lines.map(|line| serde_json::from_str(line).unwrap()).collect();
    let sets: [(&str, Filter); 3] = [
        ("all decided", |_| true),
        ("without failed attempts", |label| label.class != "failed-attempt"),
        ("full records since 2022-03", Label::is_full_and_recent),
    ];
    let [all, flagged] = [false, true].map(|flag_only| judges::earlier(&records, flag_only));
    // The flag is one of the marks that it looks for.
    for ((all, flagged), record) in all.iter().zip(&flagged).zip(&records) {
        assert!(flagged != "ALERT" || all == "ALERT" || all == "CRASH", "{all}: {record}");
    }
    let tools = [
        ("earlier tool", all, ["0.866 0.866", "0.902 0.866", "0.878 0.952"]),
        ("flag only", flagged, ["0.975 0.530", "-", "0.973 0.880"]),
    ];
    for (tool, answers, of_all) in tools {
        let found: Vec<_> = answers.iter().map(|answer| answer == "ALERT").collect();
        let judged = score::judged(&labels, &found);
        println!("{tool}\n{}", score::classes(&judged));
        for ((set, belongs), of_all) in sets.iter().zip(of_all) {
            let score = Score::of(judged.iter().filter(|judged| belongs(judged.label)));
            println!("{tool}, {set}: {score}; of all 423 records {of_all}");
        }
    }
}
