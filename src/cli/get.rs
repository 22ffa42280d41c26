//! `clickops get`.

use clap::Args;
use serde_json::value::RawValue;

use super::filter::Filter;
use super::ledger::StoreArgs;
use super::{Source, output, remark};
use crate::app::App;
use crate::error::{Error, Exit};
use crate::finding::Finding;
use crate::logs::Log;
use crate::raw::{self, SHORT_ID};
use crate::{journal, ledger};

/// Print the full event, as its log has it
///
/// Without --logs the event has to be one that a run has found: then its log is known. If that log
/// is gone and --logs does not lead to it, the event comes from the journal, where secrets are
/// redacted.
#[derive(Debug, Args)]
pub(super) struct GetArgs {
    /// The event's id, or its first eight characters
    event_id: String,
    #[command(flatten)]
    source: Source,
    #[command(flatten)]
    store: StoreArgs,
}

pub(super) async fn run(mut app: App, args: GetArgs) -> Result<Exit, Error> {
    args.source.apply(&mut app.config)?;
    args.store.apply(&mut app)?;
    let Located { finding, event } = locate(&app, &args.event_id).await?;
    let record = match (event, finding.and_then(|finding| finding.raw)) {
        (Some((_, record)), _) => record,
        (None, Some(kept)) => {
            remark("its log is gone; this is what the journal kept, with secrets redacted");
            RawValue::get(&kept).to_owned()
        }
        (None, None) => {
            return Err(Error::nothing(
                format!("no event '{}' was found", args.event_id),
                missing(&args.event_id),
            ));
        }
    };
    output(&pretty(&record))?;
    Ok(Exit::Done)
}

/// What to do about an id that leads to no event.
pub(super) fn missing(id: &str) -> &'static str {
    if id.len() < SHORT_ID {
        "Give at least the first eight characters of the id."
    } else {
        "Give its logs with --logs, or the store of the run that reported it with --store."
    }
}

/// Where an event was found.
pub(super) struct Located {
    /// What the journal says of it.
    pub(super) finding: Option<Finding>,
    /// The log that holds it, and its record there.
    pub(super) event: Option<(Log, String)>,
}

/// Looks for an event: the journal knows its log; if not, or if that log is gone, any log of the
/// source may hold it, the latest first.
pub(super) async fn locate(app: &App, id: &str) -> Result<Located, Error> {
    if id.trim().is_empty() {
        return Err(Error::usage("the event id is empty", "Give an id as messages show it."));
    }
    let given = app.config.logs.is_some();
    let finding = match in_journal(app, id).await {
        Err(error) if given => {
            remark(&format!("warning: {}", error.message));
            None
        }
        finding => finding?,
    };
    let id = finding.as_ref().map_or(id, |finding| &finding.event_id);
    let access = app.access();
    let search = |logs: Vec<Log>| {
        let open = |log: &Log| access.open(log);
        tokio::task::block_in_place(|| raw::find(logs.iter().rev(), id, open))
            .map(|(log, record)| (log.clone(), record))
    };
    let its_log = finding.as_ref().and_then(|finding| finding.log_file.as_ref());
    let mut event = match its_log {
        Some(address) => app.log(address).await.and_then(|log| search(vec![log])),
        None => None,
    };
    if event.is_none() && given {
        let mut filter = Filter::default();
        filter.keep_small(app)?;
        event = match app.some_logs(filter.span()).await {
            Ok(logs) => search(logs),
            // The journal still has something to show.
            Err(error) if finding.is_some() => {
                remark(&format!("warning: {}", error.message));
                None
            }
            Err(error) => return Err(error),
        };
    }
    Ok(Located { finding, event })
}

/// Looks through the journal, latest windows first.
async fn in_journal(app: &App, id: &str) -> Result<Option<Finding>, Error> {
    let store = app.store()?;
    let windows = ledger::load(store.as_ref()).await?.ledger.next_window;
    for number in (0..windows).rev() {
        let entry = journal::read(store.as_ref(), number).await?;
        let findings = entry.into_iter().flat_map(|entry| entry.findings);
        if let Some(finding) =
            findings.into_iter().find(|finding| raw::is_meant(&finding.event_id, id))
        {
            return Ok(Some(finding));
        }
    }
    Ok(None)
}

/// Indented, if it is JSON at all.
fn pretty(record: &str) -> String {
    let value: Result<serde_json::Value, _> = serde_json::from_str(record);
    let text = value.and_then(|value| serde_json::to_string_pretty(&value));
    format!("{}\n", text.unwrap_or_else(|_| record.to_owned()))
}
