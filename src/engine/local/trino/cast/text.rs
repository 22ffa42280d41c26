//! Casts to `varchar`.

use std::fmt::Write as _;
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, StringBuilder};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::DataType;
use datafusion::error::{DataFusionError, Result};

use super::super::super::failure;
use super::super::address::ip;
use super::super::call::{Days, Micros, Take};
use super::super::{decimal, float, moment};
use super::{OnFailure, no_cast};
use crate::sql::ty::SqlType;

/// Text is cut to `length`; the text of anything else has to fit.
pub(super) fn convert(
    or: OnFailure,
    values: &ArrayRef,
    from: &SqlType,
    length: Option<u32>,
) -> Result<ArrayRef> {
    let text = Text { or, length };
    match from {
        SqlType::Varchar(known) => match (known, length) {
            (Some(known), Some(length)) if *known <= length => Ok(Arc::clone(values)),
            _ => cut(or, values, length),
        },
        SqlType::Boolean => text.of(values, |value: bool, out| {
            out.push_str(if value { "true" } else { "false" });
        }),
        SqlType::Decimal(_, scale) => {
            text.of(values, |value: i128, out| decimal::write(value, *scale, out))
        }
        SqlType::Real => text.of_float(values, float::write_real, float::show_real),
        SqlType::Double => text.of_float(values, float::write_double, float::show_double),
        SqlType::Date => text.of(values, |days: Days, out| moment::write_date(days.0, out)),
        SqlType::Time(precision) => {
            text.of(values, |micros: i64, out| moment::write_time(micros, *precision, out))
        }
        SqlType::Timestamp(precision) => text.of(values, |micros: Micros, out| {
            moment::write_timestamp(micros.0, *precision, out);
        }),
        SqlType::TimestampTz(precision) => {
            text.of(values, |packed, out| moment::write_timestamp_tz(packed, *precision, out))
        }
        SqlType::IntervalDay => text.of(values, moment::write_interval_day),
        SqlType::IntervalYear => text.of(values, moment::write_interval_year),
        SqlType::IpAddress => text.of(values, ip::write),
        from if from.is_integer() => {
            let values = cast(values, &DataType::Int64)?;
            text.of(&values, |value: i64, out| {
                let _ = write!(out, "{value}");
            })
        }
        from => no_cast(from, &SqlType::Varchar(length)),
    }
}

/// Texts that must have at most `length` characters.
pub(super) fn fitting(values: &ArrayRef, length: Option<u32>) -> Result<ArrayRef> {
    match length {
        None => Ok(Arc::clone(values)),
        Some(_) => {
            let text = Text { or: OnFailure::Fail, length };
            text.of(values, |value: &str, out| out.push_str(value))
        }
    }
}

/// The first `length` characters of each text.
fn cut(or: OnFailure, values: &ArrayRef, length: Option<u32>) -> Result<ArrayRef> {
    let Some(length) = length.and_then(|length| usize::try_from(length).ok()) else {
        return Ok(Arc::clone(values));
    };
    or.each(values, |text: &str| {
        let end = text.char_indices().nth(length).map_or(text.len(), |(at, _)| at);
        Ok(Some(&text[..end]))
    })
}

/// Writes texts of at most so many characters.
#[derive(Clone, Copy)]
struct Text {
    or: OnFailure,
    length: Option<u32>,
}

impl Text {
    fn of<'a, A: Take<'a>>(
        self,
        values: &'a ArrayRef,
        write: impl Fn(A, &mut String),
    ) -> Result<ArrayRef> {
        self.written(values, |value, out| {
            write(value, out);
            if self.fits(out) { Ok(()) } else { Err(self.refused(out)) }
        })
    }

    /// `show` is how messages show the value.
    fn of_float<'a, A: Take<'a> + Copy>(
        self,
        values: &'a ArrayRef,
        write: impl Fn(A, &mut String),
        show: impl Fn(A, &mut String),
    ) -> Result<ArrayRef> {
        self.written(values, |value: A, out| {
            write(value, out);
            if self.fits(out) {
                return Ok(());
            }
            let mut shown = String::new();
            show(value, &mut shown);
            Err(self.refused(&format!("{shown} ({out})")))
        })
    }

    fn written<'a, A: Take<'a>>(
        self,
        values: &'a ArrayRef,
        write: impl Fn(A, &mut String) -> Result<()>,
    ) -> Result<ArrayRef> {
        let array = A::array(values)?;
        let mut builder = StringBuilder::new();
        let mut text = String::new();
        for row in 0..values.len() {
            text.clear();
            let written = A::take(array, row).map(|value| write(value, &mut text)).transpose();
            let written = self.or.or(written)?;
            builder.append_option(written.map(|()| text.as_str()));
        }
        Ok(Arc::new(builder.finish()))
    }

    fn fits(self, text: &str) -> bool {
        self.length.is_none_or(|length| {
            usize::try_from(length).is_ok_and(|length| text.chars().count() <= length)
        })
    }

    fn refused(self, shown: &str) -> DataFusionError {
        let to = SqlType::Varchar(self.length);
        failure::cast(format!("Value {shown} cannot be represented as {to}"))
    }
}
