//! The ledger as the parts of a window share it, of which several may be worked on at once.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::{Mutex, MutexGuard};

use crate::ledger::{Ledger, LedgerError, Loaded};
use crate::store::Store;
use crate::window::Part;

/// The ledger of a store. Whoever waits for it has to be polled for as long as others may have it.
pub(super) struct Books<'a> {
    store: &'a dyn Store,
    page: Mutex<Page>,
}

/// What is written down.
pub(super) struct Page {
    pub(super) loaded: Loaded,
    /// The earliest log of each part that is not through.
    outstanding: BTreeMap<usize, DateTime<Utc>>,
    /// The latest log of those that are.
    reached: Option<DateTime<Utc>>,
}

impl Page {
    /// Notes that a part is through, and gives the minute up to which everything is: later runs look
    /// only so far back.
    pub(super) fn through(
        &mut self,
        part: usize,
        latest: Option<DateTime<Utc>>,
    ) -> Option<DateTime<Utc>> {
        self.outstanding.remove(&part);
        self.reached = self.reached.max(latest);
        let before = self.outstanding.values().min().map(|first| *first - TimeDelta::minutes(1));
        before.map_or(self.reached, |before| self.reached.map(|reached| reached.min(before)))
    }
}

impl<'a> Books<'a> {
    pub(super) fn of(store: &'a dyn Store, loaded: Loaded) -> Self {
        let page = Page { loaded, outstanding: BTreeMap::new(), reached: None };
        Self { store, page: Mutex::new(page) }
    }

    /// Notes the parts that are to be searched, and the latest log that was collected before.
    pub(super) async fn begin(&self, parts: &[Part], reached: Option<DateTime<Utc>>) {
        let earliest = |part: &Part| part.logs.iter().map(|log| log.delivered).min();
        let parts =
            parts.iter().enumerate().filter_map(|(number, part)| Some((number, earliest(part)?)));
        let mut page = self.open().await;
        (page.outstanding, page.reached) = (parts.collect(), reached);
    }

    /// A copy of the ledger as it is now.
    pub(super) async fn ledger(&self) -> Ledger {
        self.open().await.loaded.ledger.clone()
    }

    /// Keeps the other parts from it meanwhile.
    pub(super) async fn open(&self) -> MutexGuard<'_, Page> {
        self.page.lock().await
    }

    /// Writes down a change.
    ///
    /// # Errors
    /// [`LedgerError`], also when another run was faster.
    pub(super) async fn change(&self, change: impl FnOnce(&mut Ledger)) -> Result<(), LedgerError> {
        let loaded = &mut self.open().await.loaded;
        change(&mut loaded.ledger);
        loaded.save(self.store).await
    }
}
