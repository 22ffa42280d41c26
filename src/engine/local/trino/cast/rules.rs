//! Which casts there are, and which of them can fail.

use super::super::decimal::MOST_DIGITS;
use crate::sql::ty::SqlType;

/// Whether there is a cast from one type to another.
pub(crate) fn allowed(from: &SqlType, to: &SqlType) -> bool {
    use SqlType as T;
    match (from, to) {
        (from, to) if from.same(to) => true,
        (T::Unknown, _) => true,
        (T::Array(from), T::Array(to)) => allowed(from, to),
        (T::Map(from, from_value), T::Map(to, to_value)) => {
            allowed(from, to) && allowed(from_value, to_value)
        }
        (T::Row(from), T::Row(to)) => {
            from.len() == to.len()
                && from.iter().zip(to).all(|((_, from), (_, to))| allowed(from, to))
        }
        (from, T::Json) => is_json(from),
        (T::Json, to) => {
            is_json(to)
                && !matches!(to, T::Date | T::Timestamp(_) | T::Unknown)
                && items(to).all(|item| allowed(&T::Json, item))
        }
        (T::Varchar(_), to) => {
            is_plain(to) || is_moment(to) || matches!(to, T::Varbinary | T::IpAddress)
        }
        (from, to) if is_plain(from) => is_plain(to),
        (T::Varbinary, T::IpAddress) | (T::IpAddress, T::Varbinary | T::Varchar(None)) => true,
        (T::Date, T::Time(_)) | (T::Time(_), T::Date) => false,
        // A time of day on the day of the query: nothing here knows that day.
        (T::Time(_), T::Timestamp(_) | T::TimestampTz(_)) => false,
        (from, to) if is_moment(from) => is_moment(to) || to.is_text(),
        (T::IntervalDay | T::IntervalYear, to) => to.is_text(),
        _ => false,
    }
}

/// Whether it is a number, a boolean or text.
fn is_plain(ty: &SqlType) -> bool {
    ty.is_number() || ty.is_text() || *ty == SqlType::Boolean
}

fn is_moment(ty: &SqlType) -> bool {
    use SqlType as T;
    matches!(ty, T::Date | T::Time(_) | T::Timestamp(_) | T::TimestampTz(_))
}

/// Whether it can be written as JSON.
fn is_json(ty: &SqlType) -> bool {
    use SqlType as T;
    match ty {
        T::Map(key, value) => (is_plain(key) || **key == T::Unknown) && is_json(value),
        T::Array(_) | T::Row(_) => items(ty).all(is_json),
        ty => is_plain(ty) || matches!(ty, T::Unknown | T::Json | T::Date | T::Timestamp(_)),
    }
}

/// The types of what is inside, without keys.
fn items(ty: &SqlType) -> impl Iterator<Item = &SqlType> {
    let (item, fields) = match ty {
        SqlType::Array(item) | SqlType::Map(_, item) => (Some(&**item), &[][..]),
        SqlType::Row(fields) => (None, fields.as_slice()),
        _ => (None, &[][..]),
    };
    item.into_iter().chain(fields.iter().map(|(_, ty)| ty))
}

/// Whether a cast that is [`allowed`] can fail for some value.
pub(crate) fn may_fail(from: &SqlType, to: &SqlType) -> bool {
    use SqlType as T;
    match (from, to) {
        (from, to) if from.same(to) => false,
        (T::Unknown, _) | (T::Varchar(_), T::Varchar(_) | T::Varbinary) => false,
        (T::Array(from), T::Array(to)) => may_fail(from, to),
        (T::Map(from, from_value), T::Map(to, to_value)) => {
            keys_may_meet(from, to) || may_fail(from, to) || may_fail(from_value, to_value)
        }
        (T::Row(from), T::Row(to)) => {
            from.iter().zip(to).any(|((_, from), (_, to))| may_fail(from, to))
        }
        (T::Json, _) => true,
        (_, T::Json | T::Varchar(None)) => false,
        (from, T::Varchar(Some(length))) => longest(from).is_none_or(|longest| longest > *length),
        (T::Varchar(_), _) => true,
        (T::Boolean, _) | (_, T::Boolean | T::Real | T::Double | T::Varbinary) => false,
        (from, to) if to.is_number() => match (whole_digits(from), room(to)) {
            (Some(digits), Some(room)) => digits > room,
            _ => true,
        },
        (T::Varbinary, T::IpAddress) => true,
        _ => false,
    }
}

/// Whether keys that differ may be converted to the same.
fn keys_may_meet(from: &SqlType, to: &SqlType) -> bool {
    let widened = from.is_integer() && to.is_integer() && from.converts_to(to);
    !(from.same(to) || widened || from.is_integer() && *to == SqlType::VARCHAR)
}

