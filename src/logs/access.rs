//! Opens a log for reading, wherever it is.

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::sync::Arc;

use super::Log;

type Open = dyn Fn(&Log) -> io::Result<Box<dyn Read + Send>> + Send + Sync;

/// How logs are opened.
#[derive(Clone)]
pub struct Access(Arc<Open>);

impl Access {
    /// Opens logs like this.
    pub fn by<R: Read + Send + 'static>(
        open: impl Fn(&Log) -> io::Result<R> + Send + Sync + 'static,
    ) -> Self {
        Self(Arc::new(move |log| Ok(Box::new(open(log)?))))
    }

    /// Opens logs in folders.
    pub fn files() -> Self {
        Self::by(|log| File::open(&log.address))
    }

    /// Opens a log. Reading it blocks.
    ///
    /// # Errors
    /// When it vanished or may not be read.
    pub fn open(&self, log: &Log) -> io::Result<Box<dyn Read + Send>> {
        (self.0)(log)
    }
}

impl fmt::Debug for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Access").finish_non_exhaustive()
    }
}
