//! What the line editor asks for while somebody types: completion, hints, colours, and whether a
//! statement has come to its end.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

use rustyline::completion::Completer;
use rustyline::highlight::{CmdKind, Highlighter};
use rustyline::hint::{Hinter, HistoryHinter};
use rustyline::validate::{ValidationContext, ValidationResult, Validator};
use rustyline::{Context, Helper};

use super::command::{Command, NAMES};
use super::input::{self, Part};
use super::words::{Words, fields};

/// The editor's helper.
#[derive(Default)]
pub(super) struct Completion {
    pub(super) words: Arc<Words>,
    hinter: HistoryHinter,
}

impl Completion {
    pub(super) fn new(words: Arc<Words>) -> Self {
        Self { words, hinter: HistoryHinter::new() }
    }
}

impl Helper for Completion {}

impl Completer for Completion {
    type Candidate = String;

    fn complete(
        &self,
        line: &str,
        pos: usize,
        _: &Context<'_>,
    ) -> rustyline::Result<(usize, Vec<String>)> {
        Ok(candidates(&self.words, line, pos))
    }
}

impl Hinter for Completion {
    type Hint = String;

    fn hint(&self, line: &str, pos: usize, context: &Context<'_>) -> Option<String> {
        self.hinter.hint(line, pos, context)
    }
}

impl Validator for Completion {
    fn validate(&self, context: &mut ValidationContext<'_>) -> rustyline::Result<ValidationResult> {
        Ok(match is_complete(context.input()) {
            true => ValidationResult::Valid(None),
            false => ValidationResult::Incomplete,
        })
    }
}

impl Highlighter for Completion {
    fn highlight<'l>(&self, line: &'l str, _: usize) -> Cow<'l, str> {
        Cow::Owned(painted(&self.words, line))
    }

    fn highlight_hint<'h>(&self, hint: &'h str) -> Cow<'h, str> {
        Cow::Owned(format!("\x1b[2m{hint}\x1b[0m"))
    }

    fn highlight_char(&self, _: &str, _: usize, _: CmdKind) -> bool {
        true
    }
}

/// Whether Enter ends what was typed.
fn is_complete(text: &str) -> bool {
    let rest = &text[input::inputs(text).1..];
    rest.trim().is_empty() || rest.starts_with('\\') || Command::bare(rest).is_some()
}

/// Keywords bold, texts green, comments dim.
fn painted(words: &Words, line: &str) -> String {
    let mut painted = String::with_capacity(line.len() * 2);
    if line.trim_start().starts_with('\\') {
        return line.to_owned();
    }
    for (range, part) in input::parts(line) {
        let text = &line[range];
        match part {
            Part::Text => painted.push_str(&format!("\x1b[32m{text}\x1b[0m")),
            Part::Comment => painted.push_str(&format!("\x1b[2m{text}\x1b[0m")),
            Part::Name => painted.push_str(text),
            Part::Code => {
                let mut from = 0;
                for (start, word) in words_of(text) {
                    painted.push_str(&text[from..start]);
                    match is_keyword(words, word) {
                        true => painted.push_str(&format!("\x1b[1m{word}\x1b[0m")),
                        false => painted.push_str(word),
                    }
                    from = start + word.len();
                }
                painted.push_str(&text[from..]);
            }
        }
    }
    painted
}

fn is_keyword(words: &Words, word: &str) -> bool {
    let is = |keyword: &str| keyword.split(' ').any(|part| part.eq_ignore_ascii_case(word));
    words.keywords.iter().any(|keyword| is(keyword))
}

fn is_word(ch: char) -> bool {
    ch.is_alphanumeric() || matches!(ch, '_' | '$')
}

/// The words in a piece of code, and where each begins.
fn words_of(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.split(|ch| !is_word(ch))
        .filter(|word| !word.is_empty())
        .map(|word| (start_in(text, word), word))
}

/// Where a part of a text begins in it.
fn start_in(text: &str, part: &str) -> usize {
    part.as_ptr() as usize - text.as_ptr() as usize
}

