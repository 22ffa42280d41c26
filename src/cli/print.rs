//! Rows on standard output: table, JSON, NDJSON or CSV.
//!
//! Rows are written as they come, in every format: an answer may be larger than memory, and its
//! beginning is worth reading before its end is known.

use std::borrow::Cow;
use std::io::{self, BufWriter, IsTerminal as _, StdoutLock, Write};

use clap::ValueEnum;

use self::table::Table;
use super::remark;
use crate::engine::Row;
use crate::render::neutral;
use crate::sink::terminal;

mod table;

/// How rows are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// For reading; columns fit the terminal
    Table,
    /// One array of objects
    Json,
    /// One object a line
    Ndjson,
    /// Comma-separated, with a header; NULL is an empty cell, an empty text is ""
    Csv,
}

/// Writes rows as they come.
pub(super) struct Printer<W: Write = BufWriter<StdoutLock<'static>>> {
    out: W,
    columns: Vec<String>,
    form: Form,
    /// Whether `out` is a terminal, which values could steer.
    terminal: bool,
    /// Rows taken so far.
    pub(super) rows: u64,
}

enum Form {
    Table(Table),
    Json,
    Ndjson,
    Csv,
}

impl Printer {
    /// A printer that writes to standard output.
    pub(super) fn stdout(format: Format, columns: &[String]) -> io::Result<Self> {
        let width = terminal::width().map(usize::from);
        let out = BufWriter::new(io::stdout().lock());
        Self::new(out, format, columns, width, io::stdout().is_terminal())
    }
}

impl<W: Write> Printer<W> {
    fn new(
        mut out: W,
        format: Format,
        columns: &[String],
        width: Option<usize>,
        terminal: bool,
    ) -> io::Result<Self> {
        let form = match format {
            Format::Table => Form::Table(Table::new(columns, width)),
            Format::Json => Form::Json,
            Format::Ndjson => Form::Ndjson,
            Format::Csv => Form::Csv,
        };
        if let Form::Csv = form {
            record(&mut out, columns.iter().map(|name| Some(name.as_str())), terminal)?;
        }
        Ok(Self { out, columns: columns.to_vec(), form, terminal, rows: 0 })
    }

    /// Writes rows, or keeps them until a table knows its widths.
    pub(super) fn write(&mut self, rows: &[Row]) -> io::Result<()> {
        let out = &mut self.out;
        match &mut self.form {
            Form::Table(table) => table.add(out, rows)?,
            Form::Json => {
                for (row, before) in rows.iter().zip(self.rows..) {
                    out.write_all(if before == 0 { b"[\n" } else { b",\n" })?;
                    object(out, &self.columns, row)?;
                }
            }
            Form::Ndjson => {
                for row in rows {
                    object(out, &self.columns, row)?;
                    out.write_all(b"\n")?;
                }
            }
            Form::Csv => {
                for row in rows {
                    let cells = row.iter().map(Option::as_deref);
                    record(out, cells, self.terminal)?;
                }
            }
        }
        self.rows += rows.len() as u64;
        self.out.flush()
    }

    /// Whether rows are kept back.
    pub(super) fn waits(&self) -> bool {
        matches!(&self.form, Form::Table(table) if table.waits())
    }

    /// Writes what is kept back.
    pub(super) fn settle(&mut self) -> io::Result<()> {
        if let Form::Table(table) = &mut self.form {
            table.settle(&mut self.out)?;
        }
        self.out.flush()
    }

    /// Columns that a table does not show, because the terminal is too narrow.
    pub(super) fn hidden(&self) -> usize {
        match &self.form {
            Form::Table(table) => table.hidden(),
            Form::Json | Form::Ndjson | Form::Csv => 0,
        }
    }

    /// Ends an answer that is whole. One that is not must not look so, and goes without.
    pub(super) fn finish(&mut self) -> io::Result<()> {
        if let Form::Json = self.form {
            self.out.write_all(if self.rows == 0 { b"[]\n" } else { b"\n]\n" })?;
        }
        self.settle()
    }

    /// Says something of the answer: below a table, else where it is not in the rows' way.
    pub(super) fn note(&mut self, text: &str) -> io::Result<()> {
        match self.form {
            Form::Table(_) => writeln!(self.out, "{text}").and_then(|()| self.out.flush()),
            Form::Json | Form::Ndjson | Form::Csv => {
                remark(&format!("note: {text}"));
                Ok(())
            }
        }
    }
}

