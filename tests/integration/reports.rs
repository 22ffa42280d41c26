//! Reports from a journal: what goes out when a channel fails, and where a new report begins.

use std::collections::BTreeMap;
use std::sync::Mutex;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use clickops::collect::up_to_date;
use clickops::config::{Config, Mode, Report};
use clickops::exclusion::{Exclusion, Kind, Patterns, Until};
use clickops::journal::{self, Entry, WindowRecord};
use clickops::ledger;
use clickops::message::{Form, Message};
use clickops::render::{Look, Renderer};
use clickops::report::{Post, Reported, Reporting, register, report};
use clickops::schedule::Schedule;
use clickops::sink::{Receipt, Sink, SinkError};
use clickops::store::memory::MemoryStore;
use clickops::window::Limits;

use crate::program::Desk;

/// What a channel does with a message.
type Mood = fn(&Message) -> Result<Receipt, SinkError>;

/// A channel that remembers what it accepted.
struct Channel {
    mood: Mutex<Mood>,
    got: Mutex<Vec<String>>,
    bodies: Mutex<Vec<String>>,
}

#[async_trait]
impl Sink for &'static Channel {
    fn form(&self) -> Form {
        Form::Text
    }

    async fn deliver(&self, message: &Message, _: Option<&str>) -> Result<Receipt, SinkError> {
        let mood = *self.mood.lock().unwrap();
        let receipt = mood(message)?;
        self.got.lock().unwrap().push(message.title.clone());
        self.bodies.lock().unwrap().push(message.body.clone());
        Ok(receipt)
    }
}

fn channel(mood: Mood) -> &'static Channel {
    Box::leak(Box::new(Channel {
        mood: Mutex::new(mood),
        got: Mutex::default(),
        bodies: Mutex::default(),
    }))
}

fn accepts(_: &Message) -> Result<Receipt, SinkError> {
    Ok(Receipt::default())
}

fn is_down(_: &Message) -> Result<Receipt, SinkError> {
    // Longer than a run waits, so that the test does not.
    let after = Some(std::time::Duration::from_secs(3600));
    Err(SinkError::Retry { reason: "it is down".to_owned(), after })
}

fn is_archived(_: &Message) -> Result<Receipt, SinkError> {
    let remedy = "unarchive it".to_owned();
    Err(SinkError::Broken { reason: "it is archived".to_owned(), remedy })
}

fn refuses_stops(message: &Message) -> Result<Receipt, SinkError> {
    if message.title.contains("StopInstances") {
        let remedy = "nothing".to_owned();
        return Err(SinkError::Refused { reason: "too long".to_owned(), remedy });
    }
    accepts(message)
}

struct Office {
    store: MemoryStore,
    channels: BTreeMap<String, Box<dyn Sink>>,
    report: Report,
    exclusions: Vec<Exclusion>,
}

