//! `clickops snooze`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use chrono::{Datelike as _, NaiveDate, TimeDelta};
use clap::Args;

use super::get::{Located, locate, missing};
use super::{Places, output, remark};
use crate::app::App;
use crate::config::DETECTION;
use crate::digest::words::{action, clip, plural};
use crate::error::{Error, Exit};
use crate::exclusion::{self, Exclusion, Kind, Patterns, Until};
use crate::finding::Finding;
use crate::finding::rows::Columns;
use crate::logs::Log;
use crate::render::neutral;
use crate::{journal, ledger, raw};

/// How far back the remark on what the entry would have hidden looks.
const LOOKBACK: TimeDelta = TimeDelta::days(30);

/// Print the exclusion that hides events like this one for a while
///
/// Unless told otherwise it is for the same action, by the same person, in the same account. With
/// --actor, --account, --region or --resource it is for exactly what these name: --resource alone
/// hides the action on that resource, whoever does it. Add what it prints to your config:
///
///   clickops snooze e631b525 --for 7d --reason "migration, until it is in code" >> clickops.toml
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(super) struct SnoozeArgs {
    /// The event's id, or its first eight characters
    event_id: String,
    /// How long; it ends with the day (UTC) on which this is over
    #[arg(long = "for", value_name = "TIME", value_parser = span, required_unless_present = "until", conflicts_with = "until")]
    span: Option<Duration>,
    /// The last day (UTC) whose events it hides
    #[arg(long, value_name = "DATE", value_parser = day)]
    until: Option<NaiveDate>,
    /// Why, for whoever asks what was hidden
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// Who answers for it
    #[arg(long, value_name = "NAME")]
    owner: Option<String>,
    /// Where it was agreed
    #[arg(long, value_name = "TEXT")]
    ticket: Option<String>,
    #[command(flatten)]
    scope: Scope,
    #[command(flatten)]
    places: Places,
}

/// What of the event the entry is about.
#[derive(Debug, Clone, Args)]
struct Scope {
    /// Only for this person
    #[arg(long)]
    actor: bool,
    /// Only in this account
    #[arg(long)]
    account: bool,
    /// Only in this region
    #[arg(long)]
    region: bool,
    /// Only on this resource
    #[arg(long)]
    resource: bool,
    /// For every action, not just this one
    #[arg(long)]
    any_action: bool,
}

fn span(text: &str) -> Result<Duration, String> {
    humantime::parse_duration(text)
        .map_err(|_| "write a length of time such as 12h or 7d".to_owned())
}

fn day(text: &str) -> Result<NaiveDate, String> {
    text.parse().map_err(|_| "write a day such as 2026-12-31".to_owned())
}

pub(super) async fn run(mut app: App, args: SnoozeArgs) -> Result<Exit, Error> {
    args.places.apply(&mut app)?;
    let until = last_day(&app, &args)?;
    if args.reason.trim().is_empty() {
        return Err(Error::usage("--reason is empty", "Say in a few words why."));
    }
    let finding = find(&app, &args.event_id).await?;
    let scoped = scoped(&finding, &args.scope, &args.reason)?;
    let day = format!("until {until}");
    let mut about = words(&finding, &args.scope, &scoped);
    about.push(&day);
    let taken = |name: &str| app.config.exclusions.iter().any(|other| other.name == name);
    let entry = Exclusion {
        name: exclusion::name(&about, taken),
        owner: args.owner,
        ticket: args.ticket,
        until: Some(Until(until)),
        ..scoped
    };
    // Begins on a line of its own, even behind a file that does not end with one.
    output(&format!("\n{}\n{}", comment(&finding), entry.to_toml()))?;
    say_more(&app, &finding, &entry).await;
    Ok(Exit::Done)
}

fn last_day(app: &App, args: &SnoozeArgs) -> Result<NaiveDate, Error> {
    let after = |span: Duration| app.now.checked_add_signed(TimeDelta::from_std(span).ok()?);
    let end = args.until.or_else(|| Some(after(args.span?)?.date_naive()));
    // TOML writes no year of five digits.
    let Some(day) = end.filter(|day| day.year() <= 9999) else {
        return Err(Error::usage("the end is too far away", "Give a day before the year 10000."));
    };
    if day < app.now.date_naive() {
        return Err(Error::usage(
            format!("{day} is over, so the exclusion would hide nothing new"),
            "Give today or a later day.",
        ));
    }
    Ok(day)
}

/// The finding with this id: as the journal has it, else as the detection sees it in the logs.
async fn find(app: &App, id: &str) -> Result<Finding, Error> {
    let Located { finding, event } = locate(app, id).await?;
    let log = event.and_then(|(log, record)| Some((log, raw::event_id(&record)?)));
    match (finding, log) {
        (Some(finding), _) => Ok(finding),
        (None, Some((log, id))) => detected(app, log, &id).await,
        (None, None) => Err(Error::nothing(format!("no event '{id}' was found"), missing(id))),
    }
}

