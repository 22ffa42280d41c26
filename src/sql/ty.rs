//! Trino's types: their names, and which converts to which without a `CAST`.

use std::fmt;

/// A type of Trino's, with its parameters.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SqlType {
    /// The type of `NULL`, which converts to every other.
    Unknown,
    /// `true` or `false`.
    Boolean,
    /// 8 bits.
    Tinyint,
    /// 16 bits.
    Smallint,
    /// 32 bits: what a small number in SQL text is.
    Integer,
    /// 64 bits.
    Bigint,
    /// 32 bits of floating point.
    Real,
    /// 64 bits of floating point.
    Double,
    /// Digits in all, and of these after the point.
    Decimal(u8, i8),
    /// Text of at most so many code points; `None` is without limit.
    Varchar(Option<u32>),
    /// Bytes.
    Varbinary,
    /// JSON, which is not the same as text that holds JSON.
    Json,
    /// An IPv4 or IPv6 address.
    IpAddress,
    /// A day.
    Date,
    /// A time of day; digits of the fraction of a second.
    Time(u8),
    /// A day and a time, anywhere; digits of the fraction of a second.
    Timestamp(u8),
    /// A moment, and the zone it is shown in; digits of the fraction of a second.
    TimestampTz(u8),
    /// Days to milliseconds.
    IntervalDay,
    /// Years and months.
    IntervalYear,
    /// Values of one type, in order.
    Array(Box<SqlType>),
    /// Values by key.
    Map(Box<SqlType>, Box<SqlType>),
    /// Fields, each with a name or without.
    Row(Vec<(Option<String>, SqlType)>),
}

impl SqlType {
    /// Text without a limit.
    pub const VARCHAR: Self = Self::Varchar(None);

    /// An array of `item`.
    #[must_use]
    pub fn array(item: Self) -> Self {
        Self::Array(Box::new(item))
    }

    /// A map from `key` to `value`.
    #[must_use]
    pub fn map(key: Self, value: Self) -> Self {
        Self::Map(Box::new(key), Box::new(value))
    }

    /// Whether it is text of any length.
    pub fn is_text(&self) -> bool {
        matches!(self, Self::Varchar(_))
    }

    /// Whether it is a number without a fraction.
    pub fn is_integer(&self) -> bool {
        matches!(self, Self::Tinyint | Self::Smallint | Self::Integer | Self::Bigint)
    }

    /// Whether it is a number.
    pub fn is_number(&self) -> bool {
        self.is_integer() || matches!(self, Self::Real | Self::Double | Self::Decimal(..))
    }

    /// Whether `<` and `ORDER BY` work on it.
    pub fn is_orderable(&self) -> bool {
        match self {
            Self::Json | Self::Map(..) => false,
            Self::Array(item) => item.is_orderable(),
            Self::Row(fields) => fields.iter().all(|(_, ty)| ty.is_orderable()),
            _ => true,
        }
    }

    /// Whether a value of this type may stand where `to` is wanted, without a `CAST`.
    ///
    /// Never between text and numbers, text and dates, or text and booleans.
    pub fn converts_to(&self, to: &Self) -> bool {
        self.common(to).is_some_and(|common| common.same(to))
    }

    /// Whether two types are one but for the names of rows' fields.
    pub fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Array(a), Self::Array(b)) => a.same(b),
            (Self::Map(ak, av), Self::Map(bk, bv)) => ak.same(bk) && av.same(bv),
            (Self::Row(a), Self::Row(b)) => {
                a.len() == b.len() && a.iter().zip(b).all(|((_, a), (_, b))| a.same(b))
            }
            _ => self == other,
        }
    }

    /// The narrowest type that both convert to, as for the two sides of `=` or the branches of a
    /// `CASE`.
    pub fn common(&self, other: &Self) -> Option<Self> {
        use SqlType as T;
        if self == other {
            return Some(self.clone());
        }
        match (self, other) {
            (T::Unknown, ty) | (ty, T::Unknown) => Some(ty.clone()),
            (T::Varchar(a), T::Varchar(b)) => Some(T::Varchar(a.zip(*b).map(|(a, b)| a.max(b)))),
            (a, b) if a.is_number() && b.is_number() => Some(wider(a, b)),
            (T::Date, ty @ (T::Timestamp(_) | T::TimestampTz(_)))
            | (ty @ (T::Timestamp(_) | T::TimestampTz(_)), T::Date) => Some(ty.clone()),
            (T::Time(a), T::Time(b)) => Some(T::Time(*a.max(b))),
            (T::Timestamp(a), T::Timestamp(b)) => Some(T::Timestamp(*a.max(b))),
            (T::Timestamp(a) | T::TimestampTz(a), T::Timestamp(b) | T::TimestampTz(b)) => {
                Some(T::TimestampTz(*a.max(b)))
            }
            (T::Array(a), T::Array(b)) => a.common(b).map(T::array),
            (T::Map(ak, av), T::Map(bk, bv)) => Some(T::map(ak.common(bk)?, av.common(bv)?)),
            (T::Row(a), T::Row(b)) if a.len() == b.len() => {
                let fields = a.iter().zip(b).map(|((an, at), (bn, bt))| {
                    let name = if an == bn { an.clone() } else { None };
                    Some((name, at.common(bt)?))
                });
                Some(T::Row(fields.collect::<Option<_>>()?))
            }
            _ => None,
        }
    }
}

