//! Whether it matters how rows are split among steps, groups and frames.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::Arc;

use datafusion::arrow::array::{
    Array, ArrayRef, BooleanArray, Decimal128Array, Float64Array, Int64Array, StringArray,
};
use datafusion::common::ScalarValue;
use datafusion::logical_expr::{Accumulator, EmitTo};

use super::planned::Recipe;
use super::sliding::Sliding;
use super::{AGGREGATES, Method, Types};
use crate::engine::local::arrow;
use crate::engine::local::trino::aggregate_form;
use crate::engine::local::trino::key::Keys;
use crate::engine::local::trino::signature::Given;
use crate::sql::ty::SqlType;

const ROWS: usize = 60;

/// Values of a type, some of them NULL, many of them more than once.
fn column(ty: &SqlType, seed: usize) -> ArrayRef {
    let number = |row: usize| (row * (seed + 7) + seed) % 11;
    let number = move |row: usize| (number(row) != 3).then(|| number(row));
    let rows = 0..ROWS;
    match ty {
        SqlType::Bigint => {
            Arc::new(rows.map(|row| number(row).map(|n| n as i64 + 1)).collect::<Int64Array>())
        }
        SqlType::Double => {
            Arc::new(rows.map(|row| number(row).map(|n| n as f64 + 1.5)).collect::<Float64Array>())
        }
        SqlType::Boolean => {
            Arc::new(rows.map(|row| number(row).map(|n| n > 2)).collect::<BooleanArray>())
        }
        SqlType::Decimal(precision, scale) => Arc::new(
            rows.map(|row| number(row).map(|n| n as i128 * 25))
                .collect::<Decimal128Array>()
                .with_precision_and_scale(*precision, *scale)
                .unwrap(),
        ),
        _ => {
            Arc::new(rows.map(|row| number(row).map(|n| format!("t{n}"))).collect::<StringArray>())
        }
    }
}

/// A constant, which some functions want as their last argument.
fn constant(ty: &SqlType) -> ArrayRef {
    match ty {
        SqlType::Bigint => Arc::new(Int64Array::from(vec![3; ROWS])),
        _ => Arc::new(Float64Array::from(vec![0.2; ROWS])),
    }
}

/// Calls of every function that is not DataFusion's, with their arguments.
fn calls() -> Vec<(&'static str, Arc<Recipe>, Vec<ArrayRef>)> {
    use SqlType as T;
    let decimal = T::Decimal(10, 2);
    let constants = ["approx_percentile", "approx_distinct", "max", "min"];
    let shapes: [&[T]; 9] = [
        &[T::Bigint],
        &[T::Double],
        &[decimal],
        &[T::Boolean],
        &[T::VARCHAR],
        &[T::VARCHAR, T::Bigint],
        &[T::Bigint, T::Double],
        &[T::VARCHAR, T::Double],
        &[T::VARCHAR, T::VARCHAR],
    ];
    let mut calls = Vec::new();
    for aggregate in AGGREGATES {
        for shape in shapes {
            let given: Vec<_> = shape.iter().cloned().map(Given::Value).collect();
            let Some((form, binding)) = aggregate_form(aggregate, &given) else {
                continue;
            };
            if binding.conversions > 0 {
                continue;
            }
            let takes = binding.parameters();
            let gives = form.gives.map_or_else(|| binding.result(), |gives| gives(&takes));
            let method = (form.method)(&Types { takes: &takes, gives: &gives }).unwrap();
            let Method::Own(start) = method else {
                continue;
            };
            let columns = takes.iter().enumerate().map(|(at, ty)| {
                match at > 0 && constants.contains(&aggregate.name) {
                    true => constant(ty),
                    false => column(ty, at),
                }
            });
            for distinct in [false, true] {
                let recipe = Recipe {
                    start: Arc::clone(&start),
                    arguments: takes.len(),
                    types: takes.iter().map(arrow::data_type).collect(),
                    distinct: distinct.then(|| Arc::new(Keys::new(&takes).unwrap())),
                    sorts: Vec::new(),
                };
                calls.push((aggregate.name, Arc::new(recipe), columns.clone().collect()));
            }
        }
    }
    assert!(calls.len() > 60, "{}", calls.len());
    calls
}

fn part(columns: &[ArrayRef], from: usize, length: usize) -> Vec<ArrayRef> {
    columns.iter().map(|column| column.slice(from, length)).collect()
}

fn all_at_once(recipe: &Arc<Recipe>, columns: &[ArrayRef]) -> ScalarValue {
    let mut one = recipe.one();
    one.update_batch(columns).unwrap();
    one.evaluate().unwrap()
}

