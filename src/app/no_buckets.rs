//! In the place of what is in S3, for builds without AWS.

use chrono::{DateTime, Utc};

use crate::config::S3Place;
use crate::error::Error;
use crate::logs::places::Places;
use crate::logs::{Access, Listing, Span};
use crate::store::Store;

/// No buckets.
#[derive(Debug, Clone, Default)]
pub(super) struct Buckets;

impl Buckets {
    pub(super) fn store(&self, _: &S3Place) -> Result<Box<dyn Store>, Error> {
        Err(without())
    }

    pub(super) fn access(&self) -> Access {
        Access::files()
    }

    pub(super) async fn logs(
        &self,
        _: &S3Place,
        _: &Span,
        _: &mut Places,
        _: bool,
        _: DateTime<Utc>,
    ) -> Result<Listing, Error> {
        Err(without())
    }
}

fn without() -> Error {
    Error::usage(
        "this build cannot talk to S3",
        "Give a folder, or build it with the feature `aws`, which is on by default.",
    )
}
