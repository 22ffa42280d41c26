//! Paths of SQL's own JSON functions: `lax $.a[0]."b c"`, `strict $.a[*]`. Dialect 4.2.
//!
//! `lax` looks into arrays where a key is wanted, takes a single value for an array where a
//! position is, and finds nothing where there is nothing; for `strict` each of these is an error.

use super::super::super::json::Cursor;

/// A parsed path.
#[derive(Debug)]
pub(in super::super::super) struct SqlPath {
    strict: bool,
    steps: Vec<Step>,
}

#[derive(Debug)]
enum Step {
    Member(String),
    Members,
    Item(Vec<Range>),
    Items,
}

/// Positions from one to another, both included.
#[derive(Debug)]
struct Range {
    from: Position,
    to: Position,
}

#[derive(Debug, Clone, Copy)]
enum Position {
    FromStart(i64),
    FromLast(i64),
}

/// Why a path is refused, and where in it.
#[derive(Debug)]
pub(in super::super::super) enum Mistake {
    Syntax(usize, &'static str),
    /// Trino has it, this program has not.
    Missing(usize, &'static str),
}

/// What a path leads to; `None` is an error in the structure.
type Found<'a> = Option<Vec<&'a str>>;

impl SqlPath {
    /// Reads a path.
    pub(in super::super::super) fn parse(path: &str) -> Result<Self, Mistake> {
        let mut reader = Reader { path, at: 0 };
        let strict = reader.word("strict");
        if !strict && !reader.word("lax") {
            return Err(Mistake::Syntax(reader.at, "a JSON path begins with lax or strict"));
        }
        if !reader.eat("$") {
            return Err(Mistake::Syntax(reader.at, "$ stands in front of the steps"));
        }
        if reader.rest().starts_with(is_name) {
            return Err(Mistake::Missing(reader.at, "named values in JSON paths"));
        }
        let mut steps = Vec::new();
        while !reader.is_at_end() {
            steps.push(reader.step()?);
        }
        Ok(Self { strict, steps })
    }

    /// The values that the path leads to, in a document whose keys are there once.
    pub(super) fn find<'a>(&self, document: &'a str) -> Found<'a> {
        let mut values = vec![document];
        for step in &self.steps {
            let mut found = Vec::new();
            for value in values {
                found.extend(self.step(step, value)?);
            }
            values = found;
        }
        Some(values)
    }

    fn step<'a>(&self, step: &Step, value: &'a str) -> Found<'a> {
        match step {
            Step::Member(_) | Step::Members if value.starts_with('[') && !self.strict => {
                let items = items(value)?;
                let members = items.into_iter().map(|item| self.members(step, item));
                Some(members.collect::<Option<Vec<_>>>()?.concat())
            }
            Step::Member(_) | Step::Members => self.members(step, value),
            Step::Item(_) | Step::Items => {
                let items = match (value.starts_with('['), self.strict) {
                    (true, _) => items(value)?,
                    (false, true) => return None,
                    (false, false) => vec![value],
                };
                match step {
                    Step::Item(ranges) => self.chosen(ranges, &items),
                    _ => Some(items),
                }
            }
        }
    }

    fn members<'a>(&self, step: &Step, value: &'a str) -> Found<'a> {
        let nothing = || if self.strict { None } else { Some(Vec::new()) };
        if !value.starts_with('{') {
            return nothing();
        }
        let mut cursor = Cursor::new(value);
        let mut found = Vec::new();
        let mut more = cursor.enter(b'{')?;
        while more {
            let key = cursor.key()?;
            let value = cursor.value()?;
            match step {
                Step::Member(name) if !key.is(name) => {}
                _ => found.push(value),
            }
            more = cursor.more(b'{')?;
        }
        if found.is_empty() && matches!(step, Step::Member(_)) { nothing() } else { Some(found) }
    }

    fn chosen<'a>(&self, ranges: &[Range], items: &[&'a str]) -> Found<'a> {
        let length = i64::try_from(items.len()).ok()?;
        let mut chosen = Vec::new();
        for range in ranges {
            let at = |position| match position {
                Position::FromStart(at) => at,
                Position::FromLast(back) => (length - 1).saturating_sub(back),
            };
            let (from, to) = (at(range.from), at(range.to));
            if self.strict && (from < 0 || to >= length || from > to) {
                return None;
            }
            for at in from.max(0)..=to.min(length - 1) {
                chosen.extend(usize::try_from(at).ok().and_then(|at| items.get(at).copied()));
            }
        }
        Some(chosen)
    }
}

