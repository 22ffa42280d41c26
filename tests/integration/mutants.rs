//! Mutated records: whatever a record lacks or holds, it gets one verdict with rule and reason, and
//! `explain` says the same as `verdicts`.

#![expect(clippy::print_stdout, reason = "what failed has to come again")]

use std::fs;

use serde_json::{Value, json};

use crate::program::{files, project};
use crate::{corpus, judges};

/// What `MUTANTS_SEED` replaces.
const SEED: u64 = 4;
/// What `MUTANTS` replaces.
const COUNT: usize = 1500;

/// A sequence of numbers that is the same for the same seed, so that a failure comes again.
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
    for file in corpus::records::logs() {
        let text = fs::read_to_string(file).unwrap();
        records.extend(text.lines().filter_map(|line| serde_json::from_str(line).ok()));
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
    let hostile = "\0 \n '%_\\\" \u{202e}\u{1f600}";
    let odd = [
        json!(7),
        json!(-1e300),
        json!(true),
        json!("false"),
        json!(""),
        json!(hostile),
        json!([]),
        json!({"a": [null]}),
    ];
    match dice.below(4) {
        0 => drop(fields.remove(&name)),
        1 => fields[&name] = Value::Null,
        2 => fields[&name] = odd[dice.below(odd.len())].clone(),
        _ => fields[&name] = donor[&name].clone(),
    }
}

/// The value of an environment variable, which has to be a number.
fn number<T: std::str::FromStr>(name: &str, otherwise: T) -> T {
    let Ok(text) = std::env::var(name) else { return otherwise };
    text.parse().unwrap_or_else(|_| panic!("{name} is '{text}', no number"))
}

#[test]
fn mutants_get_one_verdict_and_explain_agrees() {
    let (seed, count) = (number("MUTANTS_SEED", SEED), number("MUTANTS", COUNT));
    println!("MUTANTS_SEED={seed} MUTANTS={count}");
    let originals = records();
    let mut dice = Dice(seed);
    let mut mutants = Vec::with_capacity(count);
    for _ in 0..count {
        let mut record = originals[dice.below(originals.len())].clone();
        let donor = originals[dice.below(originals.len())].clone();
        if dice.below(4) == 0 {
            record.as_object_mut().unwrap().shift_remove("eventID");
        }
        for _ in 0..=dice.below(4) {
            mutate(&mut record, &donor, &mut dice);
        }
        mutants.push(record);
    }
    let (judged, explained) = (judges::ours(&mutants), judges::explained(&mutants));
    for (row, told) in judged.iter().zip(&explained) {
        for column in ["event_id", "verdict", "rule", "reason"] {
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
