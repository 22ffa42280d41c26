//! Trino's functions, under Trino's names, with Trino's answers.
//!
//! Each is a file in `trino/`, or stands with those that are alike: a doc comment with signature,
//! treatment of NULL and errors, and one [`Function`] value in the list of its group. Nothing is
//! inherited from DataFusion by name: a function that is not in these lists is not there.

use self::function::{Form, Function};
use self::signature::{Binding, Given, Signature};

mod call;
pub(super) mod function;
pub(super) mod moment;
pub(super) mod signature;
#[cfg(test)]
mod tests;

/// Every scalar function there is, by group.
pub(super) const FUNCTIONS: &[&[Function]] = &[];

/// The function called `name`, in lower case.
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
        .min_by_key(|(_, binding)| binding.conversions)
}