/// What could stand at `pos`: where the word begins that it replaces, and the candidates.
pub(super) fn candidates(words: &Words, line: &str, pos: usize) -> (usize, Vec<String>) {
    let before = &line[..pos];
    let begin = input::inputs(before).1;
    let open = &before[begin..];
    if open.starts_with('\\') {
        return of_command(words, open, pos);
    }
    let is_code = input::parts(open).last().is_none_or(|(_, part)| part == Part::Code);
    if !is_code {
        return (pos, Vec::new());
    }
    let start = before
        .rfind(|ch| !is_word(ch) && ch != '.')
        .map_or(0, |at| at + before[at..].chars().next().map_or(1, char::len_utf8));
    let word = &before[start.max(begin)..];
    let start = start.max(begin);
    // Blanks and breaks may stand in front of a command.
    let end = input::inputs(&line[begin..]).0.first().map_or(line.len(), |first| match first {
        input::Input::Statement(text, _) | input::Input::Command(text) => {
            start_in(line, text) + text.len()
        }
    });
    let statement = Statement::of(&line[begin..end.max(pos)]);
    match word.rsplit_once('.') {
        Some((path, prefix)) => {
            let found = statement.below(words, path);
            (start + path.len() + 1, matching(found.iter().map(String::as_str), prefix))
        }
        None => (start, statement.names(words, &before[begin..start], word)),
    }
}

/// The candidates that begin like `prefix`, each once.
fn matching<'a>(names: impl Iterator<Item = &'a str>, prefix: &str) -> Vec<String> {
    let prefix = prefix.to_lowercase();
    let found: BTreeSet<&str> =
        names.filter(|name| name.to_lowercase().starts_with(&prefix)).collect();
    found.into_iter().map(str::to_owned).collect()
}

fn of_command(words: &Words, open: &str, pos: usize) -> (usize, Vec<String>) {
    let Some((command, rest)) = open[1..].split_once(' ') else {
        return (pos - (open.len() - 1), matching(NAMES.into_iter(), &open[1..]));
    };
    let last = rest.rsplit(' ').next().unwrap_or_default();
    let is_first = !rest.trim_start().contains(' ');
    let tables = words.tables.iter().map(|table| table.name.as_str());
    let queries = words.queries.iter().map(|query| query.name.as_str());
    let found = match command.to_lowercase().as_str() {
        "d" if is_first => matching(tables.chain(queries), last),
        "run" if is_first => matching(queries.chain(tables), last),
        "run" => {
            let query = rest.split_whitespace().next().and_then(|name| words.query(name));
            let params = query.into_iter().flat_map(|query| &query.params);
            let params: Vec<_> = params.map(|param| format!("{}=", param.name)).collect();
            matching(params.iter().map(String::as_str), last)
        }
        "format" if is_first => matching(["csv", "json", "ndjson", "table"].into_iter(), last),
        "limit" | "since" | "until" | "account" | "region" if is_first => {
            matching(["all"].into_iter(), last)
        }
        _ => Vec::new(),
    };
    (pos - last.len(), found)
}

/// What a statement says of itself, complete or not.
#[derive(Debug, Default)]
struct Statement {
    /// Relations that it selects from, and the names it gives them.
    relations: Vec<(String, Option<String>)>,
    /// Relations that it defines with `WITH`.
    defined: Vec<String>,
}

/// After these, and commas that follow, a relation stands; the others end that.
const CLAUSES: [&str; 12] = [
    "from", "join", "table", "select", "where", "group", "order", "having", "on", "using", "limit",
    "union",
];

impl Statement {
    fn of(text: &str) -> Self {
        let tokens = tokens(text);
        let mut statement = Self::default();
        let mut clause = "";
        for (at, token) in tokens.iter().enumerate() {
            let lower = token.to_lowercase();
            let next = |n: usize| tokens.get(at + n).map_or("", |token| *token);
            let before = at.checked_sub(1).map_or("", |before| tokens[before]);
            if next(1).eq_ignore_ascii_case("as") && next(2) == "(" {
                statement.defined.push(lower.clone());
            }
            let opens = before == "," || CLAUSES.iter().any(|c| before.eq_ignore_ascii_case(c));
            if opens && in_relations(clause) && token.starts_with(is_word) {
                let alias = if next(1).eq_ignore_ascii_case("as") { next(2) } else { next(1) };
                let alias = alias.to_lowercase();
                let is_name = alias.starts_with(is_word)
                    && !CLAUSES.contains(&alias.as_str())
                    && !["cross", "left", "right", "inner", "full"].contains(&alias.as_str());
                statement.relations.push((lower.clone(), is_name.then_some(alias)));
            }
            if let Some(found) = CLAUSES.iter().find(|clause| **clause == lower) {
                clause = found;
            }
        }
        statement
    }

