//! Values as Java's classes, which is what a format sees.

use datafusion::arrow::array::{Array, ArrayRef, AsArray};
use datafusion::arrow::datatypes::{
    Date32Type, Decimal128Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type,
    Int64Type, TimestampMicrosecondType,
};

use super::super::super::super::zone;
use super::super::super::address::ip;
use super::super::super::float;
use super::super::super::moment::{
    DAY, SECOND, write_date, write_interval_day, write_interval_year, write_time,
};
use super::digits::Digits;
use crate::sql::ty::SqlType;

/// One value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Null,
    Boolean(bool),
    Whole(i64),
    Real(f32),
    Double(f64),
    Decimal(i128, i8),
    /// Anything that has a text, and Java's name of its class.
    Text(String, &'static str),
}

const STRING: &str = "java.lang.String";

impl Value {
    /// The value in a row.
    pub(super) fn of(array: &ArrayRef, ty: &SqlType, row: usize) -> Self {
        if *ty == SqlType::Unknown || array.is_null(row) {
            return Self::Null;
        }
        match Self::known(array, ty, row) {
            Some(value) => value,
            None => Self::Null,
        }
    }

    fn known(array: &ArrayRef, ty: &SqlType, row: usize) -> Option<Self> {
        let whole = || Some(array.as_primitive_opt::<Int64Type>()?.value(row));
        let mut out = String::new();
        let class = match ty {
            SqlType::Boolean => return Some(Self::Boolean(array.as_boolean_opt()?.value(row))),
            SqlType::Tinyint => {
                return Some(Self::Whole(array.as_primitive_opt::<Int8Type>()?.value(row).into()));
            }
            SqlType::Smallint => {
                return Some(Self::Whole(array.as_primitive_opt::<Int16Type>()?.value(row).into()));
            }
            SqlType::Integer => {
                return Some(Self::Whole(array.as_primitive_opt::<Int32Type>()?.value(row).into()));
            }
            SqlType::Bigint => return Some(Self::Whole(whole()?)),
            SqlType::Real => {
                return Some(Self::Real(array.as_primitive_opt::<Float32Type>()?.value(row)));
            }
            SqlType::Double => {
                return Some(Self::Double(array.as_primitive_opt::<Float64Type>()?.value(row)));
            }
            SqlType::Decimal(_, scale) => {
                let unscaled = array.as_primitive_opt::<Decimal128Type>()?.value(row);
                return Some(Self::Decimal(unscaled, *scale));
            }
            SqlType::Varchar(_) | SqlType::Json => {
                out.push_str(array.as_string_opt::<i32>()?.value(row));
                STRING
            }
            SqlType::IpAddress => {
                ip::write(array.as_binary_opt::<i32>()?.value(row), &mut out);
                STRING
            }
            SqlType::IntervalDay => {
                write_interval_day(whole()?, &mut out);
                STRING
            }
            SqlType::IntervalYear => {
                write_interval_year(array.as_primitive_opt::<Int32Type>()?.value(row), &mut out);
                STRING
            }
            SqlType::Date => {
                write_day(array.as_primitive_opt::<Date32Type>()?.value(row).into(), &mut out);
                "java.time.LocalDate"
            }
            SqlType::Time(_) => {
                write_clock(whole()?, &mut out);
                "java.time.LocalTime"
            }
            SqlType::Timestamp(_) => {
                let micros = array.as_primitive_opt::<TimestampMicrosecondType>()?.value(row);
                write_wall(micros, &mut out);
                "java.time.LocalDateTime"
            }
            SqlType::TimestampTz(_) => {
                write_zoned(whole()?, &mut out);
                "java.time.ZonedDateTime"
            }
            SqlType::Unknown
            | SqlType::Varbinary
            | SqlType::Array(_)
            | SqlType::Map(..)
            | SqlType::Row(_) => return None,
        };
        Some(Self::Text(out, class))
    }

    /// As `%s` prints it.
    pub(super) fn text(&self) -> String {
        let mut out = String::new();
        match self {
            Self::Null => out.push_str("null"),
            Self::Boolean(value) => return value.to_string(),
            Self::Whole(value) => return value.to_string(),
            Self::Real(value) => float::show_real(*value, &mut out),
            Self::Double(value) => float::show_double(*value, &mut out),
            Self::Decimal(unscaled, scale) => {
                if *unscaled < 0 {
                    out.push('-');
                }
                out.push_str(&Digits::of_decimal(*unscaled, *scale).exact());
            }
            Self::Text(text, _) => return text.clone(),
        }
        out
    }

    /// As a fraction; `None` for what is no number with one.
    pub(super) fn float(&self) -> Option<Float> {
        match self {
            Self::Real(value) => Some(Float::of(f64::from(*value))),
            Self::Double(value) => Some(Float::of(*value)),
            Self::Decimal(unscaled, scale) => Some(Float::Finite {
                negative: *unscaled < 0,
                digits: Digits::of_decimal(*unscaled, *scale),
            }),
            _ => None,
        }
    }

    /// Java's name of its class.
    pub(super) fn class(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Boolean(_) => "java.lang.Boolean",
            Self::Whole(_) => "java.lang.Long",
            Self::Real(_) => "java.lang.Float",
            Self::Double(_) => "java.lang.Double",
            Self::Decimal(..) => "java.math.BigDecimal",
            Self::Text(_, class) => class,
        }
    }
}

/// A number with a fraction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Float {
    NaN,
    Infinite { negative: bool },
    Finite { negative: bool, digits: Digits },
}

impl Float {
    fn of(value: f64) -> Self {
        let negative = value.is_sign_negative();
        if value.is_nan() {
            Self::NaN
        } else if value.is_infinite() {
            Self::Infinite { negative }
        } else {
            Self::Finite { negative, digits: Digits::of_double(value) }
        }
    }
}

/// A day, with a sign before years of five digits.
fn write_day(days: i64, out: &mut String) {
    const YEAR_10000: i64 = 2_932_897;
    if days >= YEAR_10000 {
        out.push('+');
    }
    write_date(i32::try_from(days).unwrap_or(i32::MAX), out);
}

/// A time of day: seconds only if there are some, of their fraction 3 or 6 digits.
fn write_clock(micros: i64, out: &mut String) {
    let mut text = String::new();
    let precision = match (micros % SECOND, micros % 1000) {
        (0, _) => 0,
        (_, 0) => 3,
        _ => 6,
    };
    write_time(micros, precision, &mut text);
    if micros % (60 * SECOND) == 0 {
        text.truncate(5);
    }
    out.push_str(&text);
}

fn write_wall(micros: i64, out: &mut String) {
    write_day(micros.div_euclid(DAY), out);
    out.push('T');
    write_clock(micros.rem_euclid(DAY), out);
}

/// A moment, its offset, and the zone if that is no offset.
fn write_zoned(packed: i64, out: &mut String) {
    write_wall(zone::wall_millis(packed).saturating_mul(1000), out);
    let zone = zone::zone(packed);
    let seconds = zone.seconds_at(zone::millis(packed));
    match zone::Zone::offset(seconds / 60) {
        Some(offset @ zone::Zone::Offset(_)) => out.push_str(&offset.to_string()),
        _ => out.push('Z'),
    }
    if let zone::Zone::Named(_) = zone {
        out.push_str(&format!("[{zone}]"));
    }
}
