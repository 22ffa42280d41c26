//! The changes of a digest: by person and role, then by account and region, then by action.
//!
//! All calls of one action by one person in one place become one line with a count. Lines, places
//! and people are ordered alike: root before the important (`weight`) before the rest,
//! and by time within.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::identity::{Identity, SignIn, extra};
use super::moments::{Clock, Moment, Span};
use super::{About, links, weight, words};
use crate::finding::{Confidence, Finding};

/// How many resources and addresses are listed before "+3 more".
const LISTED: usize = 3;

/// One person in one role, and what they changed.
#[derive(Debug, Clone, Serialize)]
pub struct Person {
    /// The name, as good as the records tell.
    pub name: String,
    /// Role or permission set, where one was used.
    pub role: Option<String>,
    /// Whether this is an account's root user.
    pub root: bool,
    /// Whether any of the changes is important.
    pub important: bool,
    /// How many changes.
    pub changes: u64,
    /// Where the changes were made.
    pub places: Vec<Place>,
}

/// What one person changed in one region of one account.
#[derive(Debug, Clone, Serialize)]
pub struct Place {
    /// The account.
    pub account: PlaceAccount,
    /// The region; `us-east-1` for global services.
    pub region: Option<String>,
    /// Whether any of the changes is important.
    pub important: bool,
    /// How many changes.
    pub changes: u64,
    /// From the first change to the last.
    pub span: Span,
    /// When the person signed in; the earliest where they did several times.
    pub signed_in: Option<Moment>,
    /// How many times they signed in, as far as the records tell.
    pub sessions: u64,
    /// Whether they signed in with a second factor: false if once without. None where unknown.
    pub mfa: Option<bool>,
    /// Addresses the calls came from, up to three.
    pub sources: Vec<String>,
    /// How many further addresses.
    pub more_sources: u64,
    /// The ways taken: `console`, `cloudshell`.
    pub channels: Vec<String>,
    /// The clients used: `browser`, `CloudShell`.
    pub clients: Vec<String>,
    /// How late CloudTrail delivered, where all changes here were late.
    pub late: Option<String>,
    /// The changes.
    pub actions: Vec<Action>,
}

/// An account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlaceAccount {
    /// Its id.
    pub id: Option<String>,
    /// Its name; the id where it has none, and `unknown account` without an id.
    pub name: String,
    /// The group it belongs to.
    pub group: Option<String>,
}

/// All calls of one action by one person in one place.
#[derive(Debug, Clone, Serialize)]
pub struct Action {
    /// Service and action: `ec2:RunInstances`.
    pub action: String,
    /// How many calls.
    pub count: u64,
    /// Whether it deletes something or touches access, keys or trails, or is done by root.
    pub important: bool,
    /// The resources touched, up to three; an ARN of the place's own account without its prefix.
    pub resources: Vec<String>,
    /// How many further resources.
    pub more_resources: u64,
    /// From the first call to the last.
    pub span: Span,
    /// `denied` or `failed` where the report shows calls that did not succeed.
    pub outcome: Option<String>,
    /// The error of such calls.
    pub error: Option<String>,
    /// How late CloudTrail delivered some of the calls.
    pub late: Option<String>,
    /// Whether the person never did this in this account before, as far as the ledger remembers.
    pub first_time: bool,
    /// Least confidence of the calls: `high`, `medium` or `low`.
    pub confidence: Option<Confidence>,
    /// Start of the first call's event id.
    pub id: String,
    /// The first call's full event id.
    pub event_id: String,
    /// The log that holds the first call.
    pub log_file: Option<String>,
    /// The first call in CloudTrail's console.
    pub link: Option<String>,
}

impl PlaceAccount {
    pub(super) fn of(finding: &Finding, about: &About) -> Self {
        let id = words::known(finding.account_id.as_deref());
        let account = id.and_then(|id| about.accounts.get(id));
        Self {
            id: id.map(words::clip),
            name: account
                .and_then(|account| words::known_clip(Some(&account.name)))
                .or(id.map(words::clip))
                .unwrap_or_else(|| "unknown account".to_owned()),
            group: account.and_then(|account| words::known_clip(account.group.as_deref())),
        }
    }
}

/// Groups the findings that a digest shows.
pub(super) fn group(shown: &[&Finding], about: &About, clock: &Clock) -> Vec<Person> {
    let mut people = BTreeMap::<_, (Identity, Vec<&Finding>)>::new();
    for finding in shown {
        let who = Identity::of(finding);
        people
            .entry((who.person.clone(), who.role.clone()))
            .or_insert_with(|| (who, Vec::new()))
            .1
            .push(finding);
    }
    let mut people: Vec<_> =
        people.into_values().map(|(who, findings)| person(who, &findings, about, clock)).collect();
    people.sort_by_key(|p| {
        let start = p.places.iter().filter_map(|place| place.span.from).min();
        (Reverse(p.root), Reverse(p.important), unknown_last(start))
    });
    people
}

fn person(who: Identity, findings: &[&Finding], about: &About, clock: &Clock) -> Person {
    let mut places = BTreeMap::<_, Vec<&Finding>>::new();
    for finding in findings {
        let account = words::known(finding.account_id.as_deref());
        let region = words::known(finding.region.as_deref());
        places.entry((account, region)).or_default().push(finding);
    }
    let mut places: Vec<_> =
        places.into_values().map(|findings| place(&who, &findings, about, clock)).collect();
    places.sort_by_key(|p| (Reverse(p.important), unknown_last(p.span.from)));
    Person {
        important: places.iter().any(|place| place.important),
        changes: findings.len() as u64,
        name: who.name,
        role: who.role,
        root: who.root,
        places,
    }
}

