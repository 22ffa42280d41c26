//! Injected partition columns: Athena refuses each query that does not say which values are wanted.

use crate::engine::EngineError;
use crate::table::content::Content;
use crate::table::{Partition, TableShape};

/// An injected column of which no values are known.
pub(super) fn unsaid(
    table: &TableShape,
    partition: &Partition,
    why: &str,
    hint: &str,
) -> EngineError {
    EngineError {
        refused: true,
        code: None,
        message: format!(
            "{} has to be told which values of its injected partition column '{}' are wanted, and {why}",
            table.name, partition.name
        ),
        at: None,
        hint: Some(hint.to_owned()),
    }
}

/// How to say which values are wanted.
pub(super) fn remedy(content: &Content) -> &'static str {
    match content {
        Content::Account => {
            "Give --account, or set source.logs to the bucket: then its folders tell which accounts \
             there are."
        }
        Content::Region => {
            "Give --region, or set source.logs to the bucket: then its folders tell which regions \
             there are."
        }
        Content::Date(_) => "Say since when, with --since: 400 days at most.",
        Content::Organisation | Content::Other => {
            "Make it an enum in the table's properties, with its values; or let the template hold the \
             value in its place."
        }
    }
}
