//! Rows on standard output: table, JSON, NDJSON or CSV.

use std::io::{self, BufWriter, StdoutLock, Write};

use clap::ValueEnum;
use comfy_table::{ContentArrangement, LineStyle, Table, TableStyle};
use serde_json::Value;
use unicode_width::UnicodeWidthStr;

use crate::engine::Row;
use crate::render::cut;
use crate::sink::terminal;

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
/// Columns of a table that goes to no terminal, unless `COLUMNS` says otherwise.
const TABLE_WIDTH: usize = 200;
/// A row is one line, so lines between rows would only take room.
const STYLE: TableStyle =
    TableStyle::new().header_separator(LineStyle::none().fill('─').junction('─'));
/// What is drawn around each cell: a blank on both sides, and one between two cells.
const PADDING: usize = 3;
/// A column whose cells are no longer than this shows them whole: a time, an account, a region.
const WHOLE: usize = 20;
/// A column with longer cells may be cut down to this.
const READABLE: usize = 12;
/// Columns that tell most about an event come first where not all fit.
const TELLING: [&str; 6] =
    ["event_time", "actor", "event_name", "resource", "account_id", "region"];

/// Writes rows as they come, except for a table, whose widths depend on all of them.
pub(super) struct Printer {
    columns: Vec<String>,
    state: State,
}

