//! Where reports begin that the ledger does not know yet.

use std::collections::BTreeSet;

use super::name;
use crate::config::{Report, UNMATCHED};
use crate::ledger::{LedgerError, Loaded, ReportState};
use crate::store::Store;

/// Notes reports that the ledger does not know, so that each begins with what is collected from now
/// on. To be called before collecting: a crash in between must not move their beginning.
///
/// # Errors
/// [`LedgerError`].
pub async fn register(
    store: &dyn Store,
    loaded: &mut Loaded,
    reports: &[Report],
) -> Result<(), LedgerError> {
    let next_window = loaded.ledger.next_window;
    let states = &mut loaded.ledger.reports;
    let mut changed = false;
    let names: BTreeSet<String> = reports
        .iter()
        .flat_map(|report| report.channels.iter().map(|channel| name(report, channel)))
        .collect();
    for report in reports {
        for channel in &report.channels {
            let name = name(report, channel);
            if states.contains_key(&name) {
                continue;
            }
            // What is unmatched goes to another channel now, also what the one before did not take.
            let next_window = if report.is_unmatched() {
                let before = states.iter().filter(|(known, _)| {
                    !names.contains(*known) && known.starts_with(&format!("{} to ", report.name))
                });
                before.map(|(_, state)| state.next_window).min().unwrap_or(next_window)
            } else {
                next_window
            };
            states.insert(name, ReportState { next_window, ..ReportState::default() });
            changed = true;
        }
    }
    // Nobody can see that such a report has ended; should it come back, it would begin there.
    let known = states.len();
    states.retain(|name, _| names.contains(name) || !name.starts_with(&format!("{UNMATCHED} ")));
    if changed || states.len() != known {
        loaded.save(store).await?;
    }
    Ok(())
}
