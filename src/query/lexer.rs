//! Finds the holes in SQL text: `:name` values and the names it selects from.
//!
//! It looks at tokens, not at syntax, so it takes every statement that Athena takes, also those
//! the embedded engine cannot parse.

use std::collections::BTreeSet;
use std::ops::Range;

use super::QueryError;
use super::clause::Conditions;
use crate::sql::parse::is_reserved;
use crate::sql::refusal::line_and_column;
use crate::sql::token::{self, Kind, Token};

/// What stands in a piece of SQL.
#[derive(Debug)]
pub struct Lexed {
    /// `:name` holes in order: their bytes in the text, and the name. A `?` is called by its
    /// number, from 1.
    pub holes: Vec<(Range<usize>, String)>,
    /// Where those of the holes begin that stand in a `WHERE` clause.
    pub in_where: BTreeSet<usize>,
    /// Names that stand where a relation stands, lower-cased.
    pub relations: BTreeSet<String>,
    /// Whether the hidden column `"$path"` is asked for.
    pub wants_path: bool,
    /// Names of the relations that the text defines itself with `WITH`, lower-cased.
    pub defined: BTreeSet<String>,
    /// Bytes of the leading `WITH` or `WITH RECURSIVE`.
    pub with: Option<Range<usize>>,
    /// Whether the leading `WITH` is recursive.
    pub recursive: bool,
    /// Where the statement ends, before a trailing `;`.
    pub end: usize,
}

/// Reads `text`; `origin` names it in errors.
///
/// # Errors
/// [`QueryError::Text`] for an open quote or comment, or a second statement.
pub fn lex(text: &str, origin: &str) -> Result<Lexed, QueryError> {
    let error = |at, reason: String| QueryError::Text {
        origin: origin.to_owned(),
        line: line_and_column(text, at).0,
        reason,
    };
    let mut tokens = token::tokens(text)
        .map_err(|refusal| error(refusal.at.unwrap_or_default(), refusal.message))?;
    // The end is no token here.
    tokens.pop();

    let mut lexed = Lexed {
        holes: Vec::new(),
        in_where: BTreeSet::new(),
        relations: BTreeSet::new(),
        wants_path: false,
        defined: BTreeSet::new(),
        with: None,
        recursive: false,
        end: text.len(),
    };
    let mut questions = 0;
    let mut place = FromList::default();
    let mut conditions = Conditions::default();
    for (at, token) in tokens.iter().enumerate() {
        let before = at.checked_sub(1).map(|before| &tokens[before]);
        let next = tokens.get(at + 1);
        match &token.kind {
            Kind::Word(word) | Kind::Quoted(word) => {
                let name = word.to_lowercase();
                let opens_list = before.is_some_and(|token| {
                    token.is(",") || is_keyword(token, &["with", "recursive"])
                });
                lexed.wants_path |= name == "$path";
                if opens_list && defines(&tokens[at + 1..]) {
                    lexed.defined.insert(name);
                } else if place.expects_relation
                    && !is_keyword(token, &NO_RELATION)
                    // What is qualified is a table of the engine's, no view.
                    && !next.is_some_and(|next| next.is("."))
                {
                    lexed.relations.insert(name);
                }
            }
            Kind::Symbol(":") => {
                // In `json_object('a':b)` the colon stands between two values, close to the first.
                let between = before
                    .is_some_and(|value| value.span.end == token.span.start && ends_value(value));
                if let (false, Some(next)) = (between, next)
                    && let Kind::Word(word) = &next.kind
                    && next.span.start == token.span.end
                {
                    lexed.holes.push((token.span.start..next.span.end, word.to_lowercase()));
                }
            }
            Kind::Symbol("?") => {
                questions += 1;
                lexed.holes.push((token.span.clone(), questions.to_string()));
            }
            Kind::Symbol(";") => {
                if let Some(next) = next {
                    return Err(error(
                        next.span.start,
                        "a second statement begins here; one query holds one statement".to_owned(),
                    ));
                }
                lexed.end = token.span.start;
            }
            _ => {}
        }
        if let Some((hole, _)) = lexed.holes.last()
            && hole.start == token.span.start
            && conditions.hold()
        {
            lexed.in_where.insert(hole.start);
        }
        place.after(token);
        conditions.after(token);
    }
    if let Some(first) = tokens.first().filter(|first| first.is_word("with")) {
        lexed.recursive = tokens.get(1).is_some_and(|token| token.is_word("recursive"));
        let last = &tokens[usize::from(lexed.recursive)];
        lexed.with = Some(first.span.start..last.span.end);
    }
    Ok(lexed)
}

/// Words that stand where a relation stands, and are none.
const NO_RELATION: [&str; 6] = ["lateral", "select", "table", "unnest", "values", "with"];