enum State {
    Table { cells: Vec<Vec<String>>, rows: usize },
    Json { out: BufWriter<StdoutLock<'static>>, rows: usize },
    Ndjson(BufWriter<StdoutLock<'static>>),
    Csv(Box<csv::Writer<StdoutLock<'static>>>),
}

impl Printer {
    pub(super) fn new(format: Format, columns: &[String]) -> io::Result<Self> {
        let out = || BufWriter::new(io::stdout().lock());
        let state = match format {
            Format::Table => State::Table { cells: Vec::new(), rows: 0 },
            Format::Json => State::Json { out: out(), rows: 0 },
            Format::Ndjson => State::Ndjson(out()),
            Format::Csv => {
                let mut csv = csv::Writer::from_writer(io::stdout().lock());
                csv.write_record(columns).map_err(cause)?;
                State::Csv(Box::new(csv))
            }
        };
        Ok(Self { columns: columns.to_vec(), state })
    }

    pub(super) fn row(&mut self, row: &Row) -> io::Result<()> {
        match &mut self.state {
            State::Table { cells, rows } => {
                *rows += 1;
                if *rows <= TABLE_ROWS {
                    let texts = row.iter().map(|cell| printable(cell.as_deref().unwrap_or("")));
                    cells.push(texts.collect());
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
                let cells = row.iter().map(|cell| cell.as_deref().unwrap_or(""));
                csv.write_record(cells).map_err(cause)
            }
        }
    }

    pub(super) fn finish(self) -> io::Result<()> {
        match self.state {
            State::Table { cells, rows } => {
                let mut out = io::stdout().lock();
                let columns: Vec<_> = self.columns.iter().map(|name| printable(name)).collect();
                writeln!(out, "{}", drawn(&columns, &cells, table_width()))?;
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

/// What went wrong below the CSV writer, so that a closed pipe is still known as one.
fn cause(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}

fn table_width() -> usize {
    let told = || std::env::var("COLUMNS").ok()?.trim().parse().ok().filter(|width| *width > 0);
    terminal::width().map(usize::from).or_else(told).unwrap_or(TABLE_WIDTH)
}

/// The table, with as many columns as are readable in `width`, and what it leaves out.
fn drawn(columns: &[String], rows: &[Vec<String>], width: usize) -> String {
    let shown = fitting(columns, rows, width);
    let line = |cells: &[String]| -> Vec<String> {
        shown.iter().map(|(at, width)| cut(cells.get(*at).map_or("", |c| c), *width)).collect()
    };
    let mut table = Table::new();
    table
        .load_style(STYLE)
        .set_content_arrangement(ContentArrangement::Disabled)
        .set_header(line(columns))
        .add_rows(rows.iter().map(|row| line(row)));
    let mut text = table.to_string();
    let left = columns.len() - shown.len();
    if left > 0 {
        let plural = if left == 1 { "" } else { "s" };
        text.push_str(&format!(
            "\n+{left} column{plural}: --format ndjson prints all, --sql picks"
        ));
    }
    text
}

/// The columns to show, in their order, and how wide each may be. Where they do not all fit, empty
/// columns go first, then those to the right of what tells most.
fn fitting(columns: &[String], rows: &[Vec<String>], width: usize) -> Vec<(usize, usize)> {
    // No blank is needed after the last cell's own.
    let width = width + 1;
    let cells = |at: usize| rows.iter().filter_map(move |row| row.get(at));
    let full: Vec<usize> = (0..columns.len())
        .map(|at| cells(at).chain([&columns[at]]).map(|cell| cell.width()).max().unwrap_or(0))
        .collect();
    let least = |at: usize| match full[at] {
        full if full <= WHOLE => full,
        _ => columns[at].width().clamp(READABLE, WHOLE),
    };
    let needed = |at: &usize| least(*at) + PADDING;
    let mut shown: Vec<usize> = (0..columns.len()).collect();
    if shown.iter().map(needed).sum::<usize>() > width {
        shown.retain(|at| rows.is_empty() || cells(*at).any(|cell| !cell.is_empty()));
        let telling = |at: &usize| {
            TELLING.iter().position(|name| columns[*at] == *name).unwrap_or(TELLING.len())
        };
        shown.sort_by_key(telling);
        let mut used = 0;
        let mut fit = shown.iter().take_while(|at| {
            used += needed(at);
            used <= width
        });
        let count = fit.by_ref().count().max(1);
        shown.truncate(count);
        shown.sort_unstable();
    }
    // What is left goes to the cells that are cut, the same to each.
    let mut widths: Vec<usize> = shown.iter().map(|at| least(*at)).collect();
    let mut left = width.saturating_sub(shown.iter().map(needed).sum());
    while left > 0 {
        let cut: Vec<_> = (0..shown.len()).filter(|n| widths[*n] < full[shown[*n]]).collect();
        if cut.is_empty() {
            break;
        }
        let share = (left / cut.len()).max(1);
        for n in cut {
            let more = share.min(full[shown[n]] - widths[n]).min(left);
            widths[n] += more;
            left -= more;
        }
    }
    shown.into_iter().zip(widths).collect()
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

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    fn widest(text: &str) -> usize {
        text.lines().map(UnicodeWidthStr::width).max().unwrap_or(0)
    }

    #[test]
    fn a_wide_table_shows_what_fits_and_says_what_is_left_out() {
        let mut columns = texts(&["event_id", "event_time", "nothing", "actor", "event_name"]);
        let mut row = texts(&["0".repeat(36).as_str(), "2026-11-23T09:00:00Z", "", "ann", "Run"]);
        for n in 0..28 {
            columns.push(format!("column_{n}"));
            row.push("a long value that nobody needs in full".repeat(20));
        }
        for width in [60, 80, 120, 200] {
            let table = drawn(&columns, std::slice::from_ref(&row), width);
            assert!(widest(&table) <= width, "{width}\n{table}");
            assert!(table.contains("2026-11-23T09:00:00Z") && table.contains("ann"), "{table}");
            assert!(!table.contains("nothing"), "{table}");
            assert_eq!(table.lines().count(), 4, "{table}");
            assert!(table.contains(" columns: --format ndjson prints all"), "{table}");
        }
    }

    #[test]
    fn a_table_that_fits_is_whole() {
        let columns = texts(&["name", "empty"]);
        let table = drawn(&columns, &[texts(&["王小明", ""])], 40);
        assert!(table.contains("empty") && !table.contains("+1 column"), "{table}");
        let long = drawn(&texts(&["sql"]), &[texts(&["x".repeat(300).as_str()])], 40);
        assert!(widest(&long) == 40 && long.contains('…'), "{long}");
    }
}
