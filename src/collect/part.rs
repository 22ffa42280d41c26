//! Searches one part of a window with every detection.
//!
//! An engine in another place may take longer than the run has. Then what it works on is in the
//! ledger, and the next run comes back to it. It may also choke on one log of many: that log is found
//! and left out.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

use chrono::{DateTime, TimeDelta, Utc};

use super::books::Books;
use super::{Collect, CollectError};
use crate::engine::job::{Job, Work};
use crate::engine::{EngineError, Rows};
use crate::finding::Finding;
use crate::finding::rows::{Columns, RowError};
use crate::ledger::Unfinished;
use crate::logs::{Log, Span};
use crate::query::BoundQuery;
use crate::window::Part;

/// How often a query is tried by one run when its engine says that it may succeed the next time.
const ATTEMPTS: u32 = 3;

/// How often a part is searched by one run for the sake of logs that an engine cannot read. Of a part
/// in which it can read none, it would be tried with every single one.
const SEARCHES: u32 = 32;

/// Trino's codes for a log that is not what it should be. Others that begin like them are of the
/// table or its catalogue, and of no log.
const OF_DATA: [&str; 4] =
    ["HIVE_BAD_DATA", "HIVE_CANNOT_OPEN_SPLIT", "HIVE_CURSOR_ERROR", "HIVE_FILESYSTEM_ERROR"];

/// What has become of a part.
pub(super) enum Searched {
    /// Every detection has seen it.
    Through(Through),
    /// It is left to the next run.
    Left {
        /// How many logs it has.
        logs: usize,
    },
}

/// A part that every detection has seen.
pub(super) struct Through {
    pub(super) logs: Vec<Log>,
    pub(super) span: Option<Span>,
    pub(super) found: Found,
    pub(super) seconds: f64,
}

/// What the detections found.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) findings: Vec<Finding>,
    pub(super) bytes: u64,
    pub(super) dollars: Option<f64>,
    pub(super) records: u64,
    pub(super) damaged: BTreeMap<String, String>,
}

/// Searches a part.
pub(super) async fn search(
    run: &Collect<'_>,
    books: &Books<'_>,
    part: Part,
) -> Result<Searched, CollectError> {
    let started = Instant::now();
    let mut found = Found::default();
    let mut unfinished = part.unfinished;
    let mut left = vec![(part.logs.clone(), part.span.clone())];
    let mut searches = 0;
    while let Some((logs, span)) = left.pop() {
        searches += 1;
        let begun = unfinished.take();
        let begun = begun.unwrap_or_else(|| Unfinished::of(&logs, span.clone()));
        match all(run, books, &logs, begun).await {
            Ok(Some(more)) => found.add(more),
            Ok(None) => return Ok(Searched::Left { logs: part.logs.len() }),
            Err(CollectError::Engine { error, .. })
                if is_of_data(&error) && searches < SEARCHES =>
            {
                match span {
                    None => {
                        let logs = without_the_culprit(logs, &error, &mut found);
                        left.extend(logs.into_iter().map(|logs| (logs, None)));
                    }
                    Some(span) => {
                        let spans = without_the_minute(span, &error, &mut found);
                        left.extend(spans.into_iter().map(|span| (Vec::new(), Some(span))));
                    }
                }
            }
            Err(error) => return Err(error),
        }
    }
    let seconds = started.elapsed().as_secs_f64();
    Ok(Searched::Through(Through { logs: part.logs, span: part.span, found, seconds }))
}

/// Whether an engine failed at what is in a log. No value of an event can make it say so.
fn is_of_data(error: &EngineError) -> bool {
    !error.refused && error.code.as_deref().is_some_and(|code| OF_DATA.contains(&code))
}

/// What is left to search when an engine failed at one of these logs: all but that one if it is
/// named or alone, else each half by itself.
fn without_the_culprit(logs: Vec<Log>, error: &EngineError, found: &mut Found) -> Vec<Vec<Log>> {
    let named = logs.iter().position(|log| error.message.contains(&log.address));
    let mut first = logs;
    let Some(culprit) = named.or((first.len() == 1).then_some(0)) else {
        let second = first.split_off(first.len() / 2);
        return vec![second, first];
    };
    let log = first.remove(culprit);
    tracing::warn!(log.address, %error, "left out");
    found.damaged.insert(log.address, format!("the engine cannot read it: {error}"));
    if first.is_empty() { Vec::new() } else { vec![first] }
}

/// The same for minutes of delivery: each half by itself, but nothing of a minute that is alone.
fn without_the_minute(span: Span, error: &EngineError, found: &mut Found) -> Vec<Span> {
    let halves = span.since.zip(span.until).and_then(|(since, until)| {
        let minutes = (until - since).num_minutes() / 2;
        (minutes > 0).then(|| since + TimeDelta::minutes(minutes))
    });
    let Some(middle) = halves else {
        let time =
            |time: Option<DateTime<Utc>>| time.map_or("ever".to_owned(), |at| at.to_rfc3339());
        let minutes = format!("logs delivered {} to {}", time(span.since), time(span.until));
        let reason = format!(
            "the engine cannot read one of them: {error}; once that is mended, `clickops ledger \
             set-until` has them read again"
        );
        found.damaged.insert(minutes, reason);
        return Vec::new();
    };
    let first = Span { until: Some(middle), ..span.clone() };
    vec![Span { since: Some(middle), ..span }, first]
}

