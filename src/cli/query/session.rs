//! What questions are asked of, and how their answers get out.

use std::collections::BTreeMap;
use std::future::Future;
use std::io;
use std::pin::{Pin, pin};
use std::sync::atomic::Ordering;
use std::time::Duration;

use chrono::{DateTime, Utc};
use indicatif::HumanCount;
use tokio::time::Instant;

use super::QueryArgs;
use super::reach::Reach;
use crate::app::App;
use crate::cli::filter::Filter;
use crate::cli::print::{Format, Printer};
use crate::cli::progress::{Progress, counted};
use crate::cli::{ctrl_c, quote, remark, table, unwritable};
use crate::config::EngineName;
use crate::engine::{Engine, EngineError, Rows};
use crate::error::{Error, Exit};
use crate::logs::Log;
use crate::query::assemble::Assembler;
use crate::query::{BoundQuery, QueryError, lexer};

/// A table is for looking at: it ends after so many rows when nobody says otherwise.
const TABLE_ROWS: u64 = 1000;

/// How long the first rows of a table may wait for others, which tell how wide its columns are.
const FIRST_ROWS: Duration = Duration::from_millis(250);

/// Most rows of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Limit {
    /// However many there are.
    All,
    /// So many.
    Rows(u64),
}

impl Limit {
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        match text {
            "all" => Ok(Self::All),
            _ => text
                .replace('_', "")
                .parse()
                .map(Self::Rows)
                .map_err(|_| "write a whole number such as 1000, or all".to_owned()),
        }
    }
}

/// Logs, settings and values that statements share.
pub(super) struct Session {
    pub(super) app: App,
    pub(super) assembler: Assembler,
    reach: Reach,
    values: BTreeMap<String, String>,
    pub(super) format: Format,
    pub(super) limit: Option<Limit>,
    /// Whether a person types the statements, whose hints then name the shell's own commands.
    pub(super) interactive: bool,
    opened: Instant,
}

/// An answer that came to its end, or that somebody has seen enough of.
pub(super) struct Answered {
    pub(super) exit: Exit,
    /// Rows that were printed.
    pub(super) rows: u64,
    /// Whether nobody reads what is printed any more.
    pub(super) unread: bool,
}

/// A question without an answer.
pub(super) struct Refused {
    pub(super) error: Error,
    /// The line of the statement that it is about, and a mark below the place.
    pub(super) quote: Option<String>,
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Self { error, quote: None }
    }
}

enum Ended {
    Whole,
    /// There are more rows than were asked for.
    Limited(u64),
    Interrupted,
}

enum Failed {
    Engine(EngineError),
    Output(io::Error),
}

impl From<EngineError> for Failed {
    fn from(error: EngineError) -> Self {
        Self::Engine(error)
    }
}

impl From<io::Error> for Failed {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

impl Session {
    /// Lists the logs and chooses among them, where the engine does not do that itself.
    pub(super) async fn open(
        mut app: App,
        args: &QueryArgs,
        values: BTreeMap<String, String>,
        interactive: bool,
    ) -> Result<Self, Error> {
        if let Some(engine) = args.engine {
            app.config.engine = engine;
        }
        if app.config.engine == EngineName::Athena && args.source.given() {
            return Err(Error::usage(
                "--logs is for the embedded engine: Athena reads the log table in AWS",
                "Leave it out, or give --engine local.",
            ));
        }
        args.source.apply(&mut app.config)?;
        args.table.apply(&mut app.config)?;
        let filter = Filter::of(&args.filter, &app.config, app.now)?;
        let reach = Reach::open(&app, filter).await?;
        let assembler = table::assembler(&app).await?;
        let (format, limit, opened) = (args.format, args.limit, Instant::now());
        Ok(Self { app, assembler, reach, values, format, limit, interactive, opened })
    }

    /// Lists the logs again.
    pub(super) async fn refresh(&mut self) -> Result<(), Error> {
        self.reach.refresh(&self.app).await
    }

    /// Reads only logs that `filter` lets through.
    pub(super) async fn choose(&mut self, filter: Filter) -> Result<(), Error> {
        self.reach.choose(&self.app, filter).await
    }

    pub(super) fn filter(&self) -> &Filter {
        self.reach.filter()
    }

