//! A window that is collected on Athena: queries that outlive the run which began them, parts that
//! fail. Nothing is found twice, and nothing is lost.

use std::fs;

use chrono::{DateTime, Utc};
use clickops::collect::{Collect, CollectError, Collected, Wanted, collect};
use clickops::journal;
use clickops::ledger::{self, Ledger};
use clickops::logs::Access;
use clickops::store::Store;
use clickops::store::memory::MemoryStore;
use clickops::window::Limits;

use super::*;
use crate::crash::EVERYTHING;
use crate::program::{change, log as records};

mod unreadable;

/// A bucket of few logs, a store, and what was found.
struct Line {
    folder: tempfile::TempDir,
    service: Athena,
    store: MemoryStore,
    limits: Limits,
    assembler: Assembler,
}

impl Line {
    fn of(logs: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join(PLACE)).unwrap();
        let service = Athena::over(folder.path());
        let (store, limits) = (MemoryStore::default(), Limits::default());
        let line = Self { folder, service, store, limits, assembler: everything() };
        logs.iter().for_each(|log| line.deliver(log));
        line
    }

    /// A log with one change whose id is the log's.
    fn deliver(&self, id: &str) {
        let event = change(id, "2026-11-23T08:55:00Z");
        fs::write(self.folder.path().join(path(id)), records(&[event])).unwrap();
    }

    fn lose(&self, id: &str) {
        fs::remove_file(self.folder.path().join(path(id))).unwrap();
    }

    async fn run(&self, leave: Option<Duration>) -> Result<Collected, CollectError> {
        let mut logs = self.service.bucket().logs();
        logs.sort_by_key(|log| log.delivered);
        self.collect(Wanted::Logs(logs), "2026-11-23T12:00:00Z", leave).await
    }

    async fn collect(
        &self,
        wanted: Wanted,
        now: &str,
        leave: Option<Duration>,
    ) -> Result<Collected, CollectError> {
        let engine = impatient(&self.service);
        let run = Collect {
            engine: &engine,
            store: &self.store,
            access: &Access::files(),
            assembler: &self.assembler,
            detections: &["everything".to_owned()],
            limits: self.limits,
            unlisted: false,
            now: now.parse().unwrap(),
            leave: leave.map(|leave| Instant::now() + leave),
            watch: &|_| {},
        };
        let collected = collect(&run, wanted).await;
        engine.close().await;
        collected
    }

    /// Whether a run fails, in whole or in part.
    async fn fails(&self) -> bool {
        self.run(None).await.map_or(true, |collected| collected.failed.is_some())
    }

    async fn ledger(&self) -> Ledger {
        ledger::load(&self.store).await.unwrap().ledger
    }

    /// The ids of the events in the journal.
    async fn journal(&self) -> Vec<String> {
        let mut ids = Vec::new();
        let windows = self.store.list("journal/").await.unwrap().len() as u64;
        for number in 0..windows {
            let entry = journal::read(&self.store, number).await.unwrap().unwrap();
            ids.extend(entry.findings.into_iter().map(|finding| finding.event_id));
        }
        ids.sort();
        ids
    }

    fn stopped(&self) -> usize {
        self.service.requests("StopQueryExecution").len()
    }
}

/// A detection that is quickly planned, and finds all there is.
fn everything() -> Assembler {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("views")).unwrap();
    fs::write(folder.path().join("views/everything.sql"), EVERYTHING).unwrap();
    let catalogue = Catalogue::shipped().unwrap().with_folder(folder.path()).unwrap();
    let exclusions = clickops::exclusion::relation(&[]);
    Assembler::new(catalogue, Arc::new(TableShape::cloudtrail(None)), exclusions)
}

const PLACE: &str = "AWSLogs/111122223333/CloudTrail/eu-west-1/2026/11/23";

fn path(id: &str) -> String {
    let name =
        format!("111122223333_CloudTrail_eu-west-1_20261123T09{id}Z_abcdefghijklmn{id}.json");
    format!("{PLACE}/{name}")
}

fn failing(reason: &str, retryable: bool) -> Course {
    let reason = reason.to_owned();
    let end = End::Failed(Failed { reason, category: 2, kind: 1000, retryable });
    Course { end: Some(end), ..Course::default() }
}

const SOON: Option<Duration> = Some(Duration::from_millis(300));
const NEVER: Course = Course { queued: 0, running: 0, end: Some(End::Never) };

