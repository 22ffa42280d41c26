//! The words that the shell completes and describes: where each kind of them comes from stands
//! here, and only here.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::session::Session;
use crate::error::Error;
use crate::query::catalogue::{Kind, SqlFile};
use crate::query::header::Param;

/// Everything that a statement can be made of.
#[derive(Debug, Default)]
pub(super) struct Words {
    pub(super) keywords: Vec<String>,
    pub(super) functions: Vec<String>,
    /// The table, what is given with it, and views.
    pub(super) tables: Vec<Table>,
    pub(super) queries: Vec<Query>,
}

/// Something to select from.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) name: String,
    pub(super) about: String,
    /// Names and meanings.
    pub(super) columns: Vec<(String, String)>,
}

/// A query that can be run by name.
#[derive(Debug)]
pub(super) struct Query {
    pub(super) name: String,
    pub(super) about: String,
    pub(super) params: Vec<Param>,
    pub(super) examples: Vec<String>,
    pub(super) columns: Vec<(String, String)>,
}

/// Relations that no file defines.
const GIVEN: [(&str, &str); 2] = [
    ("cloudtrail", "The table: every record under CloudTrail's own names."),
    ("exclusions", "What reports leave out: shipped entries, and those of the config."),
];

impl Words {
    /// Asks the catalogue and the engine.
    ///
    /// # Errors
    /// When this build carries no engine. A view that is broken has no columns here.
    pub(super) async fn of(session: &Session) -> Result<Self, Error> {
        let mut tables = Vec::new();
        let mut queries = Vec::new();
        for (name, about) in GIVEN {
            let columns = columns(session, name).await?;
            tables.push(Table { name: name.to_owned(), about: about.to_owned(), columns });
        }
        for file in session.assembler.catalogue().files() {
            let SqlFile { kind, header, .. } = file;
            let (name, about) = (header.name.clone(), header.about.clone());
            let mut described = header.columns.clone();
            match kind {
                Kind::View => {
                    if described.is_empty() {
                        described = columns(session, &name).await?;
                    }
                    tables.push(Table { name, about, columns: described });
                }
                Kind::Query => {
                    let (params, examples) = (header.params.clone(), header.examples.clone());
                    queries.push(Query { name, about, params, examples, columns: described });
                }
            }
        }
        let owned = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        Ok(Self { keywords: owned(&KEYWORDS), functions: functions(), tables, queries })
    }

    pub(super) fn table(&self, name: &str) -> Option<&Table> {
        self.tables.iter().find(|table| table.name.eq_ignore_ascii_case(name))
    }

    pub(super) fn query(&self, name: &str) -> Option<&Query> {
        self.queries.iter().find(|query| query.name.eq_ignore_ascii_case(name))
    }
}

/// The columns that a relation turns out to have. No service is asked: it may charge for that.
async fn columns(session: &Session, relation: &str) -> Result<Vec<(String, String)>, Error> {
    let engine = session.app.embedded()?;
    let text = format!("SELECT * FROM {relation} LIMIT 0");
    let query = session.assembler.text(relation, &text, &BTreeMap::new(), Arc::default());
    let Ok(query) = query else { return Ok(Vec::new()) };
    let Ok(rows) = engine.rows(&query).await else { return Ok(Vec::new()) };
    let about = |name: &str| match fields(name) {
        [] => String::new(),
        fields => format!("with {}", fields.join(", ")),
    };
    Ok(rows.columns.into_iter().map(|name| (name.clone(), about(&name))).collect())
}

/// The fields of a column of the table that is a row, or of a field of one.
pub(super) fn fields(path: &str) -> &'static [&'static str] {
    let path = path.to_lowercase();
    FIELDS.iter().find(|(name, _)| *name == path).map_or(&[], |(_, fields)| *fields)
}

/// Rows within rows, as AWS documents them for CloudTrail's table.
const FIELDS: [(&str, &[&str]); 8] = [
    (
        "useridentity",
        &[
            "type",
            "principalid",
            "arn",
            "accountid",
            "invokedby",
            "accesskeyid",
            "username",
            "onbehalfof",
            "sessioncontext",
        ],
    ),
    ("useridentity.onbehalfof", &["userid", "identitystorearn"]),
    (
        "useridentity.sessioncontext",
        &["attributes", "sessionissuer", "ec2roledelivery", "webidfederationdata"],
    ),
    ("useridentity.sessioncontext.attributes", &["mfaauthenticated", "creationdate"]),
    (
        "useridentity.sessioncontext.sessionissuer",
        &["type", "principalid", "arn", "accountid", "username"],
    ),
    ("useridentity.sessioncontext.webidfederationdata", &["federatedprovider", "attributes"]),
    ("addendum", &["reason", "updatedfields", "originalrequestid", "originaleventid"]),
    ("tlsdetails", &["tlsversion", "ciphersuite", "clientprovidedhostheader"]),
];

/// Words of the grammar.
#[rustfmt::skip]
const KEYWORDS: [&str; 76] = [
    "ALL", "AND", "ARRAY", "AS", "ASC", "AT TIME ZONE", "BETWEEN", "BY", "CASE", "CAST",
    "CROSS JOIN", "CURRENT_DATE", "CURRENT_TIMESTAMP", "DATE", "DAY", "DESC", "DISTINCT", "ELSE",
    "END", "ESCAPE", "EXCEPT", "EXISTS", "EXPLAIN", "EXTRACT", "FALSE", "FETCH FIRST", "FILTER",
    "FIRST", "FOLLOWING", "FROM", "FULL JOIN", "GROUP BY", "GROUPING SETS", "HAVING", "HOUR", "IN",
    "INNER JOIN", "INTERSECT", "INTERVAL", "IS", "JOIN", "LAST", "LATERAL", "LEFT JOIN", "LIKE",
    "LIMIT", "MAP", "MINUTE", "MONTH", "NOT", "NULL", "NULLS", "OFFSET", "ON", "OR", "ORDER BY",
    "OVER", "PARTITION BY", "PRECEDING", "RANGE", "RIGHT JOIN", "ROLLUP", "ROW", "ROWS", "SECOND",
    "SELECT", "THEN", "TIMESTAMP", "TRUE", "TRY_CAST", "UNION", "UNNEST", "USING", "VALUES",
    "WHEN", "WITH",
];

#[cfg(feature = "local")]
fn functions() -> Vec<String> {
    crate::engine::local::functions().into_iter().map(str::to_owned).collect()
}

#[cfg(not(feature = "local"))]
fn functions() -> Vec<String> {
    Vec::new()
}

#[cfg(all(test, feature = "local"))]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;
    use crate::app::App;
    use crate::config::Config;

    #[tokio::test(flavor = "multi_thread")]
    async fn every_field_is_one_for_the_engine() {
        let app = App::new(Config::load(None, []).unwrap(), chrono::Utc::now());
        let assembler = app.assembler().await.unwrap();
        let paths = FIELDS
            .iter()
            .flat_map(|(path, fields)| fields.iter().map(move |field| format!("{path}.{field}")));
        let text = format!("SELECT {} FROM cloudtrail", paths.collect::<Vec<_>>().join(", "));
        let query = assembler.text("fields", &text, &BTreeMap::new(), Arc::default()).unwrap();
        let rows = app.engine().await.unwrap().rows(&query).await;
        assert!(rows.is_ok(), "{rows:?}");
    }
}
