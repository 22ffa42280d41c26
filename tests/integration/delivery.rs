//! What people hear when channels fail, and when nobody looks at the logs.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use clickops::collect::up_to_date;
use clickops::config::Config;
use clickops::deliver::Allowed;
use clickops::journal::{self, Entry, WindowRecord};
use clickops::ledger::sight::Trouble;
use clickops::ledger::{self, Ledger};
use clickops::message::{Form, Message};
use clickops::query::catalogue::Catalogue;
use clickops::render::{Look, Renderer};
use clickops::report::{Post, Reporting, Round, Sent, count, note_look, register, round};
use clickops::sink::{Receipt, Sink, SinkError};
use clickops::store::Store as _;
use clickops::store::memory::MemoryStore;
use clickops::window::Limits;

use crate::program::Desk;

/// What a channel does with a message.
type Mood = fn(&Message) -> Result<Receipt, SinkError>;

fn takes(message: &Message) -> Result<Receipt, SinkError> {
    Ok(Receipt { id: Some(message.title.clone()), note: None })
}

fn is_broken(_: &Message) -> Result<Receipt, SinkError> {
    let [reason, remedy] = ["it answers 404", "set a new address"].map(str::to_owned);
    Err(SinkError::Broken { reason, remedy })
}

fn refuses_stops(message: &Message) -> Result<Receipt, SinkError> {
    if message.title.contains("ec2:Stop") {
        let [reason, remedy] = ["invalid_blocks", "mend the template"].map(str::to_owned);
        return Err(SinkError::Refused { reason, remedy });
    }
    takes(message)
}

struct Channel {
    mood: Mutex<Mood>,
    got: Mutex<Vec<(Message, Option<String>)>>,
}

struct Line(Arc<Channel>);

#[async_trait]
impl Sink for Line {
    fn form(&self) -> Form {
        Form::Text
    }

    async fn deliver(&self, message: &Message, under: Option<&str>) -> Result<Receipt, SinkError> {
        let receipt = (*self.0.mood.lock().unwrap())(message)?;
        self.0.got.lock().unwrap().push((message.clone(), under.map(str::to_owned)));
        Ok(receipt)
    }
}

struct Office {
    config: Config,
    channels: BTreeMap<String, Arc<Channel>>,
    store: MemoryStore,
    windows: u64,
}

impl Office {
    async fn new(config: &str) -> Self {
        let config = Config::load(Some(&Desk::new().write("c.toml", config)), []).unwrap();
        let channel = || Channel { mood: Mutex::new(takes), got: Mutex::default() };
        let channels = config.channels.keys().map(|name| (name.clone(), Arc::new(channel())));
        let channels = channels.collect();
        let office = Self { config, channels, store: MemoryStore::default(), windows: 0 };
        let mut loaded = up_to_date(&office.store, &Limits::default(), at("05:00")).await.unwrap();
        register(&office.store, &mut loaded, &office.config.reports).await.unwrap();
        office
    }

    fn set(&self, channel: &str, mood: Mood) {
        *self.channels[channel].mood.lock().unwrap() = mood;
    }

    /// What a channel got since this was last asked.
    fn got(&self, channel: &str) -> Vec<(Message, Option<String>)> {
        std::mem::take(&mut *self.channels[channel].got.lock().unwrap())
    }

    fn titles(&self, channel: &str) -> Vec<String> {
        self.got(channel).into_iter().map(|(message, _)| message.title).collect()
    }

    async fn collect(&mut self, actions: &[&str]) {
        let finding = |action: &&str| {
            let value = serde_json::json!({
                "detection": self.config.reports[0].detection, "event_source": "ec2.amazonaws.com",
                "event_id": format!("{action}-{}", self.windows), "event_name": action,
                "event_time": "2026-11-23T05:00:00Z", "verdict": "clickops", "actor": "ann",
            });
            serde_json::from_value(value).unwrap()
        };
        let window = WindowRecord {
            number: self.windows,
            collected_at: at("05:00"),
            until: Some(at("05:00")),
            ..WindowRecord::default()
        };
        let findings = actions.iter().map(finding).collect();
        journal::append(&self.store, &Entry { window, findings }).await.unwrap();
        self.windows += 1;
    }

    async fn run(&self, now: &str) -> Sent {
        self.run_with(now, None).await
    }

    /// A run that cannot look at the logs.
    async fn run_blind(&self, now: &str) -> Sent {
        let [stage, error] = ["query", "access denied"].map(str::to_owned);
        let trouble = Trouble { stage, error, remedy: None, partly: false };
        self.run_with(now, Some(trouble)).await
    }

