//! The ledger as the parts of a window share it, of which several may be worked on at once.

use tokio::sync::{Mutex, MutexGuard};

use crate::ledger::{Ledger, LedgerError, Loaded};
use crate::store::Store;

/// The ledger of a store.
pub(super) struct Books<'a> {
    store: &'a dyn Store,
    loaded: Mutex<Loaded>,
}

impl<'a> Books<'a> {
    pub(super) fn of(store: &'a dyn Store, loaded: Loaded) -> Self {
        Self { store, loaded: Mutex::new(loaded) }
    }

    /// A copy of the ledger as it is now.
    pub(super) async fn ledger(&self) -> Ledger {
        self.open().await.ledger.clone()
    }

    /// Keeps the other parts from it meanwhile.
    pub(super) async fn open(&self) -> MutexGuard<'_, Loaded> {
        self.loaded.lock().await
    }

    /// Writes down a change.
    ///
    /// # Errors
    /// [`LedgerError`], also when another run was faster.
    pub(super) async fn change(&self, change: impl FnOnce(&mut Ledger)) -> Result<(), LedgerError> {
        let mut loaded = self.open().await;
        change(&mut loaded.ledger);
        loaded.save(self.store).await
    }
}
