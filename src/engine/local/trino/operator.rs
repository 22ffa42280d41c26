//! Operators that are not left to DataFusion: arithmetic. Dialect 3.1.
//!
//! Of the forms that fit with equally few conversions the first is taken, so whole numbers stand
//! before decimals, these before `real`, and that before `double`.

use super::function::{Form, Function};

mod compared;
mod decimal;
mod interval;
mod moment;
mod whole;

pub(super) const OPERATOR: &[Function] = &[
    Function { name: "+", forms: ADD },
    Function { name: "-", forms: SUBTRACT },
    Function { name: "*", forms: MULTIPLY },
    Function { name: "/", forms: DIVIDE },
    Function { name: "%", forms: REMAINDER },
    Function { name: "negate", forms: NEGATE },
    compared::EQUAL,
    compared::LESS,
    compared::AT_MOST,
    compared::IN,
    compared::DISTINCT,
    compared::NORMAL,
];

/// The sum. `NUMERIC_VALUE_OUT_OF_RANGE` where the type is too narrow for it.
const ADD: &[Form] = &[
    Form::new("(tinyint, tinyint) -> tinyint", whole::add::<i8>).fails(),
    Form::new("(smallint, smallint) -> smallint", whole::add::<i16>).fails(),
    Form::new("(integer, integer) -> integer", whole::add::<i32>).fails(),
    Form::new("(bigint, bigint) -> bigint", whole::add::<i64>).fails(),
    Form::new("(decimal, decimal) -> decimal", decimal::add).fails().giving(decimal::sum_type),
    Form::new("(real, real) -> real", |call| call.each2(|a: f32, b: f32| Ok(Some(a + b)))),
    Form::new("(double, double) -> double", |call| call.each2(|a: f64, b: f64| Ok(Some(a + b)))),
    Form::new("(date, interval day to second) -> date", moment::date_plus_day).fails(),
    Form::new("(interval day to second, date) -> date", moment::day_plus_date).fails(),
    Form::new("(date, interval year to month) -> date", moment::date_plus_year).fails(),
    Form::new("(interval year to month, date) -> date", moment::year_plus_date).fails(),
    Form::new("(time, interval day to second) -> time", moment::time_plus_day)
        .giving(moment::at_least_millis),
    Form::new("(interval day to second, time) -> time", moment::day_plus_time)
        .giving(moment::at_least_millis),
    Form::new("(timestamp, interval day to second) -> timestamp", moment::timestamp_plus_day)
        .fails()
        .giving(moment::at_least_millis),
    Form::new("(interval day to second, timestamp) -> timestamp", moment::day_plus_timestamp)
        .fails()
        .giving(moment::at_least_millis),
    Form::new("(timestamp, interval year to month) -> timestamp", moment::timestamp_plus_year)
        .fails(),
    Form::new("(interval year to month, timestamp) -> timestamp", moment::year_plus_timestamp)
        .fails(),
    Form::new(
        "(timestamp with time zone, interval day to second) -> timestamp with time zone",
        moment::tz_plus_day,
    )
    .fails()
    .giving(moment::at_least_millis),
    Form::new(
        "(interval day to second, timestamp with time zone) -> timestamp with time zone",
        moment::day_plus_tz,
    )
    .fails()
    .giving(moment::at_least_millis),
    Form::new(
        "(timestamp with time zone, interval year to month) -> timestamp with time zone",
        moment::tz_plus_year,
    )
    .fails(),
    Form::new(
        "(interval year to month, timestamp with time zone) -> timestamp with time zone",
        moment::year_plus_tz,
    )
    .fails(),
    Form::new(
        "(interval day to second, interval day to second) -> interval day to second",
        interval::add_days,
    )
    .fails(),
    Form::new(
        "(interval year to month, interval year to month) -> interval year to month",
        interval::add_years,
    )
    .fails(),
];

/// The difference. `NUMERIC_VALUE_OUT_OF_RANGE` where the type is too narrow for it.
const SUBTRACT: &[Form] = &[
    Form::new("(tinyint, tinyint) -> tinyint", whole::subtract::<i8>).fails(),
    Form::new("(smallint, smallint) -> smallint", whole::subtract::<i16>).fails(),
    Form::new("(integer, integer) -> integer", whole::subtract::<i32>).fails(),
    Form::new("(bigint, bigint) -> bigint", whole::subtract::<i64>).fails(),
    Form::new("(decimal, decimal) -> decimal", decimal::subtract).fails().giving(decimal::sum_type),
    Form::new("(real, real) -> real", |call| call.each2(|a: f32, b: f32| Ok(Some(a - b)))),
    Form::new("(double, double) -> double", |call| call.each2(|a: f64, b: f64| Ok(Some(a - b)))),
    Form::new("(date, interval day to second) -> date", moment::date_minus_day).fails(),
    Form::new("(date, interval year to month) -> date", moment::date_minus_year).fails(),
    Form::new("(time, interval day to second) -> time", moment::time_minus_day)
        .giving(moment::at_least_millis),
    Form::new("(timestamp, interval day to second) -> timestamp", moment::timestamp_minus_day)
        .fails()
        .giving(moment::at_least_millis),
    Form::new("(timestamp, interval year to month) -> timestamp", moment::timestamp_minus_year)
        .fails(),
    Form::new(
        "(timestamp with time zone, interval day to second) -> timestamp with time zone",
        moment::tz_minus_day,
    )
    .fails()
    .giving(moment::at_least_millis),
    Form::new(
        "(timestamp with time zone, interval year to month) -> timestamp with time zone",
        moment::tz_minus_year,
    )
    .fails(),
    Form::new("(time, time) -> interval day to second", moment::between_times),
    Form::new("(timestamp, timestamp) -> interval day to second", moment::between_timestamps)
        .fails(),
    Form::new(
        "(timestamp with time zone, timestamp with time zone) -> interval day to second",
        moment::between_tz,
    ),
    Form::new(
        "(interval day to second, interval day to second) -> interval day to second",
        interval::subtract_days,
    )
    .fails(),
    Form::new(
        "(interval year to month, interval year to month) -> interval year to month",
        interval::subtract_years,
    )
    .fails(),
];

