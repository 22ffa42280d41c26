//! The archive as an organisation trail leaves it in its bucket: folders by
//! account, region and day of delivery, and compressed logs within them.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::mem;
use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use chrono::{DateTime, Duration, Utc};
use flate2::write::GzEncoder;
use flate2::{Compression, GzBuilder};

use crate::cast::{Account, ORGANISATION, Region};
use crate::random::Random;
use crate::scene::Event;

/// A log file covers this much time.
pub(crate) const WINDOW: Duration = Duration::minutes(5);

/// Delivery comes so many minutes after the window: 2 after its last event at
/// the earliest, 15 after its first one at the latest.
const DELAY: (i64, i64) = (2, 10);

/// Where the logs go, and what is known of them so far.
pub(crate) struct Archive {
    folder: PathBuf,
    max_bytes: usize,
    random: Random,
    open: BTreeMap<(Account, Region), Log>,
    /// Logs written.
    pub(crate) logs: u64,
    /// Their size before compression.
    pub(crate) bytes: u64,
}

impl Archive {
    /// An archive below `folder`, which must not hold one yet: a mix of two is
    /// neither.
    pub(crate) fn new(folder: PathBuf, max_bytes: usize, seed: u64) -> Result<Self> {
        let logs = folder.join("AWSLogs");
        ensure!(!logs.exists(), "{} exists already; remove it first", logs.display());
        let (random, open) = (Random::new(seed), BTreeMap::new());
        Ok(Self { folder, max_bytes, random, open, logs: 0, bytes: 0 })
    }

    /// Adds an event to the log of its account and region for this `window`.
    pub(crate) fn add(&mut self, window: DateTime<Utc>, event: &Event) -> Result<()> {
        let (account, region) = (event.truth.account_id, event.region);
        let full = |log: &Log| log.bytes + event.json.len() + Log::FRAME.len() > self.max_bytes;
        if self.open.get(&(account, region)).is_some_and(full) {
            self.close(account, region)?;
        }
        if !self.open.contains_key(&(account, region)) {
            let delay = self.random.between(DELAY.0, DELAY.1);
            let delivered = event.delivered.unwrap_or(window + WINDOW + Duration::minutes(delay));
            let log = self.create(account, region, delivered)?;
            self.open.insert((account, region), log);
        }
        match self.open.get_mut(&(account, region)) {
            Some(log) => log.add(&event.json, &mut self.random),
            None => Ok(()),
        }
    }

    /// Writes out what the window still holds.
    pub(crate) fn close_all(&mut self) -> Result<()> {
        let open: Vec<_> = self.open.keys().copied().collect();
        open.into_iter().try_for_each(|(account, region)| self.close(account, region))
    }

    fn close(&mut self, account: Account, region: Region) -> Result<()> {
        if let Some(log) = self.open.remove(&(account, region)) {
            self.logs += 1;
            self.bytes += log.finish(&mut self.random)? as u64;
        }
        Ok(())
    }

    fn create(&mut self, account: Account, region: Region, at: DateTime<Utc>) -> Result<Log> {
        let folder = self.folder.join(format!(
            "AWSLogs/{ORGANISATION}/{account}/CloudTrail/{region}/{}",
            at.format("%Y/%m/%d")
        ));
        fs::create_dir_all(&folder)
            .with_context(|| format!("cannot create {}", folder.display()))?;
        let path = folder.join(format!(
            "{account}_CloudTrail_{region}_{}_{}.json.gz",
            at.format("%Y%m%dT%H%MZ"),
            self.random.alphanumeric(16)
        ));
        let file =
            File::create_new(&path).with_context(|| format!("cannot create {}", path.display()))?;
        Log::new(file)
    }
}

/// A log that is being written. Records go out in no order, as in real logs:
/// each one waits in a hand of a few, from which one is drawn at random.
struct Log {
    out: GzEncoder<BufWriter<File>>,
    hand: Vec<String>,
    empty: bool,
    bytes: usize,
}

impl Log {
    const FRAME: &str = "{\"Records\":[]}";
    const HAND: usize = 32;

    /// The compressed stream names no time and no file, so that equal records
    /// give equal bytes.
    fn new(file: File) -> Result<Self> {
        let mut out = GzBuilder::new().mtime(0).write(BufWriter::new(file), Compression::default());
        let (head, _) = Self::FRAME.split_at(Self::FRAME.len() - 2);
        out.write_all(head.as_bytes())?;
        Ok(Self { out, hand: Vec::new(), empty: true, bytes: Self::FRAME.len() })
    }

    fn add(&mut self, record: &str, random: &mut Random) -> Result<()> {
        self.bytes += record.len() + 1;
        let mut next = record.to_owned();
        if self.hand.len() < Self::HAND {
            self.hand.push(next);
            return Ok(());
        }
        mem::swap(&mut next, &mut self.hand[random.below(Self::HAND)]);
        self.write(&next)
    }

    fn write(&mut self, record: &str) -> Result<()> {
        if !mem::take(&mut self.empty) {
            self.out.write_all(b",")?;
        }
        Ok(self.out.write_all(record.as_bytes())?)
    }

    /// Ends the file and says how large it is before compression.
    fn finish(mut self, random: &mut Random) -> Result<usize> {
        while !self.hand.is_empty() {
            let record = self.hand.swap_remove(random.below(self.hand.len()));
            self.write(&record)?;
        }
        self.out.write_all(b"]}")?;
        self.out.finish()?.flush()?;
        Ok(self.bytes - 1)
    }
}
