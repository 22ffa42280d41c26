//! Every shipped view and query, on both engines.

use std::collections::BTreeMap;
use std::sync::Arc;

use clickops::exclusion;
use clickops::query::assemble::Assembler;
use clickops::query::catalogue::{Catalogue, Kind, SqlFile};
use clickops::query::value::Type;
use clickops::table::{TableName, TableShape};

use super::case::Outcome;
use super::server::Server;
use super::{embedded, fixture};

#[test]
fn shipped_sql_gives_the_same_rows_on_trino() {
    let Some(server) = Server::named() else {
        return;
    };
    fixture::load(&server);
    let catalogue = Catalogue::shipped().unwrap();
    let today = "2026-11-24".parse().unwrap();
    let bind = |table: &str, file: &SqlFile| {
        let exclusions = exclusion::relation(&exclusion::shipped().unwrap(), today);
        let table = TableShape::cloudtrail(TableName::of(&[table]));
        let assembler = Assembler::new(catalogue.clone(), Arc::new(table), exclusions);
        let query = assembler.named(&file.header.name, &values(file), fixture::logs());
        query.unwrap_or_else(|error| panic!("{}: {error}", file.origin)).sql
    };
    let files = catalogue.files();
    let answers = embedded(files.iter().map(|file| bind("cloudtrail", file)).collect());
    let mut wrong = Vec::new();
    let mut rows = 0;
    for (file, here) in files.iter().zip(answers) {
        let here = settled(file, here);
        let there = settled(file, server.answer(&bind("records", file)));
        rows += there.len() - 1;
        if here != there {
            let different = here.iter().zip(&there).find(|(here, there)| here != there);
            wrong.push(format!(
                "{}: {} rows here, {} on Trino; first difference:\n  {different:?}",
                file.origin,
                here.len() - 1,
                there.len() - 1
            ));
        }
    }
    assert!(rows > 0, "not one row to compare");
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), files.len(), wrong.join("\n"));
}

/// An answer in a form that has to be the same on both engines.
fn settled(file: &SqlFile, outcome: Outcome) -> Vec<String> {
    let mut lines = outcome.lines();
    let logs = fixture::logs();
    for line in &mut lines {
        *line = line.replace(&logs[0].address, fixture::PATH);
    }
    // A view promises no order.
    if file.kind == Kind::View {
        lines[1..].sort();
    }
    lines
}

/// Values for the parameters: those of the `-- example:` line, else what `clickops sql check` takes.
fn values(file: &SqlFile) -> BTreeMap<String, String> {
    let example = file.text.lines().find_map(|line| line.strip_prefix("-- example:"));
    let mut values = BTreeMap::new();
    for param in &file.header.params {
        let sample = match param.kind {
            Type::Text | Type::List => "sample",
            Type::Literal => "'sample'",
            Type::Integer => "1",
            Type::Boolean => "true",
        };
        let given = example.and_then(|example| given(example, &param.name));
        let needed = param.default.is_none().then(|| sample.to_owned());
        if let Some(value) = given.or(needed) {
            values.insert(param.name.clone(), value);
        }
    }
    values
}

/// What stands behind `name=`: a word, or a text in quotes.
fn given(example: &str, name: &str) -> Option<String> {
    let (_, rest) = format!(" {example}")
        .split_once(&format!(" {name}="))
        .map(|(a, b)| (a.len(), b.to_owned()))?;
    let quote = rest.chars().next().filter(|char| matches!(char, '\'' | '"'));
    let value = match quote {
        Some(quote) => rest[1..].split(quote).next(),
        None => rest.split_whitespace().next(),
    };
    value.map(str::to_owned)
}
