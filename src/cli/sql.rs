//! `clickops sql`.

use std::fmt::Write as _;

use clap::Subcommand;

use self::apply::ApplyArgs;
use self::check::CheckArgs;
use super::listed::{first_sentence, listed, paragraph};
use super::output;
use super::table::{self, TableArgs};
use crate::app::App;
use crate::error::{Error, Exit};
use crate::query::catalogue::Kind;

mod apply;
mod check;

/// The SQL that comes with clickops, and yours
#[derive(Debug, Subcommand)]
pub(super) enum SqlCommand {
    /// List views and queries with what they are about
    List,
    /// Print what a view or query says of itself, and its SQL
    Show {
        /// The name, as `clickops sql list` shows it
        name: String,
        /// Print one statement with all that it selects from, to paste into the Athena console;
        /// put values in place of every `:name` first
        #[arg(long)]
        whole: bool,
        /// Print the file as it stands, to make a copy of your own of it
        #[arg(long, conflicts_with = "whole")]
        file: bool,
        #[command(flatten)]
        table: TableArgs,
    },
    /// Check that every file, or the one given, runs here and on Athena, and is what it says
    Check(CheckArgs),
    Apply(ApplyArgs),
}

pub(super) async fn run(app: App, command: SqlCommand) -> Result<Exit, Error> {
    match command {
        SqlCommand::List => list(&app),
        SqlCommand::Show { name, file: true, .. } => copy(&app, &name),
        SqlCommand::Show { name, whole, table, .. } => show(app, &name, whole, &table).await,
        SqlCommand::Check(args) => check::run(app, args).await,
        SqlCommand::Apply(args) => apply::run(&app, &args).await,
    }
}

fn list(app: &App) -> Result<Exit, Error> {
    let catalogue = app.config.catalogue()?;
    let files = catalogue.files();
    let mut text = String::new();
    for (kind, title) in [(Kind::View, "Views\n"), (Kind::Query, "\nQueries\n")] {
        let files: Vec<_> = files.iter().filter(|file| file.kind == kind).collect();
        if !files.is_empty() {
            text.push_str(title);
        }
        let headers = files.iter().map(|file| &file.header);
        listed(
            &mut text,
            headers.map(|header| (header.name.as_str(), first_sentence(&header.about))),
        );
    }
    text.push_str("\n`clickops sql show NAME` prints one, `clickops query NAME` runs it.\n");
    output(&text)?;
    Ok(Exit::Done)
}

fn copy(app: &App, name: &str) -> Result<Exit, Error> {
    output(&app.config.catalogue()?.get(name)?.text)?;
    Ok(Exit::Done)
}

async fn show(mut app: App, name: &str, whole: bool, table: &TableArgs) -> Result<Exit, Error> {
    table.apply(&mut app.config)?;
    if whole {
        output(&table::assembler(&app).await?.whole(name)?)?;
        return Ok(Exit::Done);
    }
    let catalogue = app.config.catalogue()?;
    let file = catalogue.get(name)?;
    let header = &file.header;
    let mut text = format!("{}  ({})\n\n", header.name, file.origin);
    let _ = writeln!(text, "{}", paragraph(&header.about));
    if !header.params.is_empty() {
        text.push_str("\nParameters\n");
        let params: Vec<_> = header.params.iter().map(|param| param.described(":", "")).collect();
        listed(&mut text, params.iter().map(|(name, about)| (name.as_str(), about.as_str())));
    }
    for (at, example) in header.examples.iter().enumerate() {
        let title = if at == 0 { "\nExample\n" } else { "" };
        let _ = writeln!(text, "{title}  {example}");
    }
    if !header.columns.is_empty() {
        text.push_str("\nColumns\n");
        let columns = header.columns.iter();
        listed(&mut text, columns.map(|(name, about)| (name.as_str(), about.as_str())));
    }
    let body =
        file.text.lines().skip_while(|line| line.starts_with("--") || line.trim().is_empty());
    text.push_str("\nSQL\n");
    for line in body {
        let _ = writeln!(text, "  {line}");
    }
    output(&text)?;
    Ok(Exit::Done)
}
