//! Values as Athena writes them in results, which is not what CAST to varchar gives.

use std::fmt::Write;

use chrono::{DateTime, NaiveDateTime};
use datafusion::arrow::array::{Array, ArrayRef, AsArray, MapArray, StructArray};
use datafusion::arrow::datatypes::{
    DataType, Float32Type, Float64Type, TimeUnit, TimestampMicrosecondType,
    TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType,
};
use datafusion::arrow::error::ArrowError;
use datafusion::arrow::util::display::{ArrayFormatter, FormatOptions};

/// The text of one value; `None` for NULL.
pub(super) fn value(
    array: &ArrayRef,
    row: usize,
    _: &crate::sql::ty::SqlType,
) -> Result<Option<String>, ArrowError> {
    if is_null(array, row) {
        return Ok(None);
    }
    let mut text = String::new();
    write(array, row, &mut text)?;
    Ok(Some(text))
}

fn is_null(array: &dyn Array, row: usize) -> bool {
    array.data_type() == &DataType::Null || array.is_null(row)
}

fn write(array: &dyn Array, row: usize, out: &mut String) -> Result<(), ArrowError> {
    match array.data_type() {
        DataType::Utf8 => out.push_str(array.as_string::<i32>().value(row)),
        DataType::LargeUtf8 => out.push_str(array.as_string::<i64>().value(row)),
        DataType::Utf8View => out.push_str(array.as_string_view().value(row)),
        DataType::Float64 => double(array.as_primitive::<Float64Type>().value(row), out),
        DataType::Float32 => {
            let value = array.as_primitive::<Float32Type>().value(row);
            // By way of its shortest text, so that 0.1 stays 0.1.
            double(value.to_string().parse().unwrap_or(f64::from(value)), out);
        }
        DataType::Binary => hexadecimal(array.as_binary::<i32>().value(row), out),
        DataType::LargeBinary => hexadecimal(array.as_binary::<i64>().value(row), out),
        DataType::BinaryView => hexadecimal(array.as_binary_view().value(row), out),
        DataType::Timestamp(unit, zone) => timestamp(array, row, *unit, zone.as_deref(), out),
        DataType::List(_) => list(&array.as_list::<i32>().value(row), out)?,
        DataType::LargeList(_) => list(&array.as_list::<i64>().value(row), out)?,
        DataType::FixedSizeList(..) => list(&array.as_fixed_size_list().value(row), out)?,
        DataType::Map(..) => map(array.as_map(), row, out)?,
        DataType::Struct(_) => fields(array.as_struct(), row, out)?,
        DataType::Dictionary(..) => {
            let dictionary = array.as_any_dictionary();
            let key = dictionary.normalized_keys()[row];
            write_or_null(dictionary.values(), key, out)?;
        }
        _ => {
            let options = FormatOptions::default();
            let formatter = ArrayFormatter::try_new(array, &options)?;
            formatter
                .value(row)
                .write(out)
                .map_err(|_| ArrowError::CastError(format!("no text for {}", array.data_type())))?;
        }
    }
    Ok(())
}

fn write_or_null(array: &dyn Array, row: usize, out: &mut String) -> Result<(), ArrowError> {
    if is_null(array, row) {
        out.push_str("null");
        return Ok(());
    }
    write(array, row, out)
}

fn list(items: &ArrayRef, out: &mut String) -> Result<(), ArrowError> {
    out.push('[');
    for row in 0..items.len() {
        separate(row, out);
        write_or_null(items, row, out)?;
    }
    out.push(']');
    Ok(())
}

fn map(array: &MapArray, row: usize, out: &mut String) -> Result<(), ArrowError> {
    let entries = array.value(row);
    out.push('{');
    for entry in 0..entries.len() {
        separate(entry, out);
        write_or_null(entries.column(0), entry, out)?;
        out.push('=');
        write_or_null(entries.column(1), entry, out)?;
    }
    out.push('}');
    Ok(())
}