/// Doubles may differ in their last digits.
fn assert_alike(name: &str, a: &ScalarValue, b: &ScalarValue) {
    match (a, b) {
        (ScalarValue::Float64(Some(a)), ScalarValue::Float64(Some(b))) => {
            assert!((a - b).abs() < 1e-9 || a.is_nan() && b.is_nan(), "{name}: {a} {b}");
        }
        _ => assert_eq!(a, b, "{name}"),
    }
}

#[test]
fn parts_that_are_merged_answer_as_the_whole() {
    for (name, recipe, columns) in calls() {
        let mut merged = recipe.one();
        for (from, length) in [(0, 20), (20, 0), (20, 1), (21, ROWS - 21)] {
            let mut one = recipe.one();
            one.update_batch(&part(&columns, from, length)).unwrap();
            let state = one.state().unwrap();
            let state: Vec<_> = state.iter().map(|value| value.to_array().unwrap()).collect();
            merged.merge_batch(&state).unwrap();
        }
        let merged = merged.evaluate().unwrap();
        assert_alike(name, &merged, &all_at_once(&recipe, &columns));
    }
}

#[test]
fn answers_can_be_asked_for_on_the_way() {
    for (name, recipe, columns) in calls() {
        let mut one = recipe.one();
        for row in 0..ROWS {
            one.update_batch(&part(&columns, row, 1)).unwrap();
            let now = one.evaluate().unwrap();
            if row % 20 == 0 {
                assert_alike(name, &now, &all_at_once(&recipe, &part(&columns, 0, row + 1)));
            }
        }
    }
}

#[test]
fn groups_answer_as_one_group_does() {
    for (name, recipe, columns) in calls() {
        let Some(mut groups) = recipe.start.groups().filter(|_| recipe.distinct.is_none()) else {
            continue;
        };
        let of: Vec<usize> = (0..ROWS).map(|row| row / 20).collect();
        let all: BooleanArray = (0..ROWS).map(|row| Some(row < 40)).collect();
        groups.update_batch(&columns, &of, Some(&all), 4).unwrap();
        let first = groups.evaluate(EmitTo::First(1)).unwrap();
        let rest = groups.evaluate(EmitTo::All).unwrap();
        let value = |array: &ArrayRef, row| ScalarValue::try_from_array(array, row).unwrap();
        assert_eq!((first.len(), rest.len()), (1, 3));
        assert_alike(name, &value(&first, 0), &all_at_once(&recipe, &part(&columns, 0, 20)));
        assert_alike(name, &value(&rest, 0), &all_at_once(&recipe, &part(&columns, 20, 20)));
        assert_alike(name, &value(&rest, 2), &all_at_once(&recipe, &part(&columns, 0, 0)));

        let mut again = recipe.start.groups().unwrap();
        let states = again.convert_to_state(&columns, None).unwrap();
        again.merge_batch(&states, &of, 3).unwrap();
        let again = again.evaluate(EmitTo::All).unwrap();
        assert_alike(name, &value(&again, 1), &all_at_once(&recipe, &part(&columns, 20, 20)));
    }
}

#[test]
fn frames_answer_as_their_rows_do() {
    for (name, recipe, columns) in calls() {
        let mut sliding = Sliding::new(&recipe);
        sliding.update_batch(&part(&columns, 0, 30)).unwrap();
        sliding.update_batch(&part(&columns, 30, 10)).unwrap();
        sliding.retract_batch(&part(&columns, 0, 12)).unwrap();
        sliding.retract_batch(&part(&columns, 12, 20)).unwrap();
        sliding.update_batch(&part(&columns, 40, 5)).unwrap();
        let answer = sliding.evaluate().unwrap();
        assert_alike(name, &answer, &all_at_once(&recipe, &part(&columns, 32, 13)));
    }
}

#[test]
fn sketches_are_about_right_and_merge() {
    let values = |from: i64, to: i64| -> ArrayRef { Arc::new(Int64Array::from_iter(from..to)) };
    let takes = [SqlType::Bigint];
    let form = &super::approx_distinct::APPROX_DISTINCT.forms[0];
    let types = Types { takes: &takes, gives: &SqlType::Bigint };
    let Method::Own(start) = (form.method)(&types).unwrap() else {
        panic!("approx_distinct is not its own");
    };
    let mut merged = start.one();
    for (from, to) in [(0, 50_000), (0, 10), (40_000, 100_000)] {
        let mut one = start.one();
        one.update_batch(&[values(from, to)]).unwrap();
        let state = one.state().unwrap();
        let state: Vec<_> = state.iter().map(|value| value.to_array().unwrap()).collect();
        merged.merge_batch(&state).unwrap();
    }
    let ScalarValue::Int64(Some(count)) = merged.evaluate().unwrap() else {
        panic!("no count");
    };
    assert!((93_000..107_000).contains(&count), "{count}");
}
