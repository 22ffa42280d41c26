//! The digest: what a report says, as plain data for templates.
//!
//! [`Digest::build`] is a pure function from findings to a frozen type: templates of every form
//! read these fields and users write templates against them, so a field is never renamed or
//! removed, only added. `templates/README.md` lists them all, and a test compares the two.
//!
//! Nothing here escapes, colours or lays out: that is [`crate::render`]'s. Values are as hostile
//! as CloudTrail lets them be, only shorter ([`words::clip`]).
//!
//! * [`people`]: the changes, by person, place and action.
//! * [`counted`]: what is counted, not shown: attempts and what exclusions hide.
//! * [`detail`]: one finding in full. [`links`]: where to see more of it. [`outage`]: a period that nobody looked at.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde::Serialize;

use crate::engine::Damaged;
use crate::finding::{Finding, Verdict};
use crate::message;

pub mod counted;
pub mod detail;
mod identity;
pub mod links;
pub mod moments;
pub mod outage;
pub mod people;
#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests;
pub(crate) mod weight;
pub mod words;

pub use counted::{Attempt, Expired, Hidden, HiddenBy, Tally};
pub use detail::Detail;
pub use links::{Links, Portal};
pub use moments::{Moment, Span};
pub use outage::{ChannelKind, ChannelNews, Outage, OutageNotice};
pub use people::{Action, Person, Place, PlaceAccount};

use identity::Identity;
use moments::Clock;
use words::plural;

/// Version of the template context. It grows when a field changes its meaning.
pub const VERSION: u32 = 1;

/// What a digest says about itself, besides the findings.
#[derive(Debug, Clone)]
pub struct About {
    /// Name of the report, `hourly`.
    pub report: String,
    /// What tells this sending of the report from every other one; empty in a preview.
    pub sending: String,
    /// Start of the period.
    pub from: DateTime<Utc>,
    /// End of the period, itself not in it.
    pub to: DateTime<Utc>,
    /// Zone in which people read times.
    pub zone: Tz,
    /// What accounts are called, by id.
    pub accounts: BTreeMap<String, Account>,
    /// What the run looked at.
    pub run: RunStats,
    /// What the findings are called.
    pub finds: Finds,
    /// How many changes the period before had, where that is known.
    pub before: Option<u64>,
    /// Sentences that people must see, such as a gap that was caught up.
    pub notices: Vec<String>,
    /// The access portal that links to the console go by.
    pub portal: Option<Portal>,
    /// Exclusions that covered nothing in the period, where that is worth saying.
    pub unused: Vec<Unused>,
    /// The time of the report.
    pub now: DateTime<Utc>,
}

impl About {
    /// The key of a message of this sending that these parts tell from the others.
    fn key(&self, parts: &[&str]) -> String {
        if self.sending.is_empty() {
            return String::new();
        }
        message::key(&[&[self.report.as_str(), &self.sending], parts].concat())
    }
}

/// An exclusion that covered nothing in the period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unused {
    /// Its name.
    pub name: String,
    /// Its last day, `2026-12-31`, if it has one.
    pub until: Option<String>,
    /// Whether that day is over.
    pub ended: bool,
}

/// What the findings of a detection are called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finds {
    /// One of them: `change`.
    pub one: String,
    /// Several: `changes`.
    pub many: String,
    /// That there is none, as a sentence: `Nothing was changed by hand`.
    pub none: String,
}

impl Finds {
    /// The words of a detection that finds something else than changes by hand.
    pub fn named(one: &str, many: &str) -> Self {
        Self {
            one: words::clip(one),
            many: words::clip(many),
            none: words::clip(&format!("No {many}")),
        }
    }
}

impl Default for Finds {
    fn default() -> Self {
        Self {
            one: "change".to_owned(),
            many: "changes".to_owned(),
            none: "Nothing was changed by hand".to_owned(),
        }
    }
}

/// What an account is called.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Account {
    /// Its name.
    pub name: String,
    /// The group it belongs to, such as `production`.
    pub group: Option<String>,
}

