//! Calls of functions without SQL around them.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef};
use datafusion::arrow::datatypes::DataType;
use datafusion::common::ScalarValue;

use super::super::{arrow, text};
use super::call::{Argument, Call, Column};
use super::signature::{Given, Signature};
use super::{FUNCTIONS, form, function};
use crate::sql::ty::SqlType;

/// A value with its type.
pub(super) type Value = (SqlType, ArrayRef);

pub(super) fn text_of(value: &str) -> Value {
    (SqlType::VARCHAR, ScalarValue::from(value).to_array().unwrap())
}

pub(super) fn bigint(value: i64) -> Value {
    (SqlType::Bigint, ScalarValue::from(value).to_array().unwrap())
}

pub(super) fn double(value: f64) -> Value {
    (SqlType::Double, ScalarValue::from(value).to_array().unwrap())
}

/// What a call gives, as text; `NULL`, or `CODE: message` where it fails.
///
/// Arguments must have exactly the types of a form: conversions are the planner's.
pub(super) fn answer(name: &str, values: &[Value]) -> String {
    let function = function(name).unwrap();
    let given: Vec<_> = values.iter().map(|(ty, _)| Given::Value(ty.clone())).collect();
    let (form, binding) = form(function, &given).unwrap();
    let takes = binding.parameters();
    let gives = form.gives.map_or_else(|| binding.result(), |gives| gives(&takes));
    let mut constants = Vec::new();
    for (ty, array) in values {
        assert_eq!(array.data_type(), &arrow::data_type(ty));
        constants.push(ScalarValue::try_from_array(array, 0).unwrap());
    }
    let known: Vec<_> = constants.iter().map(|value| (!value.is_null()).then_some(value)).collect();
    let run = |constant: bool, rows: usize| {
        let arguments = values.iter().map(|(_, array)| {
            let array = if constant {
                Arc::clone(array)
            } else {
                let parts = vec![&**array as &dyn Array; rows];
                datafusion::arrow::compute::concat(&parts).unwrap()
            };
            Argument::Column(Column::new(array, constant))
        });
        let call = Call { rows, arguments: arguments.collect(), takes: &takes, gives: &gives };
        let array = (form.run)(&call)?;
        assert_eq!(array.len(), rows);
        assert_eq!(array.data_type(), &arrow::data_type(&gives), "type of {name}");
        let value = text::value(&array, rows - 1, &gives).unwrap();
        Ok::<_, datafusion::error::DataFusionError>(value.unwrap_or_else(|| "NULL".to_owned()))
    };
    let one = (form.check)(&known).and_then(|()| run(true, 1));
    let many = run(false, 3);
    match (one, many) {
        (Ok(one), Ok(many)) => {
            assert_eq!(one, many, "constants and columns differ");
            one
        }
        (Err(one), _) => match super::super::failure::of(&one) {
            Some(failure) => failure.to_string(),
            None => one.to_string(),
        },
        (Ok(_), Err(many)) => panic!("only columns fail: {many}"),
    }
}

#[test]
fn every_function_is_there_once_and_its_signatures_are_read() {
    let mut names: Vec<_> = FUNCTIONS.iter().copied().flatten().map(|f| f.name).collect();
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count, "a name stands twice");
    for function in FUNCTIONS.iter().copied().flatten() {
        assert_eq!(function.name, function.name.to_lowercase());
        assert!(!function.forms.is_empty());
        for form in function.forms {
            let signature = format!("{:?}", Signature::parse(form.signature));
            assert!(!signature.contains("'?'"), "{}{}", function.name, form.signature);
            for variable in signature.split("Variable('").skip(1) {
                let name = variable.chars().next().unwrap();
                assert!(name.is_ascii_uppercase(), "{}{}", function.name, form.signature);
            }
        }
    }
}

#[test]
fn types_lie_in_arrow_without_names() {
    let row = SqlType::Row(vec![(Some("a".to_owned()), SqlType::VARCHAR)]);
    let unnamed = SqlType::Row(vec![(None, SqlType::VARCHAR)]);
    assert_eq!(arrow::data_type(&row), arrow::data_type(&unnamed));
    assert_eq!(arrow::data_type(&SqlType::Json), DataType::Utf8);
}