fn fields(array: &StructArray, row: usize, out: &mut String) -> Result<(), ArrowError> {
    out.push('{');
    for (at, (name, column)) in array.column_names().iter().zip(array.columns()).enumerate() {
        separate(at, out);
        out.push_str(name);
        out.push('=');
        write_or_null(column, row, out)?;
    }
    out.push('}');
    Ok(())
}

fn separate(position: usize, out: &mut String) {
    if position > 0 {
        out.push_str(", ");
    }
}

/// As Java prints doubles: plain from 10^-3 up to 10^7, else with an exponent.
pub(super) fn double(value: f64, out: &mut String) {
    if value.is_nan() {
        out.push_str("NaN");
        return;
    }
    if value.is_sign_negative() {
        out.push('-');
    }
    let value = value.abs();
    if value.is_infinite() {
        out.push_str("Infinity");
    } else if value == 0.0 || (1e-3..1e7).contains(&value) {
        // `Debug` writes the shortest digits that read back, with at least one after the point.
        let _ = write!(out, "{value:?}");
    } else {
        let digits = format!("{value:e}");
        let (mantissa, exponent) = digits.split_once('e').unwrap_or((&digits, "0"));
        out.push_str(mantissa);
        if !mantissa.contains('.') {
            out.push_str(".0");
        }
        out.push('E');
        out.push_str(exponent);
    }
}

fn hexadecimal(bytes: &[u8], out: &mut String) {
    for (at, byte) in bytes.iter().enumerate() {
        let blank = if at > 0 { " " } else { "" };
        let _ = write!(out, "{blank}{byte:02x}");
    }
}

fn timestamp(array: &dyn Array, row: usize, unit: TimeUnit, zone: Option<&str>, out: &mut String) {
    let instant = match unit {
        TimeUnit::Second => {
            DateTime::from_timestamp(array.as_primitive::<TimestampSecondType>().value(row), 0)
        }
        TimeUnit::Millisecond => DateTime::from_timestamp_millis(
            array.as_primitive::<TimestampMillisecondType>().value(row),
        ),
        TimeUnit::Microsecond => DateTime::from_timestamp_micros(
            array.as_primitive::<TimestampMicrosecondType>().value(row),
        ),
        TimeUnit::Nanosecond => Some(DateTime::from_timestamp_nanos(
            array.as_primitive::<TimestampNanosecondType>().value(row),
        )),
    };
    let Some(instant) = instant else {
        return;
    };
    let mut wall = |time: NaiveDateTime, zone: &str| {
        let _ = write!(out, "{}{zone}", time.format("%Y-%m-%d %H:%M:%S%.3f"));
    };
    match zone {
        None => wall(instant.naive_utc(), ""),
        Some("UTC" | "Z" | "+00:00") => wall(instant.naive_utc(), " UTC"),
        Some(name) => {
            let suffix = format!(" {name}");
            match (name.parse::<chrono_tz::Tz>(), name.parse::<chrono::FixedOffset>()) {
                (Ok(zone), _) => wall(instant.with_timezone(&zone).naive_local(), &suffix),
                (_, Ok(zone)) => wall(instant.with_timezone(&zone).naive_local(), &suffix),
                _ => wall(instant.naive_utc(), " UTC"),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubles_as_java_prints_them() {
        for (value, text) in [
            (0.25, "0.25"),
            (1.0, "1.0"),
            (-0.0, "-0.0"),
            (0.0, "0.0"),
            (1e7, "1.0E7"),
            (9_999_999.0, "9999999.0"),
            (1e-3, "0.001"),
            (1e-4, "1.0E-4"),
            (1.25e20, "1.25E20"),
            (-1.5e-9, "-1.5E-9"),
            (f64::INFINITY, "Infinity"),
            (f64::NAN, "NaN"),
        ] {
            let mut out = String::new();
            double(value, &mut out);
            assert_eq!(out, text);
        }
    }
}
