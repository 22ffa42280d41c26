//! The first straight line: window -> logs -> query -> findings -> raw events -> journal -> ledger.
//!
//! Every step can be the last one before a crash. Until the journal has the window, nothing has
//! happened; once it has, the next run finds it there and tells the ledger.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

use chrono::{DateTime, Utc};

use crate::engine::{Engine, EngineError, Scan};
use crate::finding::Finding;
use crate::finding::rows::{Columns, RowError};
use crate::journal::{self, Entry, JournalError, WindowRecord};
use crate::ledger::{self, LedgerError, Loaded};
use crate::logs::{Access, Log, LogKey};
use crate::query::assemble::Assembler;
use crate::query::{BoundQuery, QueryError};
use crate::raw;
use crate::store::{Store, StoreError};
use crate::window::{self, Limits, Window};

/// What a run collects with.
pub struct Collect<'a> {
    /// Runs the detection.
    pub engine: &'a dyn Engine,
    /// Holds journal and ledger.
    pub store: &'a dyn Store,
    /// Opens the logs of findings.
    pub access: &'a Access,
    /// Makes the statement.
    pub assembler: &'a Assembler,
    /// The views that find, each in a statement of its own. A `UNION ALL` would read no less: engines
    /// put a view that two branches select from into both, and read the logs for each.
    pub detections: &'a [String],
    /// What limits the window.
    pub limits: Limits,
    /// The time of the run.
    pub now: DateTime<Utc>,
    /// Is told of every scan as it begins.
    pub watch: &'a (dyn Fn(&Arc<Scan>) + Sync),
}

/// What a run has collected.
#[derive(Debug, Default)]
pub struct Collected {
    /// Logs read to their end.
    pub logs: u64,
    /// Bytes read, as stored.
    pub bytes: u64,
    /// Records read.
    pub records: u64,
    /// Time it took.
    pub seconds: f64,
    /// Findings new to the journal.
    pub findings: usize,
    /// Findings that the journal had already.
    pub repeated: usize,
    /// Logs that an earlier run collected.
    pub known: usize,
    /// Logs that could not be read to their end, and why; the next run tries them again.
    pub damaged: BTreeMap<String, String>,
    /// Logs that the limits leave out.
    pub outside: usize,
}