    /// The time that lengths of time are counted back from. A shell may be open for days.
    pub(super) fn now(&self) -> DateTime<Utc> {
        self.app.now + self.opened.elapsed()
    }

    /// The logs that the next statement reads.
    pub(super) async fn logs_to_read(&self) -> Result<Vec<Log>, Error> {
        self.reach.listed(&self.app).await
    }

    /// What the next statement reads.
    pub(super) fn extent(&self) -> String {
        self.reach.extent()
    }

    /// Values for `:name`.
    pub(super) fn values(&self) -> &BTreeMap<String, String> {
        &self.values
    }

    pub(super) fn set_value(&mut self, name: String, value: String) {
        self.values.insert(name, value);
    }

    pub(super) fn named(
        &self,
        name: &str,
        values: &BTreeMap<String, String>,
    ) -> Result<BoundQuery, Error> {
        let query = self.assembler.named(name, values, self.reach.logs());
        query
            .map(|query| self.reach.applied(query))
            .map_err(|error| self.told(error, &format!("\\run {name} ")))
    }

    pub(super) fn text(
        &self,
        origin: &str,
        text: &str,
        values: &BTreeMap<String, String>,
    ) -> Result<BoundQuery, Error> {
        let query = self.assembler.text(origin, text, values, self.reach.logs());
        query.map(|query| self.reach.applied(query)).map_err(|error| self.told(error, "\\set "))
    }

    /// What is wrong with a query. Somebody at the shell gives a value behind `command`.
    fn told(&self, error: QueryError, command: &str) -> Error {
        let shell = match &error {
            QueryError::NoValue { name, about, .. } if self.interactive => {
                Some(format!("Give one: {command}{name}=... {about}").trim_end().to_owned())
            }
            _ => None,
        };
        let error = Error::from(error);
        Error { hint: shell.or(error.hint), ..error }
    }

    /// One of several statements: it takes those of the values that it asks for.
    pub(super) fn one_of(&self, origin: &str, text: &str) -> Result<BoundQuery, Error> {
        let asked = lexer::lex(text, origin)?.holes;
        let values = self.values.iter().filter(|(name, _)| asked.iter().any(|(_, n)| n == *name));
        let values = values.map(|(name, value)| (name.clone(), value.clone())).collect();
        self.text(origin, text, &values)
    }

    fn limit(&self) -> Option<u64> {
        match (self.limit, self.format) {
            (Some(Limit::All), _) => None,
            (Some(Limit::Rows(rows)), _) => Some(rows),
            (None, Format::Table) => Some(TABLE_ROWS),
            (None, Format::Json | Format::Ndjson | Format::Csv) => None,
        }
    }

    /// Prints the answer to a question, as it comes. Ctrl-C ends it.
    pub(super) async fn answer(&self, query: &BoundQuery) -> Result<Answered, Refused> {
        let engine = self.app.engine().await?;
        let answered = self.answer_of(engine.as_ref(), query).await;
        engine.close().await;
        answered
    }

