//! What a digest counts and does not show: calls that did not succeed, and what exclusions hide.
//!
//! Nothing is dropped in silence: whoever writes an exclusion sees in each digest what it hides.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use serde::Serialize;

use super::identity::{Identity, extra};
use super::moments::{Clock, Span};
use super::people::PlaceAccount;
use super::{About, words};
use crate::finding::{Finding, Verdict};

/// How many actions of a kind are listed before "2 more actions".
const ACTIONS: usize = 3;

/// Calls of one action by one person in one account that did not succeed for the same reason.
#[derive(Debug, Clone, Serialize)]
pub struct Attempt {
    /// `denied` or `failed`.
    pub outcome: &'static str,
    /// The person.
    pub name: String,
    /// Role or permission set.
    pub role: Option<String>,
    /// Whether it is an account's root user.
    pub root: bool,
    /// The account.
    pub account: PlaceAccount,
    /// Service and action.
    pub action: String,
    /// CloudTrail's error code.
    pub error: Option<String>,
    /// How many calls.
    pub count: u64,
    /// From the first call to the last.
    pub span: Span,
    /// Start of the first call's event id.
    pub id: String,
}

/// What exclusions of one kind hide.
#[derive(Debug, Clone, Serialize)]
pub struct Hidden {
    /// `noise` or `accepted`.
    pub kind: String,
    /// How many findings.
    pub count: u64,
    /// The most frequent actions, up to three.
    pub actions: Vec<Tally>,
    /// How many further actions.
    pub more_actions: u64,
    /// The exclusions that hide them, most findings first.
    pub exclusions: Vec<HiddenBy>,
}

/// An action and how often it was called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// Service and action.
    pub action: String,
    /// How many calls.
    pub count: u64,
}

/// What one exclusion hides.
#[derive(Debug, Clone, Serialize)]
pub struct HiddenBy {
    /// Its name.
    pub name: String,
    /// Why it is there (column `exclusion_reason`).
    pub reason: Option<String>,
    /// When it ends (column `exclusion_until`).
    pub until: Option<String>,
    /// How many findings it hides.
    pub count: u64,
    /// The most frequent actions, up to three.
    pub actions: Vec<Tally>,
    /// How many further actions.
    pub more_actions: u64,
}

/// An exclusion that has ended, and what is shown again because of that.
#[derive(Debug, Clone, Serialize)]
pub struct Expired {
    /// Its name.
    pub name: String,
    /// Its last day, `2026-12-31`.
    pub until: String,
    /// How many changes are back.
    pub count: u64,
    /// The most frequent actions, up to three.
    pub actions: Vec<Tally>,
    /// How many further actions.
    pub more_actions: u64,
}

/// Whether AWS refused the call, rather than that it failed by itself.
pub(super) fn denied(finding: &Finding) -> bool {
    finding.outcome.as_deref() == Some("denied")
}

/// The calls that did not succeed, alike ones together.
pub(super) fn attempts(rest: &[&Finding], about: &About, clock: &Clock) -> Vec<Attempt> {
    let mut alike = BTreeMap::<_, Vec<&Finding>>::new();
    for finding in rest.iter().filter(|f| f.verdict == Verdict::Attempted) {
        let key = (
            Reverse(denied(finding)),
            Identity::of(finding).person,
            finding.account_id.as_deref(),
            words::action(finding),
            finding.error_code.as_deref(),
        );
        alike.entry(key).or_default().push(finding);
    }
    let mut attempts: Vec<_> =
        alike.into_values().filter_map(|calls| attempt(&calls, about, clock)).collect();
    attempts.sort_by_key(|attempt| (attempt.outcome, Reverse(attempt.count)));
    attempts
}

fn attempt(calls: &[&Finding], about: &About, clock: &Clock) -> Option<Attempt> {
    let first = calls.iter().min_by_key(|f| (f.time().is_none(), f.time()))?;
    let who = Identity::of(first);
    Some(Attempt {
        outcome: if denied(first) { "denied" } else { "failed" },
        name: who.name,
        role: who.role,
        root: who.root,
        account: PlaceAccount::of(first, about),
        action: words::action(first),
        error: words::known_clip(first.error_code.as_deref()),
        count: calls.len() as u64,
        span: clock.span(calls.iter().map(|f| f.time())),
        id: words::short_id(&first.event_id),
    })
}

/// What exclusions hide, by kind, then by exclusion.
pub(super) fn hidden(findings: &[&Finding]) -> Vec<Hidden> {
    let mut kinds = BTreeMap::<_, Vec<&Finding>>::new();
    for finding in findings {
        let kind = words::known(finding.exclusion_kind.as_deref()).unwrap_or("other");
        kinds.entry(kind).or_default().push(finding);
    }
    let mut hidden: Vec<_> = kinds
        .into_iter()
        .map(|(kind, findings)| {
            let (actions, more_actions) = tally(&findings);
            Hidden {
                kind: words::clip(kind),
                count: findings.len() as u64,
                actions,
                more_actions,
                exclusions: by_exclusion(&findings),
            }
        })
        .collect();
    hidden.sort_by_key(|hidden| Reverse(hidden.count));
    hidden
}

fn by_exclusion(findings: &[&Finding]) -> Vec<HiddenBy> {
    let mut names = BTreeMap::<_, Vec<&Finding>>::new();
    for finding in findings {
        let name = words::known(finding.exclusion.as_deref()).unwrap_or("unnamed");
        names.entry(name).or_default().push(finding);
    }
    let mut exclusions: Vec<_> = names
        .into_iter()
        .map(|(name, findings)| {
            let (actions, more_actions) = tally(&findings);
            let column = |name| findings.iter().find_map(|finding| extra(finding, name));
            HiddenBy {
                name: words::clip(name),
                reason: column("exclusion_reason").map(words::clip),
                until: column("exclusion_until").map(words::clip),
                count: findings.len() as u64,
                actions,
                more_actions,
            }
        })
        .collect();
    exclusions.sort_by_key(|exclusion| Reverse(exclusion.count));
    exclusions
}

/// What is shown because the exclusion that hid it has ended, most changes first.
pub(super) fn expired(shown: &[&Finding]) -> Vec<Expired> {
    let mut ended = BTreeMap::<_, Vec<&Finding>>::new();
    for finding in shown {
        if let Some(name) = extra(finding, "expired_exclusion") {
            let until = extra(finding, "expired_on").unwrap_or("an unknown day");
            ended.entry((name, until)).or_default().push(finding);
        }
    }
    let mut expired: Vec<_> = ended
        .into_iter()
        .map(|((name, until), findings)| {
            let (actions, more_actions) = tally(&findings);
            Expired {
                name: words::clip(name),
                until: words::clip(until),
                count: findings.len() as u64,
                actions,
                more_actions,
            }
        })
        .collect();
    expired.sort_by_key(|expired| Reverse(expired.count));
    expired
}

/// The most frequent actions, and how many others there are.
fn tally(findings: &[&Finding]) -> (Vec<Tally>, u64) {
    let mut counts = BTreeMap::<_, u64>::new();
    for finding in findings {
        *counts.entry(words::action(finding)).or_default() += 1;
    }
    let mut all: Vec<_> = counts.into_iter().collect();
    all.sort_by_key(|(_, count)| Reverse(*count));
    let more = all.len().saturating_sub(ACTIONS) as u64;
    let top =
        all.into_iter().take(ACTIONS).map(|(action, count)| Tally { action, count }).collect();
    (top, more)
}