async fn detected(app: &App, log: Log, id: &str) -> Result<Finding, Error> {
    let (engine, assembler) = (app.embedded()?, app.embedded_assembler()?);
    let query = assembler.named(DETECTION, &BTreeMap::new(), Arc::from([log]))?;
    let failed = |error| Error::engine(&error, &query);
    let mut rows = engine.rows(&query).await.map_err(failed)?;
    let columns = Columns::of(&rows.columns)?;
    for row in rows.all().await.map_err(failed)? {
        match columns.finding(DETECTION, row) {
            Ok(finding) if finding.event_id == id => return Ok(finding),
            _ => {}
        }
    }
    Err(Error::usage(
        format!("event '{id}' is nothing that a report would show or count"),
        "`clickops explain` tells why; there is nothing to hide.",
    ))
}

/// An entry for what is asked of the event.
fn scoped(finding: &Finding, scope: &Scope, reason: &str) -> Result<Exclusion, Error> {
    let chosen = scope.actor || scope.account || scope.region || scope.resource;
    let exactly = |wanted: bool, name: &str, value: Option<&str>| match value {
        _ if !wanted => Ok(Patterns::default()),
        Some(value) if !value.is_empty() => Ok(Patterns::exactly([value])),
        _ => Err(Error::usage(
            format!("the event tells of no {name}, so the exclusion cannot be for it alone"),
            "Say what it is for with --actor, --account, --region or --resource.",
        )),
    };
    let action = !scope.any_action;
    Ok(Exclusion {
        event_source: exactly(action, "service", Some(&finding.event_source))?,
        event_name: exactly(action, "action", Some(&finding.event_name))?,
        actor: exactly(scope.actor || !chosen, "person", finding.actor.as_deref())?,
        account: exactly(scope.account || !chosen, "account", finding.account_id.as_deref())?,
        region: exactly(scope.region, "region", finding.region.as_deref())?,
        resource: exactly(scope.resource, "resource", finding.resource.as_deref())?,
        ..Exclusion::new(String::new(), Kind::Accepted, reason.to_owned())
    })
}

/// What the entry is about, in words for its name.
fn words<'a>(finding: &'a Finding, scope: &Scope, entry: &Exclusion) -> Vec<&'a str> {
    let named = |is: bool, value: Option<&'a str>| value.filter(|_| is);
    let words = [
        named(entry.actor.set().is_some(), finding.actor.as_deref()),
        named(!scope.any_action, Some(&finding.event_name)),
        named(scope.resource, finding.resource.as_deref()),
        named(scope.account, finding.account_id.as_deref()),
        named(scope.region, finding.region.as_deref()),
    ];
    words.into_iter().flatten().collect()
}

/// The event in one line, for whoever reads the config.
fn comment(finding: &Finding) -> String {
    let part = |before: &str, value: &Option<String>| {
        value.as_deref().map(|value| format!("{before}{}", clip(value))).unwrap_or_default()
    };
    let text = format!(
        "# {}{}{}{}, {}, event {}",
        action(finding),
        part(" ", &finding.resource),
        part(" by ", &finding.actor),
        part(" in ", &finding.account_id),
        finding.event_time,
        clip(&finding.event_id),
    );
    neutral::line(&text).into_owned()
}

/// Remarks on what the entry means beside this one event.
async fn say_more(app: &App, finding: &Finding, entry: &Exclusion) {
    if let Some(name) = &finding.exclusion {
        remark(&format!("exclusion '{}' hides this event already", neutral::line(name)));
    } else if !finding.reported {
        remark(&format!(
            "reports count this event and do not show it: its verdict is {}",
            finding.verdict
        ));
    }
    match past(app, entry).await {
        Ok(Past { shown: 0, .. }) => {}
        Ok(Past { covered, shown }) => {
            let findings = plural(shown, "finding", None);
            remark(&format!("of {findings} in the last 30 days it would have hidden {covered}"));
        }
        Err(error) => remark(&format!("warning: the journal cannot be looked at: {error}")),
    }
}

/// What reports showed lately, and how much of it the entry covers.
#[derive(Default)]
struct Past {
    shown: u64,
    covered: u64,
}

async fn past(app: &App, entry: &Exclusion) -> Result<Past, Error> {
    let store = app.store()?;
    let windows = ledger::load(store.as_ref()).await?.ledger.next_window;
    let mut past = Past::default();
    // Several detections may find the same event.
    let mut seen = BTreeSet::new();
    for number in (0..windows).rev() {
        let Some(window) = journal::read(store.as_ref(), number).await? else {
            continue;
        };
        if window.window.collected_at < app.now - LOOKBACK {
            break;
        }
        for finding in window.findings.iter().filter(|finding| finding.reported) {
            if seen.insert((finding.event_id.clone(), finding.account_id.clone())) {
                past.shown += 1;
                past.covered += u64::from(entry.covers(finding));
            }
        }
    }
    Ok(past)
}
