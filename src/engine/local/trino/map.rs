//! Maps. Dialect 4.7.

use super::function::{Form, Function};

mod concat;
mod entries;
mod filter;
mod make;
mod transform;
mod unique;
mod zip;

pub(super) const MAP: &[Function] = &[
    Function {
        name: "map",
        forms: &[
            Form::new("() -> map(unknown, unknown)", make::empty),
            Form::new("(array(K), array(V)) -> map(K, V)", make::map).fails(),
        ],
    },
    Function { name: "map_keys", forms: &[Form::new("(map(K, V)) -> array(K)", entries::keys)] },
    Function {
        name: "map_values",
        forms: &[Form::new("(map(K, V)) -> array(V)", entries::values)],
    },
    Function {
        name: "map_entries",
        forms: &[Form::new("(map(K, V)) -> T", entries::entries).giving(entries::rows_type)],
    },
    Function {
        name: "map_from_entries",
        forms: &[Form::new("(array(row)) -> T", make::from_entries)
            .only(make::has_pairs)
            .giving(make::map_type)
            .fails()],
    },
    Function {
        name: "multimap_from_entries",
        forms: &[Form::new("(array(row)) -> T", make::multimap)
            .only(make::has_pairs)
            .giving(make::multimap_type)
            .fails()],
    },
    Function {
        name: "map_concat",
        forms: &[Form::new("(map(K, V), map(K, V), map(K, V)...) -> map(K, V)", concat::concat)],
    },
    Function {
        name: "map_filter",
        forms: &[Form::new("(map(K, V), function(K, V, boolean)) -> map(K, V)", filter::filter)],
    },
    Function {
        name: "transform_keys",
        forms: &[Form::new("(map(K, V), function(K, V, W)) -> map(W, V)", transform::keys).fails()],
    },
    Function {
        name: "transform_values",
        forms: &[Form::new("(map(K, V), function(K, V, W)) -> map(K, W)", transform::values)],
    },
    Function {
        name: "map_zip_with",
        forms: &[Form::new(
            "(map(K, V), map(K, W), function(K, V, W, R)) -> map(K, R)",
            zip::zip_with,
        )],
    },
];
