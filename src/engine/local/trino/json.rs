//! JSON: reading it by path, parsing, formatting. Dialect 4.2.
//!
//! Functions that take text and JSON alike read the text only as far as they must.

use super::function::Function;

pub(super) use self::cast::{from_json, to_json};
pub(in super::super) use self::sql_path::{Mistake, SqlPath};

mod array;
mod cast;
mod extract;
mod parse;
mod path;
mod query;
mod sql_path;

pub(super) const JSON: &[Function] = &[
    extract::JSON_EXTRACT_SCALAR,
    extract::JSON_EXTRACT,
    extract::JSON_SIZE,
    parse::JSON_PARSE,
    parse::JSON_FORMAT,
    parse::IS_JSON_SCALAR,
    array::JSON_ARRAY_GET,
    array::JSON_ARRAY_LENGTH,
    array::JSON_ARRAY_CONTAINS,
    query::JSON_EXISTS,
    query::JSON_VALUE,
    query::JSON_QUERY,
];
