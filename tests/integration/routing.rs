//! Who hears of what: reports with conditions, what none of them shows, and how many messages.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use clickops::collect::up_to_date;
use clickops::config::Config;
use clickops::journal::{self, Entry, WindowRecord};
use clickops::ledger::Counts;
use clickops::message::{Form, Message};
use clickops::render::{Look, Renderer};
use clickops::report::{Post, Reporting, count, register, report};
use clickops::sink::{Receipt, Sink, SinkError};
use clickops::store::memory::MemoryStore;
use clickops::window::Limits;

/// A channel that remembers what it got; shut, it is down.
#[derive(Clone, Default)]
struct Inbox {
    got: Arc<Mutex<Vec<Message>>>,
    shut: Arc<Mutex<bool>>,
}

#[async_trait]
impl Sink for Inbox {
    fn form(&self) -> Form {
        Form::Text
    }

    async fn deliver(&self, message: &Message, _: Option<&str>) -> Result<Receipt, SinkError> {
        if *self.shut.lock().unwrap() {
            let after = Some(std::time::Duration::from_secs(3600));
            return Err(SinkError::Retry { reason: "it is down".to_owned(), after });
        }
        self.got.lock().unwrap().push(message.clone());
        Ok(Receipt::default())
    }
}

impl Inbox {
    fn take(&self) -> Vec<Message> {
        std::mem::take(&mut *self.got.lock().unwrap())
    }

    fn bodies(&self) -> Vec<String> {
        self.take().into_iter().map(|message| message.body).collect()
    }
}

/// A store, and the channels of a config.
struct Office {
    store: MemoryStore,
    config: Config,
    inboxes: BTreeMap<String, Inbox>,
    now: DateTime<Utc>,
    damaged: BTreeMap<String, String>,
}

impl Office {
    fn new(text: &str) -> Self {
        let config = config(text);
        let inboxes = config.channels.keys().map(|name| (name.clone(), Inbox::default())).collect();
        let now = time("2026-11-23T12:00:00Z");
        Self { store: MemoryStore::default(), config, inboxes, now, damaged: BTreeMap::new() }
    }

    async fn begin(&self) {
        let mut loaded = up_to_date(&self.store, &Limits::default(), self.now).await.unwrap();
        register(&self.store, &mut loaded, &self.config.reports).await.unwrap();
    }

    /// Puts a window with these actions into the journal.
    async fn collect(&self, number: u64, actions: &[&str]) {
        let finding = |(at, action): (usize, &&str)| {
            let (service, name) = action.split_once(':').unwrap();
            let value = serde_json::json!({
                "detection": "console_activity", "event_id": format!("{action}-{number}-{at}"),
                "event_time": format!("2026-11-23T{:02}:{:02}:00Z", at / 60 % 24, at % 60),
                "event_source": format!("{service}.amazonaws.com"), "event_name": name,
                "verdict": "clickops", "account_id": "111122223333", "actor": "ann",
            });
            serde_json::from_value(value).unwrap()
        };
        let window = WindowRecord {
            number,
            collected_at: self.now,
            until: Some(self.now),
            ..WindowRecord::default()
        };
        let findings = actions.iter().enumerate().map(finding).collect();
        journal::append(&self.store, &Entry { window, findings }).await.unwrap();
        up_to_date(&self.store, &Limits::default(), self.now).await.unwrap();
    }

    async fn send(&self) -> Counts {
        let boxed = |inbox: &Inbox| Box::new(inbox.clone()) as Box<dyn Sink>;
        let channels = self.inboxes.iter().map(|(name, inbox)| (name.clone(), boxed(inbox)));
        let reporting = Reporting {
            store: &self.store,
            post: &Post::default(),
            accounts: &self.config.accounts,
            exclusions: &[],
            catalogue: &clickops::query::catalogue::Catalogue::shipped().unwrap(),
            portal: None,
            renderer: &Renderer::shipped(),
            channels: &channels.collect(),
            now: self.now,
            look: Look::from(false),
            engine: "test",
            forced: false,
            unread: &self.damaged,
            allowed: clickops::deliver::Allowed { now: &|| true, leave: None },
        };
        for one in &self.config.reports {
            for channel in &one.channels {
                report(&reporting, one, channel).await.unwrap();
            }
        }
        count(&self.store, &self.config.reports).await.unwrap()
    }
}

