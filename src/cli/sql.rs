//! `clickops sql`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Subcommand;

use super::output;
use crate::app::App;
use crate::error::{Error, Exit};
use crate::query::BoundQuery;
use crate::query::catalogue::{Kind, SqlFile};
use crate::query::header;
use crate::query::value::Type;

/// The SQL that comes with clickops, and yours
#[derive(Debug, Subcommand)]
pub(super) enum SqlCommand {
    /// List views and queries with what they are about
    List,
    /// Print what a view or query says of itself, and its SQL
    Show {
        /// The name, as `clickops sql list` shows it
        name: String,
    },
    /// Check that every file, or the one given, runs and returns the columns its header names
    Check {
        /// A file; without one, everything in the catalogue
        file: Option<PathBuf>,
    },
}

pub(super) async fn run(app: &App, command: SqlCommand) -> Result<Exit, Error> {
    match command {
        SqlCommand::List => list(app),
        SqlCommand::Show { name } => show(app, &name),
        SqlCommand::Check { file } => check(app, file).await,
    }
}

fn list(app: &App) -> Result<Exit, Error> {
    let catalogue = app.config.catalogue()?;
    let files = catalogue.files();
    let width = files.iter().map(|file| file.header.name.len()).max().unwrap_or(0);
    let mut text = String::new();
    for (kind, title) in [(Kind::View, "Views"), (Kind::Query, "Queries")] {
        let files: Vec<_> = files.iter().filter(|file| file.kind == kind).collect();
        if !files.is_empty() {
            let _ = writeln!(text, "{title}");
        }
        for file in files {
            let _ = writeln!(
                text,
                "  {:width$}  {}",
                file.header.name,
                first_sentence(&file.header.about)
            );
        }
    }
    text.push_str("\n`clickops sql show NAME` prints one, `clickops query NAME` runs it.\n");
    output(&text)?;
    Ok(Exit::Done)
}

fn first_sentence(text: &str) -> &str {
    text.split_once(". ").map_or(text, |(first, _)| first).trim_end_matches('.')
}

fn show(app: &App, name: &str) -> Result<Exit, Error> {
    let catalogue = app.config.catalogue()?;
    let file = catalogue.get(name)?;
    let header = &file.header;
    let mut text = format!("{}  ({})\n\n{}\n", header.name, file.origin, header.about);
    if !header.params.is_empty() {
        text.push_str("\nParameters\n");
        for param in &header.params {
            let default = match &param.default {
                Some(default) => format!("default '{default}'"),
                None => "required".to_owned(),
            };
            let _ = writeln!(
                text,
                "  :{} {} ({default})  {}",
                param.name,
                param.kind.name(),
                param.about
            );
        }
    }
    if !header.columns.is_empty() {
        text.push_str("\nColumns\n");
        let width = header.columns.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
        for (name, about) in &header.columns {
            let _ = writeln!(text, "  {name:width$}  {about}");
        }
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

async fn check(app: &App, file: Option<PathBuf>) -> Result<Exit, Error> {
    let assembler = app.assembler()?;
    let files: Vec<SqlFile> = match file {
        None => assembler.catalogue().files().into_iter().cloned().collect(),
        Some(path) => {
            let origin = path.display().to_string();
            let text = std::fs::read_to_string(&path)
                .map_err(|source| crate::query::QueryError::File { path, source })?;
            let header = header::parse(&text, &origin)?;
            vec![SqlFile { kind: Kind::Query, origin, header, text }]
        }
    };
    let mut wrong = 0;
    let mut text = String::new();
    for file in &files {
        let values = sample_values(file);
        let query = match file.kind {
            Kind::View => assembler.named(&file.header.name, &BTreeMap::new(), Arc::default()),
            Kind::Query => assembler.text(&file.origin, &file.text, &values, Arc::default()),
        };
        let mistake = match query {
            Err(error) => Some(error.to_string()),
            Ok(query) => mistake(app, &query, file).await?,
        };
        match mistake {
            None => {
                let _ = writeln!(text, "ok     {}", file.origin);
            }
            Some(mistake) => {
                wrong += 1;
                let _ = writeln!(text, "wrong  {}\n       {mistake}", file.origin);
            }
        }
    }
    output(&text)?;
    Ok(if wrong == 0 { Exit::Done } else { Exit::Engine })
}

/// Any value of the right type will do to see whether a query runs.
fn sample_values(file: &SqlFile) -> BTreeMap<String, String> {
    let required = file.header.params.iter().filter(|param| param.default.is_none());
    required
        .map(|param| {
            let value = match param.kind {
                Type::Text | Type::List => "sample",
                Type::Literal => "'sample'",
                Type::Integer => "1",
                Type::Boolean => "true",
            };
            (param.name.clone(), value.to_owned())
        })
        .collect()
}

/// What the engine, or a comparison with the header, says against a file.
async fn mistake(app: &App, query: &BoundQuery, file: &SqlFile) -> Result<Option<String>, Error> {
    let mut rows = match app.engine()?.rows(query).await {
        Ok(rows) => rows,
        Err(error) => {
            let error = Error::engine(&error, query);
            let hint = error.hint.map(|hint| format!("\n       {hint}")).unwrap_or_default();
            return Ok(Some(format!("{}{hint}", error.message)));
        }
    };
    if let Err(error) = rows.all().await {
        return Ok(Some(Error::engine(&error, query).message));
    }
    let declared: Vec<&str> = file.header.columns.iter().map(|(name, _)| name.as_str()).collect();
    let returned: Vec<&str> = rows.columns.iter().map(String::as_str).collect();
    if declared == returned {
        return Ok(None);
    }
    let missing = |of: &[&str], from: &[&str]| {
        let names: Vec<_> = of.iter().filter(|name| !from.contains(name)).copied().collect();
        if names.is_empty() { "none".to_owned() } else { names.join(", ") }
    };
    Ok(Some(format!(
        "its `-- column:` lines are not what it returns: only declared: {}; only returned: {}; \
         the order has to be the same",
        missing(&declared, &returned),
        missing(&returned, &declared)
    )))
}
