//! A thousand runs against services that answer as they like and a process that dies when it likes.
//!
//! `CLICKOPS_RUNS` and `CLICKOPS_SEED` set how many runs there are and what happens in them. A
//! failure names the seed.

use std::collections::{BTreeMap, BTreeSet};
use std::future::pending;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use clickops::collect::up_to_date;
use clickops::config::{Account, Config, Report};
use clickops::deliver::Allowed;
use clickops::journal::{self, Entry, WindowRecord};
use clickops::ledger;
use clickops::message::{Form, Message};
use clickops::query::catalogue::Catalogue;
use clickops::render::{Look, Renderer};
use clickops::report::{Post, Reporting, Round, Sent, count, note_look, register, round};
use clickops::sink::{Receipt, Sink, SinkError};
use clickops::store::memory::MemoryStore;
use clickops::store::{Expected, Store, StoreError, Version};
use clickops::window::Limits;
use fastrand::Rng;
use serde_json::Value;
use tokio::sync::Notify;

use crate::program::Desk;

const RUNS: usize = 1000;

/// So long is a second here.
const SECOND: Duration = Duration::from_micros(200);

/// Every change to three channels; a digest each hour to one of them and to a further one. `ops` is
/// the one that hears what is the matter with others.
const CONFIG: &str = "
[[channel]]
name = 'ops'
sink = 'terminal'
[[channel]]
name = 'a'
sink = 'terminal'
[[channel]]
name = 'b'
sink = 'terminal'
[[channel]]
name = 'c'
sink = 'terminal'
[[channel]]
name = 'd'
sink = 'terminal'
[[report]]
name = 'each'
mode = 'events'
max_events = 100000
channels = ['a', 'b', 'c']
[[report]]
name = 'hourly'
schedule = '0 * * * *'
channels = ['a', 'd']
";

