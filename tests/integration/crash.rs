//! A crash between any two steps, and a killed process at any moment: the union of findings is in
//! the journal exactly once.

use std::collections::BTreeSet;
use std::process::Stdio;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use clickops::app::{self, App};
use clickops::collect::{Collect, Wanted, collect, up_to_date};
use clickops::config::Config;
use clickops::journal;
use clickops::logs::Span;
use clickops::message::{Form, Message};
use clickops::render::{Look, Renderer};
use clickops::report::{Post, Reporting, register, report};
use clickops::sink::{Receipt, Sink, SinkError};
use clickops::store::dir::DirStore;
use clickops::store::{Expected, Store, StoreError, Version};
use clickops::window::Limits;

use crate::program::{Desk, change, log, project};

/// A store whose process dies at one of its steps: before the step happens, or after.
struct Dying {
    store: DirStore,
    left: AtomicUsize,
    after: bool,
}

impl Dying {
    fn step(&self) -> Result<(), StoreError> {
        // Once dead, a process does nothing more.
        let left = self.left.load(Ordering::Relaxed);
        if left == 0 {
            return Err(StoreError::Failed {
                action: "write",
                place: String::new(),
                reason: "dead".to_owned(),
                remedy: String::new(),
            });
        }
        self.left.store(left - 1, Ordering::Relaxed);
        Ok(())
    }

    fn dies_after(&self) -> Result<(), StoreError> {
        if self.after && self.left.load(Ordering::Relaxed) == 0 { self.step() } else { Ok(()) }
    }
}

#[async_trait]
impl Store for Dying {
    async fn get(&self, key: &str) -> Result<Option<(Vec<u8>, Version)>, StoreError> {
        self.step()?;
        self.store.get(key).await
    }

    async fn put(
        &self,
        key: &str,
        bytes: &[u8],
        expected: Expected,
    ) -> Result<Version, StoreError> {
        self.step()?;
        let version = self.store.put(key, bytes, expected).await?;
        self.dies_after()?;
        Ok(version)
    }

    async fn list(&self, prefix: &str) -> Result<Vec<String>, StoreError> {
        self.step()?;
        self.store.list(prefix).await
    }
}

/// Remembers what was delivered, over all lives of the process.
#[derive(Default)]
pub(crate) struct Remembering(Mutex<Vec<String>>);

#[async_trait]
impl Sink for &'static Remembering {
    fn form(&self) -> Form {
        Form::Text
    }

    async fn deliver(&self, message: &Message, _: Option<&str>) -> Result<Receipt, SinkError> {
        self.0.lock().unwrap().push(message.body.clone());
        Ok(Receipt::default())
    }
}

pub(crate) const EVERY_MESSAGE: &str = "
[source]
sql = \"sql\"
[[report]]
name = \"all\"
mode = \"both\"
detection = \"everything\"
";

pub(crate) fn now() -> DateTime<Utc> {
    "2026-11-23T12:00:00Z".parse().unwrap()
}

pub(crate) fn config(text: &str, desk: &Desk) -> Config {
    let path = desk.write("clickops.toml", text);
    Config::load(Some(&path), []).unwrap()
}

/// The shipped detection takes a second to plan in a debug build, and this test plans it hundreds
/// of times; where a process dies does not depend on what it looks for.
pub(crate) const EVERYTHING: &str = "-- name: everything
SELECT
    eventid AS event_id, eventtime AS event_time, recipientaccountid AS account_id,
    awsregion AS region, eventsource AS event_source, eventname AS event_name,
    useridentity.username AS actor, useridentity.type AS actor_type,
    useridentity.arn AS actor_arn, '' AS session, sourceipaddress AS source_ip,
    useragent AS user_agent, 'flag' AS signal, 'console' AS channel, 'high' AS confidence,
    'clickops' AS verdict, 'C1' AS rule, 'success' AS outcome, errorcode AS error_code,
    '' AS resource, sharedeventid AS shared_event_id, log_file
FROM cloudtrail
";

/// One life of the process: collect, then report. `Err` is its death.
pub(crate) async fn live(
    app: &App,
    store: &dyn Store,
    sink: &'static Remembering,
) -> Result<(), String> {
    let detections: Vec<String> = vec![app.config.reports[0].detection.clone()];
    let engine = app.engine().await.unwrap();
    let run = Collect {
        engine: engine.as_ref(),
        store,
        access: &app.access(),
        assembler: &app.assembler().await.unwrap(),
        detections: &detections,
        // Each log is a part of its own, so that there are many windows to die between.
        limits: Limits { part_bytes: Some(1), ..Limits::default() },
        unlisted: false,
        now: app.now,
        leave: None,
        watch: &|_| {},
    };
    let told = |error: &dyn std::fmt::Display| error.to_string();
    let mut loaded = up_to_date(store, &run.limits, app.now).await.map_err(|error| told(&error))?;
    register(store, &mut loaded, &app.config.reports).await.map_err(|error| told(&error))?;
    let listed = app.new_logs(&Span::default(), None, store).await;
    let (listing, _) = listed.map_err(|error| told(&error))?;
    collect(&run, Wanted::Logs(listing.logs)).await.map_err(|error| error.to_string())?;
    let channels = [("terminal".to_owned(), Box::new(sink) as Box<dyn Sink>)].into();
    let reporting = Reporting {
        store,
        post: &Post::default(),
        accounts: &app.config.accounts,
        exclusions: &app.config.exclusions,
        catalogue: &clickops::query::catalogue::Catalogue::shipped().unwrap(),
        portal: None,
        renderer: &Renderer::shipped(),
        channels: &channels,
        now: app.now,
        look: Look::from(false),
        engine: "test",
        forced: false,
        unread: &std::collections::BTreeMap::new(),
        allowed: clickops::deliver::Allowed { now: &|| true, leave: None },
    };
    let reported = report(&reporting, &app.config.reports[0], "terminal").await;
    let reported = reported.map_err(|error| error.to_string())?;
    if reported.complete { Ok(()) } else { Err(reported.notes.join(", ")) }
}

