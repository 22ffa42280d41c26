//! Pages of an answer.

use aws_sdk_athena::Client;
use aws_sdk_athena::operation::get_query_results::GetQueryResultsOutput;
use aws_sdk_athena::types::{QueryExecution, ResultSet, StatementType};
use tokio::sync::mpsc;

use super::Pace;
use super::fault::Fault;
use super::wait::of_execution;
use crate::engine::job::ExecutionId;
use crate::engine::{EngineError, Page, Row};

/// Rows of a page: the most that Athena gives at once.
const PAGE_ROWS: i32 = 1000;

/// Pages that wait for the caller.
const PAGES_WAITING: usize = 2;

/// How often a page is asked for anew, beyond what the SDK repeats.
const REPEATS: u32 = 3;

/// The results of an execution that has succeeded.
#[derive(Debug, Clone)]
pub(super) struct Results {
    pub(super) client: Client,
    pub(super) pace: Pace,
    pub(super) id: ExecutionId,
}

impl Results {
    /// The columns, and the rows as they are asked for. Memory holds a few pages at most.
    pub(super) async fn read(
        self,
        execution: &QueryExecution,
    ) -> Result<(Vec<String>, mpsc::Receiver<Page>), EngineError> {
        let first = self.page(None).await?;
        let set = first.result_set.unwrap_or_else(|| ResultSet::builder().build());
        let infos = set.result_set_metadata.and_then(|metadata| metadata.column_info);
        let columns: Vec<String> =
            infos.unwrap_or_default().into_iter().map(|column| column.name).collect();
        let mut rows = rows(set.rows.unwrap_or_default(), columns.len());
        if has_header(execution) && rows.first().is_some_and(|row| is_header(row, &columns)) {
            rows.remove(0);
        }
        let (pages, receiver) = mpsc::channel(PAGES_WAITING);
        tokio::spawn(self.send(rows, first.next_token, columns.len(), pages));
        Ok((columns, receiver))
    }

    /// Passes pages on, for as long as the caller wants them.
    async fn send(
        self,
        first: Vec<Row>,
        mut next: Option<String>,
        width: usize,
        pages: mpsc::Sender<Page>,
    ) {
        if pages.send(Ok(Some(first))).await.is_err() {
            return;
        }
        while let Some(token) = next {
            let page = tokio::select! {
                page = self.page(Some(token)) => page,
                () = pages.closed() => return,
            };
            let sent = match page {
                Ok(page) => {
                    next = page.next_token;
                    let set = page.result_set.and_then(|set| set.rows);
                    pages.send(Ok(Some(rows(set.unwrap_or_default(), width)))).await
                }
                Err(error) => {
                    let _ = pages.send(Err(error)).await;
                    return;
                }
            };
            if sent.is_err() {
                return;
            }
        }
        let _ = pages.send(Ok(None)).await;
    }

    async fn page(&self, token: Option<String>) -> Result<GetQueryResultsOutput, EngineError> {
        let request = self
            .client
            .get_query_results()
            .query_execution_id(self.id.as_str())
            .max_results(PAGE_ROWS)
            .set_next_token(token);
        let mut pauses = self.pace.pauses();
        let mut repeats = 0;
        loop {
            let error = match request.clone().send().await {
                Ok(page) => return Ok(page),
                Err(error) => error,
            };
            let fault = Fault::of("GetQueryResults", &error);
            repeats += 1;
            if repeats > REPEATS || !fault.passes() {
                return Err(of_execution(&self.id, fault.error()));
            }
            pauses.wait().await;
        }
    }
}

/// A NULL has no value, an empty text has an empty one.
fn rows(rows: Vec<aws_sdk_athena::types::Row>, width: usize) -> Vec<Row> {
    let row = |row: aws_sdk_athena::types::Row| {
        let mut cells: Row =
            row.data.unwrap_or_default().into_iter().map(|cell| cell.var_char_value).collect();
        // A row whose end is NULL may come without it.
        cells.resize(width, None);
        cells
    };
    rows.into_iter().map(row).collect()
}

/// Whether the first row of an answer names its columns. Athena's documentation does not say so: it
/// is what clients have seen of `SELECT`, and of nothing else.
fn has_header(execution: &QueryExecution) -> bool {
    execution.statement_type() == Some(&StatementType::Dml)
        && execution.substatement_type().is_none_or(|kind| kind.eq_ignore_ascii_case("select"))
}

fn is_header(row: &Row, columns: &[String]) -> bool {
    row.iter().map(Option::as_deref).eq(columns.iter().map(|name| Some(name.as_str())))
}
