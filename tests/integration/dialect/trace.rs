//! The statement behind `explain`, on both engines: a view with the branches that were taken.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use clickops::logs::{Log, dir};
use clickops::query::trace::Trace;
use serde_json::{Value, json};

use super::case::Outcome;
use super::server::Server;
use super::{embedded, fixture, shipped};
use crate::program::{Desk, files, project};

#[test]
fn a_trace_is_the_same_on_trino() {
    let Some(server) = Server::named() else {
        return;
    };
    let desk = Desk::new();
    let mut wrong = Vec::new();
    let mut steps = 0;
    for folder in fs::read_dir(project("tests/detection")).unwrap() {
        let folder = folder.unwrap().path();
        let name = format!("cases_{}", folder.file_name().unwrap().to_str().unwrap());
        let log = desk.write(&format!("{name}.json"), cases(&folder));
        let logs: Arc<[Log]> = dir::list(&log).unwrap().logs.into();
        fixture::load_file(&server, &name, &log);

        let (trace, here) = traced("cloudtrail", &logs);
        let here = embedded(vec![(here, Arc::clone(&logs))]).remove(0);
        let there = server.answer(&traced(&name, &logs).1);
        let (here, there) = (told(&trace, here, &logs), told(&trace, there, &logs));
        assert_eq!(here.len(), there.len(), "{name}");
        for ((row, here), (row_there, there)) in here.iter().zip(&there) {
            steps += here.len();
            if (row, here) != (row_there, there) {
                wrong.push(format!("{name}:\n  {row} {here:#?}\n  Trino: {row_there} {there:#?}"));
            }
        }
    }
    assert!(steps > 1000, "only {steps} branches tried");
    assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), wrong.join("\n"));
}

/// The cases of a folder as one log.
fn cases(folder: &Path) -> String {
    let records = files(folder).into_iter().flat_map(|file| {
        let log: Value = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
        log["Records"].as_array().unwrap().clone()
    });
    json!({ "Records": records.collect::<Vec<_>>() }).to_string()
}

/// The statement that `explain` runs over a table, and how to read what comes of it.
fn traced(table: &str, logs: &Arc<[Log]>) -> (Trace, String) {
    let (assembler, trace) = shipped::assembler(table, &[]).traced("verdicts").unwrap();
    let query = assembler.named("verdicts", &BTreeMap::new(), Arc::clone(logs)).unwrap();
    (trace, query.sql)
}

/// Each row of an answer and the branches that it tells of, sorted.
fn told(trace: &Trace, outcome: Outcome, logs: &[Log]) -> Vec<(String, Vec<String>)> {
    let Outcome::Rows { columns, rows } = outcome else { panic!("{outcome:?}") };
    let mut told: Vec<_> = rows
        .into_iter()
        .map(|row| {
            let place = |name: &str| columns.iter().position(|column| column == name);
            let steps = trace.steps(|name| row[place(name).unwrap()].clone());
            let steps = steps.iter().map(|step| format!("{step:?}")).collect();
            (format!("{row:?}").replace(&logs[0].address, fixture::PATH), steps)
        })
        .collect();
    told.sort();
    told
}
