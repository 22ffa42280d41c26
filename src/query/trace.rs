//! Which branches of a detection were tried, and what decided.
//!
//! Nothing of the detection is written twice for this. A detection is a chain of `CASE ... AS name`
//! in its `WITH` list. [`Trace::of`] puts beside each of them the same `CASE`, conditions and order
//! included, with the number of the branch for its result. So a trace cannot say anything else than
//! the verdict does, people's own copies of a view have one as well, and other queries pay nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::sql::parse::is_reserved;
use crate::sql::refusal::line_and_column;
use crate::sql::token;

mod case;

use case::{Case, Outcome};

/// What every detection says of an event; a trace follows what they are made of.
const ROOTS: [&str; 2] = ["rule", "verdict"];
/// Ends the name of a column that holds the number of a branch.
const BRANCH: &str = "_branch";
/// Begins the name of a column that holds a value that conditions look at.
const SEEN: &str = "seen_";

/// A view that tells which of its branches were taken.
#[derive(Debug)]
pub struct Trace {
    /// Its text, with further columns behind its own.
    pub text: String,
    decisions: Vec<Decision>,
}

/// A `CASE ... AS name`.
#[derive(Debug)]
struct Decision {
    name: String,
    case: Case,
}

/// A branch that was tried for an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The column that the branch is of, `signal`.
    pub decision: String,
    /// Whether branches of that column stand for rules.
    pub names_rules: bool,
    /// The rule and the result: `C4 browser`; the condition where the result is no plain word.
    pub label: String,
    /// Columns that the condition looks at, and what they hold.
    pub values: Vec<(String, Option<String>)>,
    /// Whether the branch was taken.
    pub taken: bool,
    /// Where its `WHEN` or `ELSE` stands in the view, from 1.
    pub line: u64,
}

impl Trace {
    /// The trace of a view with this text; `None` where it decides by no `CASE ... AS rule` or
    /// `AS verdict` in its `WITH` list.
    pub fn of(text: &str) -> Option<Self> {
        let tokens = token::tokens(text).ok()?;
        let (mut found, last_from) = case::decisions(text, &tokens)?;
        let mut wanted: BTreeSet<String> = ROOTS.map(str::to_owned).into();
        // Later decisions look at earlier ones.
        found.reverse();
        found.retain(|(decision, _)| {
            let kept = wanted.contains(&decision.name);
            if kept {
                wanted.extend(decision.case.mentioned());
            }
            kept
        });
        found.reverse();
        if found.is_empty() {
            return None;
        }
        let mut seen = BTreeSet::new();
        let mut traced = String::with_capacity(text.len() * 2);
        let mut from = 0;
        for (decision, end) in &found {
            traced.push_str(&text[from..*end]);
            let _ = write!(traced, ",\n{} AS {}{BRANCH}", decision.case.sql(), decision.name);
            seen.extend(decision.case.looked_at());
            from = *end;
        }
        traced.push_str(&text[from..last_from]);
        for (decision, _) in &found {
            let _ = write!(traced, ", {}{BRANCH}", decision.name);
        }
        for name in &seen {
            let _ = write!(traced, ", CAST({name} AS varchar) AS {SEEN}{name}");
        }
        traced.push('\n');
        traced.push_str(&text[last_from..]);
        let decisions = found.into_iter().map(|(decision, _)| decision).collect();
        Some(Self { text: traced, decisions })
    }

    /// Whether a column is one of those that the trace added.
    pub fn added(&self, column: &str) -> bool {
        column.starts_with(SEEN)
            || column
                .strip_suffix(BRANCH)
                .is_some_and(|name| self.decisions.iter().any(|decision| decision.name == name))
    }

    /// The branches that were tried for a row, in the order in which the view tries them. `cell`
    /// gives the row's value of a column.
    pub fn steps(&self, cell: impl Fn(&str) -> Option<String>) -> Vec<Step> {
        let mut steps = Vec::new();
        let mut seen = BTreeMap::new();
        for Decision { name, case } in &self.decisions {
            let taken = cell(&format!("{name}{BRANCH}")).and_then(|number| number.parse().ok());
            let Some(taken) = taken else { continue };
            for name in case.looked_at() {
                let value = cell(&format!("{SEEN}{name}"));
                seen.insert(name, value);
            }
            follow(name, case, case.names_rules(), taken, &seen, &mut steps);
        }
        steps
    }
}

