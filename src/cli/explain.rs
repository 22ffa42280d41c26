//! `clickops explain`.

use std::collections::{BTreeMap, HashMap};
use std::fmt::{Display, Write as _};
use std::io::{self, Write as _};
use std::path::Path;
use std::sync::Arc;

use clap::{Args, ValueEnum};
use serde_json::Value;

use super::get::{Located, locate};
use super::ledger::StoreArgs;
use super::print::{Format, Printer};
use super::table::TableArgs;
use super::{Source, output, remark, unwritable};
use crate::app::{self, App};
use crate::config::DETECTION;
use crate::engine::{Engine, EngineError, Row};
use crate::error::{Error, Exit};
use crate::finding::Finding;
use crate::logs::Log;
use crate::query::BoundQuery;
use crate::query::assemble::Assembler;
use crate::raw;
use crate::render::{Look, neutral, wrap};

mod nearly;
mod tried;

/// The view that says something of every event.
const VERDICTS: &str = "verdicts";
/// What messages call it.
const STANDARD_INPUT: &str = "standard input";
/// What of an explanation comes from the view that knows exclusions.
const EXCLUSION_COLUMNS: [&str; 8] = [
    "reported",
    "exclusion",
    "exclusion_kind",
    "exclusion_reason",
    "exclusion_until",
    "expired_exclusion",
    "expired_on",
    "reported_by",
];

/// Columns before the values of an explanation.
const INDENT: usize = 12;

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
    source: Source,
    #[command(flatten)]
    table: TableArgs,
    #[command(flatten)]
    store: StoreArgs,
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
    args.source.apply(&mut app.config)?;
    args.table.apply(&mut app.config)?;
    args.store.apply(&mut app)?;
    let explained = if args.what == "-" {
        // On a thread of its own: whoever types nothing must still be able to press Ctrl-C.
        let spool = tokio::task::spawn_blocking(standard_input).await;
        let spool = spool.map_err(|error| unreadable(&error))??;
        let logs = app::list(spool.path())?.logs;
        let addresses: Vec<_> = logs.iter().map(|log| log.address.clone()).collect();
        let mut explained = explain(&app, logs, None).await?;
        for address in addresses {
            explained.call(&address, STANDARD_INPUT);
        }
        explained
    } else if Path::new(&args.what).exists() {
        explain(&app, app::list(Path::new(&args.what))?.logs, None).await?
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
        (Some((log, id)), _) => explain(app, vec![log], Some(&id)).await,
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
            "Look whether the id is complete and --logs leads to its logs.",
        )),
    }
}

/// What a view answers.
struct Answer {
    columns: Vec<String>,
    rows: Vec<Row>,
    damaged: Vec<(String, String)>,
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
    damaged: Vec<(String, String)>,
    /// The file of the rules that were tried, where that is known.
    at: Option<String>,
}

