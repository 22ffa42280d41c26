//! Names of types.

use super::{Parsed, Parser};
use crate::sql::refusal::Refusal;
use crate::sql::token::Kind;
use crate::sql::ty::SqlType;

/// Digits of a fraction of a second where none are asked for.
const MILLISECONDS: u8 = 3;

/// Most digits of a fraction of a second that are kept here.
const FINEST: u8 = 6;

impl Parser<'_> {
    pub(super) fn ty(&mut self) -> Parsed<SqlType> {
        self.nested(Self::ty_here)
    }

    fn ty_here(&mut self) -> Parsed<SqlType> {
        let at = self.place();
        let ty = self.ty_named()?;
        // `varchar array` is the older way to write array(varchar).
        if self.here().is_word("array") && !self.ahead(1).is("(") && !self.ahead(1).is("[") {
            self.at += 1;
            return Ok(SqlType::array(ty));
        }
        match ty {
            SqlType::Map(key, _) if matches!(*key, SqlType::Json) => Err(Refusal::new(
                "TYPE_MISMATCH",
                at,
                format!("map key type {key} is not comparable"),
            )),
            ty => Ok(ty),
        }
    }

    fn ty_named(&mut self) -> Parsed<SqlType> {
        let token = self.here();
        let at = token.span.start;
        let (Kind::Word(word) | Kind::Quoted(word)) = &token.kind else {
            return Err(self.unexpected("<type>"));
        };
        self.at += 1;
        let name = word.to_lowercase();
        Ok(match name.as_str() {
            "boolean" => SqlType::Boolean,
            "tinyint" => SqlType::Tinyint,
            "smallint" => SqlType::Smallint,
            "int" | "integer" => SqlType::Integer,
            "bigint" => SqlType::Bigint,
            "real" => SqlType::Real,
            "double" => {
                self.word("precision");
                SqlType::Double
            }
            "decimal" => self.decimal()?,
            "varchar" => SqlType::Varchar(self.length()?),
            "varbinary" => SqlType::Varbinary,
            "json" => SqlType::Json,
            "ipaddress" => SqlType::IpAddress,
            "date" => SqlType::Date,
            "time" => {
                let precision = self.precision()?;
                if self.words(&["with", "time", "zone"]) {
                    return Err(unsupported(
                        at,
                        "time with time zone",
                        "use timestamp with time zone",
                    ));
                }
                self.words(&["without", "time", "zone"]);
                SqlType::Time(precision)
            }
            "timestamp" => {
                let precision = self.precision()?;
                if self.words(&["with", "time", "zone"]) {
                    if precision > MILLISECONDS {
                        return Err(unsupported(
                            at,
                            &format!("timestamp({precision}) with time zone"),
                            "the embedded engine keeps milliseconds: write timestamp(3) with time zone",
                        ));
                    }
                    return Ok(SqlType::TimestampTz(precision));
                }
                self.words(&["without", "time", "zone"]);
                SqlType::Timestamp(precision)
            }
            "interval" => {
                if self.words(&["day", "to", "second"]) {
                    return Ok(SqlType::IntervalDay);
                }
                if self.words(&["year", "to", "month"]) {
                    return Ok(SqlType::IntervalYear);
                }
                return Err(self.unexpected("'DAY TO SECOND', 'YEAR TO MONTH'"));
            }
            "array" => {
                let close = if self.eat("<") { ">" } else { self.need("(").map(|()| ")")? };
                let item = self.ty()?;
                self.need(close)?;
                SqlType::array(item)
            }
            "map" => {
                let close = if self.eat("<") { ">" } else { self.need("(").map(|()| ")")? };
                let key = self.ty()?;
                self.need(",")?;
                let value = self.ty()?;
                self.need(close)?;
                SqlType::map(key, value)
            }
            "row" => SqlType::Row(self.listed(Self::row_field)?),
            "string" => {
                return Err(Refusal::new("TYPE_NOT_FOUND", at, "Unknown type: string")
                    .hint("in queries text is varchar; string is a type of table definitions"));
            }
            "char" | "uuid" | "hyperloglog" | "qdigest" | "tdigest" | "color" | "geometry" => {
                return Err(unsupported(at, &name, "use varchar"));
            }
            _ => return Err(self.unknown(word.clone(), at)),
        })
    }

    /// No such type, with the parameters that it is given.
    fn unknown(&mut self, name: String, at: usize) -> Refusal {
        let mut parameters = Vec::new();
        if self.eat("(") {
            while let Kind::Integer(text) | Kind::Word(text) = &self.here().kind {
                parameters.push(text.clone());
                self.at += 1;
                self.eat(",");
            }
        }
        let hint = match name.to_lowercase().as_str() {
            "numeric" | "dec" => Some("write decimal(p, s)"),
            "text" | "character" => Some("write varchar"),
            "datetime" => Some("write timestamp"),
            "float" | "float8" => Some("write double"),
            _ => None,
        };
        let shown = match parameters.as_slice() {
            [] => name,
            parameters => format!("{name}({})", parameters.join(", ")),
        };
        let refusal = Refusal::new("TYPE_NOT_FOUND", at, format!("Unknown type: {shown}"));
        Refusal { hint: hint.map(str::to_owned), ..refusal }
    }

    fn row_field(&mut self) -> Parsed<(Option<String>, SqlType)> {
        // `row(varchar)` and `row(a varchar)`: a name stands before a type, never alone.
        let named = self.is_name(0)
            && !self.ahead(1).is("(")
            && !self.ahead(1).is("<")
            && !self.ahead(1).is(",")
            && !self.ahead(1).is(")")
            && !(self.ahead(1).is_word("with")
                || self.ahead(1).is_word("precision")
                || self.here().is_word("interval") && self.ahead(2).is_word("to"));
        if !named {
            return Ok((None, self.ty()?));
        }
        let name = self.ident()?;
        let name = if name.quoted { name.text } else { name.key() };
        Ok((Some(name), self.ty()?))
    }

    fn decimal(&mut self) -> Parsed<SqlType> {
        let at = self.place();
        if !self.eat("(") {
            return Ok(SqlType::Decimal(38, 0));
        }
        let precision = self.number()?;
        let scale = if self.eat(",") { self.number()? } else { 0 };
        self.need(")")?;
        match (u8::try_from(precision), i8::try_from(scale)) {
            (Ok(precision @ 1..=38), Ok(scale))
                if u32::from(precision) >= scale.unsigned_abs().into() =>
            {
                Ok(SqlType::Decimal(precision, scale))
            }
            _ => Err(Refusal::new(
                "TYPE_MISMATCH",
                at,
                format!(
                    "DECIMAL precision must be in range [1, 38] and scale in range [0, precision]: ({precision},{scale})"
                ),
            )),
        }
    }

    fn length(&mut self) -> Parsed<Option<u32>> {
        if !self.eat("(") {
            return Ok(None);
        }
        let length = self.number()?;
        self.need(")")?;
        Ok(Some(length))
    }

    fn precision(&mut self) -> Parsed<u8> {
        let at = self.place();
        if !self.eat("(") {
            return Ok(MILLISECONDS);
        }
        let precision = self.number()?;
        self.need(")")?;
        match u8::try_from(precision) {
            Ok(precision @ ..=FINEST) => Ok(precision),
            _ => Err(unsupported(
                at,
                &format!("a precision of {precision}"),
                "the embedded engine keeps microseconds: at most (6)",
            )),
        }
    }

    pub(super) fn number(&mut self) -> Parsed<u32> {
        let Kind::Integer(digits) = &self.here().kind else {
            return Err(self.unexpected("<integer>"));
        };
        let Ok(number) = digits.parse() else {
            return Err(Refusal::syntax(
                self.place(),
                format!("Invalid numeric literal: {digits}"),
            ));
        };
        self.at += 1;
        Ok(number)
    }
}

fn unsupported(at: usize, what: &str, instead: &str) -> Refusal {
    Refusal::new("NOT_SUPPORTED", at, format!("the embedded engine does not have {what}"))
        .hint(instead)
}
