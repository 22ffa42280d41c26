//! Rows on standard output: table, JSON, NDJSON or CSV.

use std::io::{self, BufWriter, StdoutLock, Write};

use clap::ValueEnum;
use comfy_table::presets::UTF8_HORIZONTAL_ONLY;
use comfy_table::{ContentArrangement, Table};
use serde_json::Value;

use crate::engine::Row;

/// How rows are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// Columns that fit the terminal
    Table,
    /// One array of objects
    Json,
    /// One object a line
    Ndjson,
    /// Comma-separated, with a header
    Csv,
}

/// A table is for looking at; more rows than these are better written to a file.
const TABLE_ROWS: usize = 1000;

/// Writes rows as they come, except for a table, whose widths depend on all of them.
pub(super) struct Printer {
    columns: Vec<String>,
    state: State,
}

enum State {
    Table { table: Box<Table>, rows: usize },
    Json { out: BufWriter<StdoutLock<'static>>, rows: usize },
    Ndjson(BufWriter<StdoutLock<'static>>),
    Csv(Box<csv::Writer<StdoutLock<'static>>>),
}

impl Printer {
    pub(super) fn new(format: Format, columns: &[String]) -> io::Result<Self> {
        let out = || BufWriter::new(io::stdout().lock());
        let state = match format {
            Format::Table => {
                let mut table = Table::new();
                table
                    .load_style(UTF8_HORIZONTAL_ONLY)
                    .set_content_arrangement(ContentArrangement::Dynamic)
                    .set_header(columns);
                State::Table { table: Box::new(table), rows: 0 }
            }
            Format::Json => State::Json { out: out(), rows: 0 },
            Format::Ndjson => State::Ndjson(out()),
            Format::Csv => {
                let mut csv = csv::Writer::from_writer(io::stdout().lock());
                csv.write_record(columns)?;
                State::Csv(Box::new(csv))
            }
        };
        Ok(Self { columns: columns.to_vec(), state })
    }

    pub(super) fn row(&mut self, row: &Row) -> io::Result<()> {
        match &mut self.state {
            State::Table { table, rows } => {
                *rows += 1;
                if *rows <= TABLE_ROWS {
                    let cells = row.iter().map(|cell| printable(cell.as_deref().unwrap_or("")));
                    table.add_row(cells);
                }
                Ok(())
            }
            State::Json { out, rows } => {
                out.write_all(if *rows == 0 { b"[\n" } else { b",\n" })?;
                *rows += 1;
                object(out, &self.columns, row)
            }
            State::Ndjson(out) => {
                object(out, &self.columns, row)?;
                out.write_all(b"\n")
            }
            State::Csv(csv) => {
                Ok(csv.write_record(row.iter().map(|cell| cell.as_deref().unwrap_or("")))?)
            }
        }
    }

    pub(super) fn finish(self) -> io::Result<()> {
        match self.state {
            State::Table { table, rows } => {
                let mut out = io::stdout().lock();
                writeln!(out, "{table}")?;
                if rows > TABLE_ROWS {
                    let left = rows - TABLE_ROWS;
                    writeln!(out, "and {left} more rows; --format ndjson or csv prints all")?;
                }
                out.flush()
            }
            State::Json { mut out, rows } => {
                out.write_all(if rows == 0 { b"[]\n" } else { b"\n]\n" })?;
                out.flush()
            }
            State::Ndjson(mut out) => out.flush(),
            State::Csv(mut csv) => csv.flush(),
        }
    }
}

fn object(out: &mut impl Write, columns: &[String], row: &Row) -> io::Result<()> {
    out.write_all(b"{")?;
    for (at, (name, cell)) in columns.iter().zip(row).enumerate() {
        if at > 0 {
            out.write_all(b",")?;
        }
        serde_json::to_writer(&mut *out, name)?;
        out.write_all(b":")?;
        let value = cell.as_deref().map_or(Value::Null, Value::from);
        serde_json::to_writer(&mut *out, &value)?;
    }
    out.write_all(b"}")
}

/// What an attacker writes into a user agent must not move the cursor of whoever reads a table.
pub(super) fn printable(text: &str) -> String {
    text.chars().map(|ch| if ch.is_control() { '\u{fffd}' } else { ch }).collect()
}
