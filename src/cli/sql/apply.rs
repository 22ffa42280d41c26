//! `clickops sql apply`.

use clap::Args;

use crate::app::{self, App};
use crate::cli::output;
use crate::error::{Error, Exit};

/// Put the log table, the views, the journal as a table and the named queries into Athena
///
/// For people and their tools, who ask in Athena itself: clickops does without. The table is made if
/// there is none; one that is there stays as it is. Views and saved queries are replaced.
#[derive(Debug, Args)]
pub(in crate::cli) struct ApplyArgs {
    /// Print the statements, and change nothing
    #[arg(long)]
    dry_run: bool,
    /// Views read what was delivered in so many days; only `cloudtrail` reads everything
    #[arg(long, value_name = "N", default_value_t = app::VIEW_DAYS)]
    days: u16,
}

pub(super) async fn run(app: &App, args: &ApplyArgs) -> Result<Exit, Error> {
    app.install(args.days, args.dry_run, &|text| output(&format!("{text}\n"))).await?;
    Ok(Exit::Done)
}