/// Why collecting stopped. What was collected before is safe.
#[derive(Debug, thiserror::Error)]
pub enum CollectError {
    /// No statement could be made.
    #[error(transparent)]
    Query(#[from] QueryError),
    /// The engine refused or failed.
    #[error("{error}")]
    Engine {
        /// What it said.
        error: EngineError,
        /// The statement.
        query: Box<BoundQuery>,
    },
    /// The detection's columns are not those of a detection.
    #[error("{detection}: {error}")]
    Columns {
        /// The view.
        detection: String,
        /// What is missing.
        error: RowError,
    },
    /// The ledger cannot be used.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The journal cannot be used.
    #[error(transparent)]
    Journal(#[from] JournalError),
}

impl CollectError {
    /// Whether another run was faster: looking again finds what is left to do.
    fn overtaken(&self) -> bool {
        matches!(
            self,
            Self::Ledger(LedgerError::Store(StoreError::Changed(_)))
                | Self::Journal(JournalError::Store(StoreError::Changed(_)))
        )
    }
}

/// Another run that is always faster is no other run but a broken store.
const TRIES: usize = 10;

/// Collects everything in `logs` (in order of delivery) that no run has collected.
///
/// # Errors
/// [`CollectError`]; parts of a big window that were finished before are safe.
pub async fn collect(run: &Collect<'_>, logs: Vec<Log>) -> Result<Collected, CollectError> {
    let mut collected = Collected::default();
    let mut damaged: HashSet<LogKey> = HashSet::new();
    let mut overtaken = 0;
    'anew: loop {
        let ledger = up_to_date(run.store, &run.limits, run.now).await?.ledger;
        let left = logs.iter().filter(|log| !damaged.contains(&log.key)).cloned().collect();
        let window: Window = window::choose(left, &ledger, &run.limits);
        if overtaken == 0 {
            collected.known = window.known;
            collected.outside = window.outside;
        }
        for part in window.parts {
            match collect_part(run, part, window.gap, &mut collected).await {
                Ok(unread) => damaged.extend(unread),
                Err(error) if error.overtaken() && overtaken < TRIES => {
                    overtaken += 1;
                    continue 'anew;
                }
                Err(error) => return Err(error),
            }
        }
        return Ok(collected);
    }
}

/// The ledger, told of windows that a run before a crash left in the journal, and of where the
/// first run begins: the second one must not look back from a later time.
///
/// # Errors
/// [`CollectError`] when the ledger or the journal cannot be used.
pub async fn up_to_date(
    store: &dyn Store,
    limits: &Limits,
    now: DateTime<Utc>,
) -> Result<Loaded, CollectError> {
    let mut loaded = ledger::load(store).await?;
    let before = (loaded.ledger.next_window, loaded.ledger.floor);
    loaded.ledger.floor = window::first_floor(limits, &loaded.ledger, now);
    while let Some(entry) = journal::read(store, loaded.ledger.next_window).await? {
        loaded.ledger.add_window(&entry);
    }
    if before != (loaded.ledger.next_window, loaded.ledger.floor) {
        loaded.save(store).await?;
    }
    Ok(loaded)
}

/// Collects one part of a window and gives the keys of the logs that have to be tried again.
async fn collect_part(
    run: &Collect<'_>,
    part: Vec<Log>,
    gap: bool,
    collected: &mut Collected,
) -> Result<Vec<LogKey>, CollectError> {
    let started = Instant::now();
    let mut loaded = ledger::load(run.store).await?;
    let part: Arc<[Log]> = part.into();
    let mut found = Found::default();
    for detection in run.detections {
        detect(run, detection, &part, &mut found).await?;
    }
    let total = found.findings.len();
    let mut seen = HashSet::new();
    found.findings.retain(|finding| {
        let known = ledger::names(finding).iter().any(|name| seen.contains(name));
        seen.extend(ledger::takes(finding));
        !known && !loaded.ledger.knows(finding)
    });
    let repeated = total - found.findings.len();
    // Engines give rows in any order; the journal, and what is made of it, is the same every time.
    found.findings.sort_by(|a, b| order(a).cmp(&order(b)));
    note_delivery(&mut found.findings, &part);
    tokio::task::block_in_place(|| {
        raw::attach(&mut found.findings, &part, |log| run.access.open(log));
    });

    let (unread, read): (Vec<&Log>, Vec<&Log>) =
        part.iter().partition(|log| found.damaged.contains_key(&log.address));
    let entry = Entry {
        window: WindowRecord {
            number: loaded.ledger.next_window,
            collected_at: run.now,
            // A log that claims to come from the future must not make all others look too old.
            until: read.iter().map(|log| log.delivered.min(run.now)).max().filter(|_| !gap),
            logs: read.iter().map(|log| (log.key, log.delivered)).collect(),
            bytes: found.bytes,
            records: found.records,
            seconds: started.elapsed().as_secs_f64(),
            damaged: found.damaged,
        },
        findings: found.findings,
    };
    // A window of nothing but damaged logs would be written anew by every run until somebody
    // repairs them.
    if !read.is_empty() || !entry.findings.is_empty() {
        journal::append(run.store, &entry).await?;
        loaded.ledger.add_window(&entry);
        loaded.ledger.forget(run.limits.overlap);
        loaded.save(run.store).await?;
    }
    collected.add(entry, repeated);
    Ok(unread.iter().map(|log| log.key).collect())
}

/// The order of findings in the journal.
fn order(finding: &Finding) -> (&str, &str, Option<&str>, &str) {
    let Finding { event_time, event_id, account_id, detection, .. } = finding;
    (event_time, event_id, account_id.as_deref(), detection)
}

/// What the detections found in one part of a window.
#[derive(Default)]
struct Found {
    findings: Vec<Finding>,
    bytes: u64,
    records: u64,
    damaged: BTreeMap<String, String>,
}

/// Runs one detection.
async fn detect(
    run: &Collect<'_>,
    detection: &str,
    logs: &Arc<[Log]>,
    found: &mut Found,
) -> Result<(), CollectError> {
    let query = run.assembler.named(detection, &BTreeMap::new(), logs.clone())?;
    let failed = |error| CollectError::Engine { error, query: Box::new(query.clone()) };
    let mut rows = run.engine.rows(&query).await.map_err(failed)?;
    (run.watch)(&rows.scan);
    let columns = Columns::of(&rows.columns)
        .map_err(|error| CollectError::Columns { detection: detection.to_owned(), error })?;
    while let Some(page) = rows.page().await.map_err(failed)? {
        for row in page {
            match columns.finding(detection, row) {
                Ok(finding) => found.findings.push(finding),
                // A row that is no finding may hide one: its log has to be looked at again once
                // the detection is mended.
                Err(RowError::Value { log: Some(log), problem }) => {
                    found.damaged.insert(log, format!("{detection} returned a row that is no finding: {problem}; mend the detection"));
                }
                Err(error) => {
                    return Err(CollectError::Columns { detection: detection.to_owned(), error });
                }
            }
        }
    }
    found.bytes += rows.scan.bytes.load(Ordering::Relaxed);
    found.records += rows.scan.records.load(Ordering::Relaxed);
    found.damaged.extend(rows.scan.damaged().into_iter().map(|log| (log.log, log.reason)));
    Ok(())
}

/// Tells each finding when its log was delivered.
fn note_delivery(findings: &mut [Finding], logs: &[Log]) {
    let by_address: HashMap<&str, &Log> =
        logs.iter().map(|log| (log.address.as_str(), log)).collect();
    for finding in findings {
        let log = finding.log_file.as_deref().and_then(|address| by_address.get(address));
        finding.delivered = log.and_then(|log| log.delivery_minute());
    }
}

impl Collected {
    fn add(&mut self, entry: Entry, repeated: usize) {
        self.logs += entry.window.logs.len() as u64;
        self.bytes += entry.window.bytes;
        self.records += entry.window.records;
        self.seconds += entry.window.seconds;
        self.findings += entry.findings.len();
        self.repeated += repeated;
        self.damaged.extend(entry.window.damaged);
    }
}
