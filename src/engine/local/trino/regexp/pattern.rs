//! Compiled patterns, and the search for matches.

use std::collections::HashMap;
use std::ops::{ControlFlow, Range};
use std::sync::{Arc, LazyLock, Mutex, OnceLock, PoisonError};

use datafusion::error::{DataFusionError, Result};

use super::super::super::failure;
use super::translate::{Translation, translate};

/// Patterns kept; a query has a handful, so more means they come from a column.
const KEPT: usize = 256;

/// Steps that a search may go back.
const MOST_STEPS: usize = 5_000_000;

static COMPILED: LazyLock<Mutex<HashMap<String, Arc<Pattern>>>> = LazyLock::new(Mutex::default);

/// Where a group matched, from byte to byte; `None` if it did not.
pub(super) type Group = Option<Range<usize>>;

/// The pattern, compiled once.
///
/// # Errors
/// If it is none, or has something that there is nothing for here.
pub(super) fn compiled(pattern: &str) -> Result<Arc<Pattern>> {
    let mut compiled = COMPILED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = compiled.get(pattern) {
        return Ok(Arc::clone(known));
    }
    let new = Arc::new(Pattern::compile(pattern)?);
    if compiled.len() >= KEPT {
        compiled.clear();
    }
    compiled.insert(pattern.to_owned(), Arc::clone(&new));
    Ok(new)
}

/// A pattern.
#[derive(Debug)]
pub(super) struct Pattern {
    /// As SQL has it.
    written: String,
    usual: Engine,
    /// For text with a newline at its end, if that makes a difference.
    with_newline: Option<OnceLock<Engine>>,
    groups: usize,
    names: Vec<(String, usize)>,
}

#[derive(Debug)]
enum Engine {
    Linear(regex::Regex),
    Backtracking(Box<fancy_regex::Regex>),
}

impl Pattern {
    fn compile(written: &str) -> Result<Self> {
        let translation = translate(written, false)?;
        Ok(Self {
            usual: Engine::compile(written, &translation)?,
            written: written.to_owned(),
            with_newline: translation.minds_newline.then(OnceLock::new),
            groups: translation.groups,
            names: translation.names,
        })
    }

    /// How many groups it has, without the whole.
    pub(super) fn groups(&self) -> usize {
        self.groups
    }

    /// The number of a group with a name.
    pub(super) fn named(&self, name: &str) -> Option<usize> {
        self.names.iter().find(|(known, _)| known == name).map(|(_, group)| *group)
    }

    fn engine(&self, text: &str) -> Result<&Engine> {
        let Some(with_newline) = self.with_newline.as_ref().filter(|_| text.ends_with('\n')) else {
            return Ok(&self.usual);
        };
        if let Some(engine) = with_newline.get() {
            return Ok(engine);
        }
        let engine = Engine::compile(&self.written, &translate(&self.written, true)?)?;
        Ok(with_newline.get_or_init(|| engine))
    }

    /// Whether it matches anywhere.
    pub(super) fn is_match(&self, text: &str) -> Result<bool> {
        match self.engine(text)? {
            Engine::Linear(regex) => Ok(regex.is_match(text)),
            Engine::Backtracking(regex) => {
                regex.is_match(text).map_err(|error| self.failed(&error))
            }
        }
    }

    /// Shows each match from a byte on, with its groups from the whole up to `most`, until `see`
    /// says to stop. Matches do not overlap; one without length may touch the one before it.
    pub(super) fn each_match(
        &self,
        text: &str,
        from: usize,
        most: usize,
        mut see: impl FnMut(&[Group]) -> Result<ControlFlow<()>>,
    ) -> Result<()> {
        let mut search = Search::new(self, self.engine(text)?, most.min(self.groups));
        let mut from = from;
        while search.next(text, from)? {
            if see(&search.groups)?.is_break() {
                break;
            }
            let Some(whole) = search.groups.first().cloned().flatten() else {
                break;
            };
            from = whole.end;
            if whole.is_empty() {
                match text.get(whole.end..).and_then(|rest| rest.chars().next()) {
                    Some(char) => from += char.len_utf8(),
                    None => break,
                }
            }
        }
        Ok(())
    }

    fn failed(&self, error: &fancy_regex::Error) -> DataFusionError {
        let reason = match error {
            fancy_regex::Error::RuntimeError(fancy_regex::RuntimeError::BacktrackLimitExceeded) => {
                "takes too many steps on a value; write it without nested repetition".to_owned()
            }
            error => format!("fails: {error}"),
        };
        failure::argument(format!("Pattern '{}' {reason}", self.written))
    }
}