async fn explain(app: &App, logs: Vec<Log>, id: Option<&str>) -> Result<Explained, Error> {
    let (engine, assembler) = (app.engine()?, app.assembler()?);
    let logs: Arc<[Log]> = logs.into();
    let named = |assembler: &Assembler, view| assembler.named(view, &BTreeMap::new(), logs.clone());
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
        tried::gather(&mut answer, trace);
    }
    nearly::gather(&mut answer, &app.config.exclusions);
    let Answer { mut columns, mut rows, .. } = answer;
    let activity = ask(&*engine, &named(&assembler, DETECTION)?).await?;
    let Answer { columns: activity_columns, rows: activity, damaged } = activity;

    let at = |columns: &[String], name: &str| columns.iter().position(|column| column == name);
    let cell =
        |row: &Row, place: Option<usize>| place.and_then(|place| row.get(place).cloned().flatten());
    let hidden: HashMap<_, Vec<_>> = activity
        .iter()
        .map(|row| {
            let event =
                ["event_id", "account_id"].map(|name| cell(row, at(&activity_columns, name)));
            let about = EXCLUSION_COLUMNS.map(|name| cell(row, at(&activity_columns, name)));
            (event, about.to_vec())
        })
        .collect();
    let event = ["event_id", "account_id"].map(|name| at(&columns, name));
    rows.retain(|row| id.is_none() || cell(row, event[0]).as_deref() == id);
    for row in &mut rows {
        let key = event.map(|place| cell(row, place));
        row.extend(hidden.get(&key).cloned().unwrap_or_else(|| {
            let mut nothing = vec![None; EXCLUSION_COLUMNS.len()];
            nothing[0] = Some("false".to_owned());
            nothing
        }));
    }
    columns.extend(EXCLUSION_COLUMNS.map(str::to_owned));
    nearly::places(&mut columns, &mut rows, &app.config.exclusions);
    let view = assembler.catalogue().get(VERDICTS)?;
    Ok(Explained { columns, rows, damaged, at: trace.map(|_| view.origin.clone()) })
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
        Ok(Self { columns, rows: vec![row], damaged: Vec::new(), at: None })
    }

    /// Gives a log another name.
    fn call(&mut self, address: &str, name: &str) {
        for (log, reason) in &mut self.damaged {
            *log = log.replace(address, name);
            *reason = reason.replace(address, name);
        }
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

    fn text(&self) -> String {
        let width = usize::from(Look::of_stdout(false).width);
        let mut text = String::new();
        for row in &self.rows {
            let get = |name: &str| {
                let place = self.columns.iter().position(|column| column == name);
                place
                    .and_then(|place| row[place].as_deref())
                    .filter(|cell| !cell.is_empty())
                    .map(|cell| neutral::line(cell).into_owned())
            };
            let or_dash = |name: &str| get(name).unwrap_or_else(|| "-".to_owned());
            let service = or_dash("event_source").replace(".amazonaws.com", "");
            let _ = writeln!(
                text,
                "{}  {service}:{}  {}",
                or_dash("event_id"),
                or_dash("event_name"),
                or_dash("event_time")
            );
            let mut line = |title: &str, value: String| {
                let _ = writeln!(text, "  {title:9} {value}");
            };
            let sure = get("confidence")
                .map(|confidence| format!(", {confidence} confidence"))
                .unwrap_or_default();
            line("verdict", format!("{}{sure}", or_dash("verdict")));
            line("rule", or_dash("rule"));
            line("reason", wrap(&or_dash("reason"), width - INDENT, INDENT));
            if let Some(signal) = get("signal") {
                let channel =
                    get("channel").map(|channel| format!(" ({channel})")).unwrap_or_default();
                line("signal", format!("{signal}{channel}"));
            }
            line(
                "who",
                format!("{} in {} {}", or_dash("actor"), or_dash("account_id"), or_dash("region")),
            );
            if let Some(resource) = get("resource") {
                line("resource", resource);
            }
            if let Some(code) = get("error_code") {
                line("failed", code);
            }
            let place = get(nearly::PLACE)
                .map(|place| format!(" (change it in {place})"))
                .unwrap_or_default();
            line(
                "reported",
                match (get("exclusion"), get("reported").as_deref()) {
                    (Some(name), _) => {
                        let until = get("exclusion_until")
                            .map(|last| format!(", until {last}"))
                            .unwrap_or_default();
                        let text = format!(
                            "no: exclusion '{name}' ({}{until}) hides it: {}{place}",
                            or_dash("exclusion_kind"),
                            or_dash("exclusion_reason")
                        );
                        wrap(&text, width - INDENT, INDENT)
                    }
                    (None, Some("true")) => {
                        let by = get("reported_by").map(|name| {
                            format!(
                                "exclusion '{name}', which is an exception, has it reported{place}"
                            )
                        });
                        let ended = || {
                            let (name, last) = (get("expired_exclusion")?, get("expired_on")?);
                            Some(format!("exclusion '{name}' hid it until {last}"))
                        };
                        match by.or_else(ended) {
                            Some(why) => wrap(&format!("yes: {why}"), width - INDENT, INDENT),
                            None => "yes".to_owned(),
                        }
                    }
                    _ => "no".to_owned(),
                },
            );
            // Its lines are neutral already, one by one.
            let tried = self.columns.iter().position(|column| column == tried::COLUMN);
            if let (Some(file), Some(tried)) = (&self.at, tried.and_then(|at| row[at].as_deref())) {
                if let Some(rule) = get(tried::DECIDED) {
                    line("change", format!("the rule at {file}:{rule}"));
                }
                line("tried", format!("in {file}, by line:\n{}", tried::text(tried, width)));
            }
            if let Some(near) = get(nearly::COLUMN) {
                line("nearly", wrap(&near, width - INDENT, INDENT));
            }
            line("log", or_dash("log_file"));
            text.push('\n');
        }
        text
    }
}