    async fn answer_of(
        &self,
        engine: &dyn Engine,
        query: &BoundQuery,
    ) -> Result<Answered, Refused> {
        let failed = |error: EngineError| Refused {
            quote: quote_of(&error, query),
            error: Error::engine(&error, query),
        };
        let progress =
            Progress::new(query.logs.len() as u64, query.logs.iter().map(|log| log.bytes).sum());
        let mut ctrl_c = pin!(ctrl_c());
        let rows = tokio::select! {
            biased;
            () = &mut ctrl_c => {
                drop(progress);
                remark("interrupted before the first row");
                return Ok(Answered { exit: Exit::Interrupted, rows: 0, unread: false });
            }
            rows = engine.rows(query) => rows,
        };
        let mut rows = rows.map_err(failed)?;
        progress.follow(&rows.scan);

        let mut printed = 0;
        let ended = self.print(&mut rows, &mut printed, &progress, ctrl_c).await;
        drop(progress);
        if let Some(charge) = rows.scan.charge() {
            remark(&format!("{}: {charge}", self.app.engine_name()));
        }
        let mut answered = Answered { exit: Exit::Done, rows: printed, unread: false };
        match ended {
            Ok(Ended::Whole | Ended::Limited(_)) => {}
            Ok(Ended::Interrupted) => {
                let read = HumanCount(rows.scan.logs.load(Ordering::Relaxed));
                let read = match query.logs.len() as u64 {
                    0 => String::new(),
                    logs => format!(": {read} of {} had been read", counted(logs, "log")),
                };
                remark(&format!("interrupted after {}{read}", counted(printed, "row")));
                answered.exit = Exit::Interrupted;
                return Ok(answered);
            }
            Err(Failed::Engine(error)) => return Err(failed(error)),
            Err(Failed::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => {
                answered.unread = true;
                return Ok(answered);
            }
            Err(Failed::Output(error)) => return Err(unwritable(&error).into()),
        }
        let damaged = rows.scan.damaged();
        for log in &damaged {
            remark(&format!("warning: {}: {}", log.log, log.reason));
        }
        answered.exit = match damaged.len() {
            0 => Exit::Done,
            all if all == query.logs.len() => Exit::Nothing,
            _ => Exit::Partly,
        };
        Ok(answered)
    }

    async fn print(
        &self,
        rows: &mut Rows,
        printed: &mut u64,
        progress: &Progress,
        mut ctrl_c: Pin<&mut impl Future<Output = ()>>,
    ) -> Result<Ended, Failed> {
        let limit = self.limit();
        // It is there from the first page on, so that a query that fails at once prints nothing.
        let mut printer: Option<Printer> = None;
        let mut deadline = Instant::now();
        let ended = loop {
            let waits = printer.as_ref().is_some_and(Printer::waits);
            let page = tokio::select! {
                biased;
                () = &mut ctrl_c => break Ok(Ended::Interrupted),
                page = rows.page() => page,
                () = tokio::time::sleep_until(deadline), if waits => {
                    if let Some(printer) = &mut printer {
                        progress.aside(|| printer.settle())?;
                    }
                    continue;
                }
            };
            let page = match page {
                Ok(page) => page,
                Err(error) => break Err(error),
            };
            let printer = match &mut printer {
                Some(printer) => printer,
                None => printer.insert(Printer::stdout(self.format, &rows.columns)?),
            };
            let Some(page) = page else { break Ok(Ended::Whole) };
            let room = limit.map_or(usize::MAX, |limit| {
                usize::try_from(limit - printer.rows).unwrap_or(usize::MAX)
            });
            if !waits {
                deadline = Instant::now() + FIRST_ROWS;
            }
            progress.aside(|| printer.write(&page[..page.len().min(room)]))?;
            *printed = printer.rows;
            if let Some(limit) = limit.filter(|_| page.len() > room) {
                break Ok(Ended::Limited(limit));
            }
        };
        let Some(mut printer) = printer else { return Ok(ended?) };
        progress.aside(|| match &ended {
            Ok(ended @ (Ended::Whole | Ended::Limited(_))) => self.finish(&mut printer, ended),
            Ok(Ended::Interrupted) | Err(_) => printer.settle(),
        })?;
        Ok(ended?)
    }

    /// Ends an answer, and says what it leaves out.
    fn finish(&self, printer: &mut Printer, ended: &Ended) -> io::Result<()> {
        printer.finish()?;
        if printer.rows == 0 && self.format == Format::Table && !matches!(ended, Ended::Limited(_))
        {
            printer.note("no rows")?;
        }
        let hidden = printer.hidden();
        if hidden > 0 {
            let plural = if hidden == 1 { "" } else { "s" };
            let more = if self.interactive {
                "\\format ndjson prints all, SELECT picks"
            } else {
                "--format ndjson prints all, --sql picks"
            };
            printer.note(&format!("+{hidden} column{plural}: {more}"))?;
        }
        if let Ended::Limited(limit) = ended {
            let first = match limit {
                1 => "this is the first one".to_owned(),
                _ => format!("these are the first {}", HumanCount(*limit)),
            };
            let more = if self.interactive {
                "\\limit N or \\limit all prints more"
            } else {
                "--limit N or --limit all prints more, --format csv is for many"
            };
            printer.note(&format!("more rows: {first}; {more}"))?;
        }
        Ok(())
    }
}

/// The line of the statement that an error is about, and a mark below the place.
fn quote_of(error: &EngineError, query: &BoundQuery) -> Option<String> {
    let (line, column) = error.at?;
    query.written_at(line, column)?;
    let line = query.sql.lines().nth(usize::try_from(line).ok()?.checked_sub(1)?)?;
    quote::marked(line, column)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests;