/// Searches logs with every detection; `None` when it is time to leave.
async fn all(
    run: &Collect<'_>,
    books: &Books<'_>,
    logs: &[Log],
    mut begun: Unfinished,
) -> Result<Option<Found>, CollectError> {
    let shared: Arc<[Log]> = logs.into();
    let mut found = Found::default();
    for detection in run.detections {
        let mut query = run.assembler.named(detection, &BTreeMap::new(), shared.clone())?;
        if let Some(span) = &begun.span {
            query = query.over(span.clone());
        }
        let failed = |error| CollectError::Engine { error, query: Box::new(query.clone()) };
        let Some(rows) = rows(run, books, detection, &query, &mut begun).await? else {
            return Ok(None);
        };
        (run.watch)(&rows.scan);
        found.read(detection, rows, failed).await?;
    }
    Ok(Some(found))
}

/// Has a query run, here or elsewhere; `None` when it is time to leave.
async fn rows(
    run: &Collect<'_>,
    books: &Books<'_>,
    detection: &str,
    query: &BoundQuery,
    begun: &mut Unfinished,
) -> Result<Option<Rows>, CollectError> {
    let last = begun.attempt + ATTEMPTS - 1;
    let key = format!("{} {detection}", begun.key());
    let failed = |error| CollectError::Engine { error, query: Box::new(query.clone()) };
    loop {
        let execution = begun.executions.get(detection).cloned();
        if execution.is_none() && run.has_to_leave() {
            return Ok(None);
        }
        let job = Job { key: &key, attempt: begun.attempt, execution, leave: run.leave };
        match run.engine.work(query, &job).await {
            Ok(Work::Rows(rows)) => return Ok(Some(rows)),
            Ok(Work::Running(id)) if job.execution.as_ref() == Some(&id) => return Ok(None),
            Ok(Work::Running(id)) => {
                begun.executions.insert(detection.to_owned(), id);
                let begun = begun.clone();
                books.change(|ledger| ledger.begin(begun)).await?;
            }
            Ok(Work::Again(error)) => {
                tracing::warn!(detection, %error, "runs once more");
                fail(books, begun, detection).await?;
                if begun.attempt > last {
                    return Err(failed(error));
                }
            }
            Ok(Work::Unclear(error)) => return Err(failed(error)),
            Err(error) => {
                fail(books, begun, detection).await?;
                return Err(failed(error));
            }
        }
    }
}

/// Notes that an execution has failed: it would stay so under its attempt. One that was never begun
/// leaves no trace.
async fn fail(
    books: &Books<'_>,
    begun: &mut Unfinished,
    detection: &str,
) -> Result<(), CollectError> {
    if begun.executions.remove(detection).is_some() {
        begun.attempt += 1;
        let begun = begun.clone();
        books.change(|ledger| ledger.begin(begun)).await?;
    }
    Ok(())
}

/// Gives up what an engine works on, because its logs are not all there any more.
pub(super) async fn abandon(
    run: &Collect<'_>,
    books: &Books<'_>,
    stale: Unfinished,
) -> Result<(), CollectError> {
    for id in stale.executions.values() {
        if let Err(error) = run.engine.abandon(id.clone()).await {
            tracing::warn!(execution = %id, %error, "a query may go on");
        }
    }
    Ok(books.change(|ledger| ledger.end(&stale)).await?)
}

impl Found {
    /// Reads the rows of one detection.
    async fn read(
        &mut self,
        detection: &str,
        mut rows: Rows,
        failed: impl Fn(EngineError) -> CollectError,
    ) -> Result<(), CollectError> {
        let columns = Columns::of(&rows.columns)
            .map_err(|error| CollectError::Columns { detection: detection.to_owned(), error })?;
        while let Some(page) = rows.page().await.map_err(&failed)? {
            for row in page {
                match columns.finding(detection, row) {
                    Ok(finding) => self.findings.push(finding),
                    // A row that is no finding may hide one: its log has to be looked at again once
                    // the detection is mended.
                    Err(RowError::Value { log: Some(log), problem }) => {
                        self.damaged.insert(log, format!("{detection} returned a row that is no finding: {problem}; mend the detection"));
                    }
                    Err(error) => {
                        return Err(CollectError::Columns {
                            detection: detection.to_owned(),
                            error,
                        });
                    }
                }
            }
        }
        self.bytes += rows.scan.bytes.load(Ordering::Relaxed);
        self.dollars = sum(self.dollars, rows.scan.charge().map(|charge| charge.dollars));
        self.records += rows.scan.records.load(Ordering::Relaxed);
        self.damaged.extend(rows.scan.damaged().into_iter().map(|log| (log.log, log.reason)));
        Ok(())
    }

    fn add(&mut self, other: Self) {
        self.findings.extend(other.findings);
        self.bytes += other.bytes;
        self.dollars = sum(self.dollars, other.dollars);
        self.records += other.records;
        self.damaged.extend(other.damaged);
    }
}

/// The sum of two prices, where there is one.
pub(super) fn sum(one: Option<f64>, other: Option<f64>) -> Option<f64> {
    one.map_or(other, |one| Some(one + other.unwrap_or_default()))
}
