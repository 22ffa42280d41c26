//! Queries: `.sql` files, their values, and their assembly into one statement.
//!
//! A file has two kinds of hole and nothing else: `:name` values, and the names of other views.
//! [`catalogue`] finds the files, [`header`] reads what they say of themselves, [`lexer`] finds the
//! holes, [`value`] writes values as literals, and [`assemble`] puts every view that a query
//! mentions in front of it.

use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use crate::logs::{Log, Span};

pub mod assemble;
mod bind;
pub mod catalogue;
pub mod check;
mod clause;
pub mod header;
pub mod lexer;
pub mod reads;
mod sent;
mod statement;
pub(crate) mod table;
pub mod trace;
pub mod value;

pub use sent::Sent;

/// A query that has its values: one statement, ready for an engine.
#[derive(Debug, Clone)]
pub struct BoundQuery {
    /// Name of the query, for messages.
    pub name: String,
    /// One statement in Athena's dialect, complete with the shipped views it selects from.
    pub sql: String,
    /// The logs that the table `cloudtrail` holds.
    pub logs: Arc<[Log]>,
    /// What the table `cloudtrail` holds where nobody lists logs, in place of [`BoundQuery::logs`].
    pub span: Option<Span>,
    /// Where the lines of [`BoundQuery::sql`] come from, by first line.
    pub pieces: Vec<Piece>,
    /// The bytes of [`BoundQuery::sql`] that are values and could travel apart from it, in order.
    pub parameters: Vec<Range<usize>>,
    /// The byte of [`BoundQuery::sql`] where a `WHERE` clause can stand that restricts the table;
    /// `None` where the query does not select from `cloudtrail`.
    pub scan: Option<usize>,
}

/// A run of lines of an assembled statement that stand in one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// First line in the assembled statement, from 1.
    pub line: u64,
    /// Number of lines.
    pub lines: u64,
    /// The file, or what the text is called where it is none.
    pub origin: String,
    /// The values in them that stand where the file has `:name`, in order.
    pub filled: Vec<Filled>,
}

/// A value in place of a `:name`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filled {
    /// Line in the piece, from 1.
    pub line: u64,
    /// Where the value begins, from 1.
    pub column: u64,
    /// How many characters the value has.
    pub length: u64,
    /// How many the `:name` has.
    pub written: u64,
}

impl Piece {
    /// The column that something was written in.
    fn column(&self, line: u64, column: u64) -> u64 {
        let mut written = column;
        for value in self.filled.iter().filter(|value| value.line == line) {
            if value.column + value.length <= column {
                written = (written + value.written).saturating_sub(value.length);
            } else if value.column < column {
                // Inside the value: where it begins.
                written -= column - value.column;
            }
        }
        written
    }
}

impl BoundQuery {
    /// A statement as it is: nothing is known of it but its text.
    pub fn of_sql(name: impl Into<String>, sql: impl Into<String>, logs: Arc<[Log]>) -> Self {
        Self {
            name: name.into(),
            sql: sql.into(),
            logs,
            span: None,
            pieces: Vec::new(),
            parameters: Vec::new(),
            scan: None,
        }
    }

    /// The same query of all logs of this span.
    #[must_use]
    pub fn over(self, span: Span) -> Self {
        Self { span: Some(span), ..self }
    }

    /// The file, line and column that a place in the assembled statement was written in.
    pub fn written_at(&self, line: u64, column: u64) -> Option<(&str, u64, u64)> {
        let within = |piece: &&Piece| (piece.line..piece.line + piece.lines).contains(&line);
        let piece = self.pieces.iter().find(within)?;
        let line = line - piece.line + 1;
        Some((piece.origin.as_str(), line, piece.column(line, column)))
    }
}

