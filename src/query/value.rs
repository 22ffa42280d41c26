//! Values for `:name` holes: their types, and how they are written as SQL literals.
//!
//! A value never reaches a statement as it is: text is quoted, everything else is checked against
//! its type first.

use std::fmt::Write as _;

use crate::sql::ast::{Expr, ExprKind};
use crate::sql::{parse, token};

/// The type of a parameter, as a header names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Type {
    /// Any text.
    Text,
    /// A whole number.
    Integer,
    /// `true` or `false`. SQL gets it as text, as CloudTrail's columns hold it.
    Boolean,
    /// Several texts, separated by commas: `IN (:names)`.
    List,
    /// A literal as SQL writes it, for a `?`, as Athena takes its execution parameters.
    Literal,
}

impl Type {
    /// The type that a header names.
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "text" => Self::Text,
            "integer" => Self::Integer,
            "boolean" => Self::Boolean,
            "list" => Self::List,
            "literal" => Self::Literal,
            _ => return None,
        })
    }

    /// The name in a header.
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Integer => "integer",
            Self::Boolean => "boolean",
            Self::List => "list",
            Self::Literal => "literal",
        }
    }

    /// The type of a hole that no header declares: a `?`, which is called by its number, takes what
    /// Athena takes for it.
    pub fn undeclared(name: &str) -> Self {
        match name.starts_with(|first: char| first.is_ascii_digit()) {
            true => Self::Literal,
            false => Self::Text,
        }
    }

    /// Writes `value` as a literal of this type.
    ///
    /// # Errors
    /// What the value would have to look like.
    pub fn literal(self, value: &str) -> Result<String, String> {
        match self {
            Self::Text => Ok(quoted(value)),
            Self::Integer => value
                .trim()
                .parse::<i64>()
                .map(|number| number.to_string())
                .map_err(|_| "a whole number such as 100".to_owned()),
            Self::Boolean => match value.trim() {
                "true" => Ok("'true'".to_owned()),
                "false" => Ok("'false'".to_owned()),
                _ => Err("true or false".to_owned()),
            },
            Self::List => {
                let items: Vec<String> = value
                    .split(',')
                    .map(str::trim)
                    .filter(|item| !item.is_empty())
                    .map(quoted)
                    .collect();
                if items.is_empty() {
                    return Err("one or more values separated by commas".to_owned());
                }
                Ok(items.join(", "))
            }
            Self::Literal if is_literal(value) => Ok(value.trim().to_owned()),
            Self::Literal => Err("a literal as SQL writes it, such as 'text' or 10".to_owned()),
        }
    }
}

/// Whether a text is one constant.
fn is_literal(text: &str) -> bool {
    fn constant(expr: &Expr) -> bool {
        match &expr.kind {
            ExprKind::Null
            | ExprKind::Boolean(_)
            | ExprKind::Text(_)
            | ExprKind::Binary(_)
            | ExprKind::Integer(_)
            | ExprKind::Decimal(_)
            | ExprKind::Double(_)
            | ExprKind::Typed(..)
            | ExprKind::Interval { .. } => true,
            ExprKind::Negate(inner) => constant(inner),
            _ => false,
        }
    }
    let Ok(tokens) = token::tokens(text) else {
        return false;
    };
    // A comment stands between tokens, and could reach into what follows.
    let ends = std::iter::once(0).chain(tokens.iter().map(|token| token.span.end));
    let no_comment =
        ends.zip(&tokens).all(|(end, next)| text[end..next.span.start].trim().is_empty());
    no_comment && parse::expression(text).is_ok_and(|expr| constant(&expr))
}

/// `text` as a SQL literal. Only `'` needs doubling: in Athena's dialect a backslash escapes nothing.
pub fn quoted(text: &str) -> String {
    let mut literal = String::with_capacity(text.len() + 2);
    let _ = write!(literal, "'{}'", text.replace('\'', "''"));
    literal
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::query::lexer;

    #[test]
    fn wrong_types_are_refused() {
        assert!(Type::Integer.literal("1; DROP TABLE x").is_err());
        assert!(Type::Integer.literal("").is_err());
        assert!(Type::Boolean.literal("1").is_err());
        assert!(Type::List.literal(" , ").is_err());
        assert_eq!(Type::List.literal("a, b'c").unwrap(), "'a', 'b''c'");
        for wrong in ["", "x", "1, 2", "1) OR (1", "'a' -- b", "1 /* a */", "(SELECT 1)", "f()"] {
            assert!(Type::Literal.literal(wrong).is_err(), "{wrong}");
        }
        for right in ["'O''Hara'", "-10", "'a--b'", "true", "DATE '2026-01-02'", "INTERVAL '1' DAY"]
        {
            assert_eq!(Type::Literal.literal(right).as_deref(), Ok(right));
        }
    }

    proptest! {
        /// No text, however hostile, is more than one literal.
        #[test]
        fn text_stays_one_literal(text in any::<String>()) {
            let sql = format!("SELECT {} AS x", Type::Text.literal(&text).unwrap());
            let lexed = lexer::lex(&sql, "t").unwrap();
            prop_assert!(lexed.holes.is_empty());
            prop_assert!(lexed.relations.is_empty());
            prop_assert_eq!(lexed.end, sql.len());
        }
    }
}
