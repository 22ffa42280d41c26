//! What this project and the best known earlier tool say of records.

use std::collections::BTreeMap;
use std::fmt::Display;

use serde_json::{Value, json};

use crate::program::{Desk, project};

/// The rows of `verdicts`, one for each record and in their order.
pub(crate) fn ours<R: Display>(records: &[R]) -> Vec<Value> {
    answers("query verdicts --logs", &[], records)
}

/// What the earlier tool says of each record: `ALERT`, `drop Rule2`, `CRASH`. With `flag_only` it
/// goes by the console flag alone.
pub(crate) fn earlier(records: &[Value], flag_only: bool) -> Vec<String> {
    let records: Vec<_> = records.iter().map(as_it_reads).collect();
    let file = project("tests/earlier_tool.sql");
    let parameter = format!("flag_only={flag_only}");
    let further = ["--param", &parameter, "--file", file.to_str().unwrap()];
    let answers = answers("query --logs", &further, &records);
    answers.iter().map(|row| row["answer"].as_str().unwrap().to_owned()).collect()
}

/// The record as the earlier tool reads it. It is a Python program, where every text but the empty
/// one is true, `"false"` too, and it tells a client that is missing from one that is null. The
/// table `cloudtrail` shows neither.
fn as_it_reads(record: &Value) -> Value {
    let mut record = record.clone();
    let Some(fields) = record.as_object_mut() else { return record };
    for name in ["readOnly", "sessionCredentialFromConsole"] {
        if let Some(value) = fields.get_mut(name) {
            let falsy = [json!(null), json!(false), json!(0), json!(0.0)].contains(value)
                || [json!(""), json!([]), json!({})].contains(value);
            *value = json!(!falsy);
        }
    }
    fields.entry("userAgent").or_insert_with(|| json!("Unknown User Agent"));
    record
}

/// What explain says of each record.
pub(crate) fn explained<R: Display>(records: &[R]) -> Vec<Value> {
    answers("explain", &[], records)
}

/// The row that a command has for each record, given the folder of them and what follows it. Every
/// record lies in a file of its own, so rows are told apart whatever ids the records have.
fn answers<R: Display>(command: &str, further: &[&str], records: &[R]) -> Vec<Value> {
    let desk = Desk::new();
    for (number, record) in records.iter().enumerate() {
        desk.write(&format!("records/{number}.ndjson"), format!("{record}\n"));
    }
    let arguments = [&["records", "--format", "ndjson"], further].concat();
    let ended = desk.clickops_with(command, &arguments);
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    let mut rows = BTreeMap::new();
    for row in ended.rows() {
        let file = std::path::Path::new(row["log_file"].as_str().unwrap());
        let number: usize = file.file_stem().unwrap().to_str().unwrap().parse().unwrap();
        assert!(rows.insert(number, row).is_none(), "two answers to {}", records[number]);
    }
    let answer = |(number, record): (usize, &R)| {
        rows.remove(&number).unwrap_or_else(|| panic!("no answer to {record}"))
    };
    records.iter().enumerate().map(answer).collect()
}
