//! `clickops sql check`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;

use crate::app::App;
use crate::cli::table::TableArgs;
use crate::cli::{color, output, quote};
use crate::engine::{Engine, EngineError};
use crate::error::{Error, Exit};
use crate::query::assemble::Assembler;
use crate::query::catalogue::{Kind, SqlFile};
use crate::query::check::{self, Notice, Severity};
use crate::query::header::{self, Header};
use crate::query::{BoundQuery, QueryError, lexer};
use crate::sql::lint::LogTable;

#[derive(Debug, Args)]
pub(in crate::cli) struct CheckArgs {
    /// A file; without one, every shipped file and every one of yours
    file: Option<PathBuf>,
    #[command(flatten)]
    table: TableArgs,
}

/// A file to look at.
struct Subject {
    file: SqlFile,
    /// Whether it has a header. A query of somebody's own needs none.
    declared: bool,
    /// Whether it is one of the catalogue, for which `cloudtrail` is never the table itself.
    shipped: bool,
}

pub(super) async fn run(mut app: App, args: CheckArgs) -> Result<Exit, Error> {
    args.table.apply(&mut app.config)?;
    let assembler = app.embedded_assembler()?;
    let engine = app.embedded()?;
    let subjects = match args.file {
        Some(path) => vec![read(path)?],
        None => {
            let files = assembler.catalogue().files().into_iter().cloned();
            files.map(|file| Subject { file, declared: true, shipped: true }).collect()
        }
    };
    let mut text = String::new();
    let (mut wrong, mut remarked) = (0, 0);
    for subject in &subjects {
        let notices = look(engine.as_ref(), &assembler, subject).await;
        match notices.iter().map(|notice| notice.severity).min() {
            Some(Severity::Error) => wrong += 1,
            Some(Severity::Remark) => remarked += 1,
            None => {}
        }
        print(&subject.file, &notices, &mut text);
    }
    if subjects.len() > 1 {
        let plural = |count: usize| if count == 1 { "" } else { "s" };
        let _ = writeln!(
            text,
            "\n{} files: {wrong} wrong, {remarked} with remark{}",
            subjects.len(),
            plural(remarked)
        );
    }
    output(&text)?;
    Ok(if wrong == 0 { Exit::Done } else { Exit::Engine })
}

fn read(path: PathBuf) -> Result<Subject, Error> {
    let origin = path.display().to_string();
    let in_views = path.parent().is_some_and(|folder| folder.ends_with("views"));
    let text =
        std::fs::read_to_string(&path).map_err(|source| QueryError::File { path, source })?;
    let declared = header::is_there(&text);
    let header = if declared { header::parse(&text, &origin)? } else { Header::default() };
    let kind = if in_views { Kind::View } else { Kind::Query };
    Ok(Subject { file: SqlFile { kind, origin, header, text }, declared, shipped: false })
}

/// Everything there is to say of a file, by place.
async fn look(engine: &dyn Engine, assembler: &Assembler, subject: &Subject) -> Vec<Notice> {
    let Subject { file, declared, shipped } = subject;
    let bare = !shipped && assembler.own_name().is_some();
    let table = LogTable { shape: assembler.table(), bare };
    let mut notices = check::text(file, *declared, table);
    // What the grammar or the header refuses, the engine would refuse again.
    if notices.iter().all(|notice| notice.severity != Severity::Error) {
        match bind(assembler, subject) {
            Err(error) => {
                let notice = Notice::error(None, error.to_string());
                notices.push(match error.hint() {
                    Some(hint) => notice.instead(hint),
                    None => notice,
                });
            }
            Ok(query) => {
                notices.extend(check::length(&query.sql));
                match columns(engine, &query).await {
                    Ok(returned) if *declared => notices.extend(check::columns(file, &returned)),
                    Ok(_) => {}
                    Err(error) => notices.push(refused(&error, &query, file)),
                }
            }
        }
    }
    notices.sort_by_key(|notice| (notice.at, notice.severity));
    notices
}

fn bind(assembler: &Assembler, subject: &Subject) -> Result<BoundQuery, QueryError> {
    let file = &subject.file;
    if subject.shipped && file.kind == Kind::View {
        return assembler.named(&file.header.name, &BTreeMap::new(), Arc::default());
    }
    let values = check::samples(file, &lexer::lex(&file.text, &file.origin)?);
    assembler.text(&file.origin, &file.text, &values, Arc::default())
}

/// What the engine calls the columns of the answer, once it has run the query over no logs.
async fn columns(engine: &dyn Engine, query: &BoundQuery) -> Result<Vec<String>, EngineError> {
    let mut rows = engine.rows(query).await?;
    rows.all().await?;
    Ok(rows.columns)
}

fn refused(error: &EngineError, query: &BoundQuery, file: &SqlFile) -> Notice {
    let place = error.at.and_then(|(line, column)| query.written_at(line, column));
    let (at, text) = match place {
        Some((origin, line, column)) if origin == file.origin => {
            (Some((line, column)), error.to_string())
        }
        Some((origin, line, column)) => (None, format!("{origin}:{line}:{column}: {error}")),
        None => (None, error.to_string()),
    };
    let notice = Notice::error(at, text);
    match &error.hint {
        Some(hint) => notice.instead(hint.clone()),
        None => notice,
    }
}

fn print(file: &SqlFile, notices: &[Notice], text: &mut String) {
    let origin = &file.origin;
    if notices.is_empty() {
        let _ = writeln!(text, "ok     {origin}");
    }
    for Notice { severity, at, text: said, instead } in notices {
        let word = match severity {
            Severity::Error => painted("error:", "31"),
            Severity::Remark => painted("remark:", "33"),
        };
        let place = at.map(|(line, column)| format!(":{line}:{column}")).unwrap_or_default();
        let _ = writeln!(text, "{word} {origin}{place}: {said}");
        let line = at.and_then(|(line, column)| {
            let index = usize::try_from(line).ok()?.checked_sub(1)?;
            let line = file.text.lines().nth(index)?;
            // Of the header the line's number says it all.
            if line.starts_with("--") { None } else { quote::marked(line, column) }
        });
        for line in line.iter().flat_map(|line| line.lines()) {
            let _ = writeln!(text, "    {line}");
        }
        if let Some(instead) = instead {
            let _ = writeln!(text, "      {instead}");
        }
    }
}

fn painted(word: &str, colour: &str) -> String {
    if color() { format!("\x1b[1;{colour}m{word}\x1b[0m") } else { word.to_owned() }
}
