//! The first straight line: window -> logs -> query -> findings -> raw events -> journal -> ledger.
//!
//! Every step can be the last one before a crash. Until the journal has the window, nothing has
//! happened; once it has, the next run finds it there and tells the ledger.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use futures::stream::{self, StreamExt as _};
use tokio::time::Instant;

use self::books::Books;
use self::keep::{Kept, Shared, search_and_keep};
use crate::engine::{Engine, EngineError, Room, Scan};
use crate::finding::rows::RowError;
use crate::journal::{self, Entry, JournalError};
use crate::ledger::{self, Ledger, LedgerError, Loaded};
use crate::logs::{Access, Log, LogKey};
use crate::query::assemble::Assembler;
use crate::query::{BoundQuery, QueryError};
use crate::store::{Store, StoreError};
use crate::window::{self, Limits};

mod books;
mod keep;
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
    /// Parts that are left to the next run because it was time to leave.
    pub left: usize,
    /// Logs of these, where they are listed.
    pub left_logs: usize,
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
        (collected.left, collected.left_logs, collected.failed) = (0, 0, None);
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
        let shared = Shared { run, books: &books, gap };
        let reached = window.reached.map(|reached| reached.min(run.now));
        books.begin(&window.parts, reached).await;
        let parts = window.parts.into_iter().enumerate();
        let kept = parts.map(|(number, part)| search_and_keep(shared, number, part));
        // What is through is kept at once, whatever the others wait for.
        let mut kept = stream::iter(kept).buffer_unordered(room.parts);
        while let Some(kept) = kept.next().await {
            match kept {
                Ok(Kept::Left { logs }) => {
                    collected.left += 1;
                    collected.left_logs += logs;
                }
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