    async fn run_with(&self, now: &str, trouble: Option<Trouble>) -> Sent {
        let now = at(now);
        let reports = &self.config.reports;
        up_to_date(&self.store, &Limits::default(), now).await.unwrap();
        note_look(&self.store, reports, now, trouble).await.unwrap();
        let line = |channel: &Arc<Channel>| Box::new(Line(Arc::clone(channel))) as Box<dyn Sink>;
        let lines = self.channels.iter().map(|(name, channel)| (name.clone(), line(channel)));
        let run = Reporting {
            store: &self.store,
            post: &Post::default(),
            accounts: &BTreeMap::new(),
            catalogue: &Catalogue::shipped().unwrap(),
            exclusions: &[],
            portal: None,
            renderer: &Renderer::shipped(),
            channels: &lines.collect(),
            now,
            look: Look::from(false),
            engine: "test",
            forced: false,
            unread: &BTreeMap::new(),
            allowed: Allowed { now: &|| true, leave: None },
        };
        let what = Round {
            reports,
            known: reports,
            default_channel: &self.config.default_channel,
            in_order: &|_| false,
            trial: false,
            tell: &|_| {},
        };
        round(&run, &what).await.unwrap()
    }

    async fn ledger(&self) -> Ledger {
        ledger::load(&self.store).await.unwrap().ledger
    }

    async fn pending(&self) -> u64 {
        count(&self.store, &self.config.reports).await.unwrap().pending
    }
}

fn at(time: &str) -> DateTime<Utc> {
    let day = if time.contains(' ') { "" } else { "23 " };
    let text = format!("2026-11-{day}{time}:00Z").replace(' ', "T");
    text.parse().unwrap()
}

/// Each change to `a` and `b`; `ops` hears what is the matter with them.
const EVENTS: &str = "
[[channel]]
name = 'a'
sink = 'terminal'
[[channel]]
name = 'b'
sink = 'terminal'
[[channel]]
name = 'ops'
sink = 'terminal'
default = true
[[report]]
name = 'each'
mode = 'events'
channels = ['a', 'b']
";

const HOURLY: &str = "
[[channel]]
name = 'a'
sink = 'terminal'
[[report]]
name = 'hourly'
schedule = '0 * * * *'
timezone = 'Africa/Johannesburg'
channels = ['a']
";

#[tokio::test]
async fn a_broken_channel_is_told_of_once_and_once_more_when_it_is_back() {
    let mut office = Office::new(EVENTS).await;
    office.set("a", is_broken);
    office.collect(&["RunInstances", "StopInstances"]).await;
    assert!(!office.run("06:00").await.complete);
    let [(told, _)] = office.got("ops").try_into().unwrap();
    assert_eq!(told.title, "ClickOps: messages to 'a' do not arrive");
    for part in ["it answers 404", "set a new address", "2 messages"] {
        assert!(told.body.contains(part), "{}", told.body);
    }
    assert_eq!(office.titles("b").len(), 2, "it holds up nobody");
    office.run("07:00").await;
    assert!(office.got("ops").is_empty() && office.pending().await == 2);

    office.set("a", takes);
    assert!(office.run("08:00").await.complete);
    assert_eq!(office.titles("a").len(), 2);
    let [(told, _)] = office.got("ops").try_into().unwrap();
    assert_eq!(told.title, "ClickOps: messages to 'a' arrive again");
    assert!(told.body.contains("2 messages waited"), "{}", told.body);
    office.run("09:00").await;
    assert!(office.got("ops").is_empty() && office.ledger().await.channels.is_empty());
}

#[tokio::test]
async fn where_the_default_channel_is_broken_the_first_that_works_hears_of_it() {
    let mut office = Office::new(&EVENTS.replace("['a', 'b']", "['ops', 'a', 'b']")).await;
    office.set("ops", is_broken);
    office.set("a", is_broken);
    office.collect(&["RunInstances"]).await;
    office.run("06:00").await;
    let told = office.titles("b");
    assert_eq!(told.len(), 3, "{told:?}");
    for channel in ["a", "ops"] {
        assert!(told.contains(&format!("ClickOps: messages to '{channel}' do not arrive")));
    }
}

#[tokio::test]
async fn a_refused_message_is_kept_and_tried_again_and_counts_as_pending() {
    let mut office = Office::new(EVENTS).await;
    office.set("a", refuses_stops);
    office.collect(&["RunInstances", "StopInstances", "CreateVpc"]).await;
    office.run("06:00").await;
    assert_eq!(office.titles("a").len(), 2, "it holds up nobody");
    let [(told, _)] = office.got("ops").try_into().unwrap();
    assert_eq!(told.title, "ClickOps: 'a' refuses 1 message");
    assert!(told.body.contains("ec2:StopInstances"), "{}", told.body);
    assert!(told.body.contains("invalid_blocks"), "{}", told.body);
    assert_eq!(office.pending().await, 3);
    let blob = office.ledger().await.held().next().unwrap().1.blob.clone();
    assert!(office.store.get(&blob).await.unwrap().is_some());

    assert!(!office.run("07:00").await.complete);
    assert!(office.got("a").is_empty() && office.got("ops").is_empty());
    office.set("a", takes);
    assert!(office.run("08:00").await.complete);
    assert_eq!(office.titles("a").len(), 1);
    assert_eq!(office.titles("ops"), ["ClickOps: messages to 'a' arrive again"]);
    assert_eq!(office.store.get(&blob).await.unwrap().unwrap().0, b"");
    assert_eq!(office.pending().await, 0);
}

