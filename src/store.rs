//! Where journal and ledger live: named blobs with compare-and-swap.

use async_trait::async_trait;

pub mod dir;
pub mod lease;
pub mod memory;
#[cfg(feature = "aws")]
pub mod s3;

/// Named blobs. Keys are `/`-separated paths of plain names.
///
/// A blob is there as a whole or not at all: a crash during [`Store::put`] leaves it as it was
/// before or as it is after, never in between.
#[async_trait]
pub trait Store: Send + Sync {
    /// The blob, and the version to expect when it is put again; `None` if there is none.
    ///
    /// # Errors
    /// [`StoreError::Failed`].
    async fn get(&self, key: &str) -> Result<Option<(Vec<u8>, Version)>, StoreError>;

    /// Writes the blob if it still is as `expected` says. When this returns `Ok`, the blob
    /// survives a crash; when it returns [`StoreError::Changed`], nothing was written.
    ///
    /// # Errors
    /// [`StoreError::Changed`] if somebody else was first, [`StoreError::Failed`] otherwise; after
    /// the latter the blob may have been written or not.
    async fn put(&self, key: &str, bytes: &[u8], expected: Expected)
    -> Result<Version, StoreError>;

    /// Keys that start with `prefix`, in order.
    ///
    /// # Errors
    /// [`StoreError::Failed`].
    async fn list(&self, prefix: &str) -> Result<Vec<String>, StoreError>;
}

/// What tells one state of a blob from another. Opaque.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version(pub String);

/// How a blob has to be for a write to go ahead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expected {
    /// Not there.
    Absent,
    /// As it was when this version was read or written.
    Version(Version),
}

/// Why a store did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Somebody else wrote the blob in the meantime.
    #[error("'{0}' was changed by another run in the meantime")]
    Changed(String),
    /// The place cannot be read or written.
    #[error("cannot {action} {place}: {reason}")]
    Failed {
        /// `read` or `write`.
        action: &'static str,
        /// The file or object.
        place: String,
        /// What the system says.
        reason: String,
        /// What to do about it; a fragment without a full stop.
        remedy: String,
    },
}
