//! Reads a table from its `CREATE EXTERNAL TABLE`, in Hive's DDL as people have it and as
//! `SHOW CREATE TABLE` prints it.

use std::path::Path;

use super::TableShape;
use lexer::{Open, Place, Spot, Token};
use reader::Reader;

mod column_type;
pub(super) mod lexer;
mod reader;
mod statement;
#[cfg(test)]
mod tests;

pub use column_type::column_type;

/// What a file of statements holds.
#[derive(Debug)]
pub struct Ddl {
    /// The table of the first statement that makes one.
    pub table: TableShape,
    /// The other statements, which say nothing here.
    pub ignored: Vec<Ignored>,
}

/// A statement that is not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ignored {
    /// Line of its first word, from 1.
    pub line: u64,
    /// How it begins: `ALTER TABLE`.
    pub begins: String,
}

/// Why a file gives no table.
#[derive(Debug, thiserror::Error)]
pub enum DdlError {
    /// The file cannot be read.
    #[error("cannot read {path}: {source}")]
    File {
        /// The file.
        path: String,
        /// What the system says.
        source: std::io::Error,
    },
    /// The text is no statement that makes a table.
    #[error("{origin}:{line}:{column}: {reason}")]
    Text {
        /// The file.
        origin: String,
        /// Line in it, from 1.
        line: u64,
        /// Character in the line, from 1.
        column: u64,
        /// What is wrong.
        reason: String,
        /// What to write.
        hint: String,
    },
}

impl DdlError {
    /// What to do about it.
    pub fn hint(&self) -> &str {
        match self {
            Self::File { .. } => "Check the path of the table's DDL and its permissions.",
            Self::Text { hint, .. } => hint,
        }
    }
}

/// Reads a file.
///
/// # Errors
/// [`DdlError`], with line and column.
pub fn read(path: &Path) -> Result<Ddl, DdlError> {
    let origin = path.display().to_string();
    match std::fs::read_to_string(path) {
        Ok(text) => parse(&text, &origin),
        Err(source) => Err(DdlError::File { path: origin, source }),
    }
}

/// Reads statements; `origin` names them in errors.
///
/// # Errors
/// [`DdlError::Text`], with line and column.
pub fn parse(text: &str, origin: &str) -> Result<Ddl, DdlError> {
    statements(text).map_err(|Wrong { place, reason, hint }| DdlError::Text {
        origin: origin.to_owned(),
        line: place.line,
        column: place.column,
        reason,
        hint,
    })
}

/// What is wrong, and where.
#[derive(Debug)]
struct Wrong {
    place: Place,
    reason: String,
    hint: String,
}

impl From<Open> for Wrong {
    fn from(open: Open) -> Self {
        Self {
            place: open.place,
            reason: format!("the {} that begins here is not closed", open.what),
            hint: "Close it.".to_owned(),
        }
    }
}

fn statements(text: &str) -> Result<Ddl, Wrong> {
    let mut reader = Reader::new(text)?;
    let mut ignored = Vec::new();
    let mut table = None;
    loop {
        let Spot { token, place } = reader.next.clone();
        match token {
            Token::End => break,
            Token::Sign(';') => reader.advance()?,
            _ if table.is_none() && token.is("create") => {
                reader.advance()?;
                table = reader.table()?;
                if table.is_none() {
                    ignored.push(reader.skip_statement("CREATE", place)?);
                }
            }
            _ => ignored.push(reader.skip_statement("", place)?),
        }
    }
    let table = table.ok_or_else(|| Wrong {
        place: ignored.first().map_or(Place { line: 1, column: 1 }, |first: &Ignored| Place {
            line: first.line,
            column: 1,
        }),
        reason: "there is no CREATE EXTERNAL TABLE in it".to_owned(),
        hint: "Save what `SHOW CREATE TABLE your_table` prints in Athena.".to_owned(),
    })?;
    Ok(Ddl { table, ignored })
}
