//! Differences as people and programs read them.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::compared::{Change, Compared, Difference, Judged};
use crate::digest::words::{plural, short_id, thousands};
use crate::engine::Row;
use crate::render::{neutral, wrap};

/// Kinds of difference that are shown; `--format ndjson` has them all.
const KINDS: usize = 30;

/// Names of the values in a [`row`].
pub(super) const COLUMNS: [&str; 18] = [
    "change",
    "detection",
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
    "before_reported_by",
    "after_reported",
    "after_verdict",
    "after_rule",
    "after_exclusion",
    "after_reported_by",
];

/// A difference as values of [`COLUMNS`].
pub(super) fn row(detection: &str, difference: &Difference<'_>) -> Row {
    let Difference { change, act, actor, resource, before, after } = difference;
    let text = |text: &str| Some(text.to_owned());
    let mut row = vec![
        text(word(*change)),
        text(detection),
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
            side.and_then(|judged| text(judged.reported_by.as_deref()?)),
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

/// What makes differences of one kind: what becomes of them, the place of their detection, what was
/// done, and both judgements.
type Key<'a> = (Change, usize, &'a str, Option<&'a Judged>, Option<&'a Judged>);

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

/// Counts by kind of difference, the most frequent first, each with up to `most` examples. Lines are
/// no longer than `width`.
pub(super) fn text(all: &[Compared], logs: u64, most: usize, width: usize) -> String {
    let mut kinds: BTreeMap<Key<'_>, Kind<'_>> = BTreeMap::new();
    for (place, compared) in all.iter().enumerate() {
        for difference in compared.differences() {
            let Difference { change, act, before, after, .. } = difference;
            let key = (change, place, act.action.as_ref(), before, after);
            kinds.entry(key).or_default().add(difference, most);
        }
    }
    let mut text = format!("In {} reports show\n", plural(logs, "log", None));
    for (place, compared) in all.iter().enumerate() {
        let of = |wanted: Change| {
            let all =
                kinds.iter().filter(|((change, at, ..), _)| (*change, *at) == (wanted, place));
            thousands(all.map(|(_, kind)| kind.count).sum())
        };
        let (before, after) = compared.reported;
        let said = format!(
            "{} as it is, {} as edited: {} lost, {} gained, {} changed otherwise",
            plural(before, &compared.finds.one, Some(&compared.finds.many)),
            thousands(after),
            of(Change::Lost),
            of(Change::Gained),
            of(Change::Changed),
        );
        add(&mut text, "  ", &neutral::line(&said), width);
    }
    let total = kinds.len();
    let mut kinds: Vec<_> = kinds.into_iter().collect();
    kinds.sort_by_key(|((change, place, ..), kind)| (*change, *place, Reverse(kind.count)));
    let mut last = None;
    for ((change, place, action, before, after), kind) in kinds.into_iter().take(KINDS) {
        if last.replace((change, place)) != Some((change, place)) {
            let many = all.get(place).map_or("findings", |compared| &compared.finds.many);
            text.push('\n');
            add(&mut text, "", &neutral::line(&heading(change, many)), width);
        }
        let count = format!("{}x", thousands(kind.count));
        let said =
            format!("{}\u{a0} {} ->\u{a0}{}", neutral::line(action), said(before), said(after));
        add(&mut text, &format!("{count:>8} "), &said, width);
        for example in &kind.examples {
            add(&mut text, "         ", &line(example), width);
        }
    }
    if total > KINDS {
        let more = plural((total - KINDS) as u64, "kind", None);
        let said = format!("and {more} of difference more: --format ndjson has them all");
        text.push('\n');
        add(&mut text, "", &said, width);
    }
    text
}

/// Adds what is said, in lines that all begin where the first one does.
fn add(text: &mut String, before: &str, said: &str, width: usize) {
    let indent = before.len();
    let wrapped = wrap(said, width.saturating_sub(indent), indent);
    for (at, line) in wrapped.lines().enumerate() {
        let before = if at == 0 { before } else { "" };
        let _ = writeln!(text, "{before}{}", line.trim_end());
    }
}

fn word(change: Change) -> &'static str {
    match change {
        Change::Lost => "lost",
        Change::Gained => "gained",
        Change::Changed => "changed",
    }
}

fn heading(change: Change, many: &str) -> String {
    match change {
        Change::Lost => format!("Lost: {many} reported as it is, and not as edited"),
        Change::Gained => format!("Gained: {many} reported as edited, and not as it is"),
        Change::Changed => {
            format!(
                "Changed otherwise: no more and no fewer {many} reported, but for another reason"
            )
        }
    }
}

/// What one side says, in words that stay on one line.
fn said(judged: Option<&Judged>) -> String {
    let Some(judged) = judged else { return "not\u{a0}found".to_owned() };
    let rule = judged.rule.as_deref().map(|rule| format!(" {}", neutral::line(rule)));
    let by = match (judged.exclusion.as_deref(), judged.reported_by.as_deref()) {
        (Some(name), _) => format!(" hidden by '{}'", neutral::line(name)),
        (None, Some(name)) => format!(" reported by '{}'", neutral::line(name)),
        (None, None) => String::new(),
    };
    format!("{}{}{by}", judged.verdict, rule.unwrap_or_default()).replace(' ', "\u{a0}")
}

/// An example in one line, its parts two columns apart, where it may break.
fn line(example: &Difference<'_>) -> String {
    let id = short_id(&example.act.event_id);
    let parts = [
        Some(example.act.time.as_str()),
        example.actor,
        example.act.account.as_deref(),
        Some(id.as_str()).filter(|id| !id.is_empty()),
        example.resource,
    ];
    let parts: Vec<_> = parts.into_iter().flatten().map(neutral::line).collect();
    parts.join("\u{a0} ")
}
