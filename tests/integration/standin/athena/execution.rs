//! One statement that was taken.

use std::sync::atomic::Ordering;
use std::sync::{Arc, OnceLock};

use clickops::engine::local::LocalEngine;
use clickops::engine::{Engine as _, EngineError, Row};
use clickops::query::{BoundQuery, lexer};
use clickops::sql::refusal::line_and_column;
use serde_json::{Value, json};

use super::Course;
use super::bucket::Bucket;
use super::catalogue::{self, Catalogue};

/// What a statement comes to.
#[derive(Debug, Clone)]
pub(crate) enum End {
    Rows {
        columns: Vec<String>,
        rows: Vec<Row>,
        bytes: u64,
    },
    Failed(Failed),
    Cancelled {
        reason: &'static str,
        bytes: u64,
    },
    /// It never ends by itself.
    Never,
}

/// A failure by category: 1 is the system's, 2 the user's, 3 another one.
#[derive(Debug, Clone)]
pub(crate) struct Failed {
    pub(crate) reason: String,
    pub(crate) category: i32,
    pub(crate) kind: i32,
    pub(crate) retryable: bool,
}

/// A statement and how far it is.
pub(super) struct Execution {
    course: Course,
    /// Nothing as long as it is being computed.
    end: Arc<OnceLock<End>>,
    stopped: bool,
    /// Whether it makes or changes something.
    ddl: bool,
}

/// Whether a statement makes or changes something.
fn is_ddl(statement: &str) -> bool {
    statement.starts_with("CREATE ") || statement.starts_with("ALTER ")
}

impl Execution {
    /// An execution that goes as it is told, or else whose statement runs.
    pub(super) fn start(
        course: Course,
        bucket: &Arc<Bucket>,
        (catalogue, database): (&Arc<Catalogue>, &str),
        statement: &str,
        parameters: Vec<String>,
    ) -> Self {
        let end = Arc::new(OnceLock::new());
        match &course.end {
            Some(told) => drop(end.set(told.clone())),
            None if is_ddl(statement) => {
                let nothing = End::Rows { columns: Vec::new(), rows: Vec::new(), bytes: 0 };
                let changed = catalogue.change(database, statement);
                drop(end.set(changed.map_or_else(|reason| failed(reason, 1003), |()| nothing)));
            }
            None => {
                let (end, bucket) = (Arc::clone(&end), Arc::clone(bucket));
                let catalogue = Arc::clone(catalogue);
                let statement = catalogue.expanded(database, statement);
                std::thread::spawn(move || {
                    end.set(run(&bucket, &catalogue, &statement, &parameters))
                });
            }
        }
        Self { course, end, stopped: false, ddl: is_ddl(statement) }
    }

    /// Its end has come, unless it has none.
    pub(super) fn settle(&mut self) {
        (self.course.queued, self.course.running) = (0, 0);
    }

    pub(super) fn stop(&mut self) {
        self.stopped = true;
    }

    /// The answer to `GetQueryExecution`.
    pub(super) fn polled(&mut self, id: &str) -> Value {
        let (state, reason, error, bytes) = self.state();
        let mut status = json!({"State": state});
        if let Some(reason) = reason {
            status["StateChangeReason"] = reason.into();
        }
        if let Some(error) = error {
            status["AthenaError"] = error;
        }
        json!({"QueryExecution": {
            "QueryExecutionId": id,
            "StatementType": if self.ddl { "DDL" } else { "DML" },
            "SubstatementType": if self.ddl { "CREATE_OR_ALTER" } else { "SELECT" },
            "Status": status,
            "Statistics": {
                "DataScannedInBytes": bytes, "EngineExecutionTimeInMillis": 1200,
                "QueryQueueTimeInMillis": 300,
            },
        }})
    }

    fn state(&mut self) -> (&'static str, Option<String>, Option<Value>, u64) {
        if self.stopped {
            return ("CANCELLED", Some("Query cancelled by user".to_owned()), None, 0);
        }
        if self.course.queued > 0 {
            self.course.queued -= 1;
            return ("QUEUED", None, None, 0);
        }
        if self.course.running > 0 {
            self.course.running -= 1;
            return ("RUNNING", None, None, 1);
        }
        match self.end.get() {
            None | Some(End::Never) => ("RUNNING", None, None, 1),
            Some(End::Rows { bytes, .. }) => ("SUCCEEDED", None, None, *bytes),
            Some(End::Cancelled { reason, bytes }) => {
                ("CANCELLED", Some((*reason).to_owned()), None, *bytes)
            }
            Some(End::Failed(failed)) => {
                let error = json!({
                    "ErrorCategory": failed.category, "ErrorType": failed.kind,
                    "Retryable": failed.retryable, "ErrorMessage": failed.reason,
                });
                ("FAILED", Some(failed.reason.clone()), Some(error), 0)
            }
        }
    }

