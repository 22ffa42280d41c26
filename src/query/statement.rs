//! The statement that a query is assembled into, and where its lines were written.

use std::ops::Range;

use super::Piece;
use super::bind::Bound;
use super::lexer::Lexed;

/// The statement as it grows, and where its lines come from.
#[derive(Default)]
pub(super) struct Statement {
    pub(super) sql: String,
    pub(super) pieces: Vec<Piece>,
    /// The bytes of values that could travel apart from the text, in order.
    pub(super) parameters: Vec<Range<usize>>,
    /// Where the relation that reads the log table ends.
    pub(super) scan: Option<usize>,
    ctes: usize,
}

impl Statement {
    pub(super) fn open_cte(&mut self, name: &str) {
        self.push(if self.ctes == 0 { "WITH " } else { ",\n" });
        self.ctes += 1;
        self.push(name);
        self.push(" AS (\n");
    }

    /// Adds a text whose first line starts a line of the statement.
    pub(super) fn add(&mut self, origin: &str, bound: Bound) {
        let Bound { text, filled, parameters } = bound;
        let count = |text: &str| text.bytes().filter(|byte| *byte == b'\n').count() as u64;
        self.pieces.push(Piece {
            line: count(&self.sql) + 1,
            lines: count(&text) + 1,
            origin: origin.to_owned(),
            filled,
        });
        let start = self.sql.len();
        self.parameters.extend(parameters.into_iter().map(|at| start + at.start..start + at.end));
        self.push(&text);
        self.push("\n");
    }

    /// Notes that what was added last reads the log table, and has no `WHERE` clause yet.
    pub(super) fn mark_scan(&mut self) {
        self.scan = Some(self.sql.len());
    }

    pub(super) fn push(&mut self, text: &str) {
        self.sql.push_str(text);
    }

    /// Adds the query itself; its own `WITH` list goes on with the one that is open.
    pub(super) fn finish(&mut self, origin: &str, mut body: Bound, lexed: &Lexed) {
        self.push(if self.ctes == 0 { "" } else { "\n" });
        if let Some(with) = lexed.with.as_ref().filter(|_| self.ctes > 0) {
            // Blanks in place of the keyword keep lines and columns where they were written.
            let blank = " ".repeat(with.len().saturating_sub(1));
            body.text.replace_range(with.clone(), &format!(",{blank}"));
        }
        self.add(origin, body);
    }
}
