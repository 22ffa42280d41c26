//! The named queries, each over records of its own: `tests/queries/NAME.json` holds them, and
//! `NAME.txt` what is asked and what comes of it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use clickops::logs::{Log, dir};
use clickops::query::catalogue::{Catalogue, Kind};
use clickops::query::header::values_in;

use super::case::Outcome;
use super::server::Server;
use super::shipped::statement;
use super::{embedded, fixture};
use crate::program::{Desk, project};

/// A question, and the CSV that answers it.
struct Case {
    query: String,
    /// As somebody types it.
    command: String,
    values: BTreeMap<String, String>,
    /// Nothing where no answer is known yet.
    answer: String,
    logs: Arc<[Log]>,
}

#[test]
fn every_case_of_a_named_query_has_its_answer() {
    let catalogue = Catalogue::shipped().unwrap();
    let mut wrong = Vec::new();
    let mut cases = cases();
    let bind = |table: &str, case: &Case| {
        statement(table, catalogue.get(&case.query).unwrap(), &case.values, &case.logs)
    };
    if let Some(server) = Server::named() {
        for case in &mut cases {
            let table = case.query.replace('-', "_");
            let file = project("tests/queries").join(&case.query).with_extension("json");
            fixture::load_file(&server, &table, &file);
            let there = csv(&server.answer(&bind(&table, case)));
            if case.answer.is_empty() {
                case.answer.clone_from(&there);
            }
            wrong.extend(complaint("Trino", case, &there));
        }
        if std::env::var_os("DIALECT_FILL").is_some() {
            fill(&cases);
        }
    }
    let statements = cases.iter().map(|case| (bind("cloudtrail", case), Arc::clone(&case.logs)));
    for (case, here) in cases.iter().zip(embedded(statements.collect())) {
        wrong.extend(complaint("the embedded engine", case, &csv(&here)));
    }
    assert!(wrong.is_empty(), "{} wrong answers\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_named_query_has_cases_and_one_of_them_has_rows() {
    let cases = cases();
    let catalogue = Catalogue::shipped().unwrap();
    let names: Vec<_> = catalogue
        .files()
        .into_iter()
        .filter(|file| file.kind == Kind::Query)
        .map(|file| file.header.name.clone())
        .collect();
    for name in &names {
        let of_query = cases.iter().filter(|case| case.query == *name);
        let rows = of_query.map(|case| case.answer.lines().skip(1).count()).max();
        assert!(rows.is_some(), "tests/queries/{name}.txt holds no case");
        assert!(rows > Some(0), "tests/queries/{name}.txt: no answer has rows");
    }
    for case in &cases {
        assert!(names.contains(&case.query), "no query is called {}", case.query);
    }
}

#[test]
fn the_program_writes_what_the_cases_say() {
    let file = project("tests/queries/who-touched.json");
    for case in cases().iter().filter(|case| case.query == "who-touched") {
        let values = case.values.iter().map(|(name, value)| format!("--param={name}={value}"));
        let mut arguments: Vec<_> = values.collect();
        arguments.push(format!("--logs={}", file.display()));
        let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
        let ended = Desk::new().clickops_with("query who-touched --format csv", &arguments);
        assert_eq!(ended.ok(), case.answer, "{}", case.command);
    }
}

fn cases() -> Vec<Case> {
    let only = std::env::var("DIALECT_ONLY").unwrap_or_default();
    let files = crate::program::files(&project("tests/queries"));
    let transcripts =
        files.iter().filter(|file| file.extension().is_some_and(|kind| kind == "txt"));
    transcripts
        .filter(|file| file.to_str().unwrap().contains(&only))
        .flat_map(|file| read(file))
        .collect()
}

/// The cases of a file. Each begins with `$` and its command.
fn read(file: &Path) -> Vec<Case> {
    let logs: Arc<[Log]> = dir::list(&file.with_extension("json")).unwrap().logs.into();
    let text = fs::read_to_string(file).unwrap();
    let blocks = text.split("$ ").skip(1);
    let case = |block: &str| {
        let (command, answer) = block.split_once('\n').unwrap();
        let answer = answer.trim_end();
        Case {
            query: command.split_whitespace().nth(2).unwrap().to_owned(),
            command: command.to_owned(),
            values: values_in(command),
            answer: if answer.is_empty() { String::new() } else { format!("{answer}\n") },
            logs: Arc::clone(&logs),
        }
    };
    blocks.map(case).collect()
}

/// Writes the files anew, with answers where there were none.
fn fill(cases: &[Case]) {
    let mut files: BTreeMap<&str, String> = BTreeMap::new();
    for case in cases {
        let text = files.entry(&case.query).or_default();
        let between = if text.is_empty() { "" } else { "\n" };
        let _ = write!(text, "{between}$ {}\n{}", case.command, case.answer);
    }
    for (query, text) in files {
        fs::write(project("tests/queries").join(query).with_extension("txt"), text).unwrap();
    }
}

fn complaint(engine: &str, case: &Case, got: &str) -> Option<String> {
    (got != case.answer)
        .then(|| format!("$ {}\n   expected\n{}   from {engine}\n{got}", case.command, case.answer))
}

/// An answer as `--format csv` writes it.
fn csv(outcome: &Outcome) -> String {
    let (columns, rows) = match outcome {
        Outcome::Error(message) => return format!("! {message}\n"),
        Outcome::Rows { columns, rows } => (columns, rows),
    };
    let cell = |cell: Option<&str>| match cell {
        None => String::new(),
        Some(text) if text.is_empty() || text.contains([',', '"', '\n', '\r']) => {
            format!("\"{}\"", text.replace('"', "\"\""))
        }
        Some(text) => text.to_owned(),
    };
    let names = columns.iter().map(|name| cell(Some(name))).collect::<Vec<_>>().join(",");
    let line = |row: &Vec<Option<String>>| {
        row.iter().map(|text| cell(text.as_deref())).collect::<Vec<_>>().join(",")
    };
    std::iter::once(names).chain(rows.iter().map(line)).map(|line| line + "\n").collect()
}
