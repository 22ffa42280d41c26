//! Mutated records: whatever a record lacks or holds, it gets one verdict with rule and reason, and
//! `explain` says the same as `verdicts`.

use std::collections::BTreeMap;
use std::fs;

use serde_json::{Value, json};

use crate::program::{Desk, files, project};

/// A fixed sequence of numbers, so that a failure comes again.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % most
    }
}

/// Records of the cases, and of the corpus where this machine has it.
fn records() -> Vec<Value> {
    let mut records = Vec::new();
    for file in files(&project("tests/detection")) {
        if file.extension().is_some_and(|kind| kind == "json") {
            let log: Value = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
            records.extend(log["Records"].as_array().unwrap().clone());
        }
    }
    if let Some(corpus) = std::env::var_os("CLICKOPS_CORPUS") {
        for file in files(&std::path::Path::new(&corpus).join("dev")) {
            if file.extension().is_some_and(|kind| kind == "ndjson") {
                let text = fs::read_to_string(file).unwrap();
                records.extend(text.lines().filter_map(|line| serde_json::from_str(line).ok()));
            }
        }
    }
    records
}

/// Drops, nulls, retypes or swaps one field, of the record or of an object in it.
fn mutate(record: &mut Value, donor: &Value, dice: &mut Dice) {
    let Value::Object(fields) = record else { return };
    let Some(name) = fields.keys().nth(dice.below(fields.len().max(1))).cloned() else { return };
    if fields[&name].is_object() && dice.below(2) == 0 {
        return mutate(&mut fields[&name], &donor[&name], dice);
    }
    let odd = [json!(7), json!(true), json!("false"), json!([]), json!({"a": [null]}), json!("")];
    match dice.below(4) {
        0 => drop(fields.remove(&name)),
        1 => fields[&name] = Value::Null,
        2 => fields[&name] = odd[dice.below(odd.len())].clone(),
        _ => fields[&name] = donor[&name].clone(),
    }
}

#[test]
fn mutants_get_one_verdict_and_explain_agrees() {
    let originals = records();
    let mut dice = Dice(4);
    let mut lines = String::new();
    let count = 1500;
    for number in 0..count {
        let mut record = originals[dice.below(originals.len())].clone();
        let donor = originals[dice.below(originals.len())].clone();
        for _ in 0..=dice.below(4) {
            mutate(&mut record, &donor, &mut dice);
        }
        record["eventID"] = json!(format!("mutant-{number}"));
        lines.push_str(&format!("{record}\n"));
    }
    let desk = Desk::new();
    let log = desk.write("mutants.ndjson", lines);
    let log = log.to_str().unwrap();
    let judged = desk.clickops_with("query verdicts --format ndjson --logs", &[log]);
    let explained = desk.clickops_with("explain --format ndjson", &[log]);
    assert_eq!((judged.code, explained.code), (0, 0), "{} {}", judged.stderr, explained.stderr);
    let by_id = |rows: Vec<Value>| -> BTreeMap<String, Value> {
        assert_eq!(rows.len(), count);
        rows.into_iter().map(|row| (row["event_id"].as_str().unwrap().to_owned(), row)).collect()
    };
    let (judged, explained) = (by_id(judged.rows()), by_id(explained.rows()));
    assert_eq!(judged.len(), count, "each mutant has one verdict");
    for (id, row) in &judged {
        let told = &explained[id];
        for column in ["verdict", "rule", "reason"] {
            assert!(row[column].as_str().is_some_and(|text| !text.is_empty()), "{column}: {row}");
            assert_eq!(row[column], told[column], "{row}");
        }
        // The trace ends where the verdict was made.
        let tried = told["tried"].as_str().unwrap();
        let taken =
            |what: &str| tried.lines().any(|line| line.contains(what) && line.ends_with(": yes"));
        let (verdict, rule) = (row["verdict"].as_str().unwrap(), row["rule"].as_str().unwrap());
        assert!(taken(&format!(" verdict {verdict}")), "{verdict}: {tried}");
        assert!(taken(&format!(" {rule}")), "{rule}: {tried}");
    }
}
