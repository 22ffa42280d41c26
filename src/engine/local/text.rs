//! Values as Athena writes them in results, which is not what CAST to varchar gives.
//! Dialect 3.4.

use std::fmt::Write as _;

use datafusion::arrow::array::{Array, ArrayRef, AsArray as _};
use datafusion::common::internal_err;
use datafusion::error::Result;

use super::trino::call::{Days, Items, Micros, Take};
use super::trino::{cast, decimal, float, moment};
use crate::sql::ty::SqlType;

/// Digits of a fraction of a second, whatever the precision of the type.
const MILLISECONDS: u8 = 3;

/// The text of one value; `None` for NULL.
pub(super) fn value(array: &ArrayRef, row: usize, ty: &SqlType) -> Result<Option<String>> {
    let mut text = String::new();
    Ok(write(array, row, ty, &mut text)?.then_some(text))
}

/// Writes a value, and nothing for NULL: whether there was one.
fn write(array: &ArrayRef, row: usize, ty: &SqlType, out: &mut String) -> Result<bool> {
    match ty {
        SqlType::Unknown => Ok(false),
        SqlType::Boolean => plain::<bool>(array, row, out),
        SqlType::Tinyint => plain::<i8>(array, row, out),
        SqlType::Smallint => plain::<i16>(array, row, out),
        SqlType::Integer => plain::<i32>(array, row, out),
        SqlType::Bigint => plain::<i64>(array, row, out),
        SqlType::Varchar(_) | SqlType::Json => plain::<&str>(array, row, out),
        SqlType::Real => with(array, row, float::show_real, out),
        SqlType::Double => with(array, row, float::show_double, out),
        SqlType::Decimal(_, scale) => {
            with(array, row, |value: i128, out| decimal::write(value, *scale, out), out)
        }
        SqlType::Varbinary => with(array, row, write_bytes, out),
        SqlType::IpAddress => with(array, row, cast::write_address, out),
        SqlType::Date => with(array, row, |days: Days, out| moment::write_date(days.0, out), out),
        SqlType::Time(_) => with(array, row, write_time, out),
        SqlType::Timestamp(_) => with(array, row, write_timestamp, out),
        SqlType::TimestampTz(_) => {
            let write = |packed, out: &mut String| {
                moment::write_timestamp_tz(packed, MILLISECONDS, out);
            };
            with(array, row, write, out)
        }
        SqlType::IntervalDay => with(array, row, moment::write_interval_day, out),
        SqlType::IntervalYear => with(array, row, moment::write_interval_year, out),
        SqlType::Array(item) => write_array(array, row, item, out),
        SqlType::Map(key, value) => write_map(array, row, key, value, out),
        SqlType::Row(fields) => write_row(array, row, fields, out),
    }
}

fn with<'a, A: Take<'a>>(
    array: &'a ArrayRef,
    row: usize,
    write: impl FnOnce(A, &mut String),
    out: &mut String,
) -> Result<bool> {
    let value = A::take(A::array(array)?, row);
    Ok(value.map(|value| write(value, out)).is_some())
}

fn plain<'a, A: Take<'a> + std::fmt::Display>(
    array: &'a ArrayRef,
    row: usize,
    out: &mut String,
) -> Result<bool> {
    let write = |value: A, out: &mut String| {
        let _ = write!(out, "{value}");
    };
    with(array, row, write, out)
}

/// Pairs of hexadecimal digits with blanks between.
fn write_bytes(bytes: &[u8], out: &mut String) {
    for (at, byte) in bytes.iter().enumerate() {
        let blank = if at > 0 { " " } else { "" };
        let _ = write!(out, "{blank}{byte:02x}");
    }
}

fn write_time(micros: i64, out: &mut String) {
    let rounded = moment::rounded(micros, MILLISECONDS).unwrap_or(micros);
    moment::write_time(rounded.rem_euclid(moment::DAY), MILLISECONDS, out);
}

fn write_timestamp(micros: Micros, out: &mut String) {
    let rounded = moment::rounded(micros.0, MILLISECONDS).unwrap_or(micros.0);
    moment::write_timestamp(rounded, MILLISECONDS, out);
}

fn write_inside(array: &ArrayRef, row: usize, ty: &SqlType, out: &mut String) -> Result<()> {
    if !write(array, row, ty, out)? {
        out.push_str("null");
    }
    Ok(())
}

fn write_array(array: &ArrayRef, row: usize, item: &SqlType, out: &mut String) -> Result<bool> {
    let Some(Items(items)) = Items::take(Items::array(array)?, row) else {
        return Ok(false);
    };
    out.push('[');
    for at in 0..items.len() {
        separate(at, out);
        write_inside(&items, at, item, out)?;
    }
    out.push(']');
    Ok(true)
}

fn write_map(
    array: &ArrayRef,
    row: usize,
    key: &SqlType,
    value: &SqlType,
    out: &mut String,
) -> Result<bool> {
    let Some(maps) = array.as_map_opt() else {
        return internal_err!("{} is no map", array.data_type());
    };
    if maps.is_null(row) {
        return Ok(false);
    }
    let entries = maps.value(row);
    out.push('{');
    for at in 0..entries.len() {
        separate(at, out);
        write_inside(entries.column(0), at, key, out)?;
        out.push('=');
        write_inside(entries.column(1), at, value, out)?;
    }
    out.push('}');
    Ok(true)
}

/// Fields without a name are their values only.
fn write_row(
    array: &ArrayRef,
    row: usize,
    fields: &[(Option<String>, SqlType)],
    out: &mut String,
) -> Result<bool> {
    let Some(rows) = array.as_struct_opt() else {
        return internal_err!("{} is no row", array.data_type());
    };
    if rows.is_null(row) {
        return Ok(false);
    }
    out.push('{');
    for (at, (column, (name, ty))) in rows.columns().iter().zip(fields).enumerate() {
        separate(at, out);
        if let Some(name) = name {
            let _ = write!(out, "{name}=");
        }
        write_inside(column, row, ty, out)?;
    }
    out.push('}');
    Ok(true)
}

fn separate(position: usize, out: &mut String) {
    if position > 0 {
        out.push_str(", ");
    }
}
