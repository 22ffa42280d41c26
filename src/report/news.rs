//! What people hear besides reports: that nobody looks at the logs, and how channels are.
//!
//! Each is said once: it is marked in the ledger when a channel has taken it. The outage of the logs
//! is said again each day.

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;

use super::send::Lane;
use super::{Reported, Reporting, Round};
use crate::config::{Mode, Report};
use crate::deliver::Undelivered;
use crate::digest::{ChannelKind, ChannelNews, Outage, OutageNotice};
use crate::error::Error;
use crate::ledger::{Blind, ChannelState, Gap, Ledger, Sending};

/// An outage is said again after so long: a daily report says it each day, whatever the seconds are
/// that runs come late.
const AGAIN: TimeDelta = TimeDelta::hours(23);

/// One failed run may be a throttled one; two are an outage.
const RUNS: u32 = 2;

/// Whether nobody could look at any logs when this sending was due.
pub(super) fn is_blind(sending: &Sending) -> bool {
    sending.blind.as_ref().is_some_and(|blind| !blind.partly)
}

fn is_new(blind: &Blind, channel: &str, now: DateTime<Utc>) -> bool {
    blind.told.get(channel).is_none_or(|told| now - *told >= AGAIN)
}

/// Whether a report says that nobody can look at the logs. It says so in a digest that has something
/// else to say too, and otherwise if the channel has not heard so of late: `quiet` is a report that
/// has nothing else to say.
pub(super) fn says_outage(report: &Report, channel: &str, sending: &Sending, quiet: bool) -> bool {
    let Some(blind) = &sending.blind else { return false };
    let in_digest = report.mode != Mode::Events && (blind.partly || !quiet);
    in_digest || (!blind.partly && is_new(blind, channel, sending.at))
}

/// What a report says of an outage in place of a digest, or before its events.
pub(super) fn of_sending(
    run: &Reporting<'_>,
    report: &Report,
    channel: &str,
    sending: &Sending,
    quiet: bool,
) -> Option<OutageNotice> {
    let part = sending.at.to_rfc3339();
    let events = report.mode == Mode::Events;
    if let Some(blind) = sending.blind.as_ref().filter(|_| is_blind(sending) && (quiet || events)) {
        let says = says_outage(report, channel, sending, quiet);
        return says.then(|| notice(run, report, blind).part(&part));
    }
    // A digest says so itself.
    let from = sending.gaps.iter().map(|gap| gap.from).min()?;
    let to = sending.gaps.iter().map(|gap| gap.to).max()?;
    events.then(|| over(run, report, Gap { from, to }).caught_up().part(&part))
}

fn notice(run: &Reporting<'_>, report: &Report, blind: &Blind) -> OutageNotice {
    OutageNotice::build(&Outage {
        report: report.name.clone(),
        from: blind.from,
        to: run.now.max(blind.from),
        zone: report.timezone,
        stage: blind.stage.clone(),
        error: blind.error.clone(),
        remedy: blind.remedy.clone(),
        next: None,
        now: run.now,
    })
}

fn over(run: &Reporting<'_>, report: &Report, gap: Gap) -> OutageNotice {
    OutageNotice::build(&Outage {
        report: report.name.clone(),
        from: gap.from,
        to: gap.to,
        zone: report.timezone,
        stage: "logs".to_owned(),
        error: "no run looked at the logs in this time".to_owned(),
        remedy: None,
        next: None,
        now: run.now,
    })
}

/// Says to a channel that nobody looks at the logs, if that lasts and it has not heard so of late.
pub(super) async fn outage(
    run: &Reporting<'_>,
    report: &Report,
    channel: &str,
) -> Result<Reported, Error> {
    let mut reported = Reported { complete: true, ..Reported::default() };
    let lasts = |ledger: &Ledger| {
        let blind = ledger.blind.as_ref()?;
        (blind.runs >= RUNS && is_new(blind, channel, run.now)).then(|| blind.clone())
    };
    let Some(blind) = run.post.read(run.store, lasts).await? else {
        return Ok(reported);
    };
    let lane = Lane::of(run, channel)?;
    let before = blind.told.get(channel).map(DateTime::to_rfc3339).unwrap_or_default();
    let notice = notice(run, report, &blind).part(channel).part(&before);
    if say(run, &lane, &notice, &mut reported).await? {
        let mark = |ledger: &mut Ledger| {
            if let Some(blind) = &mut ledger.blind {
                blind.told.insert(channel.to_owned(), run.now);
            }
        };
        run.post.change(run.store, mark).await?;
    }
    Ok(reported)
}