/// One record of CSV as RFC 4180 has it, and one rule of Athena's: only NULL is an empty cell, an
/// empty text is `""`. Lines end as everywhere else on this machine.
fn record<'a>(
    out: &mut impl Write,
    cells: impl Iterator<Item = Option<&'a str>>,
    terminal: bool,
) -> io::Result<()> {
    for (at, cell) in cells.enumerate() {
        if at > 0 {
            out.write_all(b",")?;
        }
        let Some(cell) = cell else { continue };
        let cell = if terminal { neutral::lines(cell) } else { Cow::Borrowed(cell) };
        if cell.is_empty() || cell.contains([',', '"', '\n', '\r']) {
            write!(out, "\"{}\"", cell.replace('"', "\"\""))?;
        } else {
            out.write_all(cell.as_bytes())?;
        }
    }
    out.write_all(b"\n")
}

fn object(out: &mut impl Write, columns: &[String], row: &Row) -> io::Result<()> {
    out.write_all(b"{")?;
    for (at, (name, cell)) in columns.iter().zip(row).enumerate() {
        if at > 0 {
            out.write_all(b",")?;
        }
        text(out, name)?;
        out.write_all(b":")?;
        match cell {
            Some(cell) => text(out, cell)?,
            None => out.write_all(b"null")?,
        }
    }
    out.write_all(b"}")
}

/// A JSON string. What would steer a terminal is written as its escape, which means the same.
fn text(out: &mut impl Write, text: &str) -> io::Result<()> {
    out.write_all(neutral::json(&serde_json::to_string(text)?).as_bytes())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn printed(format: Format, columns: &[&str], pages: &[Vec<Row>], terminal: bool) -> String {
        let columns: Vec<_> = columns.iter().map(|name| (*name).to_owned()).collect();
        let mut printer = Printer::new(Vec::new(), format, &columns, None, terminal).unwrap();
        for page in pages {
            printer.write(page).unwrap();
        }
        printer.finish().unwrap();
        String::from_utf8(printer.out).unwrap()
    }

    fn row(cells: &[Option<&str>]) -> Row {
        cells.iter().map(|cell| cell.map(str::to_owned)).collect()
    }

    #[test]
    fn csv_tells_null_from_an_empty_text() {
        let rows = vec![
            row(&[None, Some(""), Some("a,b")]),
            row(&[Some("say \"x\""), Some("two\nlines"), Some(" plain ")]),
        ];
        assert_eq!(
            printed(Format::Csv, &["a", "b", "c,d"], &[rows], false),
            "a,b,\"c,d\"\n,\"\",\"a,b\"\n\"say \"\"x\"\"\",\"two\nlines\", plain \n"
        );
    }

    #[test]
    fn json_is_one_array_however_many_pages_there_are() {
        let pages = [vec![row(&[Some("1")]), row(&[None])], vec![row(&[Some("3")])]];
        assert_eq!(
            printed(Format::Json, &["n"], &pages, false),
            "[\n{\"n\":\"1\"},\n{\"n\":null},\n{\"n\":\"3\"}\n]\n"
        );
        assert_eq!(printed(Format::Json, &["n"], &[], false), "[]\n");
    }

    #[test]
    fn an_answer_that_stopped_has_no_end() {
        let mut printer =
            Printer::new(Vec::new(), Format::Json, &["n".to_owned()], None, false).unwrap();
        printer.write(&[row(&[Some("1")])]).unwrap();
        printer.settle().unwrap();
        assert!(!String::from_utf8(printer.out).unwrap().contains(']'));
    }

    #[test]
    fn no_value_steers_a_terminal() {
        let hostile = "\u{1b}[2J\u{9b}2J\u{202e}x\u{7f}\r\u{e0041}";
        let rows = vec![row(&[Some(hostile)])];
        for format in [Format::Table, Format::Json, Format::Ndjson, Format::Csv] {
            let printed = printed(format, &["\u{1b}]0;x"], std::slice::from_ref(&rows), true);
            let steers = |ch: char| ch != '\n' && (ch.is_control() || neutral::steers(ch));
            assert!(!printed.contains(steers), "{format:?}: {printed:?}");
        }
        let file = printed(Format::Csv, &["a"], std::slice::from_ref(&rows), false);
        assert_eq!(file, format!("a\n\"{hostile}\"\n"));
    }

    proptest! {
        #[test]
        fn a_json_string_means_what_it_did(value in any::<String>()) {
            let mut out = Vec::new();
            text(&mut out, &value).unwrap();
            prop_assert_eq!(serde_json::from_slice::<String>(&out).unwrap(), value);
        }

        #[test]
        fn a_csv_reader_reads_what_was_written(cells in proptest::collection::vec(any::<String>(), 1..5)) {
            let mut out = Vec::new();
            record(&mut out, cells.iter().map(|cell| Some(cell.as_str())), false).unwrap();
            let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(out.as_slice());
            let read = reader.records().next().unwrap().unwrap();
            prop_assert_eq!(read.iter().collect::<Vec<_>>(), cells);
        }
    }
}