/// The elements of an array.
fn items(array: &str) -> Found<'_> {
    let mut cursor = Cursor::new(array);
    let mut items = Vec::new();
    let mut more = cursor.enter(b'[')?;
    while more {
        items.push(cursor.value()?);
        more = cursor.more(b'[')?;
    }
    Some(items)
}

fn is_name(char: char) -> bool {
    char.is_ascii_alphanumeric() || char == '_'
}

struct Reader<'a> {
    path: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        self.path.get(self.at..).unwrap_or_default()
    }

    fn blanks(&mut self) {
        self.at = self.path.len() - self.rest().trim_start().len();
    }

    fn is_at_end(&mut self) -> bool {
        self.blanks();
        self.rest().is_empty()
    }

    fn eat(&mut self, text: &str) -> bool {
        self.blanks();
        let found = self.rest().starts_with(text);
        if found {
            self.at += text.len();
        }
        found
    }

    fn word(&mut self, word: &str) -> bool {
        self.blanks();
        let found = self.rest().strip_prefix(word).is_some_and(|rest| !rest.starts_with(is_name));
        if found {
            self.at += word.len();
        }
        found
    }

    fn step(&mut self) -> Result<Step, Mistake> {
        if self.eat("..") {
            return Err(Mistake::Missing(self.at, "steps to any depth in JSON paths"));
        }
        if self.eat(".") {
            return self.member();
        }
        if self.eat("[") {
            if self.eat("*") {
                return self.closed(Step::Items);
            }
            let mut ranges = vec![self.range()?];
            while self.eat(",") {
                ranges.push(self.range()?);
            }
            return self.closed(Step::Item(ranges));
        }
        match self.rest().chars().next() {
            Some('?') => Err(Mistake::Missing(self.at, "filters in JSON paths")),
            Some('+' | '-' | '*' | '/' | '%') => {
                Err(Mistake::Missing(self.at, "arithmetic in JSON paths"))
            }
            _ => Err(Mistake::Syntax(self.at, "a step of a JSON path is .name or [position]")),
        }
    }

    fn closed(&mut self, step: Step) -> Result<Step, Mistake> {
        if self.eat("]") {
            return Ok(step);
        }
        Err(Mistake::Syntax(self.at, "] is missing in the JSON path"))
    }

    fn member(&mut self) -> Result<Step, Mistake> {
        if self.eat("*") {
            return Ok(Step::Members);
        }
        if self.eat("\"") {
            return self.quoted().map(Step::Member);
        }
        let rest = self.rest();
        let name = rest.split(|char| !is_name(char)).next().unwrap_or_default();
        if name.is_empty() || name.starts_with(|first: char| first.is_ascii_digit()) {
            let reason = "after . in a JSON path stands a name, or any text in double quotes";
            return Err(Mistake::Syntax(self.at, reason));
        }
        self.at += name.len();
        if self.rest().trim_start().starts_with('(') {
            return Err(Mistake::Missing(self.at, "methods in JSON paths"));
        }
        Ok(Step::Member(name.to_owned()))
    }

    /// The text up to the quote; two quotes stand for one.
    fn quoted(&mut self) -> Result<String, Mistake> {
        let mut name = String::new();
        loop {
            let Some((text, _)) = self.rest().split_once('"') else {
                return Err(Mistake::Syntax(self.at, "a quote is missing in the JSON path"));
            };
            name.push_str(text);
            self.at += text.len() + 1;
            if !self.rest().starts_with('"') {
                return Ok(name);
            }
            name.push('"');
            self.at += 1;
        }
    }

    fn range(&mut self) -> Result<Range, Mistake> {
        let from = self.position()?;
        let to = if self.word("to") { self.position()? } else { from };
        Ok(Range { from, to })
    }

    fn position(&mut self) -> Result<Position, Mistake> {
        if !self.word("last") {
            return self.number().map(Position::FromStart);
        }
        if self.eat("-") {
            return self.number().map(Position::FromLast);
        }
        Ok(Position::FromLast(0))
    }

    fn number(&mut self) -> Result<i64, Mistake> {
        self.blanks();
        let digits = self.rest().bytes().take_while(u8::is_ascii_digit).count();
        let number = self.rest().get(..digits).and_then(|digits| digits.parse().ok());
        let Some(number) = number else {
            let reason = "positions other than numbers, last and last - number in JSON paths";
            return Err(Mistake::Missing(self.at, reason));
        };
        self.at += digits;
        Ok(number)
    }
}
