//! Keeps what was found in one part of a window: findings -> raw events -> journal -> ledger.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::books::Books;
use super::part::{self, Searched, Through};
use super::{Collect, CollectError};
use crate::finding::Finding;
use crate::journal::{self, Entry, WindowRecord};
use crate::ledger;
use crate::logs::{Log, LogKey};
use crate::raw;
use crate::window::Part;

/// What has become of a part.
pub(super) enum Kept {
    /// It is in the journal.
    Through {
        entry: Box<Entry>,
        /// Findings that the journal had already.
        repeated: usize,
        /// Logs that have to be tried again.
        unread: Vec<LogKey>,
    },
    /// It is left to the next run.
    Left {
        /// How many logs it has.
        logs: usize,
    },
}

/// What the parts of a window have in common.
#[derive(Clone, Copy)]
pub(super) struct Shared<'a> {
    pub(super) run: &'a Collect<'a>,
    pub(super) books: &'a Books<'a>,
    /// Whether logs are left out that a later run should still take.
    pub(super) gap: bool,
}

/// Searches one part, and keeps what is found in it. Both are one step, so that whoever has the books
/// open is polled until they are closed.
pub(super) async fn search_and_keep(
    shared: Shared<'_>,
    number: usize,
    part: Part,
) -> Result<Kept, CollectError> {
    match part::search(shared.run, shared.books, part).await? {
        Searched::Left { logs } => Ok(Kept::Left { logs }),
        Searched::Through(through) => keep(shared, number, through).await,
    }
}

/// Keeps what was found in one part of a window.
async fn keep(
    Shared { run, books, gap }: Shared<'_>,
    number: usize,
    through: Through,
) -> Result<Kept, CollectError> {
    let Through { mut logs, span, mut found, seconds } = through;
    let mut page = books.open().await;
    let total = found.findings.len();
    let mut seen = HashSet::new();
    found.findings.retain(|finding| {
        let known = ledger::names(finding).iter().any(|name| seen.contains(name));
        seen.extend(ledger::takes(finding));
        !known && !page.loaded.ledger.knows(finding)
    });
    let repeated = total - found.findings.len();
    // Engines give rows in any order; the journal, and what is made of it, is the same every time.
    found.findings.sort_by(|a, b| order(a).cmp(&order(b)));
    if span.is_some() {
        let of_findings = found.findings.iter().filter_map(|finding| finding.log_file.as_deref());
        let of_findings: BTreeSet<&str> = of_findings.collect();
        logs.extend(of_findings.into_iter().map(|address| Log::unlisted(address, run.now)));
    }
    note_delivery(&mut found.findings, &logs);
    page.loaded.ledger.mark_first_times(&mut found.findings, run.now);
    tokio::task::block_in_place(|| {
        raw::attach(&mut found.findings, &logs, |log| run.access.open(log));
    });

    let (unread, mut read): (Vec<&Log>, Vec<&Log>) =
        logs.iter().partition(|log| found.damaged.contains_key(&log.address));
    // A log that claims to come from the future must not make all others look too old.
    let latest = match &span {
        Some(span) => span.until,
        None => read.iter().map(|log| log.delivered.min(run.now)).max(),
    };
    let until = page.through(number, latest).filter(|_| !gap);
    if span.is_some() {
        // Not all that was read is known, so none of it is remembered.
        read.clear();
    }
    let loaded = &mut page.loaded;
    let entry = Entry {
        window: WindowRecord {
            number: loaded.ledger.next_window,
            collected_at: run.now,
            until,
            span,
            logs: read.iter().map(|log| (log.key, log.delivered)).collect(),
            delivered: read.iter().map(|log| log.bytes).sum(),
            bytes: found.bytes,
            dollars: found.dollars,
            records: found.records,
            seconds,
            damaged: found.damaged,
        },
        findings: found.findings,
    };
    // A window of nothing but damaged logs would be written anew by every run until somebody
    // repairs them.
    if !read.is_empty() || !entry.findings.is_empty() || entry.window.span.is_some() {
        journal::append(run.store, &entry).await?;
        loaded.ledger.add_window(&entry);
        loaded.ledger.forget(run.limits.overlap);
        loaded.save(run.store).await?;
    }
    let unread = unread.iter().map(|log| log.key).collect();
    Ok(Kept::Through { entry: Box::new(entry), repeated, unread })
}

/// The order of findings in the journal.
fn order(finding: &Finding) -> (&str, &str, Option<&str>, &str) {
    let Finding { event_time, event_id, account_id, detection, .. } = finding;
    (event_time, event_id, account_id.as_deref(), detection)
}

/// Tells each finding when its log was delivered.
fn note_delivery(findings: &mut [Finding], logs: &[Log]) {
    let by_address: HashMap<&str, &Log> =
        logs.iter().map(|log| (log.address.as_str(), log)).collect();
    for finding in findings {
        let log = finding.log_file.as_deref().and_then(|address| by_address.get(address));
        finding.delivered = log.and_then(|log| log.delivery_minute());
    }
}
