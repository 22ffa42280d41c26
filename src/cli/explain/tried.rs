//! The rules that were tried, from the trace of the view.

use std::fmt::Write as _;

use super::Answer;
use crate::query::trace::{Step, Trace, is_rule};
use crate::render::neutral;

/// One line for each branch that was tried.
pub(super) const COLUMN: &str = "tried";
/// The line of the view to change, if what it says of the event is to be another thing.
pub(super) const DECIDED: &str = "decided_at";

/// Puts the two columns in place of those that the trace added to the view with this text.
pub(super) fn gather(answer: &mut Answer, trace: &Trace, view: &str) {
    let kept: Vec<bool> = answer.columns.iter().map(|name| !trace.added(name)).collect();
    let place = |name: &str| answer.columns.iter().position(|column| column == name);
    let columns = ["verdict", "rule", "event_source", "event_name"].map(place);
    for row in &mut answer.rows {
        let steps = trace.steps(|name| row.get(place(name)?)?.clone());
        let [verdict, rule, source, name] =
            columns.map(|at| at.and_then(|at| row.get(at)?.clone()).unwrap_or_default());
        let decided = decided(&steps, &verdict, &rule);
        let line = decided.map(|step| action(step, view, &source, &name).unwrap_or(step.line));
        let mut keep = kept.iter();
        row.retain(|_| *keep.next().unwrap_or(&true));
        row.push(Some(lines(&steps)).filter(|lines| !lines.is_empty()));
        row.push(line.map(|line| line.to_string()));
    }
    let mut keep = kept.iter();
    answer.columns.retain(|_| *keep.next().unwrap_or(&true));
    answer.columns.extend([COLUMN, DECIDED].map(str::to_owned));
}

/// The branch that made the difference: the first one that was taken and is called by the rule. What
/// the console did is no change because of what the action is.
fn decided<'a>(steps: &'a [Step], verdict: &str, rule: &str) -> Option<&'a Step> {
    let tag = || steps.iter().rfind(|step| step.taken && step.decision == "tag");
    let of_rule = |step: &&Step| step.taken && step.label.split(' ').next() == Some(rule);
    let tagged = if verdict == "operational" { tag() } else { None };
    tagged.or_else(|| steps.iter().find(of_rule))
}

/// The line that lists the action, where the branch looked at what the list says of it.
fn action(step: &Step, view: &str, source: &str, name: &str) -> Option<u64> {
    step.values.iter().find(|(column, value)| column == "kind" && value.is_some())?;
    let entry = format!("('{source}', '{name}', ");
    (1..).zip(view.lines()).find(|(_, line)| line.contains(&entry)).map(|(number, _)| number)
}

/// Every branch of what names rules; of the rest only what was taken.
fn lines(steps: &[Step]) -> String {
    let shown = steps.iter().filter(|step| step.names_rules || step.taken);
    shown.map(line).collect::<Vec<_>>().join("\n")
}

/// `275 signal C4 browser: user_agent = 'Mozilla/5.0': yes`
fn line(step: &Step) -> String {
    let Step { decision, label, .. } = step;
    let mut line = if is_rule(label) && decision == "rule" {
        format!("{} {label}", step.line)
    } else {
        format!("{} {decision} {label}", step.line)
    };
    for (place, (name, value)) in step.values.iter().enumerate() {
        let before = if place == 0 { ":" } else { "," };
        let _ = match value {
            Some(value) => write!(line, "{before} {name} = '{}'", neutral::line(value)),
            None => write!(line, "{before} {name} = NULL"),
        };
    }
    let _ = write!(line, ": {}", if step.taken { "yes" } else { "no" });
    line
}

/// The lines for a terminal: each is one line, its end kept, and the middle left out where it is
/// too long.
pub(super) fn text(lines: &str, width: usize) -> String {
    let indent = 4;
    let width = width.saturating_sub(indent).max(40);
    let shortened = lines.lines().map(|line| {
        let count = line.chars().count();
        if count <= width {
            return format!("{:indent$}{line}", "");
        }
        let tail = if line.ends_with(": yes") { "...: yes" } else { "...: no" };
        let head: String = line.chars().take(width - tail.len()).collect();
        format!("{:indent$}{head}{tail}", "")
    });
    shortened.collect::<Vec<_>>().join("\n")
}