/// Adds the branches of `case` up to the one that leads to the result `taken`.
fn follow(
    decision: &str,
    case: &Case,
    names_rules: bool,
    taken: usize,
    seen: &BTreeMap<String, Option<String>>,
    steps: &mut Vec<Step>,
) {
    for branch in &case.branches {
        let hit = branch.outcome.leads_to(taken);
        // An `ELSE` that nobody wrote, and one behind a branch that was taken, was not tried.
        if branch.is_else() && !(hit && branch.is_written()) {
            continue;
        }
        let value = |name: &String| (name.clone(), seen.get(name).cloned().flatten());
        steps.push(Step {
            decision: decision.to_owned(),
            names_rules,
            label: branch.label.clone(),
            values: branch.columns.iter().map(value).collect(),
            taken: hit,
            line: branch.line,
        });
        if hit {
            if let Outcome::Case(inner) = &branch.outcome {
                follow(decision, inner, names_rules, taken, seen, steps);
            }
            return;
        }
    }
}

/// Whether a text is a rule's name: `C4`, `N6.3`.
pub fn is_rule(text: &str) -> bool {
    text.strip_prefix(['C', 'N']).is_some_and(|number| {
        number.starts_with(|first: char| first.is_ascii_digit())
            && number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
    })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    const VIEW: &str = "-- name: v
WITH a AS (
    SELECT
        t.*,
        -- A sort of fruit, which decides nothing.
        CASE WHEN t.q = 1 THEN 'x' END AS fruit,
        CASE
            -- C1: the first of all.
            WHEN t.f = 'true' THEN 'flag'
            -- C2: in two steps.
            WHEN lower(u) LIKE 'm%' THEN CASE WHEN w IS NULL THEN 'none' ELSE 'some' END
        END AS signal
    FROM t
), b AS (
    SELECT *, CASE WHEN signal IS NULL THEN 'N4' ELSE 'C' END AS rule FROM a
)
SELECT rule, fruit FROM b";

    #[test]
    fn a_trace_adds_branches_and_values_and_leaves_the_rest() {
        let trace = Trace::of(VIEW).unwrap();
        assert!(!trace.text.contains("fruit_branch") && !trace.text.contains("seen_q"));
        assert!(trace.text.ends_with(
            "SELECT rule, fruit , signal_branch, rule_branch, CAST(f AS varchar) AS seen_f, \
             CAST(signal AS varchar) AS seen_signal, CAST(u AS varchar) AS seen_u, \
             CAST(w AS varchar) AS seen_w\nFROM b"
        ));
        assert!(trace.added("rule_branch") && trace.added("seen_w") && !trace.added("rule"));
    }

    #[test]
    fn steps_go_as_far_as_the_branch_that_was_taken() {
        let trace = Trace::of(VIEW).unwrap();
        let numbers: Vec<_> = trace.decisions[0].case.leaves();
        let steps = |signal: usize| {
            let steps = trace.steps(|name| match name {
                "signal_branch" => Some(signal.to_string()),
                "seen_u" => Some("Mozilla".to_owned()),
                _ => None,
            });
            let short = |step: &Step| (step.label.clone(), step.taken, step.line);
            steps.iter().map(short).collect::<Vec<_>>()
        };
        let step = |label: &str, taken, line| (label.to_owned(), taken, line);
        let first = step("C1 flag", false, 9);
        let second = step("C2 lower(u) LIKE 'm%'", true, 11);
        assert_eq!(steps(numbers[0]), [step("C1 flag", true, 9)]);
        assert_eq!(steps(numbers[1]), [first.clone(), second.clone(), step("none", true, 11)]);
        let other = [step("none", false, 11), step("some", true, 11)];
        assert_eq!(steps(numbers[2]), [vec![first.clone(), second.clone()], other.into()].concat());
        assert_eq!(steps(numbers[3]), [first, step("C2 lower(u) LIKE 'm%'", false, 11)]);
    }

    #[test]
    fn what_decides_otherwise_has_no_trace() {
        assert!(Trace::of("SELECT 'not' AS verdict FROM events").is_none());
        assert!(Trace::of("SELECT CASE WHEN a = b THEN 'x' END AS rule FROM events").is_none());
        assert!(Trace::of("SELECT 'open").is_none());
    }
}