/// Delivers a notice; gives whether the channel took all of it. None is held: it is made anew as
/// long as it is true.
async fn say(
    run: &Reporting<'_>,
    lane: &Lane<'_>,
    notice: &OutageNotice,
    reported: &mut Reported,
) -> Result<bool, Error> {
    let form = lane.sink.form();
    let rendered = run.renderer.render_or_shipped(form, "failure", notice, run.look)?;
    reported.notes.extend(rendered.notice);
    let mut under = None;
    for message in rendered.messages {
        match lane.deliver(run, &message, under.as_deref()).await {
            Ok(receipt) => {
                reported.delivered += 1;
                reported.notes.extend(receipt.note);
                under = under.or(receipt.id);
            }
            Err(why) => {
                reported.complete = false;
                let why = match why {
                    Undelivered::NoTime => "there was no time".to_owned(),
                    Undelivered::Failed(error) => error.to_string(),
                };
                reported.notes.push(format!("'{}' could not be said: {why}", message.title));
                return Ok(false);
            }
        }
    }
    Ok(true)
}

/// Says how channels are, each time to another one that works: the default channel if it does.
///
/// # Errors
/// [`Error`] when the ledger cannot be used.
pub(super) async fn channels(
    run: &Reporting<'_>,
    round: &Round<'_>,
) -> Result<Vec<(String, Reported)>, Error> {
    let mut all = Vec::new();
    let states = run.post.read(run.store, |ledger| ledger.channels.clone()).await?;
    let works = |name: &str| {
        run.channels.contains_key(name)
            && states.get(name).is_none_or(|state| state.trouble.is_none())
    };
    let mut ears = vec![round.default_channel];
    for channel in round.known.iter().flat_map(|report| &report.channels) {
        if !ears.contains(&channel.as_str()) {
            ears.push(channel);
        }
    }
    for (name, state) in &states {
        for kind in [ChannelKind::Back, ChannelKind::Down, ChannelKind::Refuses, ChannelKind::Lost]
        {
            let mut ears: Vec<&str> =
                ears.iter().copied().filter(|ear| *ear != name && works(ear)).collect();
            // One that takes other messages can say so itself.
            if works(name) {
                ears.push(name);
            }
            for ear in ears {
                let zone = zone(round, ear);
                let Some(news) = of_channel(run, name, state, kind, zone) else { break };
                let mut reported = Reported { complete: true, ..Reported::default() };
                let lane = Lane::of(run, ear)?;
                let notice = OutageNotice::of_channel(&news);
                let said = say(run, &lane, &notice, &mut reported).await?;
                all.push((ear.to_owned(), reported));
                if said {
                    let mark = |ledger: &mut Ledger| mark(ledger.channel(name), kind);
                    run.post.change(run.store, mark).await?;
                    break;
                }
            }
        }
    }
    Ok(all)
}

/// The zone in which people of a channel read times.
fn zone(round: &Round<'_>, channel: &str) -> Tz {
    let reads = |report: &&Report| report.channels.iter().any(|name| name == channel);
    let mut reports = round.known.iter();
    reports.by_ref().find(reads).or(round.known.first()).map_or(Tz::UTC, |report| report.timezone)
}

/// What there is to say of a channel that nobody has said yet.
fn of_channel(
    run: &Reporting<'_>,
    name: &str,
    state: &ChannelState,
    kind: ChannelKind,
    zone: Tz,
) -> Option<ChannelNews> {
    let news =
        |since: DateTime<Utc>, error: &str, remedy: Option<&str>, waiting, titles| ChannelNews {
            channel: name.to_owned(),
            kind,
            since: since.min(run.now),
            at: since,
            error: error.to_owned(),
            remedy: remedy.map(str::to_owned),
            waiting,
            titles,
            zone,
            now: run.now,
        };
    let refused = || state.held.iter().filter(|held| !held.told);
    match kind {
        ChannelKind::Down => {
            let trouble = state.trouble.as_ref().filter(|trouble| trouble.is_news(run.now))?;
            let waiting = trouble.waiting + state.held.len() as u64;
            let remedy = trouble.remedy.as_deref();
            Some(news(trouble.since, &trouble.reason, remedy, waiting, Vec::new()))
        }
        ChannelKind::Refuses => {
            let first = refused().next()?;
            let titles: Vec<String> = refused().map(|held| held.title.clone()).collect();
            let count = titles.len() as u64;
            Some(news(first.since, &first.reason, Some(&first.remedy), count, titles))
        }
        ChannelKind::Back => {
            // As long as it refuses some, that is what people have to know.
            let back = state.back.as_ref().filter(|_| !state.held.iter().any(|held| held.told))?;
            let news = news(back.since, "", None, back.waiting, Vec::new());
            Some(ChannelNews { at: back.at, ..news })
        }
        ChannelKind::Lost => {
            let count = state.lost.len() as u64;
            let what = "it is gone from the config, or takes messages of another form";
            (count > 0).then(|| news(run.now, what, None, count, state.lost.clone()))
        }
    }
}

fn mark(state: &mut ChannelState, kind: ChannelKind) {
    match kind {
        ChannelKind::Down => {
            if let Some(trouble) = &mut state.trouble {
                trouble.told = true;
            }
        }
        ChannelKind::Refuses => state.held.iter_mut().for_each(|held| held.told = true),
        ChannelKind::Back => state.back = None,
        ChannelKind::Lost => state.lost.clear(),
    }
}
