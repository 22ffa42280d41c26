//! The command line. Each subcommand is a file: its arguments, whose comments are its help, and
//! the function that does it.

use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;

use chrono::{DateTime, Utc};
use clap::{Args, Parser, Subcommand};

use crate::app::App;
use crate::config::{self, Config};
use crate::error::{Error, Exit};
use crate::moment::{Moment, time};
use crate::render::neutral;

mod diff;
mod doctor;
mod explain;
mod filter;
mod get;
mod import;
mod ledger;
mod listed;
mod print;
mod progress;
mod query;
mod quote;
mod render;
mod run;
mod snooze;
mod sql;
mod table;
mod test;

/// Finds what people changed by hand in the AWS console, from CloudTrail logs, and reports it.
///
/// Try it on the example logs:  clickops run --logs examples/logs
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100, subcommand_required = true)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    global: Global,
}

#[derive(Debug, Args)]
struct Global {
    /// The config file; without one, everything has a default
    #[arg(long, global = true, value_name = "FILE", env = "CLICKOPS_CONFIG")]
    config: Option<PathBuf>,
    /// Say more about what is being done
    #[arg(long, short, global = true)]
    verbose: bool,
    /// The time to run for, instead of now (RFC 3339)
    #[arg(long, global = true, value_name = "TIME", value_parser = time)]
    now: Option<DateTime<Utc>>,
}

#[derive(Debug, Subcommand)]
enum Command {
    Run(run::RunArgs),
    Query(query::QueryArgs),
    Explain(explain::ExplainArgs),
    Get(get::GetArgs),
    Snooze(snooze::SnoozeArgs),
    Test(test::TestArgs),
    Diff(diff::DiffArgs),
    #[command(subcommand)]
    Import(import::ImportCommand),
    Render(render::RenderArgs),
    #[command(subcommand)]
    Sql(sql::SqlCommand),
    #[command(subcommand)]
    Ledger(ledger::LedgerCommand),
    Doctor(doctor::DoctorArgs),
}

impl Cli {
    /// Whether log lines should say more.
    pub fn verbose(&self) -> bool {
        self.global.verbose
    }

    /// Does what was asked for.
    ///
    /// # Errors
    /// [`Error`] carries the exit code.
    pub async fn run(self) -> Result<Exit, Error> {
        let config = Config::load(self.global.config.as_deref(), config::environment())?;
        let app = App::new(config, self.global.now.unwrap_or_else(Utc::now));
        let work = match self.command {
            // It knows better what to print when somebody has seen enough.
            Command::Query(args) => return query::run(app, args).await,
            other => other.run(app),
        };
        tokio::select! {
            biased;
            () = ctrl_c() => {
                remark("interrupted");
                Ok(Exit::Interrupted)
            }
            ended = work => ended,
        }
    }
}

impl Command {
    async fn run(self, app: App) -> Result<Exit, Error> {
        match self {
            Self::Run(args) => run::run(app, args).await,
            Self::Query(args) => query::run(app, args).await,
            Self::Explain(args) => explain::run(app, args).await,
            Self::Get(args) => get::run(app, args).await,
            Self::Snooze(args) => snooze::run(app, args).await,
            Self::Test(args) => test::run(app, args).await,
            Self::Diff(args) => diff::run(app, args).await,
            Self::Import(command) => import::run(&command),
            Self::Render(args) => render::run(app, args).await,
            Self::Sql(command) => sql::run(app, command).await,
            Self::Ledger(command) => ledger::run(app, command).await,
            Self::Doctor(args) => doctor::run(app, args).await,
        }
    }
}

/// Where the logs are, for every command that reads some.
#[derive(Debug, Args)]
struct Source {
    /// A folder of CloudTrail logs, or one file, or `s3://bucket/prefix`
    #[arg(long, value_name = "DIR")]
    logs: Option<String>,
}

impl Source {
    /// Whether the flag is there.
    fn given(&self) -> bool {
        self.logs.is_some()
    }

    /// Lets the flag win over the config.
    fn apply(&self, config: &mut Config) -> Result<(), Error> {
        if let Some(logs) = &self.logs {
            config.logs = Some(config::place(logs, "--logs")?);
        }
        Ok(())
    }
}

/// The logs, their table and the store, for every command that looks at all three.
#[derive(Debug, Args)]
struct Places {
    #[command(flatten)]
    source: Source,
    #[command(flatten)]
    table: table::TableArgs,
    #[command(flatten)]
    store: ledger::StoreArgs,
}

impl Places {
    /// Lets the flags win over the config.
    fn apply(&self, app: &mut App) -> Result<(), Error> {
        self.source.apply(&mut app.config)?;
        self.table.apply(&mut app.config)?;
        self.store.apply(app)
    }
}

/// Waits for Ctrl-C; for ever where the system cannot tell.
async fn ctrl_c() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// Whether colour helps whoever reads standard output.
fn color() -> bool {
    io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// Writes to standard output. A reader who has seen enough is no error.
fn output(text: &str) -> Result<(), Error> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(unwritable(&error)),
        _ => Ok(()),
    }
}

/// Writes a remark to standard error, where it stays out of the way of the output. Like an error, it
/// may quote files and logs.
fn remark(text: &str) {
    // Nobody is left to be told when standard error is gone.
    let _ = writeln!(io::stderr().lock(), "{}", neutral::lines(text));
}

fn unwritable(error: &io::Error) -> Error {
    Error {
        exit: Exit::Partly,
        stage: "output",
        message: format!("cannot write: {error}"),
        hint: None,
    }
}
