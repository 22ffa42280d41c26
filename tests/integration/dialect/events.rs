//! What the view `events` makes of a record, line by line: `tests/events/*.ndjson`.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use clickops::logs::dir;
use clickops::query::catalogue::Catalogue;
use serde_json::{Map, Value, json};

use super::case::Outcome;
use super::server::Server;
use super::shipped::statement;
use super::{embedded, fixture};
use crate::program::{Desk, change, files, project};

#[test]
fn every_record_gets_the_columns_that_its_line_says() {
    let mut wrong = Vec::new();
    for file in files(&project("tests/events")) {
        let cases = read(&file);
        for (engine, outcome) in answers(&file, &cases) {
            for (number, case) in cases.iter().enumerate() {
                let place = format!("{}:{}", file.display(), number + 1);
                for (column, expected) in case["is"].as_object().unwrap() {
                    let got = cell(&outcome, &id_of(number), column);
                    if got.as_deref() != expected.as_str() {
                        wrong.push(format!(
                            "{place}: {column} is {expected}, from {engine} {got:?}"
                        ));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), wrong.join("\n"));
}

/// 100 KB is what CloudTrail writes at most.
#[test]
fn a_request_of_any_size_has_its_resource() {
    let desk = Desk::new();
    let mut event = change("e-1", "2026-11-23T09:00:00Z");
    event["eventSource"] = "lambda.amazonaws.com".into();
    event["eventName"] = "UpdateFunctionCode20150331v2".into();
    let nested = format!("{}{}", "[".repeat(100), "]".repeat(100));
    let nested: Value = serde_json::from_str(&nested).unwrap();
    event["requestParameters"] = json!({
        "code": "\"name\":".repeat(12_000), "deep": nested, "functionName": "orders",
    });
    desk.write("a.json", json!({ "Records": [event] }).to_string());
    let rows = desk.clickops("query events --format ndjson --logs a.json").rows();
    assert_eq!(rows[0]["resource"], "orders");
}

/// The lines of a file: `call` is `service:Action`, `record` what else the record says, `is` the
/// columns that have to come out.
fn read(file: &Path) -> Vec<Value> {
    let text = fs::read_to_string(file).unwrap();
    let case = |line: &str| {
        serde_json::from_str(line).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
    };
    text.lines().map(case).collect()
}

fn id_of(number: usize) -> String {
    format!("line-{:04}", number + 1)
}

/// The record of a line: a usual one, with what the line says.
fn record(number: usize, case: &Value) -> Value {
    let mut record = change(&id_of(number), "2026-11-23T09:00:00Z");
    let (service, action) =
        case["call"].as_str().unwrap_or("ec2:StopInstances").split_once(':').unwrap();
    let own = json!({
        "eventSource": format!("{service}.amazonaws.com"),
        "eventName": action,
        "requestParameters": case["request"],
        "responseElements": case["response"],
    });
    let none = Map::new();
    let further = case["record"].as_object().unwrap_or(&none);
    for (field, value) in own.as_object().unwrap().iter().chain(further) {
        record[field] = value.clone();
    }
    record
}

/// The view's rows over all records of a file, by the embedded engine and, where there is one, Trino.
fn answers(file: &Path, cases: &[Value]) -> Vec<(&'static str, Outcome)> {
    let desk = Desk::new();
    let records: Vec<_> =
        cases.iter().enumerate().map(|(number, case)| record(number, case)).collect();
    let log = desk.write("log.json", json!({ "Records": records }).to_string());
    let logs = dir::list(&log).unwrap().logs.into();
    let catalogue = Catalogue::shipped().unwrap();
    let bind = |table: &str| statement(table, catalogue.get("events").unwrap(), &[].into(), &logs);
    let mut answers = Vec::new();
    if let Some(server) = Server::named() {
        let table = format!("events_{}", file.file_stem().unwrap().display());
        fixture::load_file(&server, &table, &log);
        answers.push(("Trino", server.answer(&bind(&table))));
    }
    let here = embedded(vec![(bind("cloudtrail"), Arc::clone(&logs))]);
    answers.extend(here.into_iter().map(|outcome| ("the embedded engine", outcome)));
    answers
}

/// What the event's row holds in a column.
fn cell(outcome: &Outcome, event_id: &str, column: &str) -> Option<String> {
    let Outcome::Rows { columns, rows } = outcome else { panic!("{outcome:?}") };
    let at = |name: &str| columns.iter().position(|column| column == name).unwrap();
    let row = rows.iter().find(|row| row[at("event_id")].as_deref() == Some(event_id)).unwrap();
    row[at(column)].clone()
}
