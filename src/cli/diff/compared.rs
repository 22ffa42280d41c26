//! What a detection finds as it is, next to what it finds as edited.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::digest::Finds;
use crate::digest::words::{action, clip};
use crate::finding::{Finding, Verdict};

/// One side of the comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    /// The detection as it is.
    Before,
    /// The detection as edited.
    After,
}

/// What makes an act the same one on both sides. By time first, so that differences come in order.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Act {
    pub(super) time: String,
    pub(super) event_id: String,
    pub(super) account: Option<Arc<str>>,
    /// Service and action, `ec2:StopInstances`.
    pub(super) action: Arc<str>,
}

/// What one side says of an act.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Judged {
    pub(super) reported: bool,
    pub(super) verdict: Verdict,
    pub(super) rule: Option<Arc<str>>,
    pub(super) exclusion: Option<Arc<str>>,
    /// The exception that has it reported.
    pub(super) reported_by: Option<Arc<str>>,
}

/// An act, and what each side says of it; `None` where a side does not find it.
#[derive(Debug, Default)]
struct Pair {
    actor: Option<Arc<str>>,
    resource: Option<Box<str>>,
    before: Option<Judged>,
    after: Option<Judged>,
}

/// What becomes of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Change {
    /// Reported before, and not any more.
    Lost,
    /// Reported now, and not before.
    Gained,
    /// Reported on both sides or on none, for another reason.
    Changed,
}

/// A finding on which the sides differ.
#[derive(Debug, Clone, Copy)]
pub(super) struct Difference<'a> {
    pub(super) change: Change,
    pub(super) act: &'a Act,
    pub(super) actor: Option<&'a str>,
    pub(super) resource: Option<&'a str>,
    pub(super) before: Option<&'a Judged>,
    pub(super) after: Option<&'a Judged>,
}

/// Both sides of one detection, by act. It holds a small record for each act that is found, none for
/// the many other events of the logs, and once it is [settled](Self::settle) only what differs.
#[derive(Debug)]
pub(super) struct Compared {
    /// The view.
    pub(super) detection: String,
    /// What its findings are called.
    pub(super) finds: Finds,
    /// How many acts are reported as it is, and as edited.
    pub(super) reported: (u64, u64),
    pairs: BTreeMap<Act, Pair>,
    /// Names, rules and actions, each once.
    texts: BTreeSet<Arc<str>>,
}

impl Compared {
    pub(super) fn new(detection: String, finds: Finds) -> Self {
        let (pairs, texts) = (BTreeMap::new(), BTreeSet::new());
        Self { detection, finds, reported: (0, 0), pairs, texts }
    }

    /// Notes what a side found.
    pub(super) fn add(&mut self, side: Side, finding: Finding) {
        let action = self.shared(&action(&finding));
        let mut shared = |text: Option<&str>| text.map(|text| self.shared(text));
        let account = shared(finding.account_id.as_deref());
        let actor = shared(finding.actor.as_deref());
        let reported_by = finding.extra.get("reported_by").and_then(Option::as_deref);
        let judged = Judged {
            reported: finding.reported,
            verdict: finding.verdict,
            rule: shared(finding.rule.as_deref()),
            exclusion: shared(finding.exclusion.as_deref()),
            reported_by: shared(reported_by),
        };
        let act = Act { time: finding.event_time, event_id: finding.event_id, account, action };
        let pair = self.pairs.entry(act).or_insert_with(|| Pair {
            actor,
            resource: finding.resource.map(|resource| clip(&resource).into()),
            ..Pair::default()
        });
        match side {
            Side::Before => pair.before = Some(judged),
            Side::After => pair.after = Some(judged),
        }
    }

    /// Counts what is reported, and lets go of what both sides say the same of.
    pub(super) fn settle(&mut self) {
        let (mut before, mut after) = self.reported;
        self.pairs.retain(|_, pair| {
            before += u64::from(is_reported(pair.before.as_ref()));
            after += u64::from(is_reported(pair.after.as_ref()));
            pair.before != pair.after
        });
        self.reported = (before, after);
        self.texts.clear();
    }

    /// Where the sides differ, by time.
    pub(super) fn differences(&self) -> impl Iterator<Item = Difference<'_>> {
        self.pairs.iter().filter_map(|(act, pair)| {
            let (before, after) = (pair.before.as_ref(), pair.after.as_ref());
            let change = match (is_reported(before), is_reported(after)) {
                _ if before == after => return None,
                (true, false) => Change::Lost,
                (false, true) => Change::Gained,
                _ => Change::Changed,
            };
            let (actor, resource) = (pair.actor.as_deref(), pair.resource.as_deref());
            Some(Difference { change, act, actor, resource, before, after })
        })
    }

    fn shared(&mut self, text: &str) -> Arc<str> {
        if let Some(known) = self.texts.get(text) {
            return Arc::clone(known);
        }
        let text: Arc<str> = clip(text).into();
        self.texts.insert(Arc::clone(&text));
        text
    }
}

fn is_reported(judged: Option<&Judged>) -> bool {
    judged.is_some_and(|judged| judged.reported)
}
