//! `clickops explain`.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::io::{self, Write as _};
use std::path::Path;
use std::sync::Arc;

use clap::{Args, ValueEnum};
use serde_json::Value;

use super::get::{Located, locate, missing};
use super::print::{Format, Printer};
use super::{Places, output, remark, unwritable};
use crate::app::{self, App};
use crate::engine::{Engine, EngineError, Row};
use crate::error::{Error, Exit};
use crate::finding::Finding;
use crate::logs::Log;
use crate::query::BoundQuery;
use crate::query::assemble::Assembler;
use crate::query::catalogue::Catalogue;
use crate::raw::{self, SHORT_ID};

mod found;
mod nearly;
mod text;
mod tried;

use found::Found;

/// The view that says something of every event.
const VERDICTS: &str = "verdicts";
/// What messages call it.
const STANDARD_INPUT: &str = "standard input";
/// Say why an event is reported, or why not
///
/// Takes the id of an event, a file of events (in any form that --logs takes), or `-` for standard
/// input. An id is one that a run has found, or is looked for in the logs given with --logs.
#[derive(Debug, Args)]
pub(super) struct ExplainArgs {
    /// An event id, a file, or -
    #[arg(value_name = "EVENT_ID|FILE|-")]
    what: String,
    #[command(flatten)]
    places: Places,
    /// How explanations are written
    #[arg(long, value_enum, default_value = "text")]
    format: ExplainFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ExplainFormat {
    /// For reading
    Text,
    /// One object a line
    Ndjson,
}

pub(super) async fn run(mut app: App, args: ExplainArgs) -> Result<Exit, Error> {
    args.places.apply(&mut app)?;
    let explained = if args.what == "-" {
        // On a thread of its own: whoever types nothing must still be able to press Ctrl-C.
        let spool = tokio::task::spawn_blocking(standard_input).await;
        let spool = spool.map_err(|error| unreadable(&error))??;
        let logs = app::list(spool.path())?.logs;
        let addresses: Vec<_> = logs.iter().map(|log| log.address.clone()).collect();
        let mut explained = explain(&app, logs, None, None).await?;
        for address in addresses {
            explained.call(&address, STANDARD_INPUT);
        }
        explained
    } else if Path::new(&args.what).exists() {
        explain(&app, app::list(Path::new(&args.what))?.logs, None, None).await?
    } else {
        event(&app, &args.what).await?
    };
    for (log, reason) in &explained.damaged {
        remark(&format!("warning: {log}: {reason}"));
    }
    if explained.rows.is_empty() {
        return Err(Error::nothing(
            format!(
                "there is no event in {}",
                if args.what == "-" { STANDARD_INPUT } else { &args.what }
            ),
            "Give an event id with --logs DIR, or a file of CloudTrail records.",
        ));
    }
    match args.format {
        ExplainFormat::Text => output(&explained.text())?,
        ExplainFormat::Ndjson => explained.print().or_else(|error| match error.kind() {
            io::ErrorKind::BrokenPipe => Ok(()),
            _ => Err(unwritable(&error)),
        })?,
    }
    Ok(if explained.damaged.is_empty() { Exit::Done } else { Exit::Partly })
}

fn standard_input() -> Result<tempfile::NamedTempFile, Error> {
    let spool = || -> io::Result<_> {
        let mut file = tempfile::Builder::new().prefix("clickops-").suffix(".json").tempfile()?;
        io::copy(&mut io::stdin().lock(), &mut file)?;
        file.flush()?;
        Ok(file)
    };
    spool().map_err(|error| unreadable(&error))
}

fn unreadable(error: &dyn Display) -> Error {
    Error::nothing(
        format!("cannot read standard input: {error}"),
        "Pipe CloudTrail records into it.",
    )
}

/// Explains the event with this id, from its log, or from the journal if that is gone.
async fn event(app: &App, id: &str) -> Result<Explained, Error> {
    let Located { finding, event } = locate(app, id).await?;
    let event = event.and_then(|(log, record)| Some((log, raw::event_id(&record)?)));
    match (event, finding) {
        (Some((log, id)), finding) => {
            let once = finding.map(|finding| finding.detection);
            explain(app, vec![log], Some(&id), once.as_deref()).await
        }
        (None, Some(finding)) => {
            remark("its log is gone; this is what the journal kept");
            Explained::kept(&finding)
        }
        (None, None) if app.config.logs.is_none() => Err(Error::usage(
            format!(
                "'{id}' is no file and no event that a run has found, and nobody said which logs to look for it in"
            ),
            "Give a folder with --logs, or the store of the run that reported it with --store.",
        )),
        (None, None) => Err(Error::nothing(
            format!("no log holds an event '{id}'"),
            if id.len() < SHORT_ID {
                missing(id)
            } else {
                "Look whether the id is complete and --logs leads to its logs."
            },
        )),
    }
}

/// What a view answers.
struct Answer {
    columns: Vec<String>,
    rows: Vec<Row>,
    damaged: BTreeMap<String, String>,
}

impl Answer {
    /// What a row has in the column of this name.
    fn cell(&self, row: &Row, name: &str) -> Option<String> {
        let at = self.columns.iter().position(|column| column == name)?;
        row.get(at)?.clone()
    }
}

async fn ask(engine: &dyn Engine, query: &BoundQuery) -> Result<Answer, Error> {
    let failed = |error: EngineError| Error::engine(&error, query);
    let mut rows = engine.rows(query).await.map_err(failed)?;
    let all = rows.all().await.map_err(failed)?;
    let damaged = rows.scan.damaged().into_iter().map(|log| (log.log, log.reason)).collect();
    Ok(Answer { columns: rows.columns, rows: all, damaged })
}

/// Events with their verdicts, and what hides them.
struct Explained {
    columns: Vec<String>,
    rows: Vec<Row>,
    damaged: BTreeMap<String, String>,
    /// The file of the rules that were tried, where that is known.
    rules: Option<Rules>,
}

/// The file that decides.
struct Rules {
    file: String,
    /// Whether it comes with the program.
    shipped: bool,
}

/// Explains the events of these logs, or the one with this id. `once` is the detection that has
/// found it before.
async fn explain(
    app: &App,
    logs: Vec<Log>,
    id: Option<&str>,
    once: Option<&str>,
) -> Result<Explained, Error> {
    let (engine, assembler) = (app.embedded()?, app.embedded_assembler()?);
    let logs: Arc<[Log]> = logs.into();
    let named =
        |assembler: &Assembler, view: &str| assembler.named(view, &BTreeMap::new(), logs.clone());
    let plain = named(&assembler, VERDICTS)?;
    let (mut answer, trace) = match assembler.traced(VERDICTS) {
        Some((traced, trace)) => match ask(&*engine, &named(&traced, VERDICTS)?).await {
            Ok(answer) => (answer, Some(trace)),
            // A view of the user's own may keep back columns that the trace needs.
            Err(error) => {
                let answer = ask(&*engine, &plain).await?;
                remark(&format!(
                    "no rules tried are shown, because the view '{VERDICTS}' cannot tell: {error}"
                ));
                (answer, None)
            }
        },
        None => (ask(&*engine, &plain).await?, None),
    };
    if let Some(trace) = &trace {
        let view = assembler.catalogue().get(VERDICTS)?;
        tried::gather(&mut answer, trace, &view.text);
    }
    nearly::gather(&mut answer, &app.config.exclusions);
    let mut found = Found::default();
    for detection in found::detections(app, assembler.catalogue(), once)? {
        let said = ask(&*engine, &named(&assembler, &detection)?).await?;
        found.add(&detection, &said);
        answer.damaged.extend(said.damaged);
    }
    found.gather(&mut answer);
    nearly::places(&mut answer, &app.config.exclusions);
    let Answer { columns, mut rows, damaged } = answer;
    let its_id = columns.iter().position(|column| column == "event_id");
    rows.retain(|row| id.is_none_or(|id| its_id.and_then(|at| row[at].as_deref()) == Some(id)));
    let view = assembler.catalogue().get(VERDICTS)?;
    let shipped = Catalogue::shipped()?.get(VERDICTS)?.text == view.text;
    let rules = trace.map(|_| Rules { file: view.origin.clone(), shipped });
    Ok(Explained { columns, rows, damaged, rules })
}

impl Explained {
    /// What the journal says of an event.
    fn kept(finding: &Finding) -> Result<Self, Error> {
        let lean = Finding { raw: None, delivered: None, ..finding.clone() };
        let Ok(Value::Object(mut fields)) = serde_json::to_value(&lean) else {
            return Err(Error::nothing(
                format!("the journal's finding '{}' cannot be shown", finding.event_id),
                "Give the logs with --logs.",
            ));
        };
        if let Some(Value::Object(extra)) = fields.shift_remove("extra") {
            fields.extend(extra);
        }
        let reason = fields.get("reason").and_then(Value::as_str);
        if let Some(found_by) = found::found_by([(&*finding.detection, reason)]) {
            fields.insert(found::FOUND_BY.to_owned(), found_by.into());
        }
        let cell = |value: Value| match value {
            Value::Null => None,
            Value::String(text) => Some(text),
            other => Some(other.to_string()),
        };
        let (columns, row) = fields
            .into_iter()
            .filter(|(name, _)| !["detection", "delivered"].contains(&name.as_str()))
            .map(|(name, value)| (name, cell(value)))
            .unzip();
        Ok(Self { columns, rows: vec![row], damaged: BTreeMap::new(), rules: None })
    }

    /// Gives a log another name.
    fn call(&mut self, address: &str, name: &str) {
        let damaged = std::mem::take(&mut self.damaged).into_iter();
        let renamed = |text: String| text.replace(address, name);
        self.damaged = damaged.map(|(log, reason)| (renamed(log), renamed(reason))).collect();
        let place = self.columns.iter().position(|column| column == "log_file");
        for cell in self.rows.iter_mut().filter_map(|row| row.get_mut(place?)?.as_mut()) {
            if cell == address {
                name.clone_into(cell);
            }
        }
    }

    fn print(&self) -> io::Result<()> {
        let mut printer = Printer::stdout(Format::Ndjson, &self.columns)?;
        printer.write(&self.rows)?;
        printer.finish()
    }
}
