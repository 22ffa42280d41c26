//! A store in a folder: a file for each blob.

use std::fs::{self, File, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use async_trait::async_trait;
use sha2::{Digest as _, Sha256};
use tokio::time::Instant;

use super::{Expected, Store, StoreError, Version};

/// A folder. It is made when the first blob is written.
#[derive(Debug, Clone)]
pub struct DirStore {
    root: PathBuf,
}

/// The right to be the only run that uses a store. The system takes it back when the process dies.
#[derive(Debug)]
pub struct Turn {
    _held: File,
}

/// How often a run looks whether it is its turn.
const LOOKS: Duration = Duration::from_millis(100);
/// A run holds a lock on this file.
const TURN: &str = ".turn";
/// Writers hold a lock on this file, which the system lets go of when a process dies.
const LOCK: &str = ".lock";
/// Where a blob is written before it gets its name.
const UNFINISHED: &str = ".unfinished";

impl DirStore {
    /// A store in `root`.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// Waits until no other run uses the store, if need be until `leave`; `None` if one still does.
    ///
    /// # Errors
    /// [`StoreError::Failed`].
    pub async fn turn(&self, leave: Option<Instant>) -> Result<Option<Turn>, StoreError> {
        fs::create_dir_all(&self.root).map_err(failed("write", &self.root))?;
        let path = self.root.join(TURN);
        let file = File::create(&path).map_err(failed("write", &path))?;
        let mut told = false;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Some(Turn { _held: file })),
                Err(TryLockError::Error(error)) => return Err(failed("write", &path)(error)),
                Err(TryLockError::WouldBlock) => {}
            }
            if leave.is_some_and(|leave| Instant::now() + LOOKS > leave) {
                return Ok(None);
            }
            if !std::mem::replace(&mut told, true) {
                let store = self.root.display();
                tracing::warn!(%store, "another run uses the store, waiting for it");
            }
            tokio::time::sleep(LOOKS).await;
        }
    }

    fn path(&self, key: &str) -> PathBuf {
        self.root.join(key)
    }

    fn read(&self, key: &str) -> Result<Option<(Vec<u8>, Version)>, StoreError> {
        let path = self.path(key);
        match fs::read(&path) {
            Ok(bytes) => {
                let version = version(&bytes);
                Ok(Some((bytes, version)))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(failed("read", &path)(error)),
        }
    }

    fn write(&self, key: &str, bytes: &[u8], expected: &Expected) -> Result<Version, StoreError> {
        let path = self.path(key);
        let folder = path.parent().unwrap_or(&self.root);
        fs::create_dir_all(folder).map_err(failed("write", folder))?;
        let lock = self.root.join(LOCK);
        let held = File::create(&lock).map_err(failed("write", &lock))?;
        held.lock().map_err(failed("write", &lock))?;

        let current = self.read(key)?.map(|(_, version)| version);
        let as_expected = match expected {
            Expected::Absent => current.is_none(),
            Expected::Version(version) => current.as_ref() == Some(version),
        };
        if !as_expected {
            return Err(StoreError::Changed(key.to_owned()));
        }
        replace(&self.root.join(UNFINISHED), &path, folder, bytes)
            .map_err(failed("write", &path))?;
        Ok(version(bytes))
    }

    fn keys(&self, prefix: &str) -> Result<Vec<String>, StoreError> {
        let mut keys = Vec::new();
        let mut folders = vec![self.root.clone()];
        while let Some(folder) = folders.pop() {
            let entries = match fs::read_dir(&folder) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                entries => entries.map_err(failed("read", &folder))?,
            };
            for entry in entries {
                let path = entry.map_err(failed("read", &folder))?.path();
                if path.is_dir() {
                    folders.push(path);
                } else if let Some(key) = self.key(&path).filter(|key| key.starts_with(prefix)) {
                    keys.push(key);
                }
            }
        }
        keys.sort();
        Ok(keys)
    }

    fn key(&self, path: &Path) -> Option<String> {
        let parts: Option<Vec<&str>> = path
            .strip_prefix(&self.root)
            .ok()?
            .iter()
            .map(|part| part.to_str().filter(|part| !part.starts_with('.')))
            .collect();
        Some(parts?.join("/"))
    }
}

/// Writes to the side, then renames, so that the file is never seen half written.
fn replace(unfinished: &Path, path: &Path, folder: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::create(unfinished)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(unfinished, path)?;
    // The rename itself is lost in a power cut unless the folder is written too.
    if cfg!(unix) {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

fn version(bytes: &[u8]) -> Version {
    Version(Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect())
}

fn failed<'a>(action: &'static str, place: &'a Path) -> impl FnOnce(io::Error) -> StoreError + 'a {
    move |error| StoreError::Failed {
        action,
        place: place.display().to_string(),
        reason: error.to_string(),
        remedy: "check the folder given with --store and its permissions".to_owned(),
    }
}

#[async_trait]
impl Store for DirStore {
    async fn get(&self, key: &str) -> Result<Option<(Vec<u8>, Version)>, StoreError> {
        tokio::task::block_in_place(|| self.read(key))
    }

    async fn put(
        &self,
        key: &str,
        bytes: &[u8],
        expected: Expected,
    ) -> Result<Version, StoreError> {
        tokio::task::block_in_place(|| self.write(key, bytes, &expected))
    }

    async fn list(&self, prefix: &str) -> Result<Vec<String>, StoreError> {
        tokio::task::block_in_place(|| self.keys(prefix))
    }
}
