//! Trino's functions, under Trino's names, with Trino's answers.
//!
//! Each is a file in `trino/`, or stands with those that are alike: a doc comment with signature,
//! treatment of NULL and errors, and one [`Function`] value in the list of its group. Nothing is
//! inherited from DataFusion by name: a function that is not in these lists is not there.

use datafusion::common::internal_err;
use datafusion::logical_expr::Expr;

use self::aggregate::{Aggregate, AggregateForm};
use self::function::{Form, Function, Planned};
use self::signature::{Binding, Given, Signature};
use crate::sql::ty::SqlType;

mod address;
pub(super) mod aggregate;
mod array;
mod bytes;
pub(super) mod call;
pub(super) mod cast;
mod conditional;
mod date;
pub(super) mod decimal;
mod elements;
pub(super) mod field;
pub(super) mod float;
pub(super) mod function;
pub(super) mod instant;
pub(super) mod json;
pub(super) mod key;
pub(super) mod like;
mod list;
mod map;
pub(super) mod moment;
mod number;
mod operator;
pub(super) mod recursion;
mod regexp;
pub(super) mod signature;
#[cfg(test)]
mod tests;
mod text;
mod text_of;
mod whole;

pub(super) use self::text::can_format;

/// Every scalar function there is, by group.
pub(super) const FUNCTIONS: &[&[Function]] = &[
    address::ADDRESS,
    array::ARRAY,
    bytes::BYTES,
    conditional::CONDITIONAL,
    date::DATE,
    json::JSON,
    like::LIKE,
    map::MAP,
    number::NUMBER,
    operator::OPERATOR,
    regexp::REGEXP,
    text::TEXT,
];

/// The function called `name`, in lower case, if people can call it.
pub(super) fn named(name: &str) -> Option<&'static Function> {
    let public = name.starts_with(|first: char| first.is_ascii_lowercase());
    function(name).filter(|_| public && operator(name).is_none())
}

/// The function called `name`, in lower case, the planner's own included.
pub(super) fn function(name: &str) -> Option<&'static Function> {
    FUNCTIONS.iter().copied().flatten().find(|function| function.name == name)
}

/// The form of a function that fits the arguments best: the one with fewest conversions, and of
/// these the first.
pub(super) fn form(function: &Function, given: &[Given]) -> Option<(&'static Form, Binding)> {
    let forms: &'static [Form] = function.forms;
    forms
        .iter()
        .filter_map(|form| Some((form, Signature::parse(form.signature).bind(given)?)))
        .filter(|(form, binding)| (form.fits)(&binding.parameters()))
        .min_by_key(|(_, binding)| binding.conversions)
}

/// A call of one of the planner's own functions whose arguments are of one type, `gives`, and may
/// be lambdas that take nothing.
pub(super) fn with_delayed(
    name: &'static str,
    gives: SqlType,
    arguments: Vec<Expr>,
    may_fail: bool,
) -> Expr {
    let form = function(name).and_then(|function| function.forms.first()).unwrap_or(&NO_FORM);
    let lambdas = arguments.iter().filter(|argument| matches!(argument, Expr::Lambda(_)));
    let parameters = lambdas.map(|_| vec![SqlType::Unknown]).collect();
    let takes = vec![gives.clone(); arguments.len()];
    Planned::new(name, form, takes, gives, parameters, may_fail).call(arguments)
}

/// Stands for a function that is in no list, which is a bug.
static NO_FORM: Form = Form::new("() -> T", |_| internal_err!("a function is missing"));

/// The operator written `symbol`.
pub(super) fn operator(symbol: &str) -> Option<&'static Function> {
    operator::OPERATOR.iter().find(|operator| operator.name == symbol)
}

/// The aggregate function called `name`, in lower case.
pub(super) fn aggregate(name: &str) -> Option<&'static Aggregate> {
    aggregate::AGGREGATES.iter().find(|aggregate| aggregate.name == name)
}

/// As [`form`], of an aggregate function.
pub(super) fn aggregate_form(
    aggregate: &'static Aggregate,
    given: &[Given],
) -> Option<(&'static AggregateForm, Binding)> {
    let bind = |form: &'static AggregateForm| {
        let binding = Signature::parse(form.signature).bind(given)?;
        form.works_on(&binding.parameters()).then_some((form, binding))
    };
    aggregate.forms.iter().filter_map(bind).min_by_key(|(_, binding)| binding.conversions)
}

/// The names that people can call, scalar and aggregate functions alike.
pub(super) fn names() -> Vec<&'static str> {
    let scalars = FUNCTIONS.iter().copied().flatten().map(|function| function.name);
    let scalars = scalars.filter(|name| named(name).is_some());
    let aggregates = aggregate::AGGREGATES.iter().map(|aggregate| aggregate.name);
    scalars.chain(aggregates).collect()
}
