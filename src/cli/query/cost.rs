//! `--explain-cost`: what a question would read and cost on Athena, without asking it.

use super::session::Session;
use crate::cli::print::Printer;
use crate::cli::{remark, unwritable};
use crate::engine::charge::Charge;
use crate::error::{Error, Exit};
use crate::query::BoundQuery;
use crate::query::reads::reads;

const COLUMNS: [&str; 5] = ["logs", "bytes_delivered", "reads", "bytes_scanned", "dollars"];

pub(super) async fn explain(session: &Session, query: &BoundQuery) -> Result<Exit, Error> {
    let logs = session.logs_to_read().await?;
    let delivered: u64 = logs.iter().map(|log| log.bytes).sum();
    let reads = reads(&query.sql);
    let scanned = delivered * reads;
    let dollars = Charge::price(scanned, session.app.config.athena.price_per_tb);
    let row = [
        logs.len().to_string(),
        delivered.to_string(),
        reads.to_string(),
        scanned.to_string(),
        format!("{dollars:.6}"),
    ];
    let columns = COLUMNS.map(str::to_owned);
    let print = || {
        let mut printer = Printer::stdout(session.format, &columns)?;
        printer.write(&[row.into_iter().map(Some).collect()])?;
        printer.finish()
    };
    print().map_err(|error| unwritable(&error))?;
    if reads > 1 {
        remark(&format!(
            "warning: it reads the logs {reads} times, once for each place that selects from them; \
             where one pass can do it, use a window function or FILTER"
        ));
    }
    Ok(Exit::Done)
}
