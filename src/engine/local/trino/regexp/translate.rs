//! Java's syntax of patterns, as Trino's engine reads it, in that of Rust's engines.
//!
//! What differs, and is written out here: `\d`, `\w` and `\s` are ASCII; `$` also matches in front
//! of a newline that ends the text, and `^` with `(?m)` not behind it; `\Q..\E`; names of
//! characters; braces that repeat nothing stand for themselves; flags reach to the end of their
//! group, over `|` too.

use datafusion::error::{DataFusionError, Result};

use super::super::super::failure;

mod escape;

pub(super) use escape::Escape;

/// How deep groups may be nested.
const DEEPEST: usize = 200;

/// Most repetitions of one thing.
const MOST_REPETITIONS: u32 = 100_000;

/// A pattern for Rust's engines.
#[derive(Debug)]
pub(super) struct Translation {
    pub(super) pattern: String,
    /// Whether it needs an engine that backtracks.
    pub(super) backtracks: bool,
    /// Whether it is another pattern for text that ends with a newline.
    pub(super) minds_newline: bool,
    pub(super) groups: usize,
    pub(super) names: Vec<(String, usize)>,
}

/// Translates a pattern, for text that ends with a newline or for other text.
///
/// # Errors
/// If it is no pattern, in the words of Trino's engine, or there is nothing for it here.
pub(super) fn translate(pattern: &str, newline: bool) -> Result<Translation> {
    let mut translator = Translator {
        rest: pattern,
        out: String::with_capacity(pattern.len() * 2),
        newline,
        flags: Flags::default(),
        open: Vec::new(),
        extra: 0,
        atom: None,
        groups: 0,
        names: Vec::new(),
        backtracks: false,
        minds_newline: false,
    };
    while let Some(char) = translator.next() {
        translator.part(char)?;
    }
    translator.finish()
}

/// A pattern that is refused.
pub(super) fn refused(reason: impl Into<String>) -> DataFusionError {
    failure::argument(reason)
}

