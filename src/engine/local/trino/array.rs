//! Arrays, and the functions that take lambdas over them. Dialect 4.7.

pub(super) use self::order::orderable;
use super::function::{Form, Function};

mod combine;
mod element;
mod extreme;
mod find;
mod flatten;
mod histogram;
mod join;
mod make;
mod matches;
mod order;
mod reduce;
mod repeat;
mod sequence;
mod set;
mod shuffle;
mod size;
mod slice;
mod sort;
mod transform;
mod unnest;
mod zip;

pub(super) const ARRAY: &[Function] = &[
    Function { name: "$array", forms: &[Form::new("(T...) -> array(T)", make::array)] },
    Function {
        name: "$row",
        forms: &[Form::new("(any...) -> T", make::row).giving(make::row_type)],
    },
    Function {
        name: "$unnest",
        forms: &[Form::new("(boolean, any...) -> T", unnest::unnest).giving(unnest::rows_type)],
    },
    Function {
        name: "[]",
        forms: &[
            Form::new("(array(T), bigint) -> T", element::subscript).fails(),
            Form::new("(map(K, V), K) -> V", element::value).fails(),
        ],
    },
    Function {
        name: "element_at",
        forms: &[
            Form::new("(array(T), bigint) -> T", element::element_at)
                .fails_unless(element::position_is_right),
            Form::new("(map(K, V), K) -> V", element::value_or_null),
        ],
    },
    Function {
        name: "cardinality",
        forms: &[
            Form::new("(array(T)) -> bigint", size::of_array),
            Form::new("(map(K, V)) -> bigint", size::of_map),
        ],
    },
    Function {
        name: "array_join",
        forms: &[
            Form::new("(array(T), varchar) -> varchar", join::join).fails().only(join::has_text),
            Form::new("(array(T), varchar, varchar) -> varchar", join::join)
                .fails()
                .only(join::has_text),
        ],
    },
    Function {
        name: "array_distinct",
        forms: &[Form::new("(array(T)) -> array(T)", set::distinct)],
    },
    Function {
        name: "array_union",
        forms: &[Form::new("(array(T), array(T)) -> array(T)", set::union)],
    },
    Function {
        name: "array_intersect",
        forms: &[Form::new("(array(T), array(T)) -> array(T)", set::intersect)],
    },
    Function {
        name: "array_except",
        forms: &[Form::new("(array(T), array(T)) -> array(T)", set::except)],
    },
    Function {
        name: "arrays_overlap",
        forms: &[Form::new("(array(T), array(T)) -> boolean", set::overlap)],
    },
    Function {
        name: "array_position",
        forms: &[Form::new("(array(T), T) -> bigint", find::position)],
    },
    Function {
        name: "array_remove",
        forms: &[Form::new("(array(T), T) -> array(T)", find::remove)],
    },
    Function {
        name: "contains_sequence",
        forms: &[Form::new("(array(T), array(T)) -> boolean", find::contains_sequence)],
    },
    Function {
        name: "array_sort",
        forms: &[
            Form::new("(array(T)) -> array(T)", sort::sort).only(orderable),
            Form::new("(array(T), function(T, T, integer)) -> array(T)", sort::sort_by).fails(),
        ],
    },
    Function {
        name: "array_max",
        forms: &[Form::new("(array(T)) -> T", extreme::max).only(orderable)],
    },
    Function {
        name: "array_min",
        forms: &[Form::new("(array(T)) -> T", extreme::min).only(orderable)],
    },
    Function {
        name: "array_histogram",
        forms: &[Form::new("(array(T)) -> map(T, bigint)", histogram::histogram)],
    },
    Function {
        name: "slice",
        forms: &[Form::new("(array(T), bigint, bigint) -> array(T)", slice::slice).fails()],
    },
    Function {
        name: "trim_array",
        forms: &[Form::new("(array(T), bigint) -> array(T)", slice::trim).fails()],
    },
    Function {
        name: "flatten",
        forms: &[Form::new("(array(array(T))) -> array(T)", flatten::flatten)],
    },
    Function {
        name: "combinations",
        forms: &[Form::new("(array(T), integer) -> array(array(T))", combine::combinations).fails()],
    },
    Function {
        name: "ngrams",
        forms: &[Form::new("(array(T), integer) -> array(array(T))", combine::ngrams).fails()],
    },
    Function {
        name: "repeat",
        forms: &[Form::new("(T, bigint) -> array(T)", repeat::repeat).fails()],
    },
    Function {
        name: "shuffle",
        forms: &[Form::new("(array(T)) -> array(T)", shuffle::shuffle).volatile()],
    },
    Function { name: "sequence", forms: sequence::FORMS },
    Function {
        name: "zip",
        forms: &[
            Form::new("(array(A), array(B)) -> T", zip::zip).giving(zip::rows_type),
            Form::new("(array(A), array(B), array(C)) -> T", zip::zip).giving(zip::rows_type),
            Form::new("(array(A), array(B), array(C), array(D)) -> T", zip::zip)
                .giving(zip::rows_type),
            Form::new("(array(A), array(B), array(C), array(D), array(E)) -> T", zip::zip)
                .giving(zip::rows_type),
        ],
    },
    Function {
        name: "zip_with",
        forms: &[Form::new("(array(A), array(B), function(A, B, R)) -> array(R)", zip::zip_with)],
    },
    Function {
        name: "transform",
        forms: &[Form::new("(array(T), function(T, U)) -> array(U)", transform::transform)],
    },
    Function {
        name: "filter",
        forms: &[Form::new("(array(T), function(T, boolean)) -> array(T)", transform::filter)],
    },
    Function {
        name: "any_match",
        forms: &[Form::new("(array(T), function(T, boolean)) -> boolean", matches::any)],
    },
    Function {
        name: "all_match",
        forms: &[Form::new("(array(T), function(T, boolean)) -> boolean", matches::all)],
    },
    Function {
        name: "none_match",
        forms: &[Form::new("(array(T), function(T, boolean)) -> boolean", matches::none)],
    },
    Function {
        name: "reduce",
        forms: &[Form::new(
            "(array(T), S, function(S, T, S), function(S, R)) -> R",
            reduce::reduce,
        )],
    },
];
