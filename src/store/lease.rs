//! The right to be the only run that uses a store which several machines reach.
//!
//! Whoever has it writes so into the store, again and again while it works. Another run takes it over
//! when it has watched for half a minute and nothing was written: so no two clocks have to agree. A run
//! that could not write for so long knows that its turn may be over, and sends nothing more.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};

use super::{Expected, Store, StoreError, Version};

/// Key of the blob.
pub const KEY: &str = "lease.json";

/// How long a turn lasts, and how it is kept.
#[derive(Debug, Clone, Copy)]
struct Terms {
    /// How long it lasts when nobody goes on with it.
    lasts: Duration,
    /// How often its holder goes on with it.
    renewed: Duration,
    /// How much sooner its holder takes it for lost than others take it over: a message may be on
    /// its way for so long.
    caution: Duration,
    /// How often others look.
    looks: Duration,
}

const TERMS: Terms = Terms {
    lasts: Duration::from_secs(30),
    renewed: Duration::from_secs(8),
    caution: Duration::from_secs(10),
    looks: Duration::from_millis(500),
};

/// Clocks differ by less than this: S3 refuses requests of those that are off by more.
const SKEW: TimeDelta = TimeDelta::minutes(16);

/// What the blob holds.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Note {
    /// Who has it; nobody once its turn has ended.
    holder: Option<String>,
    /// When its turn began.
    since: DateTime<Utc>,
    /// When it was last written, by the clock of who wrote it.
    at: DateTime<Utc>,
}

/// Why a run does not get its turn.
#[derive(Debug, thiserror::Error)]
pub enum LeaseError {
    /// Another run uses the store, for longer than this one can wait.
    #[error("another run uses the store since {0}")]
    Busy(DateTime<Utc>),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The right itself. Whoever drops it without [`Lease::end`] makes the others wait for half a minute.
#[derive(Debug)]
pub struct Lease {
    state: Arc<State>,
    renewal: JoinHandle<()>,
}

struct State {
    terms: Terms,
    store: Arc<dyn Store>,
    note: Note,
    held: Mutex<Held>,
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("State").field("note", &self.note).finish_non_exhaustive()
    }
}

/// How things stand.
#[derive(Debug, Clone)]
struct Held {
    version: Version,
    /// Begin of the last write that went through. A machine that sleeps may stop the one clock, and
    /// somebody may turn the other back.
    written: (Instant, DateTime<Utc>),
    lost: bool,
}

impl Lease {
    /// Waits for it, if need be until `leave`.
    ///
    /// # Errors
    /// [`LeaseError`].
    pub async fn take(store: Arc<dyn Store>, leave: Option<Instant>) -> Result<Self, LeaseError> {
        Self::take_on(TERMS, store, leave).await
    }

    async fn take_on(
        terms: Terms,
        store: Arc<dyn Store>,
        leave: Option<Instant>,
    ) -> Result<Self, LeaseError> {
        let name = format!("{:032x}", fastrand::u128(..));
        let mut seen: Option<(Version, Instant)> = None;
        loop {
            let begun = (Instant::now(), Utc::now());
            let note = Note { holder: Some(name.clone()), since: begun.1, at: begun.1 };
            let there = read(store.as_ref()).await?;
            let looked = Instant::now();
            let expected = match &there {
                None => Some(Expected::Absent),
                Some((other, version)) => {
                    if seen.as_ref().is_none_or(|(before, _)| before != version) {
                        if seen.is_none() && other.holder.is_some() {
                            tracing::warn!(since = %other.since, "another run uses the store, waiting for it");
                        }
                        // Not when it was asked: the answer may have come late.
                        seen = Some((version.clone(), looked));
                    }
                    let watched = seen.as_ref().map_or(Duration::ZERO, |(_, at)| at.elapsed());
                    let over = other.holder.is_none()
                        || watched >= terms.lasts
                        || begun.1 - other.at > SKEW;
                    over.then(|| Expected::Version(version.clone()))
                }
            };
            if let Some(expected) = expected {
                match write(store.as_ref(), &note, expected).await {
                    Ok(version) => return Ok(Self::of(terms, store, note, version, begun)),
                    Err(StoreError::Changed(_)) => {}
                    Err(error) => return Err(error.into()),
                }
            } else if let Some((other, _)) = there
                && leave.is_some_and(|leave| begun.0 + terms.looks > leave)
            {
                return Err(LeaseError::Busy(other.since));
            }
            sleep(terms.looks).await;
        }
    }

    fn of(
        terms: Terms,
        store: Arc<dyn Store>,
        note: Note,
        version: Version,
        written: (Instant, DateTime<Utc>),
    ) -> Self {
        let held = Mutex::new(Held { version, written, lost: false });
        let state = Arc::new(State { terms, store, note, held });
        let renewed = Arc::clone(&state);
        let renewal = tokio::spawn(async move {
            while !renewed.held().lost {
                sleep(renewed.terms.renewed).await;
                renewed.renew().await;
            }
        });
        Self { state, renewal }
    }

    /// Whether nobody else can have taken it over yet.
    pub fn is_held(&self) -> bool {
        let Held { written, lost, .. } = self.state.held().clone();
        let lasts = self.state.terms.lasts - self.state.terms.caution;
        let by_wall = (Utc::now() - written.1).to_std().is_ok_and(|since| since < lasts);
        !lost && by_wall && written.0.elapsed() < lasts
    }

