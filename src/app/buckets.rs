//! What of the wiring is in S3.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use tokio::runtime::Handle;

use super::App;
use crate::aws::s3::{Fault, S3};
use crate::config::S3Place;
use crate::error::{Error, sentence};
use crate::logs::places::Places;
use crate::logs::s3::{self, Search};
use crate::logs::{Access, Listing, Span};
use crate::store::Store;
use crate::store::s3::S3Store;

impl App {
    /// The same, with an S3 that is reached in a way of its own, or shared with others.
    #[must_use]
    pub fn with_s3(self, s3: Arc<S3>) -> Self {
        Self { buckets: Buckets(s3), ..self }
    }

    /// S3, as logs and store reach it.
    pub(crate) fn s3(&self) -> &S3 {
        &self.buckets.0
    }
}

/// Buckets, reached with the credentials and the region of the environment.
#[derive(Debug, Clone, Default)]
pub(super) struct Buckets(Arc<S3>);

impl Buckets {
    pub(super) fn store(&self, root: &S3Place) -> Result<Box<dyn Store>, Error> {
        Ok(Box::new(S3Store::new(Arc::clone(&self.0), root.clone())))
    }

    /// Opens logs in buckets and in folders. To be called within a runtime.
    pub(super) fn access(&self) -> Access {
        s3::access(Arc::clone(&self.0), Handle::current())
    }

    /// Lists logs. `places` is what is known of where they come to.
    pub(super) async fn logs(
        &self,
        root: &S3Place,
        span: &Span,
        places: &mut Places,
        discover: bool,
        now: DateTime<Utc>,
    ) -> Result<Listing, Error> {
        let search = Search { root, span, discover, now };
        s3::list(&self.0, &search, places).await.map_err(|fault| unlisted(root, &fault))
    }
}

fn unlisted(root: &S3Place, fault: &Fault) -> Error {
    Error::nothing(format!("cannot list {root}: {fault}"), sentence(&fault.remedy()))
}