/// Most digits before the point that a number of this type has, once it is rounded to a whole one.
fn whole_digits(ty: &SqlType) -> Option<u8> {
    Some(match ty {
        SqlType::Tinyint => 3,
        SqlType::Smallint => 5,
        SqlType::Integer => 10,
        SqlType::Bigint => 19,
        SqlType::Decimal(precision, scale) => {
            let whole = precision.checked_sub(u8::try_from(*scale).ok()?)?;
            whole + u8::from(*scale > 0)
        }
        _ => return None,
    })
}

/// Digits before the point that every number in this type can have.
fn room(ty: &SqlType) -> Option<u8> {
    Some(match ty {
        SqlType::Tinyint => 2,
        SqlType::Smallint => 4,
        SqlType::Integer => 9,
        SqlType::Bigint => 18,
        SqlType::Decimal(precision, scale) => precision.checked_sub(u8::try_from(*scale).ok()?)?,
        _ => return None,
    })
}

/// Characters of the longest text of a value; `None` where that is not known.
fn longest(ty: &SqlType) -> Option<u32> {
    Some(match ty {
        SqlType::Boolean => 5,
        SqlType::Tinyint => 4,
        SqlType::Smallint => 6,
        SqlType::Integer => 11,
        SqlType::Bigint => 20,
        // Sign, leading zero and point.
        SqlType::Decimal(..) => u32::from(MOST_DIGITS) + 3,
        SqlType::Real => 13,
        SqlType::Double => 24,
        SqlType::Date => 14,
        SqlType::Time(precision) => 9 + u32::from(*precision),
        SqlType::Timestamp(precision) => 24 + u32::from(*precision),
        SqlType::IntervalDay => 26,
        SqlType::IntervalYear => 12,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use SqlType as T;

    #[test]
    fn casts_that_cannot_fail_are_known() {
        for (from, to) in [
            (T::Integer, T::VARCHAR),
            (T::Integer, T::Varchar(Some(11))),
            (T::Varchar(Some(9)), T::Varchar(Some(2))),
            (T::Integer, T::Bigint),
            (T::Bigint, T::Double),
            (T::Integer, T::Decimal(10, 0)),
            (T::Decimal(5, 2), T::Smallint),
            (T::Decimal(5, 2), T::Decimal(6, 2)),
            (T::Double, T::Boolean),
            (T::Date, T::Timestamp(3)),
            (T::TimestampTz(3), T::Date),
            (T::VARCHAR, T::Varbinary),
            (T::array(T::Integer), T::Json),
            (T::map(T::Integer, T::Integer), T::map(T::VARCHAR, T::VARCHAR)),
        ] {
            assert!(allowed(&from, &to) && !may_fail(&from, &to), "{from} -> {to}");
        }
    }

    #[test]
    fn casts_that_can_fail_are_known() {
        for (from, to) in [
            (T::Integer, T::Varchar(Some(10))),
            (T::Integer, T::Decimal(10, 1)),
            (T::Bigint, T::Integer),
            (T::Double, T::Bigint),
            (T::Decimal(5, 2), T::Tinyint),
            (T::Decimal(5, 2), T::Decimal(5, 3)),
            (T::VARCHAR, T::Date),
            (T::VARCHAR, T::Boolean),
            (T::Json, T::VARCHAR),
            (T::Json, T::Boolean),
            (T::Varbinary, T::IpAddress),
            (T::TimestampTz(3), T::Varchar(Some(30))),
            (T::array(T::VARCHAR), T::array(T::Date)),
            (T::map(T::Double, T::Integer), T::map(T::Real, T::Integer)),
        ] {
            assert!(allowed(&from, &to) && may_fail(&from, &to), "{from} -> {to}");
        }
    }

    #[test]
    fn casts_that_are_not_there_are_refused() {
        for (from, to) in [
            (T::array(T::VARCHAR), T::VARCHAR),
            (T::Varbinary, T::VARCHAR),
            (T::IpAddress, T::Varchar(Some(40))),
            (T::Date, T::Bigint),
            (T::Bigint, T::Timestamp(3)),
            (T::Date, T::Time(3)),
            (T::VARCHAR, T::IntervalDay),
            (T::VARCHAR, T::array(T::VARCHAR)),
            (T::TimestampTz(3), T::Json),
            (T::Json, T::Date),
            (T::Json, T::array(T::Date)),
            (T::array(T::Varbinary), T::Json),
            (T::Row(Vec::new()), T::Row(vec![(None, T::Integer)])),
        ] {
            assert!(!allowed(&from, &to), "{from} -> {to}");
        }
    }
}
