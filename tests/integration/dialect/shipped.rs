//! Every shipped view and query, on both engines.

use std::collections::BTreeMap;
use std::sync::Arc;

use clickops::exclusion::{self, Exclusion, Kind as Why, Patterns, Until};
use clickops::logs::Log;
use clickops::query::assemble::Assembler;
use clickops::query::catalogue::{Catalogue, Kind, SqlFile};
use clickops::query::header::values_in;
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
    let files = catalogue.files();
    let logs = fixture::logs();
    let bind = |table: &str, file: &SqlFile| {
        let mut exclusions = exclusion::shipped().unwrap();
        exclusions.extend(own());
        assemble(table, file, &example(file), &logs, &exclusions)
    };
    let here = files.iter().map(|file| (bind("cloudtrail", file), Arc::clone(&logs))).collect();
    let mut wrong = Vec::new();
    let mut rows = 0;
    for (file, here) in files.iter().zip(embedded(here)) {
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

/// A shipped file as one statement over a table.
pub(super) fn statement(
    table: &str,
    file: &SqlFile,
    values: &BTreeMap<String, String>,
    logs: &Arc<[Log]>,
) -> String {
    assemble(table, file, values, logs, &exclusion::shipped().unwrap())
}

fn assemble(
    table: &str,
    file: &SqlFile,
    values: &BTreeMap<String, String>,
    logs: &Arc<[Log]>,
    exclusions: &[Exclusion],
) -> String {
    let assembler = assembler(table, exclusions);
    let query = assembler.named(&file.header.name, values, Arc::clone(logs));
    query.unwrap_or_else(|error| panic!("{}: {error}", file.origin)).sql
}

/// What assembles shipped SQL over a table.
pub(super) fn assembler(table: &str, exclusions: &[Exclusion]) -> Assembler {
    let exclusions = exclusion::relation(exclusions);
    let table = TableShape::cloudtrail(TableName::of(&[table]));
    Assembler::new(Catalogue::shipped().unwrap(), Arc::new(table), exclusions)
}

/// Exclusions as people write them, which the shipped ones do not show: one that has ended for some
/// of the records, one for accounts, and one whose pattern has to be escaped.
fn own() -> [Exclusion; 3] {
    let named = |name: &str| Exclusion::new(name.to_owned(), Why::Accepted, "it's fine".to_owned());
    [
        Exclusion {
            until: Some(Until("2026-11-20".parse().unwrap())),
            owner: Some("platform".to_owned()),
            region: serde_json::from_str("\"*-*-1\"").unwrap(),
            ..named("ended")
        },
        Exclusion {
            account: serde_json::from_str("[\"1111*\", \"123456789012\"]").unwrap(),
            members: vec!["444455556666".to_owned()],
            event_name: serde_json::from_str("\"*e*\"").unwrap(),
            ..named("accounts")
        },
        Exclusion { actor: Patterns::exactly(["100%_\\*"]), ..named("escaped") },
    ]
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

/// The values in the example of a file's header.
fn example(file: &SqlFile) -> BTreeMap<String, String> {
    file.header.examples.first().map(|command| values_in(command)).unwrap_or_default()
}