fn missing(what: &str) -> DataFusionError {
    refused(format!("the embedded engine does not have {what} in patterns"))
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Flags {
    ignore_case: bool,
    lines: bool,
    dot_all: bool,
    extended: bool,
}

/// A group that is open.
struct Open {
    start: usize,
    /// Flags to return to.
    flags: Flags,
    /// Groups that flags have opened inside.
    extra: usize,
    behind: Behind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Behind {
    Not,
    /// Inside `(?<=`.
    Positive,
    /// Inside `(?<!`.
    Negative,
}

pub(super) struct Translator<'p> {
    pub(super) rest: &'p str,
    pub(super) out: String,
    newline: bool,
    flags: Flags,
    open: Vec<Open>,
    /// Groups that flags have opened outside of all groups.
    extra: usize,
    /// Where the last thing that can be repeated starts.
    atom: Option<usize>,
    groups: usize,
    names: Vec<(String, usize)>,
    backtracks: bool,
    minds_newline: bool,
}

impl<'p> Translator<'p> {
    pub(super) fn next(&mut self) -> Option<char> {
        let char = self.rest.chars().next()?;
        self.skip(char.len_utf8());
        Some(char)
    }

    pub(super) fn skip(&mut self, bytes: usize) {
        self.rest = self.rest.get(bytes..).unwrap_or_default();
    }

    pub(super) fn eat(&mut self, char: char) -> bool {
        let found = self.rest.starts_with(char);
        if found {
            self.skip(char.len_utf8());
        }
        found
    }

    fn part(&mut self, char: char) -> Result<()> {
        match char {
            '(' => self.group()?,
            ')' => self.close()?,
            '|' => {
                self.out.push('|');
                self.atom = None;
            }
            '*' | '+' | '?' => self.repeat(&char.to_string(), char == '+')?,
            '{' => match interval(self.rest)? {
                Some((least, most, length)) => {
                    let written = format!("{{{}", self.rest.get(..length).unwrap_or_default());
                    self.skip(length);
                    self.varies(most != Some(least))?;
                    self.repeat(&written, false)?;
                }
                None => self.literal('{'),
            },
            '[' => {
                self.begin();
                self.class(0)?;
            }
            '.' if self.flags.dot_all => self.push("(?s:.)"),
            '.' => self.push("."),
            '^' if self.flags.lines => {
                self.minds_newline = true;
                self.backtracks |= self.newline;
                self.push(if self.newline { r"(?:\A|(?<=\n)(?!\z))" } else { "(?m:^)" });
            }
            '^' => self.push(r"\A"),
            '$' if self.flags.lines => self.push("(?m:$)"),
            '$' => self.end(),
            '\\' => self.backslash()?,
            '#' if self.flags.extended => {
                let end = self.rest.find('\n').map_or(self.rest.len(), |at| at + 1);
                self.skip(end);
            }
            char if self.flags.extended && char.is_ascii_whitespace() => {}
            char => self.literal(char),
        }
        Ok(())
    }

    /// The end of the text, or a newline there.
    fn end(&mut self) {
        self.minds_newline = true;
        self.backtracks |= self.newline;
        self.push(if self.newline { r"(?=\n?\z)" } else { r"\z" });
    }

    fn begin(&mut self) {
        self.atom = Some(self.out.len());
    }

    fn push(&mut self, text: &str) {
        self.begin();
        self.out.push_str(text);
    }

    fn literal(&mut self, char: char) {
        self.begin();
        self.out.push_str(&regex::escape(char.encode_utf8(&mut [0; 4])));
    }

    /// A mark of repetition, and the one behind it that makes it lazy or possessive.
    fn repeat(&mut self, mark: &str, more: bool) -> Result<()> {
        let Some(start) = self.atom else {
            return Err(refused("target of repeat operator is not specified"));
        };
        self.varies(more || matches!(mark, "*" | "?"))?;
        let possessive = self.eat('+');
        self.backtracks |= possessive;
        self.out.insert_str(start, if possessive { "(?>" } else { "(?:" });
        self.out.push_str(mark);
        if self.eat('?') {
            self.out.push('?');
        }
        self.out.push(')');
        Ok(())
    }

    /// What has no length of its own may not stand in a look-behind.
    fn varies(&self, varies: bool) -> Result<()> {
        if varies && self.open.iter().any(|open| open.behind != Behind::Not) {
            return Err(refused("invalid pattern in look-behind"));
        }
        Ok(())
    }

    fn group(&mut self) -> Result<()> {
        if self.open.len() >= DEEPEST {
            return Err(refused("groups are nested too deep"));
        }
        let mut behind = Behind::Not;
        let start = self.out.len();
        let flags = self.flags;
        if !self.eat('?') {
            self.capture()?;
        } else if self.eat(':') {
            self.out.push_str("(?:");
        } else if self.eat('#') {
            let Some((comment, _)) = self.rest.split_once(')') else {
                return Err(refused("end pattern in group"));
            };
            self.skip(comment.len() + 1);
            return Ok(());
        } else if let Some(mark) =
            ["=", "!", ">", "<=", "<!"].into_iter().find(|mark| self.rest.starts_with(mark))
        {
            self.skip(mark.len());
            self.backtracks = true;
            self.out.push_str("(?");
            self.out.push_str(mark);
            behind = match mark {
                "<=" => Behind::Positive,
                "<!" => Behind::Negative,
                _ => Behind::Not,
            };
        } else if self.eat('<') {
            self.named('>')?;
        } else if self.eat('\'') {
            self.named('\'')?;
        } else if !self.flags()? {
            return Ok(());
        }
        self.open.push(Open { start, flags, extra: 0, behind });
        self.atom = None;
        Ok(())
    }

    fn capture(&mut self) -> Result<()> {
        if self.open.iter().any(|open| open.behind == Behind::Negative) {
            return Err(refused("invalid pattern in look-behind"));
        }
        self.groups += 1;
        self.out.push('(');
        Ok(())
    }

    fn named(&mut self, end: char) -> Result<()> {
        let Some((name, _)) = self.rest.split_once(end) else {
            return Err(refused("end pattern in group"));
        };
        match name.chars().next() {
            None => return Err(refused("group name is empty")),
            Some(first) if !first.is_alphabetic() && first != '_' => {
                return Err(refused(format!("invalid group name <{name}>")));
            }
            Some(_) => {}
        }
        if self.names.iter().any(|(known, _)| known == name) {
            return Err(refused(format!("multiplex defined name <{name}>")));
        }
        self.skip(name.len() + end.len_utf8());
        self.capture()?;
        self.names.push((name.to_owned(), self.groups));
        Ok(())
    }

    /// Flags for the group that they open, or for the rest of the one around them; whether the
    /// former.
    fn flags(&mut self) -> Result<bool> {
        let mut flags = self.flags;
        let mut on = true;
        let of_group = loop {
            match self.next() {
                Some('i') => flags.ignore_case = on,
                Some('m') => flags.lines = on,
                Some('s') => flags.dot_all = on,
                Some('x') => flags.extended = on,
                Some('-') => on = false,
                Some(':') => break true,
                Some(')') => break false,
                Some(_) => return Err(refused("undefined group option")),
                None => return Err(refused("end pattern in group")),
            }
        };
        self.out.push_str(match (self.flags.ignore_case, flags.ignore_case) {
            (false, true) => "(?i:",
            (true, false) => "(?-i:",
            _ => "(?:",
        });
        self.flags = flags;
        self.atom = None;
        if !of_group {
            *self.open.last_mut().map_or(&mut self.extra, |open| &mut open.extra) += 1;
        }
        Ok(of_group)
    }

    fn close(&mut self) -> Result<()> {
        let Some(open) = self.open.pop() else {
            return Err(refused("unmatched close parenthesis"));
        };
        self.out.extend(std::iter::repeat_n(')', open.extra + 1));
        self.flags = open.flags;
        self.atom = Some(open.start);
        Ok(())
    }

    fn finish(mut self) -> Result<Translation> {
        if !self.open.is_empty() {
            return Err(refused("end pattern with unmatched parenthesis"));
        }
        self.out.extend(std::iter::repeat_n(')', self.extra));
        Ok(Translation {
            pattern: self.out,
            backtracks: self.backtracks,
            minds_newline: self.minds_newline,
            groups: self.groups,
            names: self.names,
        })
    }
}

/// The least and most of `{2}`, `{2,}` or `{2,3}`, whose first brace is passed, and its length;
/// `None` if the brace stands for itself.
fn interval(rest: &str) -> Result<Option<(u32, Option<u32>, usize)>> {
    let Some((inside, _)) = rest.split_once('}') else {
        return Ok(None);
    };
    let (least, most) = inside.split_once(',').unwrap_or((inside, inside));
    let number = |digits: &str| -> Result<Option<u32>> {
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Ok(None);
        }
        match digits.parse() {
            Ok(number) if number <= MOST_REPETITIONS => Ok(Some(number)),
            _ => Err(refused("too big number for repeat range")),
        }
    };
    let Some(least) = number(least)? else {
        return Ok(None);
    };
    let length = inside.len() + 1;
    if most.is_empty() {
        return Ok(Some((least, None, length)));
    }
    match number(most)? {
        Some(most) if most < least => Err(refused("upper is smaller than lower in repeat range")),
        Some(most) => Ok(Some((least, Some(most), length))),
        None => Ok(None),
    }
}