fn is_keyword(token: &Token, keywords: &[&str]) -> bool {
    keywords.iter().any(|keyword| token.is_word(keyword))
}

fn ends_value(token: &Token) -> bool {
    match &token.kind {
        Kind::Word(word) => !is_reserved(word),
        Kind::Quoted(_) | Kind::Text(_) | Kind::Integer(_) | Kind::Decimal(_) | Kind::Double(_) => {
            true
        }
        _ => token.is(")") || token.is("]"),
    }
}

/// Follows where a list of relations is: after `FROM` and `JOIN`, and after commas in between.
#[derive(Default)]
struct FromList {
    /// Whether the next name is a relation's.
    expects_relation: bool,
    /// For each open parenthesis, whether a list goes on around it.
    around: Vec<bool>,
    inside: bool,
}

impl FromList {
    fn after(&mut self, token: &Token) {
        const ENDS: [&str; 12] = [
            "select",
            "where",
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
        ];
        let expected = std::mem::take(&mut self.expects_relation);
        if token.is("(") {
            self.around.push(self.inside);
            self.inside = expected;
            self.expects_relation = expected;
        } else if token.is(")") {
            self.inside = self.around.pop().unwrap_or(false);
        } else if token.is(",") {
            self.expects_relation = self.inside;
        } else if is_keyword(token, &["from", "join", "table"]) {
            self.inside = true;
            self.expects_relation = true;
        } else if token.is_word("lateral") {
            self.expects_relation = expected;
        } else if is_keyword(token, &ENDS) {
            self.inside = false;
        }
    }
}

/// Whether the tokens after a name read `AS (` or `(columns) AS (`, as in a `WITH` list.
fn defines(rest: &[Token]) -> bool {
    let mut rest = rest.iter();
    let mut next = rest.next();
    if next.is_some_and(|token| token.is("(")) {
        next = rest.by_ref().skip_while(|token| !token.is(")")).nth(1);
    }
    next.is_some_and(|token| token.is_word("as")) && rest.next().is_some_and(|token| token.is("("))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    fn names(set: &BTreeSet<String>) -> Vec<&str> {
        set.iter().map(String::as_str).collect()
    }

    #[test]
    fn finds_values_but_not_in_quotes_comments_or_times() {
        let text =
            "SELECT ':no', \":no\", TIME '10:20' -- :no\n/* :no */ WHERE a = :yes AND b = :Ünï";
        let lexed = lex(text, "t").unwrap();
        let found: Vec<_> =
            lexed.holes.iter().map(|(at, name)| (&text[at.clone()], name.as_str())).collect();
        assert_eq!(found, [(":yes", "yes"), (":Ünï", "ünï")]);
    }

    #[test]
    fn tells_defined_relations_from_used_ones() {
        let lexed = lex(
            "WITH a AS (SELECT 1), b (x, y) AS (SELECT 1, 2) SELECT q AS (c) FROM a, \"Events\" JOIN b ON true;",
            "t",
        )
        .unwrap();
        assert_eq!(names(&lexed.defined), ["a", "b"]);
        assert_eq!(names(&lexed.relations), ["a", "b", "events"]);
    }

    #[test]
    fn only_what_stands_in_a_list_of_relations_is_one() {
        let text = "SELECT session, f(a, b), (SELECT x FROM inner1) FROM t1, (t2 LEFT JOIN \"T3\" ON t2.role = tag), \
                    LATERAL (SELECT y FROM t4) WHERE reason IN (SELECT z FROM t5) GROUP BY g1, g2 UNION TABLE t6";
        let lexed = lex(text, "t").unwrap();
        assert_eq!(names(&lexed.relations), ["inner1", "t1", "t2", "t3", "t4", "t5", "t6"]);
    }

    #[test]
    fn a_colon_between_values_is_no_hole() {
        let lexed =
            lex("SELECT json_object('k':v), json_object(k:v), :\"q\" WHERE a = :v", "t").unwrap();
        assert_eq!(lexed.holes.len(), 1);
    }

    #[test]
    fn a_second_statement_is_refused_and_a_last_semicolon_is_not() {
        assert!(lex("SELECT 1;\n", "t").is_ok());
        let refused = lex("SELECT 1;\nDROP TABLE x", "t").unwrap_err();
        assert_eq!(
            refused.to_string(),
            "t:2: a second statement begins here; one query holds one statement"
        );
    }

    #[test]
    fn an_open_quote_is_an_error_with_its_line() {
        assert!(
            lex("SELECT 1,\n 'open", "f.sql").unwrap_err().to_string().starts_with("f.sql:2: ")
        );
    }

    #[test]
    fn backslashes_are_ordinary() {
        let lexed = lex(r"SELECT x LIKE 'a\_b' ESCAPE '\' AND y = :v", "t").unwrap();
        assert_eq!(lexed.holes.len(), 1);
    }
}