/// What a run looked at.
#[derive(Debug, Clone, Default)]
pub struct RunStats {
    /// Logs read.
    pub logs: u64,
    /// Bytes of these logs, as stored.
    pub bytes: u64,
    /// Bytes that the engine scanned, where it charges for them.
    pub scanned: Option<u64>,
    /// Time it took.
    pub seconds: f64,
    /// Logs that could not be read to their end.
    pub damaged: Vec<Damaged>,
    /// What ran the query, for people: `Athena`, `embedded engine`.
    pub engine: String,
    /// Price of the query in US dollars, where it has one.
    pub cost: Option<f64>,
}

/// The context of the templates `digest` and `quiet`.
#[derive(Debug, Clone, Serialize)]
pub struct Digest {
    /// Version of this context, now 1.
    pub version: u32,
    /// The digest in one plain line.
    pub title: String,
    /// Name of the message, the same whenever it is sent again; empty in a preview.
    pub key: String,
    /// Name of the report.
    pub report: String,
    /// Time zone of all texts, as an IANA name.
    pub zone: String,
    /// The period, with the day and the place: `Mon 23 Nov 2026, 09:00 to 10:00 Johannesburg`.
    pub period: Span,
    /// When the digest was made.
    pub now: Moment,
    /// What the report's findings are called.
    pub finds: Finds,
    /// The counts.
    pub counts: Counts,
    /// Comparison with the period before: `3 more than the hour before`.
    pub trend: Option<String>,
    /// The changes by person, most important person first.
    pub people: Vec<Person>,
    /// Calls that did not succeed, most frequent first, denied ones before others.
    pub attempts: Vec<Attempt>,
    /// What exclusions hide, by their kind, most first.
    pub hidden: Vec<Hidden>,
    /// Exclusions that have ended, and whose changes are back, most first.
    pub expired: Vec<Expired>,
    /// Exclusions that covered nothing in the period. Empty in reports that go out more than once a
    /// day.
    pub unused: Vec<Unused>,
    /// What the run looked at.
    pub run: Run,
    /// Sentences that people must see.
    pub notices: Vec<String>,
    /// Full id of the first change shown, for a command that can be pasted.
    pub first_id: Option<String>,
}

/// The counts of a digest.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Changes that the digest shows.
    pub changes: u64,
    /// Different people who made them.
    pub people: u64,
    /// Different accounts they were made in.
    pub accounts: u64,
    /// Calls that AWS denied.
    pub denied: u64,
    /// Calls that failed for another reason.
    pub failed: u64,
    /// Findings that exclusions hide.
    pub hidden: u64,
    /// Calls that services made in consequence of a change.
    pub chained: u64,
    /// Calls by hand that change no configuration.
    pub operational: u64,
    /// Findings that the report leaves out for another reason.
    pub other: u64,
    /// Changes that CloudTrail delivered late.
    pub late: u64,
    /// Changes in the period before, where that is known.
    pub before: Option<u64>,
}

/// What the run looked at.
#[derive(Debug, Clone, Serialize)]
pub struct Run {
    /// Logs read.
    pub logs: u64,
    /// Bytes of these logs, as stored.
    pub bytes: u64,
    /// Bytes that the engine scanned, where it charges for them.
    pub scanned: Option<u64>,
    /// Time it took, in seconds.
    pub seconds: f64,
    /// What ran the query.
    pub engine: String,
    /// Price of the query in US dollars, where it has one.
    pub cost: Option<f64>,
    /// Logs that could not be read to their end.
    pub damaged: Vec<DamagedLog>,
}

/// A log that could not be read to its end.
#[derive(Debug, Clone, Serialize)]
pub struct DamagedLog {
    /// Its address.
    pub log: String,
    /// What is wrong with it.
    pub reason: String,
}

