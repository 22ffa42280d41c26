//! What keeps people from hearing of changes: the message that says so.
//!
//! Silence must never mean "we could not look", nor "it did not get through". When runs fail, the
//! channels that would have heard of changes hear of the gap, and later that it was caught up. When
//! a channel takes nothing, another one says so.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde::Serialize;

use super::moments::{Clock, Moment, Span};
use super::words::plural;
use super::{VERSION, words};
use crate::message;

/// What went wrong, and since when.
#[derive(Debug, Clone)]
pub struct Outage {
    /// Name of the report that could not be made.
    pub report: String,
    /// Start of what nobody has looked at.
    pub from: DateTime<Utc>,
    /// Its end, so far.
    pub to: DateTime<Utc>,
    /// Zone in which people read times.
    pub zone: Tz,
    /// The stage that failed: `logs`, `query`, `journal`, ...
    pub stage: String,
    /// What it said.
    pub error: String,
    /// What a person can do about it.
    pub remedy: Option<String>,
    /// When the next run will try again, where that is known.
    pub next: Option<DateTime<Utc>>,
    /// The time of the message.
    pub now: DateTime<Utc>,
}

/// What is the matter with a channel.
#[derive(Debug, Clone)]
pub struct ChannelNews {
    /// Its name.
    pub channel: String,
    /// What there is to say of it.
    pub kind: ChannelKind,
    /// Since when it was so.
    pub since: DateTime<Utc>,
    /// When it came to be as it is now, which tells this news from others.
    pub at: DateTime<Utc>,
    /// What it said.
    pub error: String,
    /// What a person can do about it.
    pub remedy: Option<String>,
    /// Messages that wait for it, or waited.
    pub waiting: u64,
    /// Titles of the messages that it is about, if it is about single ones.
    pub titles: Vec<String>,
    /// Zone in which people read times.
    pub zone: Tz,
    /// The time of the message.
    pub now: DateTime<Utc>,
}

/// What there is to say of a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChannelKind {
    /// It takes nothing.
    Down,
    /// It refused some messages, and takes others.
    Refuses,
    /// It takes messages again.
    Back,
    /// There are messages that can no more be sent to it.
    Lost,
}

/// Messages have no room for more titles.
const TITLES: usize = 10;

/// What becomes of a period that nobody looked at.
fn outlook(next: Option<&Moment>) -> String {
    let run = next.map_or("the next run that succeeds".to_owned(), |next| {
        format!("the run at {}", next.text)
    });
    format!("{run} looks at this period too; no change is lost")
}

/// The context of the template `failure`.
#[derive(Debug, Clone, Serialize)]
pub struct OutageNotice {
    /// Version of this context, now 1.
    pub version: u32,
    /// The notice in one plain line.
    pub title: String,
    /// Name of the message, the same whenever it is sent again.
    pub key: String,
    /// Name of the report; empty where it is about a channel.
    pub report: String,
    /// What is the matter: `nobody was looking`, `messages to 'ops' do not arrive`.
    pub headline: String,
    /// Whether it is over.
    pub over: bool,
    /// The channel that it is about.
    pub channel: Option<String>,
    /// Messages that wait for the channel, or waited.
    pub waiting: u64,
    /// Titles of the messages that it is about, up to ten.
    pub titles: Vec<String>,
    /// How many further messages.
    pub more_titles: u64,
    /// What becomes of it.
    pub outlook: String,
    /// Time zone of all texts, as an IANA name.
    pub zone: String,
    /// What nobody has looked at; since when the channel has been so.
    pub period: Span,
    /// The stage that failed.
    pub stage: String,
    /// What it said.
    pub error: String,
    /// What a person can do about it.
    pub remedy: Option<String>,
    /// When the next run will try again.
    pub next: Option<Moment>,
    /// The time of the message.
    pub now: Moment,
}

impl OutageNotice {
    /// Makes the notice of an outage.
    pub fn build(outage: &Outage) -> Self {
        let headline = "nobody was looking".to_owned();
        let clock = Clock::new(outage.zone, outage.from, outage.to);
        Self {
            version: VERSION,
            title: format!(
                "ClickOps {}: {headline}, {}",
                words::clip(&outage.report),
                clock.period_text()
            ),
            key: message::key(&[&outage.report, "failure", &outage.from.to_rfc3339()]),
            report: words::clip(&outage.report),
            headline,
            over: false,
            channel: None,
            waiting: 0,
            titles: Vec::new(),
            more_titles: 0,
            outlook: outlook(outage.next.map(|next| clock.moment(next)).as_ref()),
            zone: outage.zone.name().to_owned(),
            period: clock.period(),
            stage: words::clip(&outage.stage),
            error: words::clip(&outage.error),
            remedy: words::known_clip(outage.remedy.as_deref()),
            next: outage.next.map(|next| clock.moment(next)),
            now: clock.moment(outage.now),
        }
    }
    /// The same for a report that comes late: what nobody looked at is caught up.
    #[must_use]
    pub fn caught_up(self) -> Self {
        let outlook = "this period has been looked at since; no change is lost".to_owned();
        Self { over: true, outlook, ..self }
    }

    /// The same as one of several about one outage, told apart by `part`.
    #[must_use]
    pub fn part(self, part: &str) -> Self {
        Self { key: message::key(&[&self.key, part]), ..self }
    }

    /// Makes the notice about a channel.
    pub fn of_channel(news: &ChannelNews) -> Self {
        let clock = Clock::new(news.zone, news.since, news.now);
        let name = words::clip(&news.channel);
        let waiting = plural(news.waiting, "message", None);
        let (kind, headline, outlook) = match news.kind {
            ChannelKind::Down => (
                "down",
                format!("messages to '{name}' do not arrive"),
                "each run tries again; no message is lost".to_owned(),
            ),
            ChannelKind::Refuses => (
                "refuses",
                format!("'{name}' refuses {waiting}"),
                "each run tries again; others still arrive".to_owned(),
            ),
            ChannelKind::Back => (
                "back",
                format!("messages to '{name}' arrive again"),
                format!("{waiting} waited; none is lost"),
            ),
            ChannelKind::Lost => (
                "lost",
                format!("{waiting} for '{name}' cannot be sent"),
                "the journal keeps these changes; `clickops get` shows each by its event id"
                    .to_owned(),
            ),
        };
        let (at, titles) = (news.at.to_rfc3339(), news.titles.concat());
        Self {
            version: VERSION,
            title: format!("ClickOps: {headline}"),
            key: message::key(&["channel", &news.channel, kind, &at, &titles]),
            report: String::new(),
            headline,
            over: news.kind == ChannelKind::Back,
            channel: Some(name),
            waiting: news.waiting,
            titles: news.titles.iter().take(TITLES).map(|title| words::clip(title)).collect(),
            more_titles: news.titles.len().saturating_sub(TITLES) as u64,
            outlook,
            zone: news.zone.name().to_owned(),
            period: clock.period(),
            stage: "deliver".to_owned(),
            error: words::clip(&news.error),
            remedy: words::known_clip(news.remedy.as_deref()),
            next: None,
            now: clock.moment(news.now),
        }
    }
}

/// When nobody looked at the logs, as a digest of the period says it.
pub fn gap(
    zone: Tz,
    (from, to): (DateTime<Utc>, DateTime<Utc>),
    gap: (DateTime<Utc>, DateTime<Utc>),
) -> String {
    Clock::new(zone, from, to).span([Some(gap.0), Some(gap.1)]).text
}
