//! Progress on a terminal, while logs are read. Nothing anywhere else.

use std::io::{self, IsTerminal};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use indicatif::{HumanCount, ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::engine::Scan;

/// What is done sooner needs no bar.
const QUICK: Duration = Duration::from_millis(300);

/// A bar for the bytes of one command, however many scans it takes. Gone when this is dropped.
pub(super) struct Progress(Arc<Shown>);

struct Shown {
    bar: ProgressBar,
    logs: u64,
    scans: Mutex<Vec<Arc<Scan>>>,
}

impl Progress {
    /// A bar for so many logs and bytes; hidden unless standard error is a terminal.
    pub(super) fn new(logs: u64, bytes: u64) -> Self {
        let bar = ProgressBar::with_draw_target(Some(bytes), ProgressDrawTarget::hidden());
        // Where no logs are read here, a service is at work that does not tell how far it is.
        let template = if logs == 0 {
            "{spinner:.dim} waiting for the answer, {elapsed}"
        } else {
            "{spinner:.dim} {bar:30.cyan/dim} {bytes}/{total_bytes}  {msg}  {bytes_per_sec}  {eta}"
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        let shown = Arc::new(Shown { bar, logs, scans: Mutex::default() });
        let weak = Arc::downgrade(&shown);
        tokio::spawn(async move {
            tokio::time::sleep(QUICK).await;
            if let Some(shown) = weak.upgrade().filter(|_| io::stderr().is_terminal()) {
                shown.appear();
            }
            while let Some(shown) = weak.upgrade() {
                shown.update();
                drop(shown);
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        });
        Self(shown)
    }

    /// Follows one more scan.
    pub(super) fn follow(&self, scan: &Arc<Scan>) {
        self.0.scans().push(Arc::clone(scan));
    }

    /// Takes the bar away while `write` writes, which may be to the same terminal.
    pub(super) fn aside<T>(&self, write: impl FnOnce() -> T) -> T {
        self.0.bar.suspend(write)
    }
}

impl Shown {
    fn scans(&self) -> MutexGuard<'_, Vec<Arc<Scan>>> {
        self.scans.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn appear(&self) {
        let _scans = self.scans();
        if !self.bar.is_finished() {
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
    }

    fn update(&self) {
        let scans = self.scans();
        // Whoever has cleared the bar is writing in its place.
        if self.bar.is_finished() {
            return;
        }
        let sum = |what: fn(&Scan) -> u64| scans.iter().map(|scan| what(scan)).sum::<u64>();
        self.bar.set_position(sum(|scan| scan.bytes.load(Ordering::Relaxed)));
        let logs = sum(|scan| scan.logs.load(Ordering::Relaxed));
        let records = sum(|scan| scan.records.load(Ordering::Relaxed));
        self.bar.set_message(format!(
            "{}/{}, {}",
            HumanCount(logs),
            counted(self.logs, "log"),
            counted(records, "record")
        ));
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        let _scans = self.0.scans();
        self.0.bar.finish_and_clear();
    }
}

/// `1 log`, `1,200 logs`.
pub(super) fn counted(count: u64, what: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{} {what}{plural}", HumanCount(count))
}
