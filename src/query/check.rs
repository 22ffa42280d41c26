//! What a `.sql` file says of itself, against what it holds.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::catalogue::{Kind, SqlFile};
use super::header::{self, Param};
use super::lexer::{self, Lexed};
use super::value::Type;
use crate::sql::lint::{self, LogTable};
use crate::sql::parse;
use crate::sql::refusal::line_and_column;

/// Athena takes no longer statement.
const LONGEST: usize = 262_144;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// It does not run, or is not what it says.
    Error,
    /// It runs, and may not do what is meant.
    Remark,
}

/// Something to say about a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// How bad it is.
    pub severity: Severity,
    /// Line and column in the file, from 1; `None` where it is about no single place.
    pub at: Option<(u64, u64)>,
    /// What it is about.
    pub text: String,
    /// What to write instead.
    pub instead: Option<String>,
}

impl Notice {
    /// An error.
    pub fn error(at: Option<(u64, u64)>, text: impl Into<String>) -> Self {
        Self { severity: Severity::Error, at, text: text.into(), instead: None }
    }

    /// A remark.
    pub fn remark(at: Option<(u64, u64)>, text: impl Into<String>) -> Self {
        Self { severity: Severity::Remark, ..Self::error(at, text) }
    }

    /// Adds what to write instead.
    #[must_use]
    pub fn instead(mut self, instead: impl Into<String>) -> Self {
        self.instead = Some(instead.into());
        self
    }
}

/// Looks at a file without an engine: its header, its grammar, and what it does that is probably
/// not meant. `declared` is whether it has a header at all; without one every value is text.
pub fn text(file: &SqlFile, declared: bool, table: LogTable<'_>) -> Vec<Notice> {
    let lexed = match lexer::lex(&file.text, &file.origin) {
        Ok(lexed) => lexed,
        Err(error) => {
            let at = match &error {
                super::QueryError::Text { line, .. } => Some((*line, 1)),
                _ => None,
            };
            let reason = match &error {
                super::QueryError::Text { reason, .. } => reason.clone(),
                other => other.to_string(),
            };
            let notice = Notice::error(at, reason);
            return vec![match error.hint() {
                Some(hint) => notice.instead(hint),
                None => notice,
            }];
        }
    };
    let mut notices = Vec::new();
    if declared {
        params(file, &lexed, &mut notices);
        words(file, &mut notices);
        examples(file, &mut notices);
    }
    let sql = filled(file, &lexed);
    match parse::statement(&sql) {
        Ok(statement) => {
            // What stands in a hole here is no value that anybody gives.
            let place = |(hole, _): &(Range<usize>, String)| line_and_column(&sql, hole.start);
            let holes: Vec<_> = lexed.holes.iter().map(place).collect();
            let remarks = lint::remarks(&statement, &sql, table).into_iter();
            notices.extend(remarks.filter(|remark| !holes.contains(&remark.at)).map(|remark| {
                Notice::remark(Some(remark.at), remark.text).instead(remark.instead)
            }));
        }
        Err(refusal) => {
            let at = refusal.at.map(|at| line_and_column(&sql, at));
            let notice = Notice::error(at, refusal.to_string());
            notices.push(match refusal.hint {
                Some(hint) => notice.instead(hint),
                None => notice,
            });
        }
    }
    notices
}

/// What an assembled statement's length says.
pub fn length(sql: &str) -> Option<Notice> {
    let text = format!("with its views it is {} bytes long", sql.len());
    if sql.len() > LONGEST {
        let text = format!("{text}, and Athena takes {LONGEST}");
        return Some(
            Notice::error(None, text).instead("select from fewer views, or shorten lists"),
        );
    }
    (sql.len() > LONGEST / 10 * 9).then(|| {
        Notice::remark(None, format!("{text}; Athena takes {LONGEST}"))
            .instead("values have to fit in as well")
    })
}

/// The columns that it returns, against those that its header names.
pub fn columns(file: &SqlFile, returned: &[String]) -> Vec<Notice> {
    let declared: Vec<&String> = file.header.columns.iter().map(|(name, _)| name).collect();
    let mut notices = Vec::new();
    for name in declared.iter().filter(|name| !returned.contains(name)) {
        let text = format!("it returns no column called {name}");
        notices.push(
            Notice::error(line_of(file, "column", name), text)
                .instead("take the line out, or select the column"),
        );
    }
    for name in returned.iter().filter(|name| !declared.contains(name)) {
        let text = format!("it returns a column {name} that its header does not tell of");
        notices.push(
            Notice::error(Some((1, 1)), text).instead(format!("add -- column: {name} meaning")),
        );
    }
    if notices.is_empty() && !declared.iter().zip(returned).all(|(one, other)| *one == other) {
        let text = "its columns come in another order than its header has them";
        notices.push(
            Notice::error(line_of(file, "column", ""), text)
                .instead(format!("they are {}", returned.join(", "))),
        );
    }
    notices
}

