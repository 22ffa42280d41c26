//! Progress on a terminal, while logs are read. Nothing anywhere else.

use std::io::{self, IsTerminal};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use indicatif::{HumanCount, ProgressBar, ProgressStyle};

use crate::engine::Scan;

/// A bar for the bytes of one command, however many scans it takes.
pub(super) struct Progress {
    bar: ProgressBar,
    scans: Mutex<Vec<Arc<Scan>>>,
    logs: u64,
}

impl Progress {
    /// A bar for so many logs and bytes; hidden unless standard error is a terminal.
    pub(super) fn new(logs: u64, bytes: u64) -> Arc<Self> {
        let bar = if io::stderr().is_terminal() {
            ProgressBar::new(bytes)
        } else {
            ProgressBar::hidden()
        };
        let template =
            "{spinner:.dim} {bar:30.cyan/dim} {bytes}/{total_bytes}  {msg}  {bytes_per_sec}  {eta}";
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        let progress = Arc::new(Self { bar, scans: Mutex::default(), logs });
        let weak = Arc::downgrade(&progress);
        tokio::spawn(async move {
            while let Some(progress) = weak.upgrade() {
                progress.update();
                drop(progress);
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        });
        progress
    }

    /// Follows one more scan.
    pub(super) fn follow(&self, scan: &Arc<Scan>) {
        self.scans.lock().unwrap_or_else(PoisonError::into_inner).push(scan.clone());
    }

    fn update(&self) {
        let scans = self.scans.lock().unwrap_or_else(PoisonError::into_inner);
        let sum = |what: fn(&Scan) -> u64| scans.iter().map(|scan| what(scan)).sum::<u64>();
        self.bar.set_position(sum(|scan| scan.bytes.load(Ordering::Relaxed)));
        let logs = sum(|scan| scan.logs.load(Ordering::Relaxed));
        let records = sum(|scan| scan.records.load(Ordering::Relaxed));
        self.bar.set_message(format!(
            "{}/{} logs, {} records",
            HumanCount(logs),
            HumanCount(self.logs),
            HumanCount(records)
        ));
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
