//! Queries: `.sql` files, their values, and their assembly into one statement.

use std::sync::Arc;

use crate::logs::Log;

/// A query that has its values: one statement, ready for an engine.
#[derive(Debug, Clone)]
pub struct BoundQuery {
    /// Name of the query, for messages.
    pub name: String,
    /// One statement in Athena's dialect, complete with the shipped views it selects from.
    pub sql: String,
    /// The logs that the table `cloudtrail` holds.
    pub logs: Arc<[Log]>,
}