/// Values to see with whether a query runs: those of its example, and else any of the right type.
pub fn samples(file: &SqlFile, lexed: &Lexed) -> BTreeMap<String, String> {
    let of_example = file.header.examples.first().map(|example| header::values_in(example));
    let of_example = of_example.unwrap_or_default();
    let mut samples = BTreeMap::new();
    for (hole, name) in &lexed.holes {
        let param = file.header.params.iter().find(|param| param.name == *name);
        if param.is_some_and(|param| param.default.is_some()) {
            continue;
        }
        let before = file.text[..hole.start].trim_end().to_lowercase();
        let sample = match param.map_or(Type::undeclared(name), |param| param.kind) {
            Type::Text | Type::List => "sample",
            Type::Integer => "1",
            Type::Boolean => "true",
            Type::Literal if before.ends_with("limit") || before.ends_with("offset") => "1",
            // It has every type.
            Type::Literal => "NULL",
        };
        let sample = of_example.get(name).map_or(sample, String::as_str);
        samples.insert(name.clone(), sample.to_owned());
    }
    samples
}

fn params(file: &SqlFile, lexed: &Lexed, notices: &mut Vec<Notice>) {
    let known: BTreeSet<&str> =
        file.header.params.iter().map(|param| param.name.as_str()).collect();
    let used: BTreeSet<&str> = lexed.holes.iter().map(|(_, name)| name.as_str()).collect();
    let mut told = BTreeSet::new();
    for (hole, name) in &lexed.holes {
        if !known.contains(name.as_str()) && told.insert(name) {
            notices.push(
                Notice::error(
                    Some(line_and_column(&file.text, hole.start)),
                    format!("its header does not declare :{name}"),
                )
                .instead(format!("add -- param: {name} text meaning")),
            );
        }
    }
    for name in known.difference(&used) {
        notices.push(
            Notice::error(line_of(file, "param", name), format!("nothing uses :{name}"))
                .instead("take the line out"),
        );
    }
}

/// Lines that people read in `clickops sql show`.
fn words(file: &SqlFile, notices: &mut Vec<Notice>) {
    let header = &file.header;
    if header.about.is_empty() {
        notices.push(
            Notice::remark(Some((1, 1)), "nothing says what it is about")
                .instead("add -- about: ..."),
        );
    }
    let params = header.params.iter().map(|Param { name, about, .. }| ("param", name, about));
    let columns = header.columns.iter().map(|(name, about)| ("column", name, about));
    for (key, name, _) in params.chain(columns).filter(|(_, _, about)| about.is_empty()) {
        notices.push(
            Notice::remark(line_of(file, key, name), format!("nothing says what {name} means"))
                .instead("say it on the same line"),
        );
    }
}

fn examples(file: &SqlFile, notices: &mut Vec<Notice>) {
    if file.kind != Kind::Query {
        return;
    }
    let header = &file.header;
    let begins = format!("clickops query {}", header.name);
    let needed = header.params.iter().filter(|param| param.default.is_none());
    if header.examples.is_empty() {
        notices.push(
            Notice::remark(Some((1, 1)), "there is no example to try")
                .instead(format!("add -- example: {begins} ...")),
        );
    }
    for example in &header.examples {
        let mut wrong = Vec::new();
        if !example.starts_with(&begins) {
            wrong.push(format!("the example does not begin with `{begins}`"));
        }
        for param in needed.clone() {
            if !example.contains(&format!("--param {}=", param.name)) {
                wrong.push(format!("the example gives no value for {}", param.name));
            }
        }
        for part in example.split("--param ").skip(1) {
            let name = part.split('=').next().unwrap_or_default();
            if !header.params.iter().any(|param| param.name == name) {
                wrong.push(format!("the example gives {name}, and no parameter is called that"));
            }
        }
        let at = line_of(file, "example", "");
        notices.extend(wrong.into_iter().map(|text| Notice::error(at, text)));
    }
}

/// Where a header line is; an empty name takes the first of its kind.
fn line_of(file: &SqlFile, key: &str, name: &str) -> Option<(u64, u64)> {
    let is_it = |line: &str| {
        let rest = line.strip_prefix("--")?.trim_start().strip_prefix(key)?.strip_prefix(':')?;
        let word = rest.split_whitespace().next().unwrap_or_default();
        (name.is_empty() || word.eq_ignore_ascii_case(name)).then_some(())
    };
    let lines = (1..).zip(file.text.lines());
    lines.into_iter().find_map(|(number, line)| is_it(line).map(|()| (number, 1)))
}

/// The text with something in each hole that is as long as the hole, so that all else stays where
/// it is.
fn filled(file: &SqlFile, lexed: &Lexed) -> String {
    let mut sql = String::with_capacity(file.text.len());
    let mut from = 0;
    for (hole, name) in &lexed.holes {
        sql.push_str(&file.text[from..hole.start]);
        let kind = file.header.params.iter().find(|param| param.name == *name);
        let kind = kind.map_or(Type::undeclared(name), |param| param.kind);
        let length = file.text[hole.clone()].chars().count();
        match kind {
            Type::Integer | Type::Literal => sql.push_str(&"1".repeat(length)),
            _ if length < 2 => sql.push('1'),
            _ => {
                let inside = "x".repeat(length - 2);
                sql.push_str(&format!("'{inside}'"));
            }
        }
        from = hole.end;
    }
    sql.push_str(&file.text[from..lexed.end]);
    sql
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests;
