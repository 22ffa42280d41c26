//! What a message is made of: findings in a file, or those in logs.

use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;

use serde_json::value::RawValue;

use crate::app::App;
use crate::cli::filter::{Filter, FilterArgs};
use crate::cli::progress::Progress;
use crate::cli::remark;
use crate::collect::{Collect, Collected, Wanted, collect};
use crate::config::DETECTION;
use crate::digest::RunStats;
use crate::engine::Damaged;
use crate::error::Error;
use crate::finding::{Finding, rows};
use crate::journal;
use crate::logs::Span;
use crate::store::memory::MemoryStore;
use crate::window::Limits;

/// Findings, and how they were found.
pub(super) struct Found {
    pub(super) findings: Vec<Finding>,
    /// What was looked at.
    pub(super) span: Span,
    pub(super) run: RunStats,
    /// Whether some log could not be read.
    pub(super) unread: bool,
}

/// Reads findings from a file.
pub(super) fn read(path: &Path) -> Result<Found, Error> {
    let run = RunStats { engine: "preview".to_owned(), ..RunStats::default() };
    Ok(Found { findings: parsed(path)?, span: Span::default(), run, unread: false })
}

fn parsed(path: &Path) -> Result<Vec<Finding>, Error> {
    let unreadable = |reason: String| {
        Error::nothing(
            format!("cannot read {}: {reason}", path.display()),
            "Give what `clickops query console_activity --format ndjson` prints.",
        )
    };
    let mut text = String::new();
    let read = if path == Path::new("-") {
        std::io::stdin().lock().read_to_string(&mut text)
    } else {
        std::fs::File::open(path).and_then(|mut file| file.read_to_string(&mut text))
    };
    read.map_err(|error| unreadable(error.to_string()))?;
    if text.trim_start().starts_with('[') {
        let rows: Vec<Box<RawValue>> =
            serde_json::from_str(&text).map_err(|error| unreadable(error.to_string()))?;
        let parsed = (1..).zip(rows).map(|(number, row)| {
            rows::from_json(row.get())
                .map_err(|error| unreadable(format!("item {number}: {error}")))
        });
        return parsed.collect();
    }
    let lines = (1..).zip(text.lines());
    lines
        // The first line of a window in the journal tells of the window.
        .filter(|(_, line)| !line.trim().is_empty() && !line.starts_with("{\"window\":"))
        .map(|(number, line)| {
            rows::from_json(line).map_err(|error| unreadable(format!("line {number}: {error}")))
        })
        .collect()
}

/// Looks for findings in logs: what a first run would collect from these.
pub(super) async fn search(app: &App, filter: &FilterArgs) -> Result<Found, Error> {
    if app.config.logs.is_none() {
        return Err(Error::usage(
            "nobody said what the message is made of",
            "Give findings with --findings FILE, or logs with --logs DIR.",
        ));
    }
    let mut filter = Filter::of(filter, &app.config, app.now)?;
    filter.keep_small(app)?;
    let (logs, remarks) = filter.chosen(&app.some_logs(filter.span()).await?);
    for text in remarks {
        remark(&format!("warning: {text}"));
    }
    let (store, engine) = (MemoryStore::default(), app.engine().await?);
    let bytes = logs.iter().map(|log| log.bytes).sum();
    let progress = Progress::new(logs.len() as u64, bytes);
    let run = Collect {
        engine: engine.as_ref(),
        store: &store,
        access: &app.access(),
        assembler: &app.assembler().await?,
        detections: &[DETECTION.to_owned()],
        limits: Limits::default(),
        unlisted: false,
        now: app.now,
        leave: None,
        watch: &|scan: &Arc<_>| progress.follow(scan),
    };
    let collected = collect(&run, Wanted::Logs(logs)).await;
    engine.close().await;
    drop(progress);
    let mut collected = collected?;
    if let Some(error) = collected.failed.take() {
        return Err(error.into());
    }
    for (log, reason) in &collected.damaged {
        remark(&format!("warning: {log}: {reason}"));
    }
    let mut findings = Vec::new();
    for number in 0.. {
        match journal::read(&store, number).await? {
            Some(entry) => findings.extend(entry.findings),
            None => break,
        }
    }
    let unread = !collected.damaged.is_empty();
    let span = filter.span().clone();
    Ok(Found { findings, span, run: stats(app, &collected), unread })
}

fn stats(app: &App, collected: &Collected) -> RunStats {
    let damaged =
        |(log, reason): (&String, &String)| Damaged { log: log.clone(), reason: reason.clone() };
    RunStats {
        logs: collected.logs,
        bytes: collected.delivered,
        scanned: collected.dollars.map(|_| collected.bytes),
        seconds: collected.seconds,
        damaged: collected.damaged.iter().map(damaged).collect(),
        engine: app.engine_name().to_owned(),
        cost: collected.dollars,
    }
}
