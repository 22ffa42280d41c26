//! What a table is called.

use std::fmt;
use std::str::FromStr;

use super::ddl::lexer::{Lexer, Token};

/// The catalogue of a name that gives none.
const CATALOG: &str = "awsdatacatalog";

/// The database of a name that gives none.
const DATABASE: &str = "default";

/// A table's name, with as many parts as were given. All are lower-case, as Athena keeps them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableName {
    catalog: Option<String>,
    database: Option<String>,
    table: String,
}

impl TableName {
    /// The name of the table that clickops comes with.
    pub fn cloudtrail() -> Self {
        Self { catalog: None, database: None, table: "cloudtrail".to_owned() }
    }

    /// The name of one to three parts, the table's own last.
    pub fn of(parts: &[&str]) -> Option<Self> {
        let lower = |part: &&str| part.to_lowercase();
        let (table, qualifiers) = parts.split_last()?;
        let (catalog, database) = match qualifiers {
            [] => (None, None),
            [database] => (None, Some(lower(database))),
            [catalog, database] => (Some(lower(catalog)), Some(lower(database))),
            _ => return None,
        };
        let name = Self { catalog, database, table: lower(table) };
        parts.iter().all(|part| !part.is_empty()).then_some(name)
    }

    /// The table's own name.
    pub fn table(&self) -> &str {
        &self.table
    }

    /// The database, `default` unless the name gives another.
    pub fn database(&self) -> &str {
        self.database.as_deref().unwrap_or(DATABASE)
    }

    /// The catalogue, `awsdatacatalog` unless the name gives another.
    pub fn catalog(&self) -> &str {
        self.catalog.as_deref().unwrap_or(CATALOG)
    }

    /// The same name with this catalogue and database in place of those that it does not give.
    #[must_use]
    pub fn within(mut self, catalog: Option<&str>, database: Option<&str>) -> Self {
        self.catalog = self.catalog.or_else(|| catalog.map(str::to_lowercase));
        self.database = self.database.or_else(|| database.map(str::to_lowercase));
        self
    }

    /// Whether a query that writes these parts, the table's own name last, means this table. A part
    /// that this name does not give may be anything: which database a query runs in is no part of
    /// its text.
    pub fn is_called(&self, parts: &[&str]) -> bool {
        let own = [Some(self.table.as_str()), self.database.as_deref(), self.catalog.as_deref()];
        let fits =
            |(part, own): (&&str, Option<&str>)| own.is_none_or(|own| own == part.to_lowercase());
        (1..=own.len()).contains(&parts.len()) && parts.iter().rev().zip(own).all(fits)
    }
}

/// The whole name, quoted, as a query may write it anywhere.
impl fmt::Display for TableName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let quoted = |part: &str| part.replace('"', "\"\"");
        let [catalog, database, table] =
            [self.catalog(), self.database(), self.table()].map(quoted);
        write!(f, "\"{catalog}\".\"{database}\".\"{table}\"")
    }
}

/// Reads a name as queries and DDL write it: `logs`, `audit.logs`, `"audit"."logs"`.
impl FromStr for TableName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("'{text}' is no name of a table");
        let mut lexer = Lexer::new(text);
        let mut parts = Vec::new();
        loop {
            let part = lexer.next_token().map_err(|_| wrong())?.token;
            parts.push(part.name().ok_or_else(wrong)?.to_owned());
            match lexer.next_token().map_err(|_| wrong())?.token {
                Token::End => break,
                Token::Sign('.') => {}
                _ => return Err(wrong()),
            }
        }
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        Self::of(&parts).ok_or_else(wrong)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_written_as_anywhere() {
        for (text, whole) in [
            ("Logs", "\"awsdatacatalog\".\"default\".\"logs\""),
            ("audit.logs", "\"awsdatacatalog\".\"audit\".\"logs\""),
            ("`audit` . \"my-logs\"", "\"awsdatacatalog\".\"audit\".\"my-logs\""),
            ("x.y.z", "\"x\".\"y\".\"z\""),
        ] {
            assert_eq!(text.parse::<TableName>().unwrap().to_string(), whole);
        }
        for text in ["", "a.", ".a", "a b", "a.b.c.d", "a;b", "'a'", "\"\"", "`open"] {
            assert!(text.parse::<TableName>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_part_that_is_not_given_may_be_anything() {
        let called = |name: &str, parts: &str| {
            let parts: Vec<_> = parts.split('.').collect();
            name.parse::<TableName>().unwrap().is_called(&parts)
        };
        for parts in ["logs", "LOGS", "any.logs", "awsdatacatalog.any.logs"] {
            assert!(called("logs", parts), "{parts}");
        }
        assert!(called("audit.logs", "logs") && called("audit.logs", "c.audit.logs"));
        assert!(!called("audit.logs", "other.logs"));
        assert!(!called("logs", "audit") && !called("logs", "a.b.c.logs"));
    }
}
