//! What is around the process: channels and a store, which outlive it, and when it dies.

use std::collections::{BTreeMap, BTreeSet};
use std::future::pending;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use clickops::message::{Form, Message};
use clickops::sink::{Receipt, Sink, SinkError};
use clickops::store::memory::MemoryStore;
use clickops::store::{Expected, Store, StoreError, Version};
use fastrand::Rng;
use serde_json::Value;
use tokio::sync::Notify;

use super::SECOND;

/// How a service is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mood {
    Well,
    /// 429.
    Busy,
    /// 500.
    Failing,
    /// No answer; the message may have been taken.
    Hanging,
    /// The connection breaks before the message is taken.
    Dropping,
    /// It breaks after.
    Losing,
    /// A revoked address.
    Broken,
    /// Some messages are refused.
    Picky,
    /// Any of these, each time.
    Mixed,
}

impl Mood {
    pub(super) const ALL: [Self; 9] = [
        Self::Well,
        Self::Busy,
        Self::Failing,
        Self::Hanging,
        Self::Dropping,
        Self::Losing,
        Self::Broken,
        Self::Picky,
        Self::Mixed,
    ];
}

/// The life of a process: how many steps it has left.
pub(super) struct Life {
    pub(super) steps: AtomicUsize,
    pub(super) dead: Notify,
}

impl Life {
    /// A moment at which the process may die, and at which others go on.
    async fn step(&self) {
        tokio::task::yield_now().await;
        match self.steps.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |n| n.checked_sub(1)) {
            Ok(2..) => {}
            Ok(_) => {
                self.dead.notify_one();
                pending().await
            }
            Err(_) => pending().await,
        }
    }
}

/// All that outlives a process.
pub(super) struct World {
    pub(super) rng: Mutex<Rng>,
    pub(super) life: Life,
    pub(super) store: MemoryStore,
    /// Whether the store fails now and then.
    pub(super) shaky: AtomicBool,
    /// Whether it has failed in this run.
    pub(super) failed: AtomicBool,
    pub(super) services: BTreeMap<&'static str, Mutex<Service>>,
}

pub(super) struct Service {
    pub(super) mood: Mood,
    /// Runs for which it stays so.
    pub(super) stays: usize,
    /// What it took, in order.
    pub(super) got: Vec<Got>,
    /// How often nobody can know whether a message was taken, by key.
    pub(super) doubts: BTreeMap<String, usize>,
    /// Keys of messages that it ever refused.
    pub(super) refused: BTreeSet<String>,
    /// What this run has sent to it, last one last.
    pub(super) tried: Vec<String>,
}

/// The answer to a message that was taken.
struct Answer<'a> {
    world: &'a World,
    service: &'a Mutex<Service>,
    key: &'a str,
    given: bool,
}

impl Answer<'_> {
    fn give(mut self) {
        self.given = true;
    }
}

impl Drop for Answer<'_> {
    fn drop(&mut self) {
        // Nobody waited for it, on a machine that is slow.
        if !self.given && self.world.life.steps.load(Ordering::Relaxed) > 0 {
            let mut service = self.service.lock().unwrap();
            *service.doubts.entry(self.key.to_owned()).or_default() += 1;
        }
    }
}

/// A message that was taken.
pub(super) struct Got {
    pub(super) key: String,
    pub(super) kind: String,
    /// The number of the event that it is about.
    pub(super) event: Option<u64>,
    /// The changes that it counts.
    pub(super) changes: u64,
}

impl Got {
    fn of(message: &Message) -> Self {
        let body: Value = serde_json::from_str(&message.body).unwrap();
        let event = body["event_id"].as_str().and_then(|id| id.strip_prefix("event-"));
        Self {
            key: message.key.clone(),
            kind: body["kind"].as_str().unwrap().to_owned(),
            event: event.map(|number| number.parse().unwrap()),
            changes: body["counts"]["changes"].as_u64().unwrap_or_default(),
        }
    }
}

impl World {
    pub(super) fn chance(&self, percent: u8) -> bool {
        self.rng.lock().unwrap().u8(0..100) < percent
    }

    fn fault(&self) -> Result<(), StoreError> {
        if self.shaky.load(Ordering::Relaxed) && self.chance(3) {
            self.failed.store(true, Ordering::Relaxed);
            return Err(StoreError::Failed {
                action: "write",
                place: String::new(),
                reason: "out of order".to_owned(),
                remedy: String::new(),
            });
        }
        Ok(())
    }
}

pub(super) struct Held(pub(super) Arc<World>);

#[async_trait]
impl Store for Held {
    async fn get(&self, key: &str) -> Result<Option<(Vec<u8>, Version)>, StoreError> {
        self.0.life.step().await;
        self.0.fault()?;
        self.0.store.get(key).await
    }

    async fn put(
        &self,
        key: &str,
        bytes: &[u8],
        expected: Expected,
    ) -> Result<Version, StoreError> {
        self.0.life.step().await;
        self.0.fault()?;
        let version = self.0.store.put(key, bytes, expected).await?;
        self.0.life.step().await;
        self.0.fault()?;
        Ok(version)
    }

    async fn list(&self, prefix: &str) -> Result<Vec<String>, StoreError> {
        self.0.life.step().await;
        self.0.store.list(prefix).await
    }
}

pub(super) struct Line(pub(super) Arc<World>, pub(super) &'static str);

#[async_trait]
impl Sink for Line {
    fn form(&self) -> Form {
        Form::Json
    }

    fn pace(&self) -> Option<Duration> {
        Some(SECOND)
    }

    async fn deliver(&self, message: &Message, under: Option<&str>) -> Result<Receipt, SinkError> {
        let world = &self.0;
        world.life.step().await;
        let service = &world.services[self.1];
        let mood = {
            let mut service = service.lock().unwrap();
            service.tried.push(message.key.clone());
            let first = |id: &str| service.got.iter().any(|got| got.key == id);
            assert!(under.is_none_or(first), "it belongs under a message that was taken");
            match service.mood {
                Mood::Mixed => world.rng.lock().unwrap().choice(Mood::ALL).unwrap(),
                mood => mood,
            }
        };
        let retry =
            |reason: &str, after| Err(SinkError::Retry { reason: reason.to_owned(), after });
        let remedy = || "mend it".to_owned();
        let take = |in_doubt: bool| {
            let mut service = service.lock().unwrap();
            service.got.push(Got::of(message));
            if in_doubt {
                *service.doubts.entry(message.key.clone()).or_default() += 1;
            }
        };
        match mood {
            Mood::Busy => retry("429", Some(SECOND * 5)),
            Mood::Failing => retry("500", None),
            Mood::Dropping => retry("the connection broke", None),
            Mood::Hanging => {
                if world.chance(50) {
                    take(true);
                }
                pending().await
            }
            Mood::Losing => {
                take(true);
                retry("the connection broke", None)
            }
            Mood::Broken => Err(SinkError::Broken { reason: "404".to_owned(), remedy: remedy() }),
            // Whoever is picky is so about the same messages.
            Mood::Picky if message.key.starts_with(['0', '1', '2', '3']) => {
                service.lock().unwrap().refused.insert(message.key.clone());
                Err(SinkError::Refused { reason: "400".to_owned(), remedy: remedy() })
            }
            Mood::Well | Mood::Picky | Mood::Mixed => {
                take(false);
                let answer = Answer { world, service, key: &message.key, given: false };
                world.life.step().await;
                answer.give();
                Ok(Receipt { id: Some(message.key.clone()), note: None })
            }
        }
    }
}
