//! A folder that is laid out like the bucket of a log archive.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clickops::logs::{Log, dir};

/// The bucket.
pub(crate) struct Bucket {
    folder: PathBuf,
}

const ADDRESS: &str = "s3://log-archive/";

impl Bucket {
    pub(super) fn of(folder: &Path) -> Self {
        Self { folder: folder.canonicalize().unwrap() }
    }

    /// Every log that lies there, under its address in the folder.
    pub(super) fn files(&self) -> Arc<[Log]> {
        dir::list(&self.folder).unwrap().logs.into()
    }

    /// The logs whose address in S3 is chosen, under their addresses in the folder.
    pub(super) fn files_where(&self, chosen: impl Fn(&Log) -> bool) -> Arc<[Log]> {
        let (files, logs) = (self.files(), self.logs());
        let pairs = files.iter().zip(logs);
        pairs.filter(|(_, log)| chosen(log)).map(|(file, _)| file.clone()).collect()
    }

    /// Every log that lies there, under its address in S3.
    pub(crate) fn logs(&self) -> Vec<Log> {
        let moved = |log: &Log| Log { address: self.of_s3(&log.address), ..log.clone() };
        self.files().iter().map(moved).collect()
    }

    /// Text with addresses in S3 in place of those in the folder.
    pub(crate) fn of_s3(&self, text: &str) -> String {
        text.replace(&self.prefix(), ADDRESS)
    }

    /// Text with addresses in the folder in place of those in S3.
    pub(super) fn of_folder(&self, text: &str) -> String {
        text.replace(ADDRESS, &self.prefix())
    }

    fn prefix(&self) -> String {
        format!("{}/", self.folder.display())
    }
}