impl Digest {
    /// Makes the digest of all findings of a period, shown or not.
    ///
    /// A finding is shown where [`Finding::reported`] says so. Of the others each is counted once:
    /// as hidden where an exclusion hides it, else by its verdict.
    pub fn build(findings: &[Finding], about: &About) -> Self {
        let clock = Clock::new(about.zone, about.from, about.to);
        let (shown, rest): (Vec<_>, Vec<_>) = findings.iter().partition(|f| f.reported);
        let people = people::group(&shown, about, &clock);
        let (hidden, rest): (Vec<_>, Vec<_>) =
            rest.into_iter().partition(|f| f.exclusion.is_some());
        let counts = Counts::of(&shown, &rest, hidden.len(), about.before);
        let first_id = people
            .first()
            .and_then(|person| person.places.first()?.actions.first())
            .filter(|action| !action.id.is_empty())
            .map(|action| action.event_id.clone());
        Self {
            version: VERSION,
            title: title(about, &counts, &clock.period_text()),
            key: about.key(&["digest"]),
            report: words::clip(&about.report),
            zone: about.zone.name().to_owned(),
            period: clock.period(),
            now: clock.moment(about.now),
            finds: about.finds.clone(),
            trend: trend(&counts, about),
            people,
            attempts: counted::attempts(&rest, about, &clock),
            hidden: counted::hidden(&hidden),
            expired: counted::expired(&shown),
            unused: about.unused.iter().map(Unused::clipped).collect(),
            run: Run::of(&about.run),
            notices: about.notices.iter().map(|n| words::clip(n)).collect(),
            first_id,
            counts,
        }
    }

    /// The template for this digest: `quiet` where it shows no change, so that silence is said.
    pub fn template(&self) -> &'static str {
        if self.counts.changes == 0 { "quiet" } else { "digest" }
    }
}

impl Unused {
    fn clipped(&self) -> Self {
        Self { name: words::clip(&self.name), ..self.clone() }
    }
}

impl Counts {
    fn of(shown: &[&Finding], rest: &[&Finding], hidden: usize, before: Option<u64>) -> Self {
        let mut counts =
            Self { changes: shown.len() as u64, hidden: hidden as u64, before, ..Self::default() };
        let (mut people, mut accounts) = (BTreeSet::new(), BTreeSet::new());
        for finding in shown {
            people.insert(Identity::of(finding).person);
            accounts.insert(words::known(finding.account_id.as_deref()));
            counts.late += u64::from(finding.late_by().is_some());
        }
        counts.people = people.len() as u64;
        counts.accounts = accounts.len() as u64;
        for finding in rest {
            *match finding.verdict {
                Verdict::Attempted if counted::denied(finding) => &mut counts.denied,
                Verdict::Attempted => &mut counts.failed,
                Verdict::Chained => &mut counts.chained,
                Verdict::Operational => &mut counts.operational,
                Verdict::Clickops | Verdict::Not => &mut counts.other,
            } += 1;
        }
        counts
    }
}

impl Run {
    fn of(stats: &RunStats) -> Self {
        Self {
            logs: stats.logs,
            bytes: stats.bytes,
            scanned: stats.scanned,
            // The sum of no windows is -0.0.
            seconds: stats.seconds + 0.0,
            engine: words::clip(&stats.engine),
            cost: stats.cost,
            damaged: stats
                .damaged
                .iter()
                .map(|damaged| DamagedLog {
                    log: words::clip(&damaged.log),
                    reason: words::clip(&damaged.reason),
                })
                .collect(),
        }
    }
}

fn title(about: &About, counts: &Counts, period: &str) -> String {
    let Finds { one, many, none } = &about.finds;
    let what = if counts.changes == 0 {
        none.to_lowercase()
    } else {
        format!(
            "{} by {} in {}",
            plural(counts.changes, one, Some(many)),
            plural(counts.people, "person", Some("people")),
            plural(counts.accounts, "account", None)
        )
    };
    format!("ClickOps {}: {what}, {period}", words::clip(&about.report))
}

fn trend(counts: &Counts, about: &About) -> Option<String> {
    let before = counts.before?;
    let period = match (about.to - about.from).num_minutes() {
        60 => "hour",
        // A day with a change of the clocks in it is still a day.
        1380..=1500 => "day",
        10020..=10140 => "week",
        _ => "period",
    };
    Some(match counts.changes.cmp(&before) {
        std::cmp::Ordering::Equal => format!("as many as the {period} before"),
        std::cmp::Ordering::Greater => {
            format!("{} more than the {period} before", counts.changes - before)
        }
        std::cmp::Ordering::Less => {
            format!("{} fewer than the {period} before", before - counts.changes)
        }
    })
}
