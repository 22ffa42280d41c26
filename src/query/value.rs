//! Values for `:name` holes: their types, and how they are written as SQL literals.
//!
//! A value never reaches a statement as it is: text is quoted, everything else is checked against
//! its type first.

use std::fmt::Write as _;

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
}

impl Type {
    /// The type that a header names.
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "text" => Self::Text,
            "integer" => Self::Integer,
            "boolean" => Self::Boolean,
            "list" => Self::List,
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
        }
    }
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
