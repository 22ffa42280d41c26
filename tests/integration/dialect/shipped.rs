//! Every shipped view and query, on both engines.

use std::collections::BTreeMap;
use std::sync::Arc;

use clickops::exclusion;
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
    let bind = |table: &str, file: &SqlFile| statement(table, file, &example(file), &logs);
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
    let exclusions = exclusion::relation(&exclusion::shipped().unwrap());
    let table = TableShape::cloudtrail(TableName::of(&[table]));
    let assembler = Assembler::new(Catalogue::shipped().unwrap(), Arc::new(table), exclusions);
    let query = assembler.named(&file.header.name, values, Arc::clone(logs));
    query.unwrap_or_else(|error| panic!("{}: {error}", file.origin)).sql
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
