//! What has become of messages, channel by channel: what waits, and what is wrong.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::Ledger;

/// A channel that answers nothing but "later" for so long is one that people have to hear about.
const PATIENCE: TimeDelta = TimeDelta::hours(1);

/// How a channel is. One that takes everything has none.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ChannelState {
    /// Messages that it refused, oldest first. Each run tries again.
    pub held: Vec<Held>,
    /// Why it takes nothing.
    pub trouble: Option<Trouble>,
    /// That it takes messages again, until people have heard so.
    pub back: Option<Back>,
    /// Titles of messages that no run can send any more, until people have heard of them.
    pub lost: Vec<String>,
}

/// A message that a channel refused. Its text is a blob of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// Key of the message.
    pub key: String,
    /// Where the store holds it.
    pub blob: String,
    /// What it says, in a line.
    pub title: String,
    /// What the channel said.
    pub reason: String,
    /// What a person can do about it.
    pub remedy: String,
    /// When it was first refused.
    pub since: DateTime<Utc>,
    /// The message that it belongs under, as the other side calls it.
    #[serde(default)]
    pub under: Option<String>,
    /// The detection whose findings it tells of.
    pub detection: String,
    /// The first window of these findings.
    pub from: u64,
    /// The first window that is not one of theirs.
    pub end: u64,
    /// Whether people have heard of it.
    #[serde(default)]
    pub told: bool,
}

/// Why a channel takes nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trouble {
    /// When it was first so.
    pub since: DateTime<Utc>,
    /// What it says.
    pub reason: String,
    /// What a person has to do; none where it may pass by itself.
    pub remedy: Option<String>,
    /// Messages that waited when it last failed, without those that it refused.
    pub waiting: u64,
    /// Whether people have heard of it.
    #[serde(default)]
    pub told: bool,
}

/// A channel that takes messages again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Back {
    /// Since when it did not.
    pub since: DateTime<Utc>,
    /// When it took the first one again.
    pub at: DateTime<Utc>,
    /// Messages that waited.
    pub waiting: u64,
}

impl Trouble {
    /// Whether people are to hear of it now.
    pub fn is_news(&self, now: DateTime<Utc>) -> bool {
        !self.told && (self.remedy.is_some() || now - self.since >= PATIENCE)
    }
}

impl ChannelState {
    /// Notes that it took nothing, and how many messages wait; none if that is not known anew.
    pub fn fails(
        &mut self,
        now: DateTime<Utc>,
        reason: String,
        remedy: Option<&str>,
        waiting: Option<u64>,
    ) {
        // Who has not yet heard that it was back need not hear that it is gone again.
        let back = self.back.take();
        let before = self.trouble.take();
        let since = before.as_ref().map(|trouble| trouble.since);
        let since = since.or(back.as_ref().map(|back| back.since)).unwrap_or(now);
        let waited = before.as_ref().map(|trouble| trouble.waiting);
        let waiting = waiting.or(waited).or(back.as_ref().map(|back| back.waiting)).unwrap_or(0);
        let told = back.is_some() || before.is_some_and(|trouble| trouble.told);
        let remedy = remedy.map(str::to_owned);
        self.trouble = Some(Trouble { since, reason, remedy, waiting, told });
    }

    /// Notes that it took a message.
    pub fn takes(&mut self, now: DateTime<Utc>) {
        if let Some(Trouble { since, waiting, told: true, .. }) = self.trouble.take() {
            self.came_back(now, since, waiting);
        }
    }

    /// Notes that it took a message that it had refused.
    pub fn takes_held(&mut self, now: DateTime<Utc>, blob: &str) {
        self.takes(now);
        let Some(at) = self.held.iter().position(|held| held.blob == blob) else { return };
        let held = self.held.remove(at);
        if held.told {
            self.came_back(now, held.since, 1);
        }
    }

    fn came_back(&mut self, at: DateTime<Utc>, since: DateTime<Utc>, waiting: u64) {
        let back = self.back.get_or_insert(Back { since, at, waiting: 0 });
        back.since = back.since.min(since);
        back.waiting += waiting;
    }
}

impl Ledger {
    /// What is known of a channel.
    pub fn channel(&mut self, name: &str) -> &mut ChannelState {
        self.channels.entry(name.to_owned()).or_default()
    }

    /// Messages that channels refused and that wait for a later run.
    pub fn held(&self) -> impl Iterator<Item = (&str, &Held)> {
        let of = |(name, state)| {
            let state: &ChannelState = state;
            state.held.iter().map(move |held| (String::as_str(name), held))
        };
        self.channels.iter().flat_map(of)
    }

    /// Forgets channels of which there is nothing to say.
    pub fn forget_channels(&mut self) {
        self.channels.retain(|_, state| *state != ChannelState::default());
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    fn at(hour: u32) -> DateTime<Utc> {
        format!("2026-11-23T{hour:02}:00:00Z").parse().unwrap()
    }

    #[test]
    fn what_people_have_to_mend_is_news_at_once_and_the_rest_when_it_lasts() {
        let mut state = ChannelState::default();
        state.fails(at(9), "busy".to_owned(), None, Some(3));
        assert!(!state.trouble.as_ref().unwrap().is_news(at(9)));
        state.fails(at(10), "busy".to_owned(), None, Some(4));
        let trouble = state.trouble.clone().unwrap();
        assert!(trouble.is_news(at(10)) && trouble.since == at(9));
        state.fails(at(10), "gone".to_owned(), Some("set a new address"), Some(4));
        assert!(state.trouble.as_ref().unwrap().is_news(at(9)));
    }

    #[test]
    fn people_hear_that_it_is_back_if_they_heard_that_it_was_gone() {
        let mut state = ChannelState::default();
        state.fails(at(9), "gone".to_owned(), Some("set a new address"), Some(3));
        state.takes(at(10));
        assert_eq!(state, ChannelState::default());
        state.fails(at(9), "gone".to_owned(), Some("set a new address"), Some(3));
        state.trouble.as_mut().unwrap().told = true;
        state.takes(at(10));
        assert_eq!(state.back, Some(Back { since: at(9), at: at(10), waiting: 3 }));
        // It goes to and fro: there is nothing new to say.
        state.fails(at(10), "gone".to_owned(), Some("set a new address"), Some(4));
        assert!(state.back.is_none() && !state.trouble.as_ref().unwrap().is_news(at(23)));
    }
}
