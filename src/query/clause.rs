//! Where values can travel apart from the statement: Athena documents `?` for `WHERE` only.

use crate::sql::token::{Kind, Token};

/// Follows, token by token, whether a `WHERE` clause goes on. In doubt it says no, because a literal
/// in the text is right everywhere.
#[derive(Debug, Default)]
pub(super) struct Conditions {
    /// Whether the clause here is `WHERE`.
    here: bool,
    /// The same for each open parenthesis around.
    around: Vec<bool>,
    after_parenthesis: bool,
}

/// What ends a `WHERE` clause, or begins something else inside one.
const ENDS: [&str; 15] = [
    "select",
    "from",
    "on",
    "group",
    "having",
    "order",
    "limit",
    "offset",
    "fetch",
    "window",
    "union",
    "intersect",
    "except",
    "values",
    "with",
];

impl Conditions {
    /// Whether a value at this place stands in a `WHERE` clause.
    pub(super) fn hold(&self) -> bool {
        self.here
    }

    pub(super) fn after(&mut self, token: &Token) {
        // `FILTER (WHERE ...)` is a part of an aggregation.
        let opens_clause = !std::mem::take(&mut self.after_parenthesis);
        match &token.kind {
            Kind::Symbol("(") => {
                self.around.push(self.here);
                self.after_parenthesis = true;
            }
            Kind::Symbol(")") => self.here = self.around.pop().unwrap_or(false),
            // The body of a lambda is computed for every element.
            Kind::Symbol("->") => self.here = false,
            Kind::Word(_) if token.is_word("where") => self.here = opens_clause,
            Kind::Word(_) if ENDS.iter().any(|end| token.is_word(end)) => self.here = false,
            _ => {}
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use crate::query::lexer;

    /// The names of the holes that stand in a condition.
    fn conditions(text: &str) -> Vec<String> {
        let lexed = lexer::lex(text, "t").unwrap();
        let holes = lexed.holes.into_iter();
        holes.filter(|(at, _)| lexed.in_where.contains(&at.start)).map(|(_, name)| name).collect()
    }

    #[test]
    fn only_what_stands_in_a_where_clause_counts() {
        for (text, expected) in [
            ("SELECT :a FROM t WHERE x = :b AND (y IN (:c, :d) OR z = lower(:e))", "b c d e"),
            ("SELECT 1 FROM t WHERE x = :a GROUP BY y HAVING count(*) > :b LIMIT :c", "a"),
            ("SELECT 1 FROM t JOIN u ON t.x = :a WHERE y = :b", "b"),
            ("SELECT 1 FROM t WHERE x IN (SELECT :a FROM u WHERE v = :b) AND y = :c", "b c"),
            ("SELECT count(*) FILTER (WHERE x = :a) FROM t WHERE y = :b", "b"),
            ("WITH q AS (SELECT 1 FROM t WHERE x = :a) SELECT :b FROM q WHERE z = ?", "a 1"),
            ("SELECT 1 FROM t WHERE any_match(xs, x -> x = :a) AND y = :b", "b"),
            ("SELECT 1 FROM t WHERE x = :a UNION SELECT :b", "a"),
            (
                "SELECT CASE WHEN x = :a THEN 1 END FROM t WHERE CASE WHEN y = :b THEN z = :c END",
                "b c",
            ),
        ] {
            assert_eq!(conditions(text).join(" "), expected, "{text}");
        }
    }
}
