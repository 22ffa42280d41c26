//! Functions that choose between values, and those that compute an argument only where it is
//! needed. Dialect 4.4.

use super::array::orderable;
use super::function::{Form, Function};

mod coalesce;
mod extreme;
mod logical;
mod nullif;
mod recover;

pub(super) const CONDITIONAL: &[Function] = &[
    Function {
        name: "greatest",
        forms: &[Form::new("(T, T...) -> T", extreme::greatest).only(orderable)],
    },
    Function {
        name: "least",
        forms: &[Form::new("(T, T...) -> T", extreme::least).only(orderable)],
    },
    Function {
        name: "$coalesce",
        forms: &[Form::new("(T, function(U, T)...) -> T", coalesce::coalesce)],
    },
    Function {
        name: "$nullif",
        forms: &[Form::new("(any, any) -> T", nullif::null_if).giving(nullif::first)],
    },
    Function {
        name: "$and",
        forms: &[Form::new("(boolean, function(U, boolean)) -> boolean", logical::and)],
    },
    Function {
        name: "$or",
        forms: &[Form::new("(boolean, function(U, boolean)) -> boolean", logical::or)],
    },
    Function { name: "$try", forms: &[Form::new("(function(U, T)) -> T", recover::recover)] },
];
