//! The first straight line: window -> logs -> query -> findings -> raw events -> journal -> ledger.
//!
//! Every step can be the last one before a crash. Until the journal has the window, nothing has
//! happened; once it has, the next run finds it there and tells the ledger.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use futures::stream::{self, StreamExt as _};
use tokio::time::Instant;

use self::books::Books;
use self::part::{Searched, Through};
use crate::engine::{Engine, EngineError, Room, Scan};
use crate::finding::Finding;
use crate::finding::rows::RowError;
use crate::journal::{self, Entry, JournalError, WindowRecord};
use crate::ledger::{self, Ledger, LedgerError, Loaded};
use crate::logs::{Access, Log, LogKey};
use crate::query::assemble::Assembler;
use crate::query::{BoundQuery, QueryError};
use crate::raw;
use crate::store::{Store, StoreError};
use crate::window::{self, Limits, Part};

mod books;
mod part;

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
    /// Whether some of the logs could not be listed.
    pub unlisted: bool,
    /// The time of the run.
    pub now: DateTime<Utc>,
    /// When to leave, so that a later run goes on; `None` stays to the end.
    pub leave: Option<Instant>,
    /// Is told of every scan as it begins.
    pub watch: &'a (dyn Fn(&Arc<Scan>) + Sync),
}

/// What a run has collected.
#[derive(Debug, Default)]
pub struct Collected {
    /// Logs read to their end.
    pub logs: u64,
    /// Bytes of these logs, as stored.
    pub delivered: u64,
    /// Bytes read, as stored.
    pub bytes: u64,
    /// What the engine charges, in US dollars, if it does.
    pub dollars: Option<f64>,
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
    /// Logs that are left to the next run because it was time to leave.
    pub left: usize,
    /// Why some part could not be searched, if one could not; the next run tries it again.
    pub failed: Option<CollectError>,
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

impl Collect<'_> {
    /// How much one query may read, next to what the detections say by themselves.
    fn room(&self) -> Result<Room, CollectError> {
        let mut room: Option<Room> = None;
        for detection in self.detections {
            let query = self.assembler.named(detection, &BTreeMap::new(), Arc::default())?;
            let of_this = self.engine.room(&query);
            let of_this = of_this
                .map_err(|error| CollectError::Engine { error, query: Box::new(query.clone()) })?;
            let least = |room: Room| if room.text < of_this.text { room } else { of_this };
            room = Some(room.map_or(of_this, least));
        }
        Ok(room.unwrap_or_default())
    }

    /// Whether it is time to leave.
    fn has_to_leave(&self) -> bool {
        self.leave.is_some_and(|leave| Instant::now() >= leave)
    }
}

