//! Differences as people and programs read them.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::compared::{Change, Compared, Difference, Judged, Side};
use crate::digest::words::{plural, thousands};
use crate::engine::Row;
use crate::render::neutral;

/// Kinds of difference that are shown; `--format ndjson` has them all.
const KINDS: usize = 30;

/// Names of the values in a [`row`].
pub(super) const COLUMNS: [&str; 15] = [
    "change",
    "event_id",
    "event_time",
    "account_id",
    "action",
    "actor",
    "resource",
    "before_reported",
    "before_verdict",
    "before_rule",
    "before_exclusion",
    "after_reported",
    "after_verdict",
    "after_rule",
    "after_exclusion",
];

/// A difference as values of [`COLUMNS`].
pub(super) fn row(difference: &Difference<'_>) -> Row {
    let Difference { change, act, actor, resource, before, after } = difference;
    let text = |text: &str| Some(text.to_owned());
    let mut row = vec![
        text(word(*change)),
        text(&act.event_id),
        text(&act.time),
        act.account.as_deref().and_then(text),
        text(&act.action),
        actor.and_then(text),
        resource.and_then(text),
    ];
    for side in [before, after] {
        row.extend([
            Some(side.is_some_and(|judged| judged.reported).to_string()),
            // What no side finds is an act of nobody in the console.
            text(side.map_or("not", |judged| judged.verdict.as_str())),
            side.and_then(|judged| text(judged.rule.as_deref()?)),
            side.and_then(|judged| text(judged.exclusion.as_deref()?)),
        ]);
    }
    row
}

/// Findings that differ in the same way.
#[derive(Default)]
struct Kind<'a> {
    count: u64,
    examples: Vec<Difference<'a>>,
}

/// What makes differences of one kind: what becomes of them, what was done, and both judgements.
type Key<'a> = (Change, &'a str, Option<&'a Judged>, Option<&'a Judged>);

impl<'a> Kind<'a> {
    /// Counts one more. Examples are of different people as far as there are some.
    fn add(&mut self, difference: Difference<'a>, most: usize) {
        self.count += 1;
        if self.examples.len() < most {
            self.examples.push(difference);
            return;
        }
        let new = |other: &Difference<'_>| other.actor != difference.actor;
        if self.examples.iter().all(new)
            && let Some(double) = double(&self.examples)
        {
            self.examples[double] = difference;
        }
    }
}

/// An example whose person has an earlier one already.
fn double(examples: &[Difference<'_>]) -> Option<usize> {
    (1..examples.len())
        .rev()
        .find(|at| examples[..*at].iter().any(|earlier| earlier.actor == examples[*at].actor))
}

/// Counts by kind of difference, the most frequent first, each with up to `most` examples.
pub(super) fn text(compared: &Compared, logs: u64, most: usize) -> String {
    let mut kinds: BTreeMap<Key<'_>, Kind<'_>> = BTreeMap::new();
    for difference in compared.differences() {
        let Difference { change, act, before, after, .. } = difference;
        let key = (change, act.action.as_ref(), before, after);
        kinds.entry(key).or_default().add(difference, most);
    }
    let of = |wanted: Change| {
        let all = kinds.iter().filter(|((change, ..), _)| *change == wanted);
        thousands(all.map(|(_, kind)| kind.count).sum())
    };
    let mut text = format!(
        "{} of {} reported as it is, {} as edited: {} lost, {} gained, {} changed otherwise\n",
        plural(compared.reported(Side::Before), "finding", None),
        plural(logs, "log", None),
        thousands(compared.reported(Side::After)),
        of(Change::Lost),
        of(Change::Gained),
        of(Change::Changed),
    );
    let total = kinds.len();
    let mut kinds: Vec<_> = kinds.into_iter().collect();
    kinds.sort_by_key(|((change, ..), kind)| (*change, Reverse(kind.count)));
    let mut last = None;
    for ((change, action, before, after), kind) in kinds.into_iter().take(KINDS) {
        if last.replace(change) != Some(change) {
            let _ = writeln!(text, "\n{}", heading(change));
        }
        let (count, action) = (format!("{}x", thousands(kind.count)), neutral::line(action));
        let _ = writeln!(text, "  {count:>6} {action}  {} -> {}", said(before), said(after));
        for example in &kind.examples {
            let _ = writeln!(text, "         {}", line(example));
        }
    }
    if total > KINDS {
        let more = plural((total - KINDS) as u64, "kind", None);
        let _ = writeln!(text, "\nand {more} of difference more: --format ndjson has them all");
    }
    text
}

fn word(change: Change) -> &'static str {
    match change {
        Change::Lost => "lost",
        Change::Gained => "gained",
        Change::Changed => "changed",
    }
}

fn heading(change: Change) -> &'static str {
    match change {
        Change::Lost => "Lost: reported as it is, and not as edited",
        Change::Gained => "Gained: reported as edited, and not as it is",
        Change::Changed => {
            "Changed otherwise: no more and no less reported, but judged differently"
        }
    }
}

/// What one side says, in words.
fn said(judged: Option<&Judged>) -> String {
    let Some(judged) = judged else { return "not".to_owned() };
    let rule = judged.rule.as_deref().map(|rule| format!(" {}", neutral::line(rule)));
    let hidden = judged.exclusion.as_deref();
    let hidden = hidden.map(|name| format!(" hidden by '{}'", neutral::line(name)));
    format!("{}{}{}", judged.verdict, rule.unwrap_or_default(), hidden.unwrap_or_default())
}

/// An example in one line.
fn line(example: &Difference<'_>) -> String {
    let account = example.act.account.as_deref();
    let parts = [
        Some(example.act.time.as_str()),
        example.actor,
        example.resource,
        account,
        Some(&example.act.event_id),
    ];
    let parts: Vec<_> = parts.into_iter().flatten().map(neutral::line).collect();
    parts.join("  ")
}
