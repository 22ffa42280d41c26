//! Writes a CloudTrail archive of an organisation that does not exist.
//!
//! The archive tells a short [`story`] of people in the console amid
//! [`everyday`] traffic. The same options give the same bytes, so the archive
//! in `examples/logs` can be made again, and a test can know what is in it.

mod archive;
mod cast;
mod everyday;
mod random;
mod record;
mod scene;
mod story;
mod truth;
mod via;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::PathBuf;

use anyhow::{Context, Result};
use chrono::{DateTime, Duration, NaiveDate, NaiveTime, Utc};
use clap::Parser;

use crate::archive::{Archive, WINDOW};
use crate::cast::{ACCOUNTS, REGIONS};
use crate::random::Random;
use crate::scene::Event;
use crate::truth::Tally;

/// Writes a CloudTrail archive of an organisation that does not exist
#[derive(Parser)]
struct Options {
    /// Folder for the archive; `AWSLogs/` is created in it
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// File for the truth: one JSON line per event
    #[arg(long, value_name = "FILE")]
    truth: Option<PathBuf>,
    /// How many events to write, roughly, and no fewer than the story has
    #[arg(long, value_name = "N", default_value_t = 2_000)]
    events: u64,
    /// How many days the archive spans
    #[arg(long, value_name = "D", default_value_t = 3, value_parser = clap::value_parser!(i64).range(1..=3_650))]
    days: i64,
    /// Another seed gives another archive
    #[arg(long, value_name = "S", default_value_t = 20_261_120)]
    seed: u64,
    /// The first day
    #[arg(long, value_name = "YYYY-MM-DD", default_value = "2026-11-20")]
    start: NaiveDate,
    /// Size of a full log in MB, before compression: CloudTrail's limit is 50,
    /// a quiet account's logs are tiny
    #[arg(long, value_name = "M", default_value_t = 0.05)]
    file_mb: f64,
}

/// Bytes of JSON per event, near enough to plan with.
const EVENT_BYTES: f64 = 1_260.0;

/// After so many everyday moments the story is told once more, which keeps
/// changes by hand below one event in a hundred.
const MOMENTS_PER_ENCORE: usize = 8_000;

fn main() -> Result<()> {
    let options = Options::parse();
    let start = options.start.and_time(NaiveTime::MIN).and_utc();
    let mut random = Random::new(options.seed);
    let mut output = Output::new(&options)?;

    let story = story::premiere(start, options.days, &mut random)?;
    let everyday = options.events.saturating_sub(story.len() as u64);
    let (late, soon): (Vec<_>, Vec<_>) =
        story.into_iter().partition(|event| event.delivered.is_some());
    for (minute, events) in by_time(late, |event| event.delivered.unwrap_or(event.time)) {
        output.add(minute, &events)?;
        output.archive.close_all()?;
    }

    let mut windows = by_time(soon, |event| window_of(event.time));
    let busy = busy_windows(&options, start, everyday);
    for window in &busy {
        windows.entry(*window).or_default();
    }
    let mut encores = Encores::default();
    for (window, events) in windows {
        output.add(window, &events)?;
        if let Ok(position) = busy.binary_search(&window) {
            let share = share(everyday, busy.len() as u64, position as u64);
            fill(&mut output, window, share, &mut encores, &mut random)?;
        }
        output.archive.close_all()?;
    }
    output.finish()
}

/// Everyday traffic of about `events` events, and the story again now and then.
fn fill(
    output: &mut Output,
    window: DateTime<Utc>,
    mut events: u64,
    encores: &mut Encores,
    random: &mut Random,
) -> Result<()> {
    while events > 0 {
        let next = match encores.due() {
            Some(turn) => story::encore(window, turn, random)?,
            None => everyday::moment(window, random)?,
        };
        output.add(window, &next)?;
        events = events.saturating_sub(next.len() as u64);
    }
    Ok(())
}

/// Counts everyday moments, to say when the story is due again.
#[derive(Default)]
struct Encores {
    moments: usize,
}

impl Encores {
    fn due(&mut self) -> Option<usize> {
        self.moments += 1;
        self.moments.is_multiple_of(MOMENTS_PER_ENCORE).then_some(self.moments / MOMENTS_PER_ENCORE)
    }
}

/// The windows that get the everyday traffic: spread evenly, and so few that
/// it fills logs of the size asked for.
fn busy_windows(options: &Options, start: DateTime<Utc>, events: u64) -> Vec<DateTime<Utc>> {
    let span = Duration::days(options.days);
    let most = span.num_minutes() / WINDOW.num_minutes();
    let logs = events as f64 * EVENT_BYTES / (options.file_mb * 1e6);
    let windows = (logs / (ACCOUNTS.len() * REGIONS.len()) as f64).round() as i64;
    let windows = windows.clamp(1, most);
    (0..windows)
        .map(|n| {
            window_of(start + Duration::minutes(span.num_minutes() * (2 * n + 1) / (2 * windows)))
        })
        .collect()
}

/// The window that a time falls into.
fn window_of(time: DateTime<Utc>) -> DateTime<Utc> {
    time - Duration::seconds(time.timestamp().rem_euclid(WINDOW.num_seconds()))
}

fn by_time(
    events: Vec<Event>,
    time: impl Fn(&Event) -> DateTime<Utc>,
) -> BTreeMap<DateTime<Utc>, Vec<Event>> {
    let mut groups: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for event in events {
        groups.entry(time(&event)).or_default().push(event);
    }
    groups
}

/// One of `parts` nearly equal parts of `total`, which add up to it.
fn share(total: u64, parts: u64, position: u64) -> u64 {
    total * (position + 1) / parts - total * position / parts
}

/// Everything that is written: the logs, the truth, and a count of both.
struct Output {
    archive: Archive,
    truth: Option<BufWriter<File>>,
    tally: Tally,
    again: u64,
}

impl Output {
    fn new(options: &Options) -> Result<Self> {
        let create = |path: &PathBuf| {
            File::create(path).with_context(|| format!("cannot create {}", path.display()))
        };
        let max_bytes = (options.file_mb * 1e6) as usize;
        Ok(Self {
            archive: Archive::new(options.out.clone(), max_bytes, options.seed)?,
            truth: options.truth.as_ref().map(create).transpose()?.map(BufWriter::new),
            tally: Tally::default(),
            again: 0,
        })
    }

    fn add(&mut self, window: DateTime<Utc>, events: &[Event]) -> Result<()> {
        for event in events {
            self.archive.add(window, event)?;
            if event.again {
                self.again += 1;
                continue;
            }
            self.tally.count(&event.truth);
            if let Some(file) = &mut self.truth {
                serde_json::to_writer(&mut *file, &event.truth)?;
                file.write_all(b"\n")?;
            }
        }
        Ok(())
    }

    #[expect(clippy::print_stdout, reason = "the summary is what this program says")]
    fn finish(mut self) -> Result<()> {
        if let Some(file) = &mut self.truth {
            file.flush()?;
        }
        let Archive { logs, bytes, .. } = self.archive;
        println!("{}", self.tally);
        println!();
        println!("{} of them delivered twice", self.again);
        println!("{logs} logs, {:.1} MB before compression", bytes as f64 / 1e6);
        Ok(())
    }
}