#[tokio::test(flavor = "multi_thread")]
async fn dying_between_any_two_steps_loses_nothing_and_doubles_nothing() {
    let events = ["a", "b", "c", "d"];
    for after in [false, true] {
        let mut deaths = 0;
        for steps in 1.. {
            let desk = Desk::new();
            desk.write("logs/1.json", log(&[change("a", "2026-11-23T09:00:00Z")]));
            desk.write(
                "logs/2.json",
                log(&[change("b", "2026-11-23T09:01:00Z"), change("c", "2026-11-23T09:02:00Z")]),
            );
            let mut app = App::new(config(EVERY_MESSAGE, &desk), now());
            app.config.logs = Some(clickops::config::Place::Dir(desk.path("logs")));
            desk.write("sql/views/everything.sql", EVERYTHING);
            let sink: &'static Remembering = Box::leak(Box::default());

            let store = DirStore::new(desk.path("store"));
            let dying = Dying { store: store.clone(), left: steps.into(), after };
            let died = live(&app, &dying, sink).await.is_err();
            // What comes while the process is dead.
            desk.write(
                "logs/3.json",
                log(&[change("c", "2026-11-23T09:02:00Z"), change("d", "2026-11-23T09:03:00Z")]),
            );
            live(&app, &store, sink).await.unwrap();
            let what = format!("steps {steps}, after {after}");
            assert_once(&app, &store, sink, &events, &what).await;
            deaths += usize::from(died);
            if !died {
                break;
            }
        }
        assert!(deaths > 15, "there are more steps than {deaths} to die at");
    }
}

/// All that happened is in the journal once and was told, and nothing is left to say.
pub(crate) async fn assert_once(
    app: &App,
    store: &dyn Store,
    sink: &'static Remembering,
    events: &[&str],
    what: &str,
) {
    let delivered = sink.0.lock().unwrap().len();
    live(app, store, sink).await.unwrap();
    assert_eq!(sink.0.lock().unwrap().len(), delivered, "nothing is left to say, {what}");

    let mut found = Vec::new();
    for number in 0.. {
        let Some(entry) = journal::read(store, number).await.unwrap() else { break };
        found.extend(entry.findings.into_iter().map(|finding| finding.event_id));
    }
    found.sort();
    assert_eq!(found, events, "{what}");
    let messages = sink.0.lock().unwrap().clone();
    let mut twice = 0;
    for event in events {
        let sent = messages
            .iter()
            .filter(|body| {
                body.contains(&format!("clickops explain {event}\n"))
                    || body.contains(&format!("clickops explain {event} "))
            })
            .count();
        assert!(sent >= 1, "no message has {event}, {what}: {messages:#?}");
        twice += sent - 1;
    }
    // The digest names its first change too, so the doubled message may count twice.
    assert!(twice <= events.len(), "{messages:#?}");
    let different: BTreeSet<_> = messages.iter().collect();
    assert!(
        messages.len() <= different.len() + 1,
        "at most the message on its way goes out twice: {messages:#?}"
    );
}

/// The program itself, killed at moments spread over the time of a whole run.
#[test]
fn a_killed_program_goes_on_where_it_was() {
    let logs = project("examples/logs");
    let logs = logs.to_str().unwrap();
    let whole = Desk::new();
    let started = std::time::Instant::now();
    whole.clickops_with("run --logs", &[logs]).ok();
    let time = started.elapsed();
    let expected: BTreeSet<_> = whole.journal().into_iter().collect();

    const KILLS: u32 = 8;
    for kill in 1..=KILLS {
        let desk = Desk::new();
        for _ in 0..2 {
            let mut run = desk
                .command("run --logs")
                .arg(logs)
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
            std::thread::sleep(time * kill / KILLS + Duration::from_millis(1));
            run.kill().unwrap();
            run.wait().unwrap();
        }
        desk.clickops_with("run --logs", &[logs]).ok();
        let journal = desk.journal();
        let found: BTreeSet<_> = journal.iter().cloned().collect();
        assert_eq!(found, expected, "killed at {kill}/{KILLS}");
        assert_eq!(journal.len(), found.len(), "killed at {kill}/{KILLS}");
    }
}

/// Two runs at once take turns.
#[test]
fn two_runs_at_once_find_everything_once() {
    let logs = project("examples/logs");
    let desk = Desk::new();
    let start = || {
        let mut run = desk.command("run --logs");
        run.arg(&logs).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap()
    };
    let runs = [start(), start(), start()];
    let mut said = Vec::new();
    for run in runs {
        let output = run.wait_with_output().unwrap();
        assert!(output.status.success());
        said.push(String::from_utf8(output.stdout).unwrap());
    }
    assert_eq!(said.iter().filter(|text| text.starts_with("Nothing new")).count(), 2, "{said:#?}");
    let journal = desk.journal();
    assert_eq!(journal.iter().collect::<BTreeSet<_>>().len(), journal.len());
}

#[test]
fn what_the_example_archive_holds_can_be_listed() {
    let listing = app::list(&project("examples/logs")).unwrap();
    assert!(listing.unreadable.is_empty());
    assert!(listing.logs.iter().all(|log| log.place.is_some() && log.delivery_minute().is_some()));
}