#[tokio::test]
async fn what_waits_for_a_channel_that_is_gone_goes_to_the_default_one() {
    let mut office = Office::new(EVENTS).await;
    office.set("a", refuses_stops);
    office.collect(&["StopInstances"]).await;
    office.run("06:00").await;
    office.got("ops");
    office.config.reports[0].channels = vec!["b".to_owned()];
    office.channels.remove("a");
    office.run("07:00").await;
    let titles = office.titles("ops");
    // It is no channel of a report, and is looked after all the same.
    assert!(titles.iter().any(|title| title.contains("ec2:StopInstances")), "{titles:?}");
    assert_eq!(office.ledger().await.held().count(), 0);
}

#[tokio::test]
async fn messages_that_belong_together_are_one_thread_also_after_a_failure() {
    fn busy_after_two(message: &Message) -> Result<Receipt, SinkError> {
        if message.title.contains("CreateVpc") { is_broken(message) } else { takes(message) }
    }
    let mut office = Office::new(EVENTS).await;
    office.set("a", busy_after_two);
    office.collect(&["RunInstances", "StopInstances", "CreateVpc"]).await;
    office.run("06:00").await;
    office.set("a", takes);
    office.run("06:10").await;
    let got = office.got("a");
    let first = Some(got[0].0.title.clone());
    let under: Vec<_> = got.into_iter().map(|(_, under)| under).collect();
    assert_eq!(under, [None, first.clone(), first]);
}

#[tokio::test]
async fn a_report_does_not_say_that_nothing_happened_where_nobody_looked() {
    let mut office = Office::new(HOURLY).await;
    office.collect(&[]).await;
    office.run("06:00").await;
    office.got("a");
    office.run_blind("07:00").await;
    let [(told, _)] = office.got("a").try_into().unwrap();
    assert!(told.title.contains("hourly: nobody was looking"), "{}", told.title);
    assert!(told.body.contains("access denied") && !told.body.contains("Nothing was changed"));
    for hour in 8..24 {
        office.run_blind(&format!("{hour:02}:00")).await;
    }
    assert_eq!(office.titles("a"), [""; 0], "it is said once a day");
    office.run_blind("24 06:00").await;
    assert_eq!(office.titles("a").len(), 1);
    office.collect(&["RunInstances"]).await;
    office.run("24 07:00").await;
    let [(caught_up, _)] = office.got("a").try_into().unwrap();
    let flat = caught_up.body.split_whitespace().collect::<Vec<_>>().join(" ");
    let gap = "nobody was looking from Mon 23 Nov 08:00 to Tue 24 Nov 09:00; caught up now";
    assert!(flat.contains(gap), "{flat}");
    office.collect(&[]).await;
    office.run("24 08:00").await;
    assert!(!office.got("a")[0].0.body.contains("nobody was looking"));
}

#[tokio::test]
async fn one_failed_run_is_no_outage_and_two_are() {
    let mut office = Office::new(EVENTS).await;
    office.collect(&[]).await;
    office.run("06:00").await;
    office.run_blind("06:10").await;
    assert_eq!(office.titles("a"), [""; 0]);
    office.run_blind("06:20").await;
    office.run_blind("06:30").await;
    for channel in ["a", "b"] {
        let [told] = office.titles(channel).try_into().unwrap();
        assert!(told.contains("nobody was looking"), "{told}");
    }
    // Events have no digest that could say so.
    office.collect(&["RunInstances"]).await;
    office.run("06:40").await;
    let [(first, _), (second, under)] = office.got("a").try_into().unwrap();
    assert!(first.body.contains("06:00 to 06:40") && first.body.contains("looked at since"));
    assert!(second.title.contains("RunInstances") && under == Some(first.title));
}

#[tokio::test]
async fn scheduled_times_without_a_run_are_said_and_a_channel_that_was_down_is_no_gap() {
    let mut office = Office::new(HOURLY).await;
    office.collect(&[]).await;
    office.run("06:00").await;
    office.got("a");
    office.collect(&[]).await;
    office.run("09:00").await;
    let body = office.got("a").remove(0).0.body;
    assert!(body.contains("nobody was looking from 08:00 to 11:00; caught up now"), "{body}");
    office.set("a", is_broken);
    for hour in ["10:00", "11:00", "12:00"] {
        office.collect(&[]).await;
        office.run(hour).await;
    }
    office.set("a", takes);
    office.run("13:00").await;
    let bodies: String = office.got("a").into_iter().map(|(message, _)| message.body).collect();
    assert!(!bodies.contains("nobody was looking"), "{bodies}");
    assert!(bodies.contains("nothing was sent for 2 scheduled times before this one"), "{bodies}");
}