/// What is wrong with a query before an engine sees it.
#[derive(Debug, thiserror::Error)]
pub enum QueryError {
    /// No file of that name.
    #[error("no query is called '{name}'")]
    Unknown {
        /// The name asked for.
        name: String,
        /// The nearest name there is.
        nearest: Option<String>,
    },
    /// The text is no SQL at all.
    #[error("{origin}:{line}: {reason}")]
    Text {
        /// File, or what the text is called.
        origin: String,
        /// Line in it, from 1.
        line: u64,
        /// What the lexer says.
        reason: String,
    },
    /// A header line that cannot be read.
    #[error("{origin}:{line}: {reason}")]
    Header {
        /// The file.
        origin: String,
        /// Line in it, from 1.
        line: u64,
        /// What is wrong with it.
        reason: String,
    },
    /// A value that is missing, unknown or of the wrong type.
    #[error("{query}: {reason}")]
    Value {
        /// The query.
        query: String,
        /// What is wrong.
        reason: String,
        /// What to do about it.
        hint: String,
    },
    /// A value that has no default and that nobody gave.
    #[error("{query}: parameter '{name}' has no value")]
    NoValue {
        /// The query.
        query: String,
        /// The parameter.
        name: String,
        /// What it means, where its header says so.
        about: String,
    },
    /// Two relations of one statement would have the same name.
    #[error("{origin} defines '{name}', which is also the name of a view that is selected from")]
    Shadowed {
        /// The name.
        name: String,
        /// The text that defines it.
        origin: String,
    },
    /// A name that means the table and a view.
    #[error("'{name}' is the table's own name, and that of a view that is selected from too")]
    Ambiguous {
        /// The name.
        name: String,
        /// The table's whole name.
        whole: String,
    },
    /// A recursive `WITH` list of which views would have to be a part.
    #[error(
        "{origin}: WITH RECURSIVE cannot stand with '{name}', which becomes a part of its list"
    )]
    Recursive {
        /// The text.
        origin: String,
        /// A view, or the table under its documented names.
        name: String,
    },
    /// Views that select from each other in a circle.
    #[error("views select from each other: {0}")]
    Circle(String),
    /// A folder whose `.sql` files lie where nobody looks for them.
    #[error("{folder} has .sql files, such as {file}, but neither views/ nor queries/")]
    Astray {
        /// The folder.
        folder: PathBuf,
        /// The name of one of the files.
        file: String,
    },
    /// A file that may not be read.
    #[error("cannot read {path}: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
}

impl QueryError {
    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Unknown { nearest: Some(nearest), .. } => {
                Some(format!("Did you mean '{nearest}'? `clickops sql list` shows all."))
            }
            Self::Unknown { nearest: None, .. } => {
                Some("`clickops sql list` shows all names.".to_owned())
            }
            Self::Text { .. } => Some(
                "Close the quote or comment that is open there, and run statements one at a time."
                    .to_owned(),
            ),
            Self::Header { .. } => Some(
                "A header line reads `-- param: name type default=value meaning` or \
                 `-- column: name meaning`; `sql/README.md` has the rules."
                    .to_owned(),
            ),
            Self::Value { hint, .. } => Some(hint.clone()),
            Self::NoValue { name, about, .. } => {
                Some(format!("Give one: --param {name}=... {about}").trim_end().to_owned())
            }
            Self::Shadowed { .. } => Some("Give the CTE another name.".to_owned()),
            Self::Ambiguous { whole, .. } => Some(format!("Write {whole} for the table.")),
            Self::Recursive { .. } => Some(
                "Athena wants a list of columns for each of its relations: select from the table \
                 itself, database.table."
                    .to_owned(),
            ),
            Self::Circle(_) => {
                Some("Take one of these names out of the views, or rename a CTE.".to_owned())
            }
            Self::Astray { .. } => Some(
                "Lay it out like sql/: views go into a folder views/ in it, questions into queries/."
                    .to_owned(),
            ),
            Self::File { .. } => Some("Check the path and its permissions.".to_owned()),
        }
    }
}
