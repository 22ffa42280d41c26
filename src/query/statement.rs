//! The statement that a query is assembled into, and where its lines were written.

use super::lexer::Lexed;
use super::{Filled, Piece};

/// The statement as it grows, and where its lines come from.
#[derive(Default)]
pub(super) struct Statement {
    pub(super) sql: String,
    pub(super) pieces: Vec<Piece>,
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
    pub(super) fn add(&mut self, origin: &str, text: &str, filled: Vec<Filled>) {
        let count = |text: &str| text.bytes().filter(|byte| *byte == b'\n').count() as u64;
        self.pieces.push(Piece {
            line: count(&self.sql) + 1,
            lines: count(text) + 1,
            origin: origin.to_owned(),
            filled,
        });
        self.push(text);
        self.push("\n");
    }

    pub(super) fn push(&mut self, text: &str) {
        self.sql.push_str(text);
    }

    /// Adds the query itself; its own `WITH` list goes on with the one that is open.
    pub(super) fn finish(&mut self, origin: &str, body: &str, filled: Vec<Filled>, lexed: &Lexed) {
        self.push(if self.ctes == 0 { "" } else { "\n" });
        match &lexed.with {
            Some(with) if self.ctes > 0 => {
                // Blanks in place of the keyword keep lines and columns where they were written.
                let blank = " ".repeat(with.len().saturating_sub(1));
                self.add(
                    origin,
                    &format!("{},{blank}{}", &body[..with.start], &body[with.end..]),
                    filled,
                );
            }
            _ => self.add(origin, body, filled),
        }
    }
}