#[tokio::test(flavor = "multi_thread")]
async fn the_next_run_comes_back_to_what_this_one_leaves() {
    let line = Line::of(&["00", "01"]);
    line.service.next(Course { running: 1_000_000, ..Course::default() });
    let first = line.run(SOON).await.unwrap();
    assert_eq!((first.left, first.left_logs, first.findings, line.stopped()), (1, 2, 0, 0));
    assert_eq!(line.ledger().await.unfinished.len(), 1);

    // A third one leaves it as well, and does what is new.
    line.deliver("02");
    let second = line.run(Some(Duration::from_secs(5))).await.unwrap();
    assert_eq!((second.left_logs, second.findings, line.service.executions()), (2, 1, 2));
    line.service.settle();
    let third = line.run(None).await.unwrap();
    assert_eq!((third.left, third.findings, line.service.executions()), (0, 2, 2));
    assert_eq!(line.journal().await, ["00", "01", "02"]);
    assert!(line.ledger().await.unfinished.is_empty());
    assert_eq!(line.run(None).await.unwrap().known, 3);
}

/// However often a run looks, Athena opens each log once: what a statement reads are the paths that
/// it names.
#[tokio::test(flavor = "multi_thread")]
async fn a_day_of_ticks_reads_each_log_once() {
    let line = Line::of(&[]);
    let (mut delivered, mut ids) = (0, Vec::new());
    for tick in 0..20 {
        // Some ticks find one log, some two, one of them late, and some none.
        let new = [format!("{:02}", 59 - tick), format!("{tick:02}")];
        for id in new.iter().skip(tick % 2).filter(|_| tick % 5 != 0) {
            line.deliver(id);
            ids.push(id.clone());
        }
        delivered += line.run(None).await.unwrap().delivered;
    }
    ids.sort();
    assert_eq!(line.journal().await, ids);
    let logs = line.service.bucket().logs();
    assert_eq!(delivered, logs.iter().map(|log| log.bytes).sum::<u64>());
    let statements = line.service.requests("StartQueryExecution");
    for log in logs {
        let path = format!("'{}'", log.address);
        let named = statements.iter().filter(|one| one["QueryString"].to_string().contains(&path));
        assert_eq!(named.count(), 1, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_dies_loses_no_query() {
    let line = Line::of(&["00", "01"]);
    line.service.next(Course { running: 1_000_000, ..Course::default() });
    let died = tokio::time::timeout(Duration::from_secs(3), line.run(None)).await;
    assert!(died.is_err());
    line.service.settle();
    let second = line.run(None).await.unwrap();
    assert_eq!((second.findings, line.service.executions(), line.stopped()), (2, 1, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_begun_when_it_is_time_to_leave() {
    let line = Line::of(&["00"]);
    let none = line.run(Some(Duration::ZERO)).await.unwrap();
    assert_eq!((none.left, line.service.executions()), (1, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_whose_logs_are_gone_is_stopped() {
    let line = Line::of(&["00", "01"]);
    line.service.next(NEVER);
    line.run(SOON).await.unwrap();
    line.lose("00");
    let second = line.run(None).await.unwrap();
    assert_eq!((second.findings, line.stopped(), line.service.executions()), (1, 1, 2));
    assert!(line.ledger().await.unfinished.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_fails_is_tried_under_another_token() {
    let line = Line::of(&["00"]);
    let busy = "GENERIC_INTERNAL_ERROR: no nodes available";
    (0..4).for_each(|_| line.service.next(failing(busy, true)));
    // Three attempts, then the next run.
    assert!(line.fails().await);
    assert_eq!((line.service.executions(), line.ledger().await.unfinished[0].attempt), (3, 4));
    let second = line.run(None).await.unwrap();
    assert_eq!((second.findings, line.service.executions()), (1, 5));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_part_that_fails_does_not_keep_the_others_from_being_collected() {
    let mut line = Line::of(&["00", "01", "02", "03", "04", "05"]);
    line.limits.part_bytes = Some(1);
    line.service.next(Course::default());
    line.service.next(failing("EXCEEDED_LOCAL_MEMORY_LIMIT: too much", false));
    assert!(line.fails().await);
    assert_eq!(line.journal().await.len(), 5);
    assert_eq!(line.run(None).await.unwrap().findings, 1);
    assert_eq!(line.journal().await.len(), 6);
}

/// Where nobody may list logs, minutes of delivery do, and what is read twice is found once.
#[tokio::test(flavor = "multi_thread")]
async fn minutes_of_delivery_do_where_logs_cannot_be_listed() {
    let mut line = Line::of(&["00", "10"]);
    line.limits.overlap = Some(Duration::from_secs(15 * 60));
    let at = |minute: &str| format!("2026-11-23T09:{minute}:30Z");
    let run = async |line: &Line, minute: &str, leave| {
        line.collect(Wanted::Minutes, &at(minute), leave).await.unwrap()
    };
    // The minute that is not over is left for later.
    assert_eq!(run(&line, "10", None).await.findings, 1);
    line.deliver("08");
    let second = run(&line, "20", None).await;
    assert_eq!((second.findings, second.repeated), (2, 1));
    assert_eq!(line.journal().await, ["00", "08", "10"]);

    line.deliver("21");
    line.service.next(Course { running: 1_000_000, ..Course::default() });
    let left = run(&line, "25", SOON).await;
    assert_eq!((left.findings, left.left), (0, 1));
    line.deliver("31");
    line.service.settle();
    let before = line.service.executions();
    let fourth = run(&line, "40", None).await;
    assert_eq!((fourth.findings, line.service.executions() - before), (2, 1));
    assert_eq!(line.journal().await, ["00", "08", "10", "21", "31"]);
    assert!(line.ledger().await.unfinished.is_empty());
}

/// Whatever request goes wrong, once or for as long as the run lasts: a later run completes it.
#[tokio::test(flavor = "multi_thread")]
async fn whatever_request_fails_nothing_is_lost_and_nothing_doubled() {
    const FAULTS: [Fault; 7] = [
        Fault::Throttled,
        Fault::QueueFull,
        Fault::Server,
        Fault::Hangup,
        Fault::LostAnswer,
        Fault::Denied,
        Fault::Expired,
    ];
    let mut failed = 0;
    for operation in ["StartQueryExecution", "GetQueryExecution", "GetQueryResults"] {
        let faults = FAULTS.iter().flat_map(|fault| [(*fault, 1), (*fault, 1000)]);
        for (fault, times) in faults.chain([(Fault::Silence, 1)]) {
            let line = Line::of(&["00", "01"]);
            line.service.fail(operation, &vec![fault; times]);
            failed += u32::from(line.fails().await);
            line.service.well();
            line.deliver("02");
            let what = format!("{operation}: {fault:?} {times} times");
            assert!(!line.fails().await, "{what}");
            assert_eq!(line.journal().await, ["00", "01", "02"], "{what}");
            assert!(line.ledger().await.unfinished.is_empty(), "{what}");
            // The first two were read once, if Athena took the query, and the third by itself.
            assert!(line.service.executions() <= 2, "{what}");
        }
    }
    assert!(failed >= 21, "only {failed} runs failed");
}

/// A query that is to be stopped may go on: it changes nothing.
#[tokio::test(flavor = "multi_thread")]
async fn a_query_that_cannot_be_stopped_holds_up_nothing() {
    for fault in [Fault::Throttled, Fault::Denied, Fault::Expired, Fault::LostAnswer] {
        let line = Line::of(&["00", "01"]);
        line.service.next(NEVER);
        line.run(SOON).await.unwrap();
        line.lose("00");
        line.service.fail("StopQueryExecution", &[fault; 1000]);
        assert_eq!(line.run(None).await.unwrap().findings, 1, "{fault:?}");
        assert!(line.ledger().await.unfinished.is_empty());
    }
}

/// A run that catches up looks back, the next time too, to what it had to leave.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_left_is_not_too_old_for_the_next_run() {
    let mut line = Line::of(&["00", "58"]);
    line.limits.part_bytes = Some(1);
    line.limits.overlap = Some(Duration::from_secs(10 * 60));
    line.service.next(Course { running: 1_000_000, ..Course::default() });
    let first = line.run(Some(Duration::from_secs(4))).await.unwrap();
    assert_eq!((first.left, first.findings), (1, 1));
    let ledger = line.ledger().await;
    let oldest = clickops::window::oldest(&ledger, &line.limits).unwrap();
    assert!(oldest < "2026-11-23T09:00:00Z".parse::<DateTime<Utc>>().unwrap(), "{oldest}");
    line.service.settle();
    assert_eq!(line.run(None).await.unwrap().findings, 1);
    let until = line.ledger().await.until.unwrap();
    assert_eq!(until, "2026-11-23T09:58:00Z".parse::<DateTime<Utc>>().unwrap());

    // The same for what fails before Athena takes it.
    let mut line = Line::of(&["00", "58"]);
    line.limits = Limits {
        part_bytes: Some(1),
        overlap: Some(Duration::from_secs(600)),
        ..Limits::default()
    };
    line.service.fail("StartQueryExecution", &[Fault::Denied]);
    assert!(line.fails().await);
    assert_eq!(line.journal().await.len(), 1);
    assert_eq!(line.run(None).await.unwrap().findings, 1);
}