fn config(text: &str) -> Config {
    Config::parse(text, "test", []).unwrap()
}

fn time(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

const TWO: &str = "
    [[channel]]
    name = 'security'
    sink = 'terminal'
    [[channel]]
    name = 'everybody'
    sink = 'terminal'
    default = true
    [[report]]
    name = 'access'
    channels = ['security']
    match.services = ['iam']
";

#[tokio::test]
async fn what_no_report_shows_goes_to_the_default_channel_and_says_why() {
    let office = Office::new(TWO);
    office.begin().await;
    office.collect(0, &["iam:CreateUser", "ec2:RunInstances"]).await;
    *office.inboxes["everybody"].shut.lock().unwrap() = true;
    let counts = office.send().await;
    assert_eq!((counts.sent, counts.pending), (0, 2), "the default channel is down");
    *office.inboxes["everybody"].shut.lock().unwrap() = false;
    let counts = office.send().await;
    assert_eq!((counts.sent, counts.pending), (2, 0));
    let access = office.inboxes["security"].bodies();
    assert!(access.len() == 1 && access[0].contains("iam:CreateUser"), "{access:?}");
    assert!(!access[0].contains("RunInstances"), "{access:?}");
    let rest = office.inboxes["everybody"].bodies();
    assert!(rest.len() == 1 && rest[0].contains("ec2:RunInstances"), "{rest:?}");
    assert!(!rest[0].contains("CreateUser"), "{rest:?}");
    let flat = rest[0].split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(flat.contains("no report shows these changes"), "{flat}");
}

#[tokio::test]
async fn nothing_is_sent_where_nothing_is_unmatched() {
    let mut office = Office::new(TWO);
    office.begin().await;
    office.damaged.insert("logs/a.json.gz".to_owned(), "it is cut".to_owned());
    office.collect(0, &["iam:CreateUser"]).await;
    assert_eq!(office.send().await.pending, 0);
    assert_eq!(office.inboxes["security"].take().len(), 1);
    assert!(office.inboxes["everybody"].take().is_empty());
    assert!(office.inboxes["terminal"].take().is_empty());
}

#[tokio::test]
async fn what_one_default_channel_did_not_take_the_next_one_gets() {
    let mut office = Office::new(TWO);
    office.begin().await;
    *office.inboxes["everybody"].shut.lock().unwrap() = true;
    office.collect(0, &["ec2:RunInstances"]).await;
    office.send().await;
    office.config = config(&TWO.replace("default = true", ""));
    office.begin().await;
    assert_eq!(office.send().await.pending, 0);
    let got = office.inboxes["security"].bodies();
    assert!(got.iter().any(|body| body.contains("ec2:RunInstances")), "{got:?}");
}

#[tokio::test]
async fn a_report_of_the_rest_that_comes_back_does_not_repeat_what_another_showed() {
    let mut office = Office::new(TWO);
    office.begin().await;
    let all = format!("{TWO}\n[[report]]\nname = 'all'\nchannels = ['security']");
    office.config = config(&all);
    office.begin().await;
    office.collect(0, &["ec2:RunInstances"]).await;
    office.send().await;
    office.config = config(TWO);
    office.begin().await;
    office.collect(1, &["ec2:StopInstances"]).await;
    office.send().await;
    let got = office.inboxes["everybody"].bodies();
    assert!(got.len() == 1 && got[0].contains("StopInstances"), "{got:?}");
    assert!(!got[0].contains("RunInstances"), "{got:?}");
}

#[tokio::test]
async fn ten_thousand_changes_are_a_bounded_number_of_messages() {
    let mut actions = vec!["ec2:RunInstances"; 10_000];
    actions[7_000] = "ec2:DeleteVpc";
    for (mode, digest_at) in [("events", 20), ("both", 0)] {
        let office = Office::new(&format!("[[report]]\nname = 'r'\nmode = '{mode}'"));
        office.begin().await;
        office.collect(0, &actions).await;
        let counts = office.send().await;
        assert_eq!((counts.sent, counts.pending), (10_000, 0));
        let got = office.inboxes["terminal"].take();
        assert_eq!(got.len(), 21, "{mode}");
        let flat = got[digest_at].body.split_whitespace().collect::<Vec<_>>().join(" ");
        let notice = "9,980 changes have no message of their own (max_events = 20)";
        assert!(flat.contains(notice), "{flat}");
        assert!(got.iter().any(|message| message.title.contains("DeleteVpc")));
    }
}

#[tokio::test]
async fn a_report_may_be_silent_but_not_about_what_people_must_know() {
    let report = "[[report]]\nname = 'r'\nschedule = '0 * * * *'\n";
    for (quiet, messages) in [("", 1), ("quiet = false", 0)] {
        let mut office = Office::new(&format!("{report}{quiet}"));
        office.begin().await;
        office.send().await;
        assert_eq!(office.inboxes["terminal"].take().len(), messages);
        office.now = time("2026-11-23T13:00:00Z");
        office.damaged.insert("logs/a.json.gz".to_owned(), "it is cut".to_owned());
        office.send().await;
        assert_eq!(office.inboxes["terminal"].take().len(), 1, "a damaged log is told");
        office.damaged.clear();
        // Nobody ran at 14:00.
        office.now = time("2026-11-23T15:00:00Z");
        office.send().await;
        assert_eq!(office.inboxes["terminal"].take().len(), 1, "a gap is told");
        office.now = time("2026-11-23T16:00:00Z");
        office.collect(0, &["ec2:RunInstances"]).await;
        office.send().await;
        let got = office.inboxes["terminal"].bodies();
        assert!(got.len() == 1 && got[0].contains("15:00 to 16:00"), "{got:?}");
    }
}

#[tokio::test]
async fn periods_of_a_daily_report_meet_when_clocks_go_back() {
    let mut office = Office::new(
        "[[report]]\nname = 'daily'\nschedule = '0 9 * * *'\ntimezone = 'Europe/Berlin'",
    );
    office.now = time("2026-10-23T07:00:00Z");
    office.begin().await;
    office.send().await;
    office.inboxes["terminal"].take();
    // Every half hour over the end of summer time, which is on 25 October at 01:00 UTC.
    let mut sent = Vec::new();
    while office.now < time("2026-10-27T12:00:00Z") {
        office.now += chrono::TimeDelta::minutes(30);
        office.send().await;
        for message in office.inboxes["terminal"].take() {
            sent.push((office.now, message));
        }
    }
    let times: Vec<_> = sent.iter().map(|(at, _)| *at).collect();
    let due = ["24T07", "25T08", "26T08", "27T08"];
    assert_eq!(times, due.map(|day| time(&format!("2026-10-{day}:00:00Z"))));
    for (message, day) in sent.iter().map(|(_, message)| message).zip(["23", "24", "25", "26"]) {
        let next = day.parse::<u8>().unwrap() + 1;
        let title = &message.title;
        assert!(title.contains(&format!(" {day} Oct 2026 09:00 to ")), "{title}");
        assert!(title.ends_with(&format!(" {next} Oct 2026 09:00")), "{title}");
    }
    let keys: std::collections::BTreeSet<_> = sent.iter().map(|(_, one)| &one.key).collect();
    assert_eq!(keys.len(), 4);
}