/// The product. `NUMERIC_VALUE_OUT_OF_RANGE` where the type is too narrow for it.
const MULTIPLY: &[Form] = &[
    Form::new("(tinyint, tinyint) -> tinyint", whole::multiply::<i8>).fails(),
    Form::new("(smallint, smallint) -> smallint", whole::multiply::<i16>).fails(),
    Form::new("(integer, integer) -> integer", whole::multiply::<i32>).fails(),
    Form::new("(bigint, bigint) -> bigint", whole::multiply::<i64>).fails(),
    Form::new("(decimal, decimal) -> decimal", decimal::multiply)
        .fails()
        .giving(decimal::product_type),
    Form::new("(real, real) -> real", |call| call.each2(|a: f32, b: f32| Ok(Some(a * b)))),
    Form::new("(double, double) -> double", |call| call.each2(|a: f64, b: f64| Ok(Some(a * b)))),
    Form::new("(interval day to second, bigint) -> interval day to second", |call| {
        call.each2(interval::days_times)
    })
    .fails(),
    Form::new("(bigint, interval day to second) -> interval day to second", |call| {
        call.each2(|by, millis| interval::days_times(millis, by))
    })
    .fails(),
    Form::new("(interval day to second, double) -> interval day to second", |call| {
        call.each2(interval::days_scaled)
    })
    .fails(),
    Form::new("(double, interval day to second) -> interval day to second", |call| {
        call.each2(|by, millis| interval::days_scaled(millis, by))
    })
    .fails(),
    Form::new("(interval year to month, bigint) -> interval year to month", |call| {
        call.each2(interval::years_times)
    })
    .fails(),
    Form::new("(bigint, interval year to month) -> interval year to month", |call| {
        call.each2(|by, months| interval::years_times(months, by))
    })
    .fails(),
    Form::new("(interval year to month, double) -> interval year to month", |call| {
        call.each2(interval::years_scaled)
    })
    .fails(),
    Form::new("(double, interval year to month) -> interval year to month", |call| {
        call.each2(|by, months| interval::years_scaled(months, by))
    })
    .fails(),
];

/// The quotient: of whole numbers without its fraction, of decimals with as many digits behind the
/// point as the longer has. `DIVISION_BY_ZERO`, except of floating point numbers.
const DIVIDE: &[Form] = &[
    Form::new("(tinyint, tinyint) -> tinyint", whole::divide::<i8>).fails(),
    Form::new("(smallint, smallint) -> smallint", whole::divide::<i16>).fails(),
    Form::new("(integer, integer) -> integer", whole::divide::<i32>).fails(),
    Form::new("(bigint, bigint) -> bigint", whole::divide::<i64>).fails(),
    Form::new("(decimal, decimal) -> decimal", decimal::divide)
        .fails()
        .giving(decimal::quotient_type),
    Form::new("(real, real) -> real", |call| call.each2(|a: f32, b: f32| Ok(Some(a / b)))),
    Form::new("(double, double) -> double", |call| call.each2(|a: f64, b: f64| Ok(Some(a / b)))),
    Form::new("(interval day to second, double) -> interval day to second", |call| {
        call.each2(interval::days_divided)
    })
    .fails(),
    Form::new("(interval year to month, double) -> interval year to month", |call| {
        call.each2(interval::years_divided)
    })
    .fails(),
];

/// The remainder, with the sign of the dividend. `DIVISION_BY_ZERO`, except of floating point
/// numbers.
pub(super) const REMAINDER: &[Form] = &[
    Form::new("(tinyint, tinyint) -> tinyint", whole::remainder::<i8>).fails(),
    Form::new("(smallint, smallint) -> smallint", whole::remainder::<i16>).fails(),
    Form::new("(integer, integer) -> integer", whole::remainder::<i32>).fails(),
    Form::new("(bigint, bigint) -> bigint", whole::remainder::<i64>).fails(),
    Form::new("(decimal, decimal) -> decimal", decimal::remainder)
        .fails()
        .giving(decimal::remainder_type),
    Form::new("(real, real) -> real", |call| call.each2(|a: f32, b: f32| Ok(Some(a % b)))),
    Form::new("(double, double) -> double", |call| call.each2(|a: f64, b: f64| Ok(Some(a % b)))),
];

/// The same with the other sign. `NUMERIC_VALUE_OUT_OF_RANGE` for the least whole number.
const NEGATE: &[Form] = &[
    Form::new("(tinyint) -> tinyint", whole::negate::<i8>).fails(),
    Form::new("(smallint) -> smallint", whole::negate::<i16>).fails(),
    Form::new("(integer) -> integer", whole::negate::<i32>).fails(),
    Form::new("(bigint) -> bigint", whole::negate::<i64>).fails(),
    Form::new("(decimal) -> decimal", decimal::negate),
    Form::new("(real) -> real", |call| call.each1(|value: f32| Ok(Some(-value)))),
    Form::new("(double) -> double", |call| call.each1(|value: f64| Ok(Some(-value)))),
    Form::new("(interval day to second) -> interval day to second", interval::negate_days).fails(),
    Form::new("(interval year to month) -> interval year to month", interval::negate_years).fails(),
];