fn place(who: &Identity, findings: &[&Finding], about: &About, clock: &Clock) -> Place {
    let late = late(findings);
    let all_late = late.as_ref().is_some_and(|(n, _)| *n == findings.len());
    let mut actions = BTreeMap::<_, Vec<&Finding>>::new();
    for finding in findings {
        let key =
            (words::action(finding), finding.outcome.as_deref(), finding.error_code.as_deref());
        actions.entry(key).or_default().push(finding);
    }
    let mut actions: Vec<_> =
        actions.into_values().map(|f| action(who, f, all_late, about, clock)).collect();
    actions.sort_by_key(|a| (Reverse(a.important), unknown_last(a.span.from)));

    let sign_ins: Vec<_> = findings.iter().map(|f| SignIn::of(f)).collect();
    let sessions = distinct(findings.iter().map(|f| words::known(f.session.as_deref())));
    let signed_in = sign_ins.iter().filter_map(|sign_in| sign_in.at);
    let (sources, more_sources) =
        listed(findings.iter().map(|f| words::known(f.source_ip.as_deref())));
    let clients: Vec<_> =
        findings.iter().map(|f| words::known(f.user_agent.as_deref()).map(words::client)).collect();
    let first = findings.first();
    Place {
        account: first.map_or_else(
            || PlaceAccount { id: None, name: String::new(), group: None },
            |finding| PlaceAccount::of(finding, about),
        ),
        region: first.and_then(|finding| words::known_clip(finding.region.as_deref())),
        important: actions.iter().any(|action| action.important),
        changes: findings.len() as u64,
        span: clock.span(findings.iter().map(|f| f.time())),
        signed_in: signed_in.min().map(|at| clock.moment(at)),
        sessions: sessions.len() as u64,
        mfa: mfa(&sign_ins),
        sources,
        more_sources,
        channels: listed(findings.iter().map(|f| words::known(f.channel.as_deref()))).0,
        clients: listed(clients.iter().map(Option::as_deref)).0,
        late: late.filter(|_| all_late).map(|(_, text)| text),
        actions,
    }
}

fn action(
    who: &Identity,
    mut calls: Vec<&Finding>,
    all_late: bool,
    about: &About,
    clock: &Clock,
) -> Action {
    calls.sort_by_key(|finding| unknown_last(finding.time()));
    let first = calls.first();
    let text = |column: fn(&Finding) -> Option<&str>| {
        first.and_then(|finding| words::known_clip(column(finding)))
    };
    let (resources, more_resources) = listed(calls.iter().map(|f| resource(f)));
    let action = first.map(|finding| words::action(finding)).unwrap_or_default();
    let (service, name) = action.split_once(':').unwrap_or(("", &action));
    let event_id = text(|finding| Some(&finding.event_id)).unwrap_or_default();
    Action {
        important: weight::important(service, name, who.root),
        action,
        count: calls.len() as u64,
        resources,
        more_resources,
        span: clock.span(calls.iter().map(|f| f.time())),
        outcome: text(|f| f.outcome.as_deref()).filter(|outcome| outcome != "success"),
        error: text(|f| f.error_code.as_deref()),
        late: late(&calls).filter(|_| !all_late).map(|(_, text)| text),
        first_time: calls.iter().any(|f| extra(f, "first_time") == Some("true")),
        confidence: calls.iter().filter_map(|f| f.confidence).max(),
        id: words::short_id(&event_id),
        event_id,
        log_file: text(|f| f.log_file.as_deref()),
        link: first.and_then(|finding| links::event(finding, about.portal.as_ref())),
    }
}

/// The resource as short as it is clear where account and region stand above it.
fn resource(finding: &Finding) -> Option<&str> {
    let name = words::name(finding.resource.as_deref())?;
    let mut parts = name.splitn(6, ':');
    let arn = parts.next() == Some("arn");
    let (region, account) = (parts.nth(2), parts.next());
    let here = |part: Option<&str>, place: &Option<String>| {
        part.is_some_and(|part| part.is_empty() || Some(part) == place.as_deref())
    };
    let local = arn && here(region, &finding.region) && here(account, &finding.account_id);
    parts.next().filter(|_| local).or(Some(name))
}

/// How many calls CloudTrail delivered late, and the words for it.
fn late(calls: &[&Finding]) -> Option<(usize, String)> {
    let late: Vec<_> = calls.iter().filter_map(|f| f.late_by()).collect();
    let most = words::duration(*late.iter().max()?);
    let text = match (late.len(), calls.len()) {
        (1, 1) => format!("delivered {most} after it happened"),
        (n, all) if n == all => format!("delivered up to {most} after they happened"),
        (1, all) => format!("1 of {all} delivered {most} after it happened"),
        (n, all) => format!("{n} of {all} delivered up to {most} after they happened"),
    };
    Some((late.len(), text))
}

/// False if any sign-in had no second factor, true if all that are known had one.
fn mfa(sign_ins: &[SignIn]) -> Option<bool> {
    sign_ins.iter().filter_map(|sign_in| sign_in.mfa).reduce(|all, one| all && one)
}

fn distinct<'a>(values: impl Iterator<Item = Option<&'a str>>) -> Vec<&'a str> {
    let mut seen = std::collections::HashSet::new();
    values.flatten().filter(|value| seen.insert(*value)).collect()
}

/// The first distinct values, and how many more there are.
fn listed<'a>(values: impl Iterator<Item = Option<&'a str>>) -> (Vec<String>, u64) {
    let all = distinct(values);
    let more = all.len().saturating_sub(LISTED) as u64;
    let first = all.into_iter().take(LISTED).map(words::clip).collect();
    (first, more)
}

/// Sorts what has no readable time behind the rest.
fn unknown_last(time: Option<DateTime<Utc>>) -> (bool, Option<DateTime<Utc>>) {
    (time.is_none(), time)
}