/// The number type that holds both.
fn wider(a: &SqlType, b: &SqlType) -> SqlType {
    use SqlType as T;
    let rank = |ty: &T| match ty {
        T::Tinyint => 0,
        T::Smallint => 1,
        T::Integer => 2,
        T::Bigint => 3,
        T::Decimal(..) => 4,
        T::Real => 5,
        _ => 6,
    };
    match (as_decimal(a), as_decimal(b)) {
        (Some((ap, ascale)), Some((bp, bscale))) if rank(a).max(rank(b)) == 4 => {
            let scale = ascale.max(bscale);
            let whole = (ap - ascale).max(bp - bscale);
            T::Decimal(u8::try_from((whole + scale).min(38)).unwrap_or(38), scale)
        }
        _ if rank(a) >= rank(b) => a.clone(),
        _ => b.clone(),
    }
}

/// Precision and scale of a number that a decimal can hold.
fn as_decimal(ty: &SqlType) -> Option<(i8, i8)> {
    match ty {
        SqlType::Tinyint => Some((3, 0)),
        SqlType::Smallint => Some((5, 0)),
        SqlType::Integer => Some((10, 0)),
        SqlType::Bigint => Some((19, 0)),
        SqlType::Decimal(precision, scale) => Some((i8::try_from(*precision).ok()?, *scale)),
        _ => None,
    }
}

impl fmt::Display for SqlType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown => f.write_str("unknown"),
            Self::Boolean => f.write_str("boolean"),
            Self::Tinyint => f.write_str("tinyint"),
            Self::Smallint => f.write_str("smallint"),
            Self::Integer => f.write_str("integer"),
            Self::Bigint => f.write_str("bigint"),
            Self::Real => f.write_str("real"),
            Self::Double => f.write_str("double"),
            Self::Decimal(precision, scale) => write!(f, "decimal({precision},{scale})"),
            Self::Varchar(None) => f.write_str("varchar"),
            Self::Varchar(Some(length)) => write!(f, "varchar({length})"),
            Self::Varbinary => f.write_str("varbinary"),
            Self::Json => f.write_str("json"),
            Self::IpAddress => f.write_str("ipaddress"),
            Self::Date => f.write_str("date"),
            Self::Time(precision) => write!(f, "time({precision})"),
            Self::Timestamp(precision) => write!(f, "timestamp({precision})"),
            Self::TimestampTz(precision) => write!(f, "timestamp({precision}) with time zone"),
            Self::IntervalDay => f.write_str("interval day to second"),
            Self::IntervalYear => f.write_str("interval year to month"),
            Self::Array(item) => write!(f, "array({item})"),
            Self::Map(key, value) => write!(f, "map({key}, {value})"),
            Self::Row(fields) => {
                f.write_str("row(")?;
                for (at, (name, ty)) in fields.iter().enumerate() {
                    let separator = if at > 0 { ", " } else { "" };
                    match name {
                        Some(name) if is_plain(name) => write!(f, "{separator}{name} {ty}")?,
                        Some(name) => {
                            write!(f, "{separator}\"{}\" {ty}", name.replace('"', "\"\""))?;
                        }
                        None => write!(f, "{separator}{ty}")?,
                    }
                }
                f.write_str(")")
            }
        }
    }
}

fn is_plain(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with(|char: char| char.is_ascii_digit())
        && name
            .chars()
            .all(|char| char.is_ascii_lowercase() || char.is_ascii_digit() || char == '_')
}

#[cfg(test)]
mod tests {
    use super::SqlType as T;

    #[test]
    fn text_never_meets_numbers_dates_or_booleans() {
        for other in [T::Integer, T::Double, T::Date, T::Boolean, T::TimestampTz(3), T::Json] {
            assert_eq!(T::VARCHAR.common(&other), None, "{other}");
            assert_eq!(other.common(&T::Varchar(Some(1))), None, "{other}");
        }
    }

    #[test]
    fn numbers_widen_in_one_direction() {
        assert_eq!(T::Integer.common(&T::Bigint), Some(T::Bigint));
        assert_eq!(T::Bigint.common(&T::Decimal(2, 1)), Some(T::Decimal(20, 1)));
        assert_eq!(T::Decimal(38, 4).common(&T::Double), Some(T::Double));
        assert!(T::Integer.converts_to(&T::Double) && !T::Double.converts_to(&T::Integer));
        assert!(T::Bigint.converts_to(&T::Real));
    }

    #[test]
    fn times_widen_to_moments() {
        assert_eq!(T::Date.common(&T::TimestampTz(3)), Some(T::TimestampTz(3)));
        assert_eq!(T::Timestamp(0).common(&T::TimestampTz(3)), Some(T::TimestampTz(3)));
        assert!(!T::TimestampTz(3).converts_to(&T::Timestamp(3)));
    }

    #[test]
    fn nested_types_widen_inside() {
        let row = |name: Option<&str>, ty| T::Row(vec![(name.map(str::to_owned), ty)]);
        assert_eq!(
            T::array(T::Unknown).common(&T::array(T::Varchar(Some(2)))),
            Some(T::array(T::Varchar(Some(2))))
        );
        assert!(row(None, T::Integer).converts_to(&row(Some("a"), T::Bigint)));
        assert_eq!(T::Row(Vec::new()).common(&row(None, T::Integer)), None);
    }

    #[test]
    fn names_are_trinos() {
        let row = T::Row(vec![
            (Some("a".to_owned()), T::VARCHAR),
            (Some("B c".to_owned()), T::array(T::Decimal(5, 2))),
            (None, T::map(T::Varchar(Some(3)), T::TimestampTz(3))),
        ]);
        assert_eq!(
            row.to_string(),
            "row(a varchar, \"B c\" array(decimal(5,2)), \
             map(varchar(3), timestamp(3) with time zone))"
        );
    }
}