    /// The answer to `GetQueryResults`. The first row of the first page names the columns.
    pub(super) fn page(&self, body: &Value) -> Result<Value, String> {
        let Some(End::Rows { columns, rows, .. }) = self.end.get() else {
            return Err("Query has not yet finished".to_owned());
        };
        let most = body["MaxResults"].as_u64().unwrap_or(1000) as usize;
        assert!((1..=1000).contains(&most));
        let start: usize = body["NextToken"].as_str().map_or(0, |token| token.parse().unwrap());
        let cell = |cell: &Option<String>| match cell {
            Some(text) => json!({"VarCharValue": text}),
            None => json!({}),
        };
        let header: Row = columns.iter().cloned().map(Some).collect();
        let all = std::iter::once(&header).chain(rows).skip(start).take(most);
        let all: Vec<Value> =
            all.map(|row| json!({"Data": row.iter().map(cell).collect::<Vec<_>>()})).collect();
        let infos: Vec<Value> =
            columns.iter().map(|name| json!({"Name": name, "Type": "varchar"})).collect();
        let mut page = json!({
            "ResultSet": {"Rows": all, "ResultSetMetadata": {"ColumnInfo": infos}},
        });
        if start + most <= rows.len() {
            page["NextToken"] = (start + most).to_string().into();
        }
        Ok(page)
    }
}

/// Runs a statement as Athena does: values in place of each `?`, over all logs of the bucket that the
/// table shows.
fn run(bucket: &Bucket, catalogue: &Catalogue, statement: &str, parameters: &[String]) -> End {
    let lexed = lexer::lex(statement, "statement").unwrap();
    if lexed.holes.len() != parameters.len() {
        let reason = format!(
            "INVALID_PARAMETER_USAGE: line 1:1: Incorrect number of parameters: expected {} but found {}",
            lexed.holes.len(),
            parameters.len()
        );
        return failed(reason, 1006);
    }
    let mut text = String::new();
    let mut from = 0;
    // Where values end in the text, and where their `?` does in the statement.
    let mut ends = vec![(0, 0)];
    for ((hole, _), value) in lexed.holes.iter().zip(parameters) {
        assert!(lexed.in_where.contains(&hole.start), "a ? outside of WHERE: {statement}");
        text.push_str(&statement[from..hole.start]);
        text.push_str(value);
        from = hole.end;
        ends.push((text.len(), from));
    }
    text.push_str(&statement[from..]);
    let table = catalogue.read_by(statement);
    if let Some(reason) = table.as_ref().and_then(|table| catalogue::refusal(table, statement)) {
        return failed(reason, 1000);
    }
    let files =
        bucket.files_where(|log| table.as_ref().is_none_or(|table| catalogue::shows(table, log)));
    let query = BoundQuery::of_sql("athena", bucket.of_folder(&text), files);

    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let answer: Result<_, EngineError> = runtime.block_on(async {
        let engine = match table {
            Some(table) => LocalEngine::new().with_table(table),
            None => LocalEngine::new(),
        };
        let mut rows = engine.rows(&query).await?;
        let all = rows.all().await?;
        Ok((rows.columns, all, rows.scan.bytes.load(Ordering::Relaxed)))
    });
    match answer {
        Ok((columns, rows, bytes)) => {
            let cell = |cell: Option<String>| cell.map(|text| bucket.of_s3(&text));
            let rows = rows.into_iter().map(|row| row.into_iter().map(cell).collect()).collect();
            End::Rows { columns, rows, bytes }
        }
        Err(error) => {
            let at = error.at.map(|at| {
                let at = byte_of(&text, at);
                let (text_end, end) = ends.iter().rev().find(|(end, _)| *end <= at).unwrap();
                line_and_column(statement, at - text_end + end)
            });
            let error = EngineError { at, ..error };
            let kind = if error.refused { 1006 } else { 1000 };
            failed(reason(&error), kind)
        }
    }
}

fn byte_of(text: &str, (line, column): (u64, u64)) -> usize {
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let (before, rest) = lines.split_at(line as usize - 1);
    let within = rest[0].chars().take(column as usize - 1).map(char::len_utf8).sum::<usize>();
    before.iter().map(|line| line.len()).sum::<usize>() + within
}

/// An error as Athena words it.
fn reason(error: &EngineError) -> String {
    let code = error.code.as_deref().unwrap_or("GENERIC_INTERNAL_ERROR");
    let place =
        error.at.map(|(line, column)| format!("line {line}:{column}: ")).unwrap_or_default();
    format!(
        "{code}: {place}{}\nThis query ran against the \"default\" database, unless qualified by the query.",
        error.message
    )
}

fn failed(reason: String, kind: i32) -> End {
    End::Failed(Failed { reason, category: 2, kind, retryable: false })
}