/// How a service is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mood {
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
    const ALL: [Self; 9] = [
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
struct Life {
    steps: AtomicUsize,
    dead: Notify,
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
struct World {
    rng: Mutex<Rng>,
    life: Life,
    store: MemoryStore,
    /// Whether the store fails now and then.
    shaky: AtomicBool,
    /// Whether it has failed in this run.
    failed: AtomicBool,
    services: BTreeMap<&'static str, Mutex<Service>>,
}

struct Service {
    mood: Mood,
    /// Runs for which it stays so.
    stays: usize,
    /// What it took, in order.
    got: Vec<Got>,
    /// How often nobody can know whether a message was taken, by key.
    doubts: BTreeMap<String, usize>,
    /// Keys of messages that it ever refused.
    refused: BTreeSet<String>,
    /// What this run has sent to it, last one last.
    tried: Vec<String>,
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
struct Got {
    key: String,
    kind: String,
    /// The number of the event that it is about.
    event: Option<u64>,
    /// The changes that it counts.
    changes: u64,
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
    fn chance(&self, percent: u8) -> bool {
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

struct Held(Arc<World>);

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

struct Line(Arc<World>, &'static str);

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

struct Simulation {
    world: Arc<World>,
    reports: Vec<Report>,
    default_channel: String,
    channels: BTreeMap<String, Box<dyn Sink>>,
    catalogue: Catalogue,
    now: DateTime<Utc>,
    windows: u64,
    /// Events that were collected.
    events: u64,
}

impl Simulation {
    fn new(seed: u64) -> Self {
        let desk = Desk::new();
        let config = Config::load(Some(&desk.write("c.toml", CONFIG)), []).unwrap();
        let names = ["a", "b", "c", "d", "ops"];
        let service = || Service {
            mood: Mood::Well,
            stays: 0,
            got: Vec::new(),
            doubts: BTreeMap::new(),
            refused: BTreeSet::new(),
            tried: Vec::new(),
        };
        let world = Arc::new(World {
            rng: Mutex::new(Rng::with_seed(seed)),
            life: Life { steps: usize::MAX.into(), dead: Notify::new() },
            store: MemoryStore::default(),
            shaky: false.into(),
            failed: false.into(),
            services: names.map(|name| (name, Mutex::new(service()))).into(),
        });
        let line = |name| Box::new(Line(Arc::clone(&world), name)) as Box<dyn Sink>;
        Self {
            channels: names.map(|name| (name.to_owned(), line(name))).into(),
            world,
            reports: config.reports,
            default_channel: config.default_channel,
            catalogue: Catalogue::shipped().unwrap(),
            now: "2026-11-23T00:05:00Z".parse().unwrap(),
            windows: 0,
            events: 0,
        }
    }

    /// Registers the reports, which begin with what is collected after that.
    async fn begin(&self) {
        let store = &self.world.store;
        let mut loaded = up_to_date(store, &Limits::default(), self.now).await.unwrap();
        register(store, &mut loaded, &self.reports).await.unwrap();
    }

    /// Puts a window with some changes into the journal.
    async fn collect(&mut self, changes: u64) {
        let finding = |number: u64| {
            let value = serde_json::json!({
                "detection": self.reports[0].detection, "event_id": format!("event-{number}"),
                "event_time": (self.now + TimeDelta::seconds(number as i64)).to_rfc3339(),
                "event_source": "ec2.amazonaws.com", "event_name": "RunInstances",
                "verdict": "clickops", "account_id": "111122223333", "actor": "ann",
            });
            serde_json::from_value(value).unwrap()
        };
        let window = WindowRecord {
            number: self.windows,
            collected_at: self.now,
            until: Some(self.now),
            span: None,
            logs: Vec::new(),
            delivered: 0,
            bytes: 0,
            dollars: None,
            records: 0,
            seconds: 0.0,
            damaged: BTreeMap::new(),
        };
        let findings = (self.events..self.events + changes).map(finding).collect();
        journal::append(&self.world.store, &Entry { window, findings }).await.unwrap();
        self.windows += 1;
        self.events += changes;
    }

    /// One life of the process.
    async fn live(&self) -> Result<Sent, String> {
        let store = &Held(Arc::clone(&self.world));
        let told = |error: &dyn std::fmt::Display| error.to_string();
        let loaded = up_to_date(store, &Limits::default(), self.now).await;
        let mut loaded = loaded.map_err(|error| told(&error))?;
        register(store, &mut loaded, &self.reports).await.map_err(|error| told(&error))?;
        let noted = note_look(store, &self.reports, self.now, None).await;
        noted.map_err(|error| told(&error))?;
        let run = Reporting {
            store,
            post: &Post::new(SECOND),
            accounts: &BTreeMap::<String, Account>::new(),
            catalogue: &self.catalogue,
            exclusions: &[],
            portal: None,
            renderer: &Renderer::shipped(),
            channels: &self.channels,
            now: self.now,
            look: Look::from(false),
            engine: "test",
            forced: false,
            unread: &BTreeMap::new(),
            allowed: Allowed { now: &|| true, leave: None },
        };
        let what = Round {
            reports: &self.reports,
            known: &self.reports,
            default_channel: &self.default_channel,
            in_order: &|_| false,
            trial: false,
            tell: &|_| {},
        };
        round(&run, &what).await.map_err(|error| told(&error))
    }

    /// One run, in which anything may happen unless all is `well`. Gives whether it came to its end.
    async fn run(&mut self, well: bool) -> bool {
        let (changes, steps) = {
            let mut rng = self.world.rng.lock().unwrap();
            for service in self.world.services.values() {
                let mut service = service.lock().unwrap();
                service.tried.clear();
                service.stays = service.stays.saturating_sub(1);
                if well {
                    service.mood = Mood::Well;
                } else if service.stays == 0 {
                    service.mood = rng.choice(Mood::ALL).unwrap();
                    service.stays = rng.usize(1..6);
                }
            }
            let dies = !well && rng.u8(0..100) < 30;
            (
                if well { 0 } else { rng.u64(0..4) },
                if dies { rng.usize(1..120) } else { usize::MAX },
            )
        };
        self.collect(changes).await;
        self.world.shaky.store(!well && self.world.chance(20), Ordering::Relaxed);
        self.world.failed.store(false, Ordering::Relaxed);
        self.world.life.steps.store(steps, Ordering::Relaxed);
        let ended = tokio::select! {
            biased;
            () = self.world.life.dead.notified() => None,
            done = self.live() => Some(done),
        };
        self.now += TimeDelta::minutes(10);
        if well {
            let sent = ended.as_ref().unwrap().as_ref().unwrap();
            assert!(sent.complete);
        }
        if matches!(ended, Some(Ok(_))) {
            return true;
        }
        // What was on its way may have arrived, and is not marked. Where the store failed before,
        // that is so of others too.
        let failed = self.world.failed.load(Ordering::Relaxed);
        for service in self.world.services.values() {
            let mut service = service.lock().unwrap();
            let mut tried = std::mem::take(&mut service.tried);
            let last = tried.split_off(if failed { 0 } else { tried.len().saturating_sub(1) });
            for key in last.into_iter().collect::<BTreeSet<_>>() {
                *service.doubts.entry(key).or_default() += 1;
            }
        }
        false
    }

    /// What a channel that was well all the time has to have got.
    fn assert_caught_up(&self, channel: &str) {
        let service = self.world.services[channel].lock().unwrap();
        let told: BTreeSet<u64> = service.got.iter().filter_map(|got| got.event).collect();
        let missing: Vec<u64> = (0..self.events).filter(|number| !told.contains(number)).collect();
        assert!(missing.is_empty(), "'{channel}' was well and has not got {missing:?}");
    }

    fn assert_all_delivered(&self) {
        for (name, service) in &self.world.services {
            let service = service.lock().unwrap();
            let mut times = BTreeMap::<&str, usize>::new();
            for Got { key, kind, .. } in &service.got {
                let times = times.entry(key).or_default();
                *times += 1;
                let doubts = service.doubts.get(key).copied().unwrap_or_default();
                assert!(
                    *times <= 1 + doubts,
                    "'{name}' got the {kind} {key} {times} times, in doubt {doubts}"
                );
            }
            // What it refused comes later than what it did not.
            let mut seen = BTreeSet::new();
            let taken = service.got.iter().filter(|got| seen.insert(&got.key));
            let at_once = taken.filter(|got| !service.refused.contains(&got.key));
            let in_order: Vec<u64> = at_once.filter_map(|got| got.event).collect();
            assert!(in_order.is_sorted(), "'{name}' got events out of order: {in_order:?}");
        }
        for channel in ["a", "b", "c"] {
            self.assert_caught_up(channel);
        }
        for channel in ["a", "d"] {
            let service = self.world.services[channel].lock().unwrap();
            let digests: BTreeMap<&str, u64> = service
                .got
                .iter()
                .filter(|got| got.kind == "digest")
                .map(|got| (got.key.as_str(), got.changes))
                .collect();
            assert_eq!(digests.values().sum::<u64>(), self.events, "digests to '{channel}'");
        }
    }
}

fn set(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().unwrap())
}

#[tokio::test]
async fn whatever_happens_each_message_arrives_and_twice_only_what_was_on_its_way() {
    let runs = set("CLICKOPS_RUNS").map_or(RUNS, |runs| runs as usize);
    let seed = set("CLICKOPS_SEED").unwrap_or_else(|| fastrand::u64(..));
    #[expect(clippy::print_stdout, reason = "shown if the test fails")]
    {
        println!("CLICKOPS_SEED={seed} CLICKOPS_RUNS={runs}");
    }
    fastrand::seed(seed);
    let mut simulation = Simulation::new(seed);
    simulation.begin().await;
    let mut ended = 0;
    for _ in 0..runs {
        if simulation.run(false).await {
            ended += 1;
            // One that takes nothing holds up no other.
            for channel in ["a", "b", "c"] {
                let mood = simulation.world.services[channel].lock().unwrap().mood;
                if mood == Mood::Well {
                    simulation.assert_caught_up(channel);
                }
            }
        }
    }
    // Enough for a digest of the rest to be due.
    for _ in 0..15 {
        simulation.run(true).await;
    }
    simulation.assert_all_delivered();
    let counts = count(&simulation.world.store, &simulation.reports).await.unwrap();
    assert_eq!(counts.findings, counts.sent + counts.hidden + counts.pending);
    let ledger = ledger::load(&simulation.world.store).await.unwrap().ledger;
    assert!(ledger.channels.is_empty(), "{:?}", ledger.channels);
    assert!(ended * 5 > runs, "most runs died: {ended} of {runs} came to their end");
}