impl Engine {
    fn compile(written: &str, translation: &Translation) -> Result<Self> {
        let refused = |error: String| {
            let reason = error.lines().last().unwrap_or_default();
            let reason = reason.trim_start_matches("error: ");
            failure::argument(format!("Pattern '{written}' cannot be used: {reason}"))
        };
        if !translation.backtracks {
            let regex = regex::Regex::new(&translation.pattern);
            return regex.map(Self::Linear).map_err(|error| refused(error.to_string()));
        }
        let mut builder = fancy_regex::RegexBuilder::new(&translation.pattern);
        let regex = builder.backtrack_limit(MOST_STEPS).build();
        let regex = regex.map_err(|error| refused(error.to_string()))?;
        Ok(Self::Backtracking(Box::new(regex)))
    }
}

/// A search that keeps its memory from match to match.
struct Search<'p> {
    pattern: &'p Pattern,
    engine: &'p Engine,
    locations: Option<regex::CaptureLocations>,
    groups: Vec<Group>,
}

impl<'p> Search<'p> {
    fn new(pattern: &'p Pattern, engine: &'p Engine, most: usize) -> Self {
        let locations = match engine {
            Engine::Linear(regex) if most > 0 => Some(regex.capture_locations()),
            _ => None,
        };
        Self { pattern, engine, locations, groups: vec![None; most + 1] }
    }

    fn next(&mut self, text: &str, from: usize) -> Result<bool> {
        let failed = |error| self.pattern.failed(&error);
        match (self.engine, &mut self.locations) {
            (Engine::Linear(regex), Some(locations)) => {
                let found = regex.captures_read_at(locations, text, from).is_some();
                for (at, group) in self.groups.iter_mut().enumerate() {
                    *group = locations.get(at).filter(|_| found).map(|(start, end)| start..end);
                }
                Ok(found)
            }
            (Engine::Linear(regex), None) => {
                let whole = regex.find_at(text, from).map(|whole| whole.range());
                Ok(self.is_whole(whole))
            }
            (Engine::Backtracking(regex), _) if self.groups.len() > 1 => {
                let found = regex.captures_from_pos(text, from).map_err(failed)?;
                for (at, group) in self.groups.iter_mut().enumerate() {
                    let matched = found.as_ref().and_then(|found| found.get(at));
                    *group = matched.map(|matched| matched.range());
                }
                Ok(found.is_some())
            }
            (Engine::Backtracking(regex), _) => {
                let whole = regex.find_from_pos(text, from).map_err(failed)?;
                let whole = whole.map(|whole| whole.range());
                Ok(self.is_whole(whole))
            }
        }
    }

    fn is_whole(&mut self, whole: Group) -> bool {
        let found = whole.is_some();
        if let Some(group) = self.groups.first_mut() {
            *group = whole;
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::tests::{answer, text_of};

    #[test]
    fn steps_back_have_an_end() {
        let text = "a".repeat(60) + "!";
        let like = |pattern: &str| answer("regexp_like", &[text_of(&text), text_of(pattern)]);
        assert_eq!(like("^(a|aa)+$"), "false");
        assert_eq!(
            like(r"^(a|aa)+\1b$"),
            r"INVALID_FUNCTION_ARGUMENT: Pattern '^(a|aa)+\1b$' takes too many steps on a value; "
                .to_owned()
                + "write it without nested repetition"
        );
    }

    #[test]
    fn what_is_not_there_is_refused() {
        let like = |pattern: &str| answer("regexp_like", &[text_of("a"), text_of(pattern)]);
        for (pattern, reason) in [
            (r"\Ga", r"the embedded engine does not have \G in patterns"),
            (r"\xe9", "the embedded engine does not have single bytes of characters in patterns"),
            ("[a-[b]]", "a class at the end of a range in a character class"),
            (r"\ud83d\ude00", "invalid code point value"),
        ] {
            assert_eq!(like(pattern), format!("INVALID_FUNCTION_ARGUMENT: {reason}"));
        }
        assert_eq!(
            like(&"(".repeat(100_000)),
            "INVALID_FUNCTION_ARGUMENT: groups are nested too deep"
        );
        assert_eq!(
            like(&"[".repeat(100_000)),
            "INVALID_FUNCTION_ARGUMENT: character classes are nested too deep"
        );
        assert!(like("(?:a{1000}){1000}").contains("cannot be used: "));
    }
}
