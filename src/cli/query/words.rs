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
                    let params = header.params.clone();
                    queries.push(Query { name, about, params, columns: described });
                }
            }
        }
        let owned = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        Ok(Self { keywords: owned(&KEYWORDS), functions: owned(FUNCTIONS), tables, queries })
    }

    pub(super) fn table(&self, name: &str) -> Option<&Table> {
        self.tables.iter().find(|table| table.name.eq_ignore_ascii_case(name))
    }

    pub(super) fn query(&self, name: &str) -> Option<&Query> {
        self.queries.iter().find(|query| query.name.eq_ignore_ascii_case(name))
    }
}

/// The columns that a relation turns out to have.
async fn columns(session: &Session, relation: &str) -> Result<Vec<(String, String)>, Error> {
    let engine = session.engine()?;
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

/// Functions of Trino that queries over CloudTrail use.
#[rustfmt::skip]
const FUNCTIONS: &[&str] = &[
    "abs", "all_match", "any_match", "any_value", "approx_distinct", "approx_percentile",
    "arbitrary", "array_agg", "array_distinct", "array_except", "array_intersect", "array_join",
    "array_max", "array_min", "array_position", "array_remove", "array_sort", "array_union",
    "arrays_overlap", "at_timezone", "avg", "bool_and", "bool_or", "cardinality", "ceil", "chr",
    "coalesce", "codepoint", "concat", "concat_ws", "contains", "contains_sequence", "count",
    "count_if", "date_add", "date_diff", "date_format", "date_parse", "date_trunc", "day_of_week",
    "day_of_year", "dense_rank", "element_at", "every", "filter", "first_value", "flatten", "floor",
    "format", "format_datetime", "from_base64", "from_hex", "from_iso8601_date",
    "from_iso8601_timestamp", "from_unixtime", "from_utf8", "greatest", "histogram", "if",
    "is_json_scalar", "json_array_contains", "json_array_get", "json_array_length", "json_exists",
    "json_extract", "json_extract_scalar", "json_format", "json_parse", "json_query", "json_size",
    "json_value", "lag", "last_day_of_month", "last_value", "lead", "least", "length",
    "levenshtein_distance", "listagg", "lower", "lpad", "ltrim", "map_agg", "map_concat",
    "map_entries", "map_filter", "map_from_entries", "map_keys", "map_union", "map_values", "max",
    "max_by", "md5", "min", "min_by", "mod", "multimap_agg", "none_match", "normalize", "now",
    "nth_value", "ntile", "nullif", "parse_datetime", "percent_rank", "position", "power",
    "quarter", "rank", "reduce", "regexp_count", "regexp_extract", "regexp_extract_all",
    "regexp_like", "regexp_position", "regexp_replace", "regexp_split", "repeat", "replace",
    "reverse", "round", "row_number", "rpad", "rtrim", "sequence", "sha256", "slice", "split",
    "split_part", "split_to_map", "sqrt", "starts_with", "stddev", "strpos", "substr", "substring",
    "sum", "to_base64", "to_hex", "to_iso8601", "to_unixtime", "to_utf8", "transform",
    "transform_keys", "transform_values", "translate", "trim", "truncate", "try", "typeof", "upper",
    "url_decode", "url_encode", "url_extract_host", "url_extract_parameter", "url_extract_path",
    "url_extract_query", "variance", "week", "width_bucket", "year", "year_of_week", "zip",
    "zip_with",
];

#[cfg(all(test, feature = "local"))]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;
    use crate::app::App;
    use crate::config::Config;

    #[tokio::test(flavor = "multi_thread")]
    async fn every_field_is_one_for_the_engine() {
        let app = App::new(Config::load(None, []).unwrap(), chrono::Utc::now());
        let assembler = app.assembler().unwrap();
        let paths = FIELDS
            .iter()
            .flat_map(|(path, fields)| fields.iter().map(move |field| format!("{path}.{field}")));
        let text = format!("SELECT {} FROM cloudtrail", paths.collect::<Vec<_>>().join(", "));
        let query = assembler.text("fields", &text, &BTreeMap::new(), Arc::default()).unwrap();
        let rows = app.engine().unwrap().rows(&query).await;
        assert!(rows.is_ok(), "{rows:?}");
    }
}