    /// Lets the next run have its turn at once.
    pub async fn end(self) {
        self.renewal.abort();
        // A write of the renewal may be on its way: then this one finds another version, and the
        // others wait as they would for a run that died.
        let Held { version, lost, .. } = self.state.held().clone();
        let note = Note { holder: None, at: Utc::now(), ..self.state.note.clone() };
        if !lost
            && let Err(error) =
                write(self.state.store.as_ref(), &note, Expected::Version(version)).await
        {
            tracing::debug!(%error, "the next run has to wait for its turn");
        }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.renewal.abort();
    }
}

impl State {
    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn renew(&self) {
        let begun = (Instant::now(), Utc::now());
        let expected = Expected::Version(self.held().version.clone());
        let note = Note { at: begun.1, ..self.note.clone() };
        match write(self.store.as_ref(), &note, expected).await {
            Ok(version) => *self.held() = Held { version, written: begun, lost: false },
            Err(StoreError::Changed(_)) => {
                tracing::warn!("another run has taken the store over");
                self.held().lost = true;
            }
            Err(error) => tracing::warn!(%error, "cannot go on with this run's turn"),
        }
    }
}

/// Since when a run uses the store, if one does or has died while it did.
///
/// # Errors
/// [`StoreError::Failed`].
pub async fn busy_since(store: &dyn Store) -> Result<Option<DateTime<Utc>>, StoreError> {
    let note = read(store).await?;
    Ok(note.and_then(|(note, _)| note.holder.map(|_| note.since)))
}

/// A blob that makes no sense is nobody's, and as old as can be.
async fn read(store: &dyn Store) -> Result<Option<(Note, Version)>, StoreError> {
    let Some((bytes, version)) = store.get(KEY).await? else { return Ok(None) };
    let nobody = Note { holder: None, since: DateTime::UNIX_EPOCH, at: DateTime::UNIX_EPOCH };
    Ok(Some((serde_json::from_slice(&bytes).unwrap_or(nobody), version)))
}

async fn write(store: &dyn Store, note: &Note, expected: Expected) -> Result<Version, StoreError> {
    let bytes = serde_json::to_vec(note).unwrap_or_default();
    store.put(KEY, &bytes, expected).await
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;
    use crate::store::memory::MemoryStore;

    /// Long enough for a machine that is busy with other things.
    const QUICK: Terms = Terms {
        lasts: Duration::from_secs(2),
        renewed: Duration::from_millis(50),
        caution: Duration::from_secs(1),
        looks: Duration::from_millis(10),
    };

    fn store() -> Arc<dyn Store> {
        Arc::new(MemoryStore::default())
    }

    async fn take(store: &Arc<dyn Store>) -> Lease {
        Lease::take_on(QUICK, Arc::clone(store), None).await.unwrap()
    }

    async fn note(store: &Arc<dyn Store>) -> (Note, Version) {
        read(store.as_ref()).await.unwrap().unwrap()
    }

    #[tokio::test]
    async fn one_run_waits_for_the_other_to_end() {
        let store = store();
        let first = take(&store).await;
        let waiting = Arc::clone(&store);
        let second = tokio::spawn(async move { take(&waiting).await });
        sleep(QUICK.lasts * 2).await;
        assert!(!second.is_finished() && first.is_held());
        first.end().await;
        assert!(second.await.unwrap().is_held());
    }

    #[tokio::test]
    async fn a_run_that_died_is_waited_for() {
        let store = store();
        drop(take(&store).await);
        let begun = Instant::now();
        let second = take(&store).await;
        assert!(begun.elapsed() >= QUICK.lasts, "{:?}", begun.elapsed());
        second.end().await;
        // Of one that died long ago everybody can tell.
        let (_, version) = note(&store).await;
        let at = Utc::now() - SKEW - TimeDelta::minutes(1);
        let old = Note { holder: Some("x".to_owned()), since: at, at };
        write(store.as_ref(), &old, Expected::Version(version)).await.unwrap();
        let now = Some(Instant::now());
        Lease::take_on(QUICK, store, now).await.unwrap();
    }

    #[tokio::test]
    async fn who_cannot_wait_is_told() {
        let store = store();
        let _first = take(&store).await;
        let busy = Lease::take_on(QUICK, store, Some(Instant::now())).await;
        assert!(matches!(busy, Err(LeaseError::Busy(_))), "{busy:?}");
    }

    #[tokio::test]
    async fn a_run_knows_when_it_was_taken_over() {
        let store = store();
        let first = take(&store).await;
        first.renewal.abort();
        let (before, version) = note(&store).await;
        let other = Note { holder: Some("another".to_owned()), ..before };
        write(store.as_ref(), &other, Expected::Version(version)).await.unwrap();
        assert!(first.is_held());
        first.state.renew().await;
        assert!(!first.is_held());
        first.end().await;
        assert_eq!(note(&store).await.0.holder.as_deref(), Some("another"));
    }

    #[tokio::test]
    async fn a_run_that_cannot_renew_stops_before_others_begin() {
        let store = store();
        let first = take(&store).await;
        first.renewal.abort();
        let version = first.state.held().version.clone();
        sleep(QUICK.lasts - QUICK.caution).await;
        assert!(!first.is_held());
        assert_eq!(note(&store).await.1, version);
    }

    #[tokio::test]
    async fn a_blob_that_makes_no_sense_keeps_nobody_out() {
        let store = store();
        store.put(KEY, b"{", Expected::Absent).await.unwrap();
        assert!(take(&store).await.is_held());
    }
}
