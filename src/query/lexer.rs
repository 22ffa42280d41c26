//! Finds the holes in SQL text: `:name` values and the names it selects from.
//!
//! It looks at tokens, not at syntax, so it takes every statement that Athena takes, also those
//! the embedded engine cannot parse.

use std::collections::BTreeSet;
use std::ops::Range;

use sqlparser::dialect::Dialect;
use sqlparser::keywords::Keyword;
use sqlparser::tokenizer::{Location, Token, TokenWithSpan, Tokenizer};

use super::QueryError;

/// The lexical rules of Athena's queries: `"` quotes names, comments do not nest, a backslash is
/// an ordinary character.
#[derive(Debug)]
struct Athena;

impl Dialect for Athena {
    fn is_identifier_start(&self, ch: char) -> bool {
        ch.is_alphabetic() || ch == '_'
    }

    fn is_identifier_part(&self, ch: char) -> bool {
        ch.is_alphanumeric() || ch == '_'
    }

    fn is_delimited_identifier_start(&self, ch: char) -> bool {
        ch == '"'
    }
}

/// What stands in a piece of SQL.
#[derive(Debug)]
pub struct Lexed {
    /// `:name` holes in order: their bytes in the text, and the name.
    pub holes: Vec<(Range<usize>, String)>,
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
    let error = |line, reason: String| QueryError::Text { origin: origin.to_owned(), line, reason };
    let tokens = Tokenizer::new(&Athena, text)
        .tokenize_with_location()
        .map_err(|refused| error(refused.location.line, refused.message))?;
    let offsets = Offsets::of(text);
    let tokens: Vec<TokenWithSpan> = tokens
        .into_iter()
        .filter(|token| !matches!(token.token, Token::Whitespace(_) | Token::EOF))
        .collect();

    let mut lexed = Lexed {
        holes: Vec::new(),
        relations: BTreeSet::new(),
        wants_path: false,
        defined: BTreeSet::new(),
        with: None,
        recursive: false,
        end: text.len(),
    };
    let mut place = FromList::default();
    for (at, token) in tokens.iter().enumerate() {
        let following = |n: usize| tokens.get(at + n).map(|token| &token.token);
        match &token.token {
            Token::Word(word) => {
                let name = word.value.to_lowercase();
                let before = at.checked_sub(1).map(|before| &tokens[before].token);
                let opens_list = before.is_some_and(|token| {
                    *token == Token::Comma
                        || is_keyword(token, &[Keyword::WITH, Keyword::RECURSIVE])
                });
                lexed.wants_path |= name == "$path";
                if opens_list && defines(&tokens[at + 1..]) {
                    lexed.defined.insert(name);
                } else if place.expects_relation
                    && !is_keyword(&token.token, &NO_RELATION)
                    // What is qualified is a table of the engine's, no view.
                    && following(1) != Some(&Token::Period)
                {
                    lexed.relations.insert(name);
                }
            }
            Token::Colon => {
                let touching =
                    tokens.get(at + 1).is_some_and(|next| next.span.start == token.span.end);
                // In `json_object('a':b)` the colon stands between two values.
                let between = at > 0 && ends_value(&tokens[at - 1].token);
                if let (true, false, Some(Token::Word(word))) = (touching, between, following(1))
                    && word.quote_style.is_none()
                {
                    let end = offsets.at(tokens[at + 1].span.end);
                    lexed
                        .holes
                        .push((offsets.at(token.span.start)..end, word.value.to_lowercase()));
                }
            }
            Token::SemiColon => {
                if let Some(next) = tokens.get(at + 1) {
                    return Err(error(
                        next.span.start.line,
                        "a second statement begins here; one query holds one statement".to_owned(),
                    ));
                }
                lexed.end = offsets.at(token.span.start);
            }
            _ => {}
        }
        place.after(&token.token);
    }
    if let Some(first) = tokens.first()
        && is_keyword(&first.token, &[Keyword::WITH])
    {
        lexed.recursive =
            tokens.get(1).is_some_and(|token| is_keyword(&token.token, &[Keyword::RECURSIVE]));
        let last = &tokens[usize::from(lexed.recursive)];
        lexed.with = Some(offsets.at(first.span.start)..offsets.at(last.span.end));
    }
    Ok(lexed)
}

/// Words that stand where a relation stands, and are none.
const NO_RELATION: [Keyword; 6] = [
    Keyword::LATERAL,
    Keyword::SELECT,
    Keyword::TABLE,
    Keyword::UNNEST,
    Keyword::VALUES,
    Keyword::WITH,
];

fn is_keyword(token: &Token, keywords: &[Keyword]) -> bool {
    matches!(token, Token::Word(word) if keywords.contains(&word.keyword))
}

fn ends_value(token: &Token) -> bool {
    match token {
        Token::Word(word) => word.keyword == Keyword::NoKeyword,
        Token::SingleQuotedString(_) | Token::Number(..) | Token::RParen | Token::RBracket => true,
        _ => false,
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
        const ENDS: [Keyword; 12] = [
            Keyword::SELECT,
            Keyword::WHERE,
            Keyword::GROUP,
            Keyword::HAVING,
            Keyword::ORDER,
            Keyword::LIMIT,
            Keyword::OFFSET,
            Keyword::FETCH,
            Keyword::WINDOW,
            Keyword::UNION,
            Keyword::INTERSECT,
            Keyword::EXCEPT,
        ];
        let expected = std::mem::take(&mut self.expects_relation);
        match token {
            Token::LParen => {
                self.around.push(self.inside);
                self.inside = expected;
                self.expects_relation = expected;
            }
            Token::RParen => self.inside = self.around.pop().unwrap_or(false),
            Token::Comma => self.expects_relation = self.inside,
            token if is_keyword(token, &[Keyword::FROM, Keyword::JOIN, Keyword::TABLE]) => {
                self.inside = true;
                self.expects_relation = true;
            }
            token if is_keyword(token, &[Keyword::LATERAL]) => self.expects_relation = expected,
            token if is_keyword(token, &ENDS) => self.inside = false,
            _ => {}
        }
    }
}

/// Whether the tokens after a name read `AS (` or `(columns) AS (`, as in a `WITH` list.
fn defines(rest: &[TokenWithSpan]) -> bool {
    let mut rest = rest.iter().map(|token| &token.token);
    let mut next = rest.next();
    if next == Some(&Token::LParen) {
        next = rest.by_ref().skip_while(|token| **token != Token::RParen).nth(1);
    }
    next.is_some_and(|token| is_keyword(token, &[Keyword::AS]))
        && rest.next() == Some(&Token::LParen)
}

/// From the lexer's lines and columns to bytes.
struct Offsets {
    lines: Vec<Vec<usize>>,
    end: usize,
}

impl Offsets {
    fn of(text: &str) -> Self {
        let mut lines = vec![Vec::new()];
        for (at, ch) in text.char_indices() {
            if let Some(line) = lines.last_mut() {
                line.push(at);
            }
            if ch == '\n' {
                lines.push(Vec::new());
            }
        }
        Self { lines, end: text.len() }
    }

    fn at(&self, location: Location) -> usize {
        let index = |n: u64| usize::try_from(n.saturating_sub(1)).unwrap_or(usize::MAX);
        let line = self.lines.get(index(location.line));
        line.and_then(|line| line.get(index(location.column)).copied())
            .or_else(|| self.lines.get(index(location.line) + 1)?.first().copied())
            .unwrap_or(self.end)
    }
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
