//! How values of Trino's types lie in Arrow arrays.
//!
//! Fields of rows are told by position, so that an array's type does not depend on their names.

use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, Field, Fields, TimeUnit};

use crate::sql::ty::SqlType;

/// The Arrow type of a Trino type.
///
/// | Trino | Arrow |
/// | --- | --- |
/// | `json` | its text, as `Utf8` |
/// | `ipaddress` | 16 bytes, IPv4 mapped into IPv6, as `Binary` |
/// | `time(p)` | microseconds of the day, as `Int64` |
/// | `timestamp(p)` | microseconds, whatever `p` |
/// | `timestamp(p) with time zone` | [`packed`](super::zone) into `Int64` |
/// | `interval day to second` | milliseconds, as `Int64` |
/// | `interval year to month` | months, as `Int32` |
pub(super) fn data_type(ty: &SqlType) -> DataType {
    match ty {
        SqlType::Unknown => DataType::Null,
        SqlType::Boolean => DataType::Boolean,
        SqlType::Tinyint => DataType::Int8,
        SqlType::Smallint => DataType::Int16,
        SqlType::Integer | SqlType::IntervalYear => DataType::Int32,
        SqlType::Bigint | SqlType::TimestampTz(_) | SqlType::IntervalDay | SqlType::Time(_) => {
            DataType::Int64
        }
        SqlType::Real => DataType::Float32,
        SqlType::Double => DataType::Float64,
        SqlType::Decimal(precision, scale) => DataType::Decimal128(*precision, *scale),
        SqlType::Varchar(_) | SqlType::Json => DataType::Utf8,
        SqlType::Varbinary | SqlType::IpAddress => DataType::Binary,
        SqlType::Date => DataType::Date32,
        SqlType::Timestamp(_) => DataType::Timestamp(TimeUnit::Microsecond, None),
        SqlType::Array(item) => DataType::List(Arc::new(item_field(item))),
        SqlType::Map(key, value) => DataType::Map(Arc::new(entries_field(key, value)), false),
        SqlType::Row(fields) => DataType::Struct(row_fields(fields)),
    }
}

/// The field inside a list's type.
pub(super) fn item_field(item: &SqlType) -> Field {
    Field::new("item", data_type(item), true)
}

/// The field inside a map's type.
pub(super) fn entries_field(key: &SqlType, value: &SqlType) -> Field {
    Field::new("entries", DataType::Struct(entry_fields(key, value)), false)
}

/// Key and value of a map's entries.
pub(super) fn entry_fields(key: &SqlType, value: &SqlType) -> Fields {
    Fields::from(vec![
        Field::new("key", data_type(key), false),
        Field::new("value", data_type(value), true),
    ])
}

/// The fields of a row.
pub(super) fn row_fields(fields: &[(Option<String>, SqlType)]) -> Fields {
    let field = |(at, (_, ty)): (usize, &(Option<String>, SqlType))| {
        Field::new(at.to_string(), data_type(ty), true)
    };
    fields.iter().enumerate().map(field).collect()
}
