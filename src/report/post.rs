//! What all channels share while messages go out: the ledger, and the pace of each.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Mutex as Turns, MutexGuard};

use crate::deliver::Pace;
use crate::ledger::{self, Ledger, LedgerError, Loaded};
use crate::store::Store;

/// The ledger while messages go out to several channels at once, and how fast each takes them.
#[derive(Debug)]
pub struct Post {
    // Empty while it is written: if that fails, nobody knows what the store holds.
    ledger: Turns<Option<Loaded>>,
    paces: Mutex<BTreeMap<String, Arc<Pace>>>,
    alone: Turns<()>,
    second: Duration,
}

impl Default for Post {
    fn default() -> Self {
        Self::new(Duration::from_secs(1))
    }
}

impl Post {
    /// One that is so slow for each second: a simulation lives faster.
    pub fn new(second: Duration) -> Self {
        let (ledger, paces, alone) = (Turns::default(), Mutex::default(), Turns::default());
        Self { ledger, paces, alone, second }
    }

    /// Changes the ledger, in the store too.
    ///
    /// # Errors
    /// [`LedgerError`]; then the change is made or not.
    pub async fn change<T>(
        &self,
        store: &dyn Store,
        change: impl FnOnce(&mut Ledger) -> T,
    ) -> Result<T, LedgerError> {
        let mut held = self.ledger.lock().await;
        let mut loaded = match held.take() {
            Some(loaded) => loaded,
            None => ledger::load(store).await?,
        };
        let changed = change(&mut loaded.ledger);
        loaded.ledger.forget_channels();
        loaded.save(store).await?;
        *held = Some(loaded);
        Ok(changed)
    }

    /// Reads the ledger.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub async fn read<T>(
        &self,
        store: &dyn Store,
        read: impl FnOnce(&Ledger) -> T,
    ) -> Result<T, LedgerError> {
        let mut held = self.ledger.lock().await;
        let loaded = match held.take() {
            Some(loaded) => loaded,
            None => ledger::load(store).await?,
        };
        Ok(read(&held.insert(loaded).ledger))
    }

    /// The pace of a channel.
    pub fn pace(&self, channel: &str) -> Arc<Pace> {
        let mut paces = self.paces.lock().unwrap_or_else(PoisonError::into_inner);
        let new = || Arc::new(Pace::new(self.second));
        Arc::clone(paces.entry(channel.to_owned()).or_insert_with(new))
    }

    /// Waits until nobody else has it.
    pub(super) async fn alone(&self) -> MutexGuard<'_, ()> {
        self.alone.lock().await
    }
}
