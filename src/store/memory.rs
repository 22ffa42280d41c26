//! A store that is gone when the process ends: for trying things out.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;

use super::{Expected, Store, StoreError, Version};

/// Blobs in memory, over those of another store, which is only read.
#[derive(Default)]
pub struct MemoryStore {
    blobs: Mutex<BTreeMap<String, (u64, Vec<u8>)>>,
    base: Option<Box<dyn Store>>,
}

impl MemoryStore {
    /// Begins with what `base` holds, and never writes to it: a run that leaves no trace.
    pub fn over(base: Box<dyn Store>) -> Self {
        Self { blobs: Mutex::default(), base: Some(base) }
    }

    fn blobs(&self) -> MutexGuard<'_, BTreeMap<String, (u64, Vec<u8>)>> {
        self.blobs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn own(&self, key: &str) -> Option<(Vec<u8>, Version)> {
        let blobs = self.blobs();
        let (count, bytes) = blobs.get(key)?;
        Some((bytes.clone(), Version(format!("memory-{count}"))))
    }
}

#[async_trait]
impl Store for MemoryStore {
    async fn get(&self, key: &str) -> Result<Option<(Vec<u8>, Version)>, StoreError> {
        match (self.own(key), &self.base) {
            (None, Some(base)) => base.get(key).await,
            (own, _) => Ok(own),
        }
    }

    async fn put(
        &self,
        key: &str,
        bytes: &[u8],
        expected: Expected,
    ) -> Result<Version, StoreError> {
        let current = self.get(key).await?.map(|(_, version)| version);
        let mut blobs = self.blobs();
        let expected = match expected {
            Expected::Absent => None,
            Expected::Version(version) => Some(version),
        };
        if current != expected {
            return Err(StoreError::Changed(key.to_owned()));
        }
        let blob = blobs.entry(key.to_owned()).or_default();
        *blob = (blob.0 + 1, bytes.to_owned());
        Ok(Version(format!("memory-{}", blob.0)))
    }

    async fn list(&self, prefix: &str) -> Result<Vec<String>, StoreError> {
        let mut keys = match &self.base {
            Some(base) => base.list(prefix).await?,
            None => Vec::new(),
        };
        keys.extend(self.blobs().keys().filter(|key| key.starts_with(prefix)).cloned());
        keys.sort();
        keys.dedup();
        Ok(keys)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;
    use crate::store::dir::DirStore;

    /// What every store promises.
    async fn keeps_its_promises(store: &dyn Store) {
        assert_eq!(store.get("a/b").await.unwrap(), None);
        let first = store.put("a/b", b"1", Expected::Absent).await.unwrap();
        assert_eq!(store.get("a/b").await.unwrap(), Some((b"1".to_vec(), first.clone())));
        let again = store.put("a/b", b"2", Expected::Absent).await;
        assert!(matches!(again, Err(StoreError::Changed(_))));
        let second = store.put("a/b", b"2", Expected::Version(first.clone())).await.unwrap();
        let stale = store.put("a/b", b"3", Expected::Version(first.clone())).await;
        assert!(matches!(stale, Err(StoreError::Changed(_))));
        let missing = store.put("a/c", b"3", Expected::Version(first)).await;
        assert!(matches!(missing, Err(StoreError::Changed(_))));
        assert_eq!(store.get("a/b").await.unwrap(), Some((b"2".to_vec(), second)));
        store.put("a/a", b"", Expected::Absent).await.unwrap();
        store.put("b", b"", Expected::Absent).await.unwrap();
        assert_eq!(store.list("a/").await.unwrap(), ["a/a", "a/b"]);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn all_stores_keep_their_promises() {
        let folder = tempfile::tempdir().unwrap();
        keeps_its_promises(&MemoryStore::default()).await;
        keeps_its_promises(&DirStore::new(folder.path().join("store"))).await;
        let base = DirStore::new(folder.path().join("base"));
        keeps_its_promises(&MemoryStore::over(Box::new(base.clone()))).await;
        assert_eq!(base.list("").await.unwrap(), Vec::<String>::new());
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_store_over_another_begins_with_what_that_holds() {
        let folder = tempfile::tempdir().unwrap();
        let base = DirStore::new(folder.path());
        base.put("k", b"1", Expected::Absent).await.unwrap();
        let over = MemoryStore::over(Box::new(base.clone()));
        let (_, version) = over.get("k").await.unwrap().unwrap();
        over.put("k", b"2", Expected::Version(version)).await.unwrap();
        assert_eq!(over.get("k").await.unwrap().unwrap().0, b"2");
        assert_eq!(base.get("k").await.unwrap().unwrap().0, b"1");
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn of_many_writers_one_is_first() {
        let folder = tempfile::tempdir().unwrap();
        let tasks: Vec<_> = (0..8)
            .map(|n| {
                let store = DirStore::new(folder.path());
                tokio::spawn(async move { store.put("k", &[n], Expected::Absent).await.is_ok() })
            })
            .collect();
        let mut first = 0;
        for task in tasks {
            first += usize::from(task.await.unwrap());
        }
        assert_eq!(first, 1);
    }
}
