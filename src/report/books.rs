//! What a run notes in the ledger besides what it sends.

use chrono::{DateTime, Utc};

use super::name;
use crate::config::Report;
use crate::ledger::{self, Counts, LedgerError, sight};
use crate::store::Store;

/// Counts what has become of the findings that the run had at hand.
///
/// # Errors
/// [`LedgerError`].
pub async fn count(store: &dyn Store, reports: &[Report]) -> Result<Counts, LedgerError> {
    let mut loaded = ledger::load(store).await?;
    let before = loaded.ledger.clone();
    let next = |detection: &str| {
        let of_it = reports.iter().filter(|report| report.detection == detection);
        let names = of_it.flat_map(|report| report.channels.iter().map(|to| name(report, to)));
        names.map(|name| before.reports.get(&name).map_or(0, |state| state.next_window)).min()
    };
    let counts = loaded.ledger.count(next);
    if loaded.ledger != before {
        loaded.save(store).await?;
    }
    Ok(counts)
}

/// Notes whether the run could look at the logs, so that reports say when nobody did.
///
/// # Errors
/// [`LedgerError`].
pub async fn note_look(
    store: &dyn Store,
    reports: &[Report],
    now: DateTime<Utc>,
    trouble: Option<sight::Trouble>,
) -> Result<(), LedgerError> {
    let mut loaded = ledger::load(store).await?;
    match trouble {
        Some(trouble) => loaded.ledger.cannot_look(now, trouble),
        None => {
            let lines = reports.iter().flat_map(|report| {
                let line =
                    |to: &String| (name(report, to), report.schedule.as_ref(), report.timezone);
                report.channels.iter().map(line)
            });
            loaded.ledger.looks(now, lines);
        }
    }
    loaded.save(store).await
}
