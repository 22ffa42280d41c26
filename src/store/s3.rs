//! A store in S3: an object for each blob, written only if it still is as it was read.
//!
//! What S3 answers to a write on a condition is in its guide under "conditional writes": 412 for an
//! object that differs, 404 for one that is gone, 409 while another write goes on.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use super::{Expected, Store, StoreError, Version};
use crate::aws::s3::{Fault, Keys, Kind, S3};
use crate::config::S3Place;

/// How often a write is tried while others write the same object.
const TRIES: u32 = 6;

/// The first pause before the next try.
const PAUSE: Duration = Duration::from_millis(50);

/// A prefix of a bucket.
#[derive(Debug, Clone)]
pub struct S3Store {
    s3: Arc<S3>,
    root: S3Place,
}

impl S3Store {
    /// A store below `root`.
    pub fn new(s3: Arc<S3>, root: S3Place) -> Self {
        Self { s3, root }
    }

    fn key(&self, name: &str) -> String {
        format!("{}{name}", self.root.folder())
    }

    fn failed(&self, action: &'static str, name: &str, fault: &Fault) -> StoreError {
        StoreError::Failed {
            action,
            place: format!("s3://{}/{}", self.root.bucket, self.key(name)),
            reason: fault.to_string(),
            remedy: fault.remedy(),
        }
    }

    /// The state that a write of this name has left, if that is the state of the object now.
    async fn left_by(&self, key: &str, write: &str) -> Option<Version> {
        let state = self.s3.state(&self.root.bucket, key).await.ok()?;
        (state.write.as_deref() == Some(write)).then_some(Version(state.etag))
    }
}

#[async_trait]
impl Store for S3Store {
    async fn get(&self, name: &str) -> Result<Option<(Vec<u8>, Version)>, StoreError> {
        let blob = self.s3.get(&self.root.bucket, &self.key(name)).await;
        let blob = blob.map_err(|fault| self.failed("read", name, &fault))?;
        Ok(blob.map(|(bytes, etag)| (bytes, Version(etag))))
    }

    async fn put(
        &self,
        name: &str,
        bytes: &[u8],
        expected: Expected,
    ) -> Result<Version, StoreError> {
        let (key, write) = (self.key(name), write_name());
        let (mut tries, mut pause) = (1, PAUSE);
        loop {
            let fault = match self.s3.put(&self.root.bucket, &key, bytes, &expected, &write).await {
                Ok(etag) => return Ok(Version(etag)),
                Err(fault) => fault,
            };
            match fault.kind {
                Kind::Conflict if tries < TRIES => {
                    tokio::time::sleep(pause.mul_f64(0.5 + fastrand::f64())).await;
                    pause *= 2;
                    tries += 1;
                }
                // The SDK has tried several times, and the answer to a write that went through may
                // be lost. Its own name tells it from a write of somebody else, even of one who
                // writes the same bytes.
                Kind::Differs | Kind::Conflict | Kind::Passing => {
                    return match (self.left_by(&key, &write).await, &fault.kind) {
                        (Some(version), _) => Ok(version),
                        (None, Kind::Differs) => Err(StoreError::Changed(name.to_owned())),
                        (None, _) => Err(self.failed("write", name, &fault)),
                    };
                }
                Kind::Missing if expected != Expected::Absent => {
                    return Err(StoreError::Changed(name.to_owned()));
                }
                _ => return Err(self.failed("write", name, &fault)),
            }
        }
    }

    async fn list(&self, prefix: &str) -> Result<Vec<String>, StoreError> {
        let (folder, start) = (self.root.folder(), self.key(prefix));
        let keys = Keys { prefix: &start, ..Keys::default() };
        let (mut names, mut next) = (Vec::new(), None);
        loop {
            let page = self.s3.page(&self.root.bucket, &keys, next).await;
            let page = page.map_err(|fault| self.failed("read", prefix, &fault))?;
            let of = |key: &str| key.strip_prefix(&folder).map(str::to_owned);
            names.extend(page.objects.iter().filter_map(|object| of(&object.key)));
            next = page.next;
            if next.is_none() {
                return Ok(names);
            }
        }
    }
}

/// A name that no other write has.
fn write_name() -> String {
    format!("{:032x}", fastrand::u128(..))
}
