//! What cases cannot show: Trino fails with codes of its own here, and values from the ends of what
//! there is.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use datafusion::arrow::array::{Date32Array, Int32Array, Int64Array, TimestampMicrosecondArray};

use super::super::super::zone::{Zone, pack};
use super::super::tests::{Value, answer, bigint, double, text_of};
use super::DATE;
use crate::sql::ty::SqlType;

fn date(days: i32) -> Value {
    (SqlType::Date, Arc::new(Date32Array::from(vec![days])))
}

fn timestamp(micros: i64) -> Value {
    (SqlType::Timestamp(6), Arc::new(TimestampMicrosecondArray::from(vec![micros])))
}

fn moment(millis: i64, zone: &str) -> Value {
    let packed = pack(millis, Zone::parse(zone).unwrap()).unwrap();
    (SqlType::TimestampTz(3), Arc::new(Int64Array::from(vec![packed])))
}

#[test]
fn days_out_of_range_are_refused() {
    for (unit, count, error) in [
        ("day", 3_000_000_000, "integer overflow"),
        ("day", i64::MIN, "integer overflow"),
        ("day", 2_147_483_647, "Value 2147504101 exceeds MAX_INT for type date"),
        ("year", 8_000_000, "Value 2921960454 exceeds MAX_INT for type date"),
        (
            "year",
            -2_000_000_000,
            "Value -1999997974 for year must be in the range [-292275054,292278993]",
        ),
        ("quarter", 2_000_000_000, "Magnitude of add amount is too large: 6000000000"),
    ] {
        let shown = answer("date_add", &[text_of(unit), bigint(count), date(20_454)]);
        assert_eq!(shown, format!("INVALID_FUNCTION_ARGUMENT: {error}"), "{unit} {count}");
    }
}

#[test]
fn zones_that_there_are_not_are_refused() {
    let iso = |text: &str| answer("from_iso8601_timestamp", &[text_of(text)]);
    let refused =
        |zone: &str| format!("INVALID_FUNCTION_ARGUMENT: Time zone not supported: {zone}");
    assert_eq!(iso("2020-05-11T11:15:05+15:00"), refused("+15:00"));
    assert_eq!(iso("2020-05-11T11:15:05-01:00:30"), refused("-01:00:30"));
    assert_eq!(iso("2020-05-11T11:15:05+01:00:00.5"), refused("+01:00:00.500"));
    assert_eq!(answer("from_unixtime", &[double(0.0), text_of("Foo")]), refused("Foo"));
}

#[test]
fn what_the_engine_does_not_keep_is_refused() {
    let error = answer("from_unixtime_nanos", &[bigint(1_500_000_000_123_456_789)]);
    assert!(error.contains("keeps milliseconds"), "{error}");
    let pattern = text_of("zzzz");
    let error = answer("format_datetime", &[moment(0, "Europe/Berlin"), pattern]);
    assert!(error.contains("does not know the long name of Europe/Berlin"), "{error}");
}

/// Every function, with values from the ends of their types, gives an answer or an error.
#[test]
fn nothing_panics_at_the_ends_of_time() {
    const MOST: i64 = (1 << 51) - 1;
    let moments = [(MOST, "+14:00"), (-MOST - 1, "-14:00"), (MOST, "Asia/Tokyo"), (0, "UTC")];
    let mut values: Vec<Value> = Vec::new();
    values.extend(moments.map(|(millis, zone)| moment(millis, zone)));
    values.extend([i32::MIN, -1, i32::MAX].map(date));
    values.extend([i64::MIN, -1, i64::MAX].map(timestamp));
    values.extend([i64::MIN, 0, i64::MAX].map(bigint));
    values.extend([f64::NAN, f64::INFINITY, -1e300, 1e300].map(double));
    values.extend(
        [
            (0, SqlType::Time(6)),
            (86_399_999_999, SqlType::Time(0)),
            (i64::MIN, SqlType::IntervalDay),
            (i64::MAX, SqlType::IntervalDay),
        ]
        .map(|(value, ty)| -> Value { (ty, Arc::new(Int64Array::from(vec![value]))) }),
    );
    values.extend([i32::MIN, i32::MAX].map(|months| -> Value {
        (SqlType::IntervalYear, Arc::new(Int32Array::from(vec![months])))
    }));
    let texts = [
        "",
        "year",
        "quarter",
        "week",
        "day",
        "hour",
        "millisecond",
        "%Y%x%v%j%y%f",
        "yyyyxxwwDDDee",
        "GCCyy ZZ",
        "-",
        "+",
        "-292275055-12-31",
        "9999-W53-7",
        "2026-01-02T03:04:05Z",
        "99999999999999999999",
        "é%é''",
        "Europe/Berlin",
        "-14:00",
        "UTC+",
        "'",
        "Z",
        "+1:",
        "T",
        "BC 0",
        "-5 BC",
        "1.7976931348623157e308d",
        "9223372036854775807d",
    ];
    values.extend(texts.map(text_of));
    let mut calls = 0;
    for (function, form) in DATE.iter().flat_map(|f| f.forms.iter().map(move |form| (f, form))) {
        let takes = form.signature.split_once(") ->").unwrap().0.trim_start_matches('(');
        let mut all: Vec<Vec<Value>> = vec![Vec::new()];
        for parameter in takes.split(", ").filter(|parameter| !parameter.is_empty()) {
            let fitting: Vec<_> = values.iter().filter(|(ty, _)| fits(ty, parameter)).collect();
            assert!(!fitting.is_empty(), "no values for {parameter}");
            let longer = all.iter().flat_map(|given| {
                fitting.iter().map(move |value| given.iter().chain([*value]).cloned().collect())
            });
            all = longer.collect();
        }
        for given in all.iter().filter(|given| !given.is_empty()) {
            let done = catch_unwind(AssertUnwindSafe(|| answer(function.name, given)));
            assert!(done.is_ok(), "{}{} of {given:?}", function.name, form.signature);
            calls += 1;
        }
    }
    assert!(calls > 2000, "{calls}");
}

/// Whether a parameter takes a type without conversion.
fn fits(ty: &SqlType, parameter: &str) -> bool {
    match ty {
        SqlType::Varchar(_) => parameter == "varchar",
        SqlType::Timestamp(_) => parameter == "timestamp",
        SqlType::TimestampTz(_) => parameter == "timestamp with time zone",
        SqlType::Time(_) => parameter == "time",
        ty => parameter == ty.to_string(),
    }
}
