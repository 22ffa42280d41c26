//! Names of functions: those that can be called, and those that cannot.

use super::super::trino;
use super::window::WINDOW_ONLY;

/// Functions that are no functions of their own: other expressions stand for them.
pub(super) const SYNTAX: [&str; 7] = ["coalesce", "if", "now", "nullif", "try", "typeof", "uuid"];

/// Trino's functions that are not here.
pub(super) const MISSING: &[&str] = &[
    "bing_tile",
    "checksum",
    "classify",
    "approx_most_frequent",
    "approx_set",
    "char2hexint",
    "color",
    "cosine_similarity",
    "empty_approx_set",
    "entropy",
    "evaluate_classifier_predictions",
    "from_iso8601_timestamp_nanos",
    "geometry_union",
    "great_circle_distance",
    "inverse_normal_cdf",
    "json_array",
    "json_object",
    "learn_classifier",
    "line_locate_point",
    "make_set_digest",
    "merge",
    "murmur3",
    "normal_cdf",
    "numeric_histogram",
    "parse_data_size",
    "qdigest_agg",
    "reduce_agg",
    "render",
    "spooky_hash_v2_32",
    "spooky_hash_v2_64",
    "tdigest_agg",
    "uuid",
    "wilson_interval_lower",
    "wilson_interval_upper",
    "word_stem",
    "xxhash64",
];

/// Functions of other databases, and what to write.
pub(super) const INSTEAD: &[(&str, &str)] = &[
    ("array_length", "cardinality(x)"),
    ("dateadd", "date_add('day', n, x)"),
    ("datediff", "date_diff('day', a, b)"),
    ("get_json_object", "json_extract_scalar(x, '$.name')"),
    ("getdate", "now()"),
    ("group_concat", "listagg(x, ',') WITHIN GROUP (ORDER BY x), or array_join(array_agg(x), ',')"),
    ("ifnull", "coalesce(a, b)"),
    ("instr", "strpos(x, y)"),
    ("isnull", "x IS NULL"),
    ("iff", "if(condition, a, b)"),
    ("len", "length(x)"),
    ("locate", "strpos(x, y)"),
    ("nvl", "coalesce(a, b)"),
    ("regexp_matches", "regexp_like(x, 'pattern')"),
    ("size", "cardinality(x)"),
    ("str_to_date", "date_parse(x, format)"),
    ("string_agg", "listagg(x, ',') WITHIN GROUP (ORDER BY x)"),
    ("string_split", "split(x, ',')"),
    ("to_date", "date(x), or date_parse(x, format)"),
    ("to_timestamp", "from_iso8601_timestamp(x), or date_parse(x, format)"),
    ("unix_timestamp", "to_unixtime(x)"),
];

/// Every function that can be called, in order.
pub(super) fn names() -> Vec<&'static str> {
    let mut names: Vec<&'static str> = trino::names();
    names.extend(SYNTAX.iter().filter(|name| !MISSING.contains(name)));
    names.extend(WINDOW_ONLY);
    names.sort_unstable();
    names.dedup();
    names
}
