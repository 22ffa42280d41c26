//! `clickops query`: one question, a script of them, or a shell to ask them in.

use std::collections::BTreeMap;
use std::io::{self, IsTerminal as _, Read as _};
use std::path::PathBuf;

use clap::Args;

use self::session::{Limit, Session};
use super::Source;
use super::filter::FilterArgs;
use super::print::Format;
use super::table::TableArgs;
use crate::app::App;
use crate::config::EngineName;
use crate::error::{Error, Exit};
use crate::query::QueryError;

mod command;
mod complete;
mod cost;
mod dialog;
mod history;
mod input;
mod reach;
mod session;
mod shell;
mod words;

/// Ask a question of the logs, in Athena's SQL
///
/// A view or a shipped query by name, or SQL of your own, which may select from every view:
///
///   clickops query console_changes --logs examples/logs
///   clickops query who-touched -p resource=orders-db --logs examples/logs
///   clickops query --sql "SELECT eventname, count(*) AS n FROM cloudtrail GROUP BY eventname"
///
/// Without either it opens a shell; piped into it, it runs statements that end with `;`.
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(super) struct QueryArgs {
    /// A view or a named query; `clickops sql list` shows all, `clickops sql show NAME` its values
    #[arg(conflicts_with_all = ["sql", "file"])]
    name: Option<String>,
    /// A statement
    #[arg(long, value_name = "TEXT", conflicts_with = "file")]
    sql: Option<String>,
    /// A file that holds a statement, or - for standard input
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// A value for `:name` in the SQL; may be given several times
    #[arg(long = "param", short, value_name = "NAME=VALUE", value_parser = param)]
    params: Vec<(String, String)>,
    #[command(flatten)]
    source: Source,
    #[command(flatten)]
    table: TableArgs,
    #[command(flatten)]
    filter: FilterArgs,
    /// What runs the query; without it, what the config says, or the embedded engine
    ///
    /// On Athena it reads what was delivered in the last day unless --since says otherwise, and the
    /// work group's limit of bytes holds. `[athena]` in the config says where.
    #[arg(long, value_enum)]
    engine: Option<EngineName>,
    /// Do not ask: print which logs it would read, and what Athena would charge for that
    ///
    /// Bytes delivered are those of the logs, bytes scanned those that a query reads: each place that
    /// selects from the logs reads them again.
    #[arg(long)]
    explain_cost: bool,
    /// How rows are written
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
    /// Most rows, or `all`; without it a table ends after 1000
    #[arg(long, value_name = "N", value_parser = Limit::parse)]
    limit: Option<Limit>,
}

fn param(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("write it as name=value")?;
    Ok((name.trim().to_lowercase(), value.to_owned()))
}

/// What messages call it.
const STANDARD_INPUT: &str = "standard input";

pub(super) async fn run(app: App, args: QueryArgs) -> Result<Exit, Error> {
    let QueryArgs { name, sql, file, .. } = &args;
    let shell = name.is_none() && sql.is_none() && file.is_none();
    if shell && args.explain_cost {
        return Err(Error::usage(
            "--explain-cost needs a question",
            "Give the name of a query, --sql or --file.",
        ));
    }
    let interactive = shell && io::stdin().is_terminal();
    let values: BTreeMap<String, String> = args.params.iter().cloned().collect();
    let session = Session::open(app, &args, values, interactive).await?;
    if interactive {
        return shell::run(session).await;
    }
    if shell {
        return dialog::script(session, &standard_input()?).await;
    }
    let query = match (name, sql, file) {
        (Some(name), _, _) => session.named(name, session.values())?,
        (_, Some(text), _) => session.text("--sql", text, session.values())?,
        (_, _, Some(path)) if path.as_os_str() == "-" => {
            session.text(STANDARD_INPUT, &standard_input()?, session.values())?
        }
        (_, _, path) => {
            let path = path.clone().unwrap_or_default();
            let text = std::fs::read_to_string(&path)
                .map_err(|source| QueryError::File { path: path.clone(), source })?;
            session.text(&path.display().to_string(), &text, session.values())?
        }
    };
    if args.explain_cost {
        return cost::explain(&session, &query).await;
    }
    match session.answer(&query).await {
        Ok(answered) => Ok(answered.exit),
        Err(refused) => Err(refused.error),
    }
}

fn standard_input() -> Result<String, Error> {
    let mut text = String::new();
    io::stdin().lock().read_to_string(&mut text).map_err(|error| {
        Error::usage(format!("cannot read standard input: {error}"), "Pipe SQL as UTF-8 into it.")
    })?;
    Ok(text)
}
