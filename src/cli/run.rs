//! `clickops run`.

use std::sync::{Mutex, PoisonError};

use clap::Args;

use super::progress::Progress;
use super::{Moment, Places, color, output, remark, time};
use crate::app::App;
use crate::collect::Collected;
use crate::error::{Error, Exit};
use crate::render::Look;
use crate::tick::{Looked, News, Tick, tick};

/// Collect what is new in the logs, then send every report that is due
///
/// Without a config there is one report, of everything new, on this terminal. What was collected
/// and reported is kept in `.clickops/`, so a second run says only what came in between:
///
///   clickops run --logs examples/logs
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(super) struct RunArgs {
    #[command(flatten)]
    places: Places,
    /// Only logs delivered since then: a length of time such as 24h, or RFC 3339
    #[arg(long, value_name = "TIME", value_parser = Moment::parse)]
    since: Option<Moment>,
    /// Only logs delivered before then (RFC 3339)
    #[arg(long, value_name = "TIME", value_parser = time)]
    until: Option<chrono::DateTime<chrono::Utc>>,
    /// Only this report, due or not; may be given several times
    #[arg(long = "report", value_name = "NAME")]
    reports: Vec<String>,
    /// Print every message here, and keep nothing
    #[arg(long)]
    dry_run: bool,
}

pub(super) async fn run(mut app: App, args: RunArgs) -> Result<Exit, Error> {
    args.places.apply(&mut app)?;
    let shown: Mutex<Option<Progress>> = Mutex::default();
    let progress = || shown.lock().unwrap_or_else(PoisonError::into_inner);
    let tell = |news: News<'_>| match news {
        News::Listed(logs) => {
            let bytes = logs.iter().map(|log| log.bytes).sum();
            *progress() = Some(Progress::new(logs.len() as u64, bytes));
        }
        News::Scan(scan) => {
            if let Some(progress) = progress().as_ref() {
                progress.follow(scan);
            }
        }
        News::Collected => *progress() = None,
        News::Warning(text) => remark(&format!("warning: {text}")),
    };
    let ticked = tick(
        &app,
        &Tick {
            replay: None,
            since: args.since.map(|moment| moment.from(app.now)),
            until: args.until,
            reports: &args.reports,
            dry_run: args.dry_run,
            look: Look::of_stdout(color()),
            leave: None,
            tell: &tell,
        },
    )
    .await?;
    if let (Ok(looked), Ok(sent)) = (&ticked.looked, &ticked.sent)
        && sent.idle
        && looked.failed.is_none()
    {
        output(&nothing_new(looked))?;
    }
    if args.dry_run {
        remark("dry run: nothing was kept");
    }
    ticked.exit()
}

/// Why there is nothing to report.
fn nothing_new(looked: &Looked) -> String {
    let Collected { known, outside, .. } = looked.collected;
    let mut text = match (known, outside) {
        (0, 0) => "Nothing new.".to_owned(),
        (known, 0) => format!("Nothing new: {} collected by an earlier run.", logs(known)),
        (0, outside) => {
            format!("Nothing to look at: {} outside the limits of this run.", logs(outside))
        }
        (known, outside) => format!(
            "Nothing new: {} collected by an earlier run, {outside} more are outside the limits of this one.",
            logs(known)
        ),
    };
    match looked.unread.len() {
        0 => {}
        1 => text.push_str(" 1 log could not be read."),
        count => text.push_str(&format!(" {count} logs could not be read.")),
    }
    format!("{text}\n`clickops ledger show` tells how far collecting is.\n")
}

fn logs(count: usize) -> String {
    if count == 1 { "1 log was".to_owned() } else { format!("{count} logs were") }
}