impl CollectError {
    /// Whether another part may go well.
    fn is_of_one_part(&self) -> bool {
        matches!(self, Self::Engine { error, .. } if !error.refused)
    }

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

/// Where a run looks.
#[derive(Debug, Clone)]
pub enum Wanted {
    /// At these logs, which are in order of delivery.
    Logs(Vec<Log>),
    /// At whatever was delivered in the minutes since the last run.
    Minutes,
}

/// Collects everything there that no run has collected.
///
/// # Errors
/// [`CollectError`] of what concerns all parts; those that were finished before are safe.
pub async fn collect(run: &Collect<'_>, wanted: Wanted) -> Result<Collected, CollectError> {
    let mut collected = Collected::default();
    let mut done: HashSet<LogKey> = HashSet::new();
    let mut overtaken = 0;
    let room = run.room()?;
    'anew: loop {
        (collected.left, collected.failed) = (0, None);
        let books = Books::of(run.store, up_to_date(run.store, &run.limits, run.now).await?);
        let ledger = books.ledger().await;
        let window = match &wanted {
            Wanted::Minutes => window::minutes(&ledger, &run.limits, run.now),
            Wanted::Logs(logs) => {
                let left = logs.iter().filter(|log| !done.contains(&log.key)).cloned().collect();
                window::choose(left, &ledger, &run.limits, room)
            }
        };
        if overtaken == 0 {
            collected.known = window.known;
            collected.outside = window.outside;
        }
        for stale in window.stale {
            part::abandon(run, &books, stale).await?;
        }
        let gap = window.gap || run.unlisted && is_behind(&ledger, run);
        let reached = window.reached.map(|reached| reached.min(run.now));
        books.begin(&window.parts, reached).await;
        let parts = window.parts.into_iter().enumerate();
        let kept = parts.map(|(number, part)| search_and_keep(run, &books, number, part, gap));
        // What is through is kept at once, whatever the others wait for.
        let mut kept = stream::iter(kept).buffer_unordered(room.parts);
        while let Some(kept) = kept.next().await {
            match kept {
                Ok(Kept::Left { logs }) => collected.left += logs,
                Ok(Kept::Through { entry, repeated, unread }) => {
                    collected.add(*entry, repeated);
                    done.extend(unread);
                }
                Err(error) if error.overtaken() && overtaken < TRIES => {
                    overtaken += 1;
                    continue 'anew;
                }
                // What is wrong with one part may be right with the next.
                Err(error) if error.is_of_one_part() => {
                    collected.failed.get_or_insert(error);
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

/// Whether the last run was so long ago that the next one would not look back to what this one could
/// not list.
fn is_behind(ledger: &Ledger, run: &Collect<'_>) -> bool {
    let overlap = run.limits.overlap;
    overlap.is_some_and(|overlap| ledger.until < Some(ledger::before(run.now, overlap)))
}

/// What has become of a part.
enum Kept {
    /// It is in the journal.
    Through {
        entry: Box<Entry>,
        /// Findings that the journal had already.
        repeated: usize,
        /// Logs that have to be tried again.
        unread: Vec<LogKey>,
    },
    /// It is left to the next run.
    Left {
        /// How many logs it has.
        logs: usize,
    },
}

async fn search_and_keep(
    run: &Collect<'_>,
    books: &Books<'_>,
    number: usize,
    part: Part,
    gap: bool,
) -> Result<Kept, CollectError> {
    match part::search(run, books, part).await? {
        Searched::Left { logs } => Ok(Kept::Left { logs }),
        Searched::Through(part) => keep(run, books, number, part, gap).await,
    }
}

/// Keeps what was found in one part of a window.
async fn keep(
    run: &Collect<'_>,
    books: &Books<'_>,
    number: usize,
    part: Through,
    gap: bool,
) -> Result<Kept, CollectError> {
    let Through { mut logs, span, mut found, seconds } = part;
    let mut page = books.open().await;
    let total = found.findings.len();
    let mut seen = HashSet::new();
    found.findings.retain(|finding| {
        let known = ledger::names(finding).iter().any(|name| seen.contains(name));
        seen.extend(ledger::takes(finding));
        !known && !page.loaded.ledger.knows(finding)
    });
    let repeated = total - found.findings.len();
    // Engines give rows in any order; the journal, and what is made of it, is the same every time.
    found.findings.sort_by(|a, b| order(a).cmp(&order(b)));
    if span.is_some() {
        let of_findings = found.findings.iter().filter_map(|finding| finding.log_file.as_deref());
        let of_findings: BTreeSet<&str> = of_findings.collect();
        logs.extend(of_findings.into_iter().map(|address| Log::unlisted(address, run.now)));
    }
    note_delivery(&mut found.findings, &logs);
    tokio::task::block_in_place(|| {
        raw::attach(&mut found.findings, &logs, |log| run.access.open(log));
    });

    let (unread, mut read): (Vec<&Log>, Vec<&Log>) =
        logs.iter().partition(|log| found.damaged.contains_key(&log.address));
    // A log that claims to come from the future must not make all others look too old.
    let latest = match &span {
        Some(span) => span.until,
        None => read.iter().map(|log| log.delivered.min(run.now)).max(),
    };
    let until = page.through(number, latest).filter(|_| !gap);
    if span.is_some() {
        // Not all that was read is known, so none of it is remembered.
        read.clear();
    }
    let loaded = &mut page.loaded;
    let entry = Entry {
        window: WindowRecord {
            number: loaded.ledger.next_window,
            collected_at: run.now,
            until,
            span,
            logs: read.iter().map(|log| (log.key, log.delivered)).collect(),
            delivered: read.iter().map(|log| log.bytes).sum(),
            bytes: found.bytes,
            dollars: found.dollars,
            records: found.records,
            seconds,
            damaged: found.damaged,
        },
        findings: found.findings,
    };
    // A window of nothing but damaged logs would be written anew by every run until somebody
    // repairs them.
    if !read.is_empty() || !entry.findings.is_empty() || entry.window.span.is_some() {
        journal::append(run.store, &entry).await?;
        loaded.ledger.add_window(&entry);
        loaded.ledger.forget(run.limits.overlap);
        loaded.save(run.store).await?;
    }
    let unread = unread.iter().map(|log| log.key).collect();
    Ok(Kept::Through { entry: Box::new(entry), repeated, unread })
}

/// The order of findings in the journal.
fn order(finding: &Finding) -> (&str, &str, Option<&str>, &str) {
    let Finding { event_time, event_id, account_id, detection, .. } = finding;
    (event_time, event_id, account_id.as_deref(), detection)
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
        self.delivered += entry.window.delivered;
        self.bytes += entry.window.bytes;
        self.dollars = part::sum(self.dollars, entry.window.dollars);
        self.records += entry.window.records;
        self.seconds += entry.window.seconds;
        self.findings += entry.findings.len();
        self.repeated += repeated;
        self.damaged.extend(entry.window.damaged);
    }
}
