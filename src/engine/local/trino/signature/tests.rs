//! Which signature a call takes.

use super::*;
use SqlType as T;

fn bind(signature: &str, given: &[SqlType]) -> Option<Binding> {
    let given: Vec<_> = given.iter().cloned().map(Given::Value).collect();
    Signature::parse(signature).bind(&given)
}

#[test]
fn variables_are_one_type() {
    let bound = bind("(T, T...) -> T", &[T::Integer, T::Unknown, T::Bigint]).unwrap();
    assert_eq!((bound.result(), bound.conversions), (T::Bigint, 2));
    assert!(bind("(T, T...) -> T", &[T::Integer, T::VARCHAR]).is_none());
    let bound = bind("(map(K, V), K) -> V", &[T::map(T::VARCHAR, T::Json), T::Varchar(Some(1))]);
    assert_eq!(bound.unwrap().result(), T::Json);
}

#[test]
fn text_is_no_number_and_no_moment() {
    assert!(bind("(varchar, bigint) -> varchar", &[T::VARCHAR, T::VARCHAR]).is_none());
    assert!(bind("(timestamp with time zone) -> bigint", &[T::VARCHAR]).is_none());
    assert!(bind("(varchar) -> varchar", &[T::VARCHAR, T::VARCHAR]).is_none());
}

#[test]
fn precisions_go_through() {
    let bound = bind("(varchar, timestamp) -> timestamp", &[T::VARCHAR, T::Timestamp(6)]);
    assert_eq!(bound.unwrap().result(), T::Timestamp(6));
    let bound = bind("(timestamp with time zone) -> varchar", &[T::Date]).unwrap();
    assert_eq!(bound.parameter(0), T::TimestampTz(0));
}

#[test]
fn lengths_of_text_go_through_where_they_stay() {
    let given = [T::Varchar(Some(3)), T::Varchar(Some(1))];
    let bound = bind("(varchar(x), varchar) -> array(varchar(x))", &given).unwrap();
    assert_eq!(bound.result(), T::array(T::Varchar(Some(3))));
    assert_eq!(bound.conversions, 0);
    assert!(bind("(varchar(1)) -> integer", &given[1..]).is_some());
    assert!(bind("(varchar(1)) -> integer", &given[..1]).is_none());
    assert_eq!(bind("(varchar(x)) -> varchar(x)", &[T::Unknown]).unwrap().result(), T::VARCHAR);
}

#[test]
fn any_takes_what_comes() {
    let given = [T::VARCHAR, T::Integer, T::Unknown, T::array(T::Date)];
    let bound = bind("(varchar, any...) -> varchar", &given).unwrap();
    assert_eq!((bound.parameters(), bound.conversions), (given.to_vec(), 0));
}

#[test]
fn lambdas_get_types_and_give_them() {
    let signature = Signature::parse("(array(T), function(T, U)) -> array(U)");
    let given = [Given::Value(T::array(T::VARCHAR)), Given::Lambda(1)];
    let mut bound = signature.bind(&given).unwrap();
    assert_eq!(bound.lambda_parameters(1), [T::VARCHAR]);
    assert_eq!(bound.lambda_gives(1, &T::Bigint), Fit::Yes);
    assert_eq!(bound.result(), T::array(T::Bigint));
    assert_eq!(bound.parameters(), [T::array(T::VARCHAR), T::Bigint]);
    assert!(signature.bind(&[given[0].clone(), Given::Lambda(2)]).is_none());
}

#[test]
fn lambdas_may_widen_a_type_but_not_narrow_it() {
    let signature = Signature::parse("(S, function(S, S), function(S, boolean)) -> S");
    let given = [Given::Value(T::Integer), Given::Lambda(1), Given::Lambda(1)];
    let mut bound = signature.bind(&given).unwrap();
    assert_eq!(bound.lambda_gives(1, &T::Bigint), Fit::Wider);
    assert_eq!(bound.lambda_parameters(2), [T::Bigint]);
    assert_eq!(bound.lambda_gives(1, &T::Integer), Fit::No);
    assert_eq!(bound.lambda_gives(2, &T::Unknown), Fit::No);
}

#[test]
fn any_is_another_type_everywhere() {
    let bound = bind("(any...) -> T", &[T::Integer, T::Varchar(Some(1))]).unwrap();
    assert_eq!(bound.parameters(), [T::Integer, T::Varchar(Some(1))]);
}
