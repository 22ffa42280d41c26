//! Patterns of `LIKE`. Arrow takes a backslash as escape character, Trino has none unless `ESCAPE`
//! names one. Dialect 2.4.

use datafusion::arrow::array::ArrayRef;
use datafusion::error::Result;

use super::super::failure;
use super::call::{Call, Last};
use super::function::{Form, Function};

pub(super) const LIKE: &[Function] = &[Function {
    name: "$like_pattern",
    forms: &[
        Form::new("(varchar) -> varchar", |call: &Call| {
            call.each1(|pattern: &str| Ok(Some(escaped(pattern))))
        }),
        Form::new("(varchar, varchar) -> varchar", with_escapes).fails(),
    ],
}];

fn with_escapes(call: &Call) -> Result<ArrayRef> {
    let mut last = Last::<String>::new();
    call.each2(|pattern: &str, escape: &str| {
        let both = format!("{escape}\0{pattern}");
        last.of(&both, |_| with_escape(pattern, escape)).cloned().map(Some)
    })
}

/// A pattern without escape character, as Arrow reads it.
pub(crate) fn escaped(pattern: &str) -> String {
    pattern.replace('\\', "\\\\")
}

/// A pattern with an escape character, as Arrow reads it.
///
/// # Errors
/// If `escape` is not one character, or stands before one that needs no escape.
pub(crate) fn with_escape(pattern: &str, escape: &str) -> Result<String> {
    let mut chars = escape.chars();
    let (Some(escape), None) = (chars.next(), chars.next()) else {
        return Err(failure::argument("Escape string must be a single character"));
    };
    let mut out = String::with_capacity(pattern.len() + 4);
    let mut rest = pattern.chars();
    while let Some(char) = rest.next() {
        if char == escape {
            match rest.next() {
                Some(next) if next == '%' || next == '_' || next == escape => {
                    if matches!(next, '%' | '_' | '\\') {
                        out.push('\\');
                    }
                    out.push(next);
                }
                _ => {
                    return Err(failure::argument(
                        "Escape character must be followed by '%', '_' or the escape character itself",
                    ));
                }
            }
        } else {
            if char == '\\' {
                out.push('\\');
            }
            out.push(char);
        }
    }
    Ok(out)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_turned_into_arrows() {
        assert_eq!(escaped(r"a\_b%"), r"a\\_b%");
        assert_eq!(with_escape("a!_b!!%", "!").unwrap(), r"a\_b!%");
        assert_eq!(with_escape(r"a\_\\", r"\").unwrap(), r"a\_\\");
        assert!(with_escape("a!b", "!").is_err());
        assert!(with_escape("a", "!!").is_err());
    }
}