impl Office {
    fn new(channels: &[(&str, &'static Channel)]) -> Self {
        let desk = Desk::new();
        let path = desk.write("c.toml", "[[report]]\nname = \"all\"\nmode = \"events\"\n");
        let mut report = Config::load(Some(&path), []).unwrap().reports.remove(0);
        report.channels = channels.iter().map(|(name, _)| (*name).to_owned()).collect();
        let boxed = |channel: &&'static Channel| Box::new(*channel) as Box<dyn Sink>;
        Self {
            store: MemoryStore::default(),
            channels: channels
                .iter()
                .map(|(name, channel)| ((*name).to_owned(), boxed(channel)))
                .collect(),
            report,
            exclusions: Vec::new(),
        }
    }

    /// Puts a window with one finding for each action into the journal.
    async fn collect(&self, number: u64, actions: &[&str]) {
        let finding = |action: &&str| {
            let value = serde_json::json!({
                "detection": self.report.detection, "event_id": format!("{action}-{number}"),
                "event_time": "2026-11-23T09:00:00Z", "event_source": "ec2.amazonaws.com",
                "event_name": action, "verdict": "clickops", "account_id": "111122223333",
            });
            serde_json::from_value(value).unwrap()
        };
        let window = WindowRecord {
            number,
            collected_at: now(),
            until: Some(now()),
            ..WindowRecord::default()
        };
        let findings = actions.iter().map(finding).collect();
        journal::append(&self.store, &Entry { window, findings }).await.unwrap();
    }

    async fn begin(&self) {
        let mut loaded = up_to_date(&self.store, &Limits::default(), now()).await.unwrap();
        register(&self.store, &mut loaded, std::slice::from_ref(&self.report)).await.unwrap();
    }

    async fn send(&self, channel: &str) -> Reported {
        up_to_date(&self.store, &Limits::default(), now()).await.unwrap();
        let reporting = Reporting {
            store: &self.store,
            post: &Post::default(),
            accounts: &BTreeMap::new(),
            exclusions: &self.exclusions,
            catalogue: &clickops::query::catalogue::Catalogue::shipped().unwrap(),
            portal: None,
            renderer: &Renderer::shipped(),
            channels: &self.channels,
            now: now(),
            look: Look::from(false),
            engine: "test",
            forced: false,
            unread: &BTreeMap::new(),
            allowed: clickops::deliver::Allowed { now: &|| true, leave: None },
        };
        report(&reporting, &self.report, channel).await.unwrap()
    }
}

fn now() -> DateTime<Utc> {
    "2026-11-23T12:00:00Z".parse().unwrap()
}

#[tokio::test]
async fn a_channel_that_is_down_catches_up_and_holds_up_nobody() {
    let (down, up) = (channel(is_down), channel(accepts));
    let office = Office::new(&[("down", down), ("up", up)]);
    office.begin().await;
    office.collect(0, &["StopInstances"]).await;
    assert!(!office.send("down").await.complete);
    assert!(office.send("up").await.complete);
    office.collect(1, &["RunInstances"]).await;
    *down.mood.lock().unwrap() = is_archived;
    let sent = office.send("down").await;
    assert!(!sent.complete && sent.notes[0].contains("it is archived; unarchive it"), "{sent:?}");
    assert!(office.send("up").await.complete);
    assert_eq!(up.got.lock().unwrap().len(), 2);

    *down.mood.lock().unwrap() = accepts;
    assert!(office.send("down").await.complete);
    assert_eq!(*down.got.lock().unwrap(), *up.got.lock().unwrap());
    assert!(office.send("down").await.nothing_new);
}

#[tokio::test]
async fn a_refused_message_is_named_and_the_others_go_out() {
    let picky = channel(refuses_stops);
    let office = Office::new(&[("picky", picky)]);
    office.begin().await;
    office.collect(0, &["RunInstances", "StopInstances", "CreateVpc"]).await;
    let sent = office.send("picky").await;
    assert!(
        !sent.complete && sent.notes.iter().any(|note| note.contains("StopInstances")),
        "{sent:?}"
    );
    assert_eq!(picky.got.lock().unwrap().len(), 2);
    assert!(office.send("picky").await.nothing_new, "a refused message is not tried for ever");
}

#[tokio::test]
async fn a_new_report_begins_with_what_comes_after_it() {
    let late = channel(accepts);
    let office = Office::new(&[("late", late)]);
    office.collect(0, &["RunInstances"]).await;
    office.begin().await;
    assert!(office.send("late").await.nothing_new);
    office.collect(1, &["StopInstances"]).await;
    office.send("late").await;
    assert_eq!(late.got.lock().unwrap().len(), 1);
}

fn exclusion(name: &str, action: &str, until: Option<&str>) -> Exclusion {
    Exclusion {
        until: until.map(|day| Until(day.parse().unwrap())),
        event_name: Patterns::exactly([action]),
        ..Exclusion::new(name.to_owned(), Kind::Accepted, "a test".to_owned())
    }
}

/// The digest at noon of a report on this schedule that went out `last`.
async fn digest_on(schedule: &str, last: &str) -> String {
    let channel = channel(accepts);
    let mut office = Office::new(&[("c", channel)]);
    office.report.mode = Mode::Digest;
    office.report.schedule = Some(Schedule::parse(schedule).unwrap());
    let shipped = Exclusion { shipped: true, ..exclusion("shipped-one", "Nothing", None) };
    office.exclusions = vec![
        exclusion("busy", "StopInstances", Some("2026-01-01")),
        exclusion("idle", "CreateVpc", None),
        exclusion("over", "DeleteVpc", Some("2026-11-20")),
        shipped,
    ];
    office.begin().await;
    office.collect(0, &["StopInstances"]).await;
    let mut loaded = ledger::load(&office.store).await.unwrap();
    let state = loaded.ledger.reports.values_mut().next().unwrap();
    state.last = Some(last.parse().unwrap());
    loaded.save(&office.store).await.unwrap();
    office.send("c").await;
    let bodies = channel.bodies.lock().unwrap();
    bodies.last().unwrap().clone()
}

#[tokio::test]
async fn a_daily_report_lists_exclusions_of_the_config_that_cover_nothing() {
    let daily = digest_on("0 12 * * *", "2026-11-22T12:00:00Z").await;
    assert!(
        daily.contains("Unused   idle, over (ended 2026-11-20): covered nothing in this period"),
        "{daily}"
    );
    let hourly = digest_on("0 * * * *", "2026-11-23T11:00:00Z").await;
    assert!(hourly.contains("StopInstances") && !hourly.contains("Unused"), "{hourly}");
}