    /// What comes after a dot.
    fn below(&self, words: &Words, path: &str) -> Vec<String> {
        let path = path.to_lowercase();
        let (first, rest) = path.split_once('.').unwrap_or((&path, ""));
        let named = self.relations.iter().find(|(_, alias)| alias.as_deref() == Some(first));
        let relation = named.map_or(first, |(relation, _)| relation);
        match words.table(relation) {
            Some(table) if rest.is_empty() => {
                table.columns.iter().map(|(name, _)| name.clone()).collect()
            }
            Some(_) => fields(rest).iter().map(|field| (*field).to_owned()).collect(),
            None => fields(&path).iter().map(|field| (*field).to_owned()).collect(),
        }
    }

    /// What can stand where no dot is.
    fn names(&self, words: &Words, before: &str, prefix: &str) -> Vec<String> {
        let tables = words.tables.iter().map(|table| table.name.as_str());
        let relations = tables.chain(self.defined.iter().map(String::as_str));
        let tokens = tokens(before);
        let clauses = tokens.iter().rev().find_map(|token| {
            CLAUSES.iter().find(|clause| token.eq_ignore_ascii_case(clause)).copied()
        });
        let last = tokens.last().copied().unwrap_or_default();
        let opens = last == "," || clauses.is_some_and(|c| last.eq_ignore_ascii_case(c));
        if opens && in_relations(clauses.unwrap_or_default()) {
            return matching(relations, prefix);
        }
        let mentioned: Vec<_> =
            self.relations.iter().filter_map(|(relation, _)| words.table(relation)).collect();
        let columns = |tables: &mut dyn Iterator<Item = &super::words::Table>| -> Vec<String> {
            let names = tables.flat_map(|table| table.columns.iter().map(|(name, _)| name.clone()));
            names.collect()
        };
        let columns = match mentioned.is_empty() {
            true if prefix.is_empty() => Vec::new(),
            true => columns(&mut words.tables.iter()),
            false => columns(&mut mentioned.into_iter()),
        };
        let mut found = matching(columns.iter().map(String::as_str), prefix);
        // All functions and keywords are no help to somebody who typed nothing yet.
        if prefix.is_empty() {
            return found;
        }
        let calls: Vec<_> = words.functions.iter().map(|name| format!("{name}(")).collect();
        found.extend(matching(calls.iter().map(String::as_str), prefix));
        found.extend(matching(relations, prefix));
        let keywords = matching(words.keywords.iter().map(String::as_str), prefix);
        let small = prefix.chars().all(|ch| !ch.is_uppercase());
        found.extend(
            keywords.into_iter().map(|word| if small { word.to_lowercase() } else { word }),
        );
        let mut seen = BTreeSet::new();
        found.retain(|name| seen.insert(name.clone()));
        found
    }
}

fn in_relations(clause: &str) -> bool {
    matches!(clause, "from" | "join" | "table")
}

/// Words, and every other character by itself; texts and comments are left out.
fn tokens(text: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    for (range, part) in input::parts(text) {
        let mut rest = match part {
            Part::Code => text[range].trim_start(),
            Part::Name => {
                tokens.push(text[range].trim_matches('"'));
                continue;
            }
            Part::Text | Part::Comment => continue,
        };
        while let Some(first) = rest.chars().next() {
            let length = match is_word(first) {
                true => rest.find(|ch| !is_word(ch)).unwrap_or(rest.len()),
                false => first.len_utf8(),
            };
            tokens.push(&rest[..length]);
            rest = rest[length..].trim_start();
        }
    }
    tokens
}

#[cfg(test)]
mod tests;
