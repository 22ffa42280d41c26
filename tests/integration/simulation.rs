//! A thousand runs against services that answer as they like and a process that dies when it likes.
//!
//! `CLICKOPS_RUNS` and `CLICKOPS_SEED` set how many runs there are and what happens in them. A
//! failure names the seed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use clickops::collect::up_to_date;
use clickops::config::{Account, Config, Report};
use clickops::deliver::Allowed;
use clickops::journal::{self, Entry, WindowRecord};
use clickops::ledger;
use clickops::query::catalogue::Catalogue;
use clickops::render::{Look, Renderer};
use clickops::report::{Post, Reporting, Round, Sent, count, note_look, register, round};
use clickops::sink::Sink;
use clickops::store::memory::MemoryStore;
use clickops::window::Limits;
use fastrand::Rng;
use tokio::sync::Notify;

use self::world::{Got, Held, Life, Line, Mood, Service, World};
use crate::program::Desk;

mod world;

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
            ..WindowRecord::default()
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
