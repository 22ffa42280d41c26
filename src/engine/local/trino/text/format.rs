//! `format(varchar, any, ...) -> varchar`: a text with values put in, as Java's `Formatter` does it
//! in English.
//!
//! `%s %S %b %B %d %o %x %X %e %E %f %g %G %c %n %%`, with position (`%2$s`, `%<s`), flags
//! (`-#+ 0,(`), width and precision. A value that is NULL prints `null`; NULL as the format gives
//! NULL. Bad formats, values that do not fit their place, and `%t`, `%h`, `%a` are errors. Dates and
//! times print as Java prints them, `2026-01-02T03:04`. Dialect 4.6.

use datafusion::arrow::array::ArrayRef;
use datafusion::error::Result;

use super::super::super::failure;
use super::super::call::{Call, Last, Put};
use super::super::function::{Form, Function};
use crate::sql::ty::SqlType;

pub(super) use self::digits::Digits;
use self::spec::{Conversion, Piece, Place, Spec};
use self::value::Value;

mod digits;
mod number;
mod spec;
mod value;

pub(super) const FORMAT: Function =
    Function { name: "format", forms: &[Form::new("(varchar, any...) -> varchar", run).fails()] };

/// Whether values of a type can be formatted.
pub(in super::super::super) fn can_format(ty: &SqlType) -> bool {
    !matches!(ty, SqlType::Varbinary | SqlType::Array(_) | SqlType::Map(..) | SqlType::Row(_))
}

fn run(call: &Call) -> Result<ArrayRef> {
    let formats = call.values::<&str>(0)?;
    let mut columns = Vec::with_capacity(call.takes.len());
    for (at, ty) in call.takes.iter().enumerate().skip(1) {
        columns.push((call.array(at)?, ty));
    }
    let mut last = Last::new();
    String::collect((0..call.rows).map(|row| {
        let Some(format) = formats.get(row) else {
            return Ok(None);
        };
        let pieces: &Vec<Piece> =
            last.of(format, |_| spec::pieces(format).map_err(wrong(format)))?;
        let values: Vec<Value> =
            columns.iter().map(|(array, ty)| Value::of(array, ty, row)).collect();
        filled(pieces, &values).map(Some).map_err(wrong(format))
    }))
}

/// What is wrong with a format.
fn wrong(format: &str) -> impl Fn(String) -> datafusion::error::DataFusionError {
    move |why| failure::argument(format!("Invalid format string: {format} ({why})"))
}

/// The pieces with values put in, or what is wrong.
fn filled(pieces: &[Piece], values: &[Value]) -> std::result::Result<String, String> {
    let mut out = String::new();
    let (mut next, mut last) = (0, None);
    for piece in pieces {
        let spec = match piece {
            Piece::Text(text) => {
                out.push_str(text);
                continue;
            }
            Piece::Spec(spec) => spec,
        };
        match spec.conversion {
            Conversion::Percent => out.push_str(&justified("%".to_owned(), spec)),
            Conversion::Newline => out.push('\n'),
            _ => {
                let at = match spec.place {
                    Place::Same => last,
                    Place::At(at) => Some(at),
                    Place::Next => {
                        next += 1;
                        Some(next - 1)
                    }
                };
                last = at;
                let value = at.and_then(|at| values.get(at)).ok_or_else(|| {
                    format!("MissingFormatArgument: Format specifier '{}'", spec.text)
                })?;
                out.push_str(&printed(spec, value)?);
            }
        }
    }
    Ok(out)
}

/// One value in its place, or why it does not fit there.
fn printed(spec: &Spec, value: &Value) -> std::result::Result<String, String> {
    let text = match (spec.conversion, value) {
        (Conversion::Boolean, Value::Null) => cut("false", spec),
        (Conversion::Boolean, Value::Boolean(value)) => cut(&value.to_string(), spec),
        (Conversion::Boolean, _) => cut("true", spec),
        (_, Value::Null) => cut("null", spec),
        (Conversion::Text, value) => cut(&value.text(), spec),
        (Conversion::Decimal, Value::Whole(number)) => number::whole(*number, spec),
        (Conversion::Octal | Conversion::Hexadecimal, Value::Whole(number)) => {
            spec.refuses(&['(', ' ', '+'])?;
            number::bits(*number, spec)
        }
        (Conversion::Scientific | Conversion::Fixed | Conversion::General, value) => {
            match value.float() {
                Some(float) => number::fraction(&float, spec),
                None => return Err(spec.misfit(value.class())),
            }
        }
        (_, value) => return Err(spec.misfit(value.class())),
    };
    let text = if spec.upper { text.to_uppercase() } else { text };
    Ok(justified(text, spec))
}

/// At most as much as the precision says, in UTF-16 as Java counts.
fn cut(text: &str, spec: &Spec) -> String {
    let Some(mut room) = spec.precision else {
        return text.to_owned();
    };
    let mut out = String::new();
    for char in text.chars() {
        match room.checked_sub(char.len_utf16()) {
            Some(rest) => {
                room = rest;
                out.push(char);
            }
            None => {
                // Half a code point is left, which no text can hold.
                if room > 0 {
                    out.push('?');
                }
                break;
            }
        }
    }
    out
}

/// As wide as the width says.
fn justified(text: String, spec: &Spec) -> String {
    let length = text.encode_utf16().count();
    match spec.width.unwrap_or(0).checked_sub(length) {
        None | Some(0) => text,
        Some(missing) if spec.has('-') => text + &" ".repeat(missing),
        Some(missing) => " ".repeat(missing) + &text,
    }
}
