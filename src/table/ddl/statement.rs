//! The statement that makes a table.

use std::collections::BTreeMap;

use super::Wrong;
use super::column_type;
use super::lexer::{Place, Token};
use super::reader::Reader;
use crate::sql::ty::SqlType;
use crate::table::{Parts, TableName, TableShape};

/// What may follow the columns, each at most once.
const CLAUSES: [&str; 9] = [
    "COMMENT",
    "PARTITIONED",
    "CLUSTERED",
    "SKEWED",
    "ROW",
    "STORED",
    "WITH",
    "LOCATION",
    "TBLPROPERTIES",
];

/// Where each column and property is declared, by lower-case name.
type Places = BTreeMap<String, Place>;

impl Reader<'_> {
    /// Reads the statement whose `CREATE` was passed; `None` if it makes something else.
    pub(super) fn table(&mut self) -> Result<Option<TableShape>, Wrong> {
        let external = self.eat("external")?;
        if !external && !self.next.token.is("table") {
            return Ok(None);
        }
        self.keyword("TABLE", "Write CREATE EXTERNAL TABLE name (...).")?;
        if self.eat("if")? {
            self.keyword("NOT", "Write IF NOT EXISTS.")?;
            self.keyword("EXISTS", "Write IF NOT EXISTS.")?;
        }
        let begin = self.next.place;
        let name = self.table_name()?;
        if self.next.token != Token::Sign('(') {
            return self.wrong(
                "the columns have to be here, in parentheses",
                "Save what `SHOW CREATE TABLE` prints for the table: that has its columns.",
            );
        }
        let mut places = Places::new();
        let mut parts = Parts { columns: self.columns(&mut places)?, ..Parts::default() };
        self.clauses(&mut parts, &mut places)?;
        TableShape::new(name, parts).map(Some).map_err(|error| {
            let place = places.get(&error.subject).copied();
            Wrong { place: place.unwrap_or(begin), reason: error.reason, hint: error.hint }
        })
    }

    fn table_name(&mut self) -> Result<TableName, Wrong> {
        let place = self.next.place;
        let mut parts = vec![self.name("the table's name")?];
        while self.eat_sign('.')? {
            parts.push(self.name("the rest of the table's name")?);
        }
        // `a.b` in one pair of quotes is how some tools write a qualified name.
        if let [name] = parts.as_slice()
            && name.contains('.')
        {
            parts = name.split('.').map(str::to_owned).collect();
        }
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        TableName::of(&parts).ok_or_else(|| Wrong {
            place,
            reason: "this is no name of a table".to_owned(),
            hint: "Write it as name, or as `database`.`name`.".to_owned(),
        })
    }

    /// Reads `(name type [COMMENT 'text'], ...)`.
    fn columns(&mut self, places: &mut Places) -> Result<Vec<(String, SqlType)>, Wrong> {
        const HINT: &str = "Columns read: (name type, name type).";
        self.sign('(', HINT)?;
        let mut columns = Vec::new();
        loop {
            let place = self.next.place;
            let name = self.name("a column")?;
            let ty = column_type::read(self, 0)?;
            if self.eat("comment")? {
                self.text("the comment")?;
            }
            let first = places.insert(name.to_lowercase(), place);
            if first.is_some() {
                return Err(Wrong {
                    place,
                    reason: format!("column '{name}' is there twice"),
                    hint: "Take one away; a partition column is no column of the records."
                        .to_owned(),
                });
            }
            columns.push((name, ty));
            if !self.eat_sign(',')? {
                break;
            }
        }
        if self.next.token == Token::Sign(')') {
            self.advance()?;
            Ok(columns)
        } else {
            self.expected("',' or ')'", HINT)
        }
    }

    fn clauses(&mut self, parts: &mut Parts, places: &mut Places) -> Result<(), Wrong> {
        let mut seen: Vec<&str> = Vec::new();
        while !matches!(self.next.token, Token::End | Token::Sign(';')) {
            let Some(clause) = CLAUSES.into_iter().find(|clause| self.next.token.is(clause)) else {
                return self.unknown_clause();
            };
            if seen.contains(&clause) {
                return self.wrong(format!("{clause} is there twice"), "Take one away.");
            }
            seen.push(clause);
            self.advance()?;
            match clause {
                "COMMENT" => {
                    self.text("the comment")?;
                }
                "PARTITIONED" => {
                    self.keyword("BY", "Write PARTITIONED BY (name type).")?;
                    parts.partitions = self.columns(places)?;
                }
                "ROW" => {
                    self.keyword("FORMAT", "Write ROW FORMAT SERDE 'class'.")?;
                    if self.eat("serde")? {
                        parts.serde = Some(self.text("the class that reads records")?);
                    } else {
                        self.skip_clause()?;
                    }
                }
                "LOCATION" => parts.location = Some(self.text("the location")?),
                "TBLPROPERTIES" => parts.properties = self.properties(places)?,
                _ => self.skip_clause()?,
            }
        }
        Ok(())
    }

    fn unknown_clause<T>(&self) -> Result<T, Wrong> {
        if self.next.token.is("as") || self.next.token.is("like") {
            let hint = "Save what `SHOW CREATE TABLE` prints for the table.";
            return self.wrong("a table made from another one is not read", hint);
        }
        let nearest = match &self.next.token {
            Token::Word(word) => crate::nearest(word, &CLAUSES),
            _ => None,
        };
        let hint = match nearest {
            Some(nearest) => format!("Did you mean {nearest}?"),
            None => format!("There may be {} or ';' here.", CLAUSES.join(", ")),
        };
        self.wrong(format!("{} is no part of a table", self.next.token.shown()), hint)
    }

    /// Passes what says nothing of the table's shape, up to the next clause.
    fn skip_clause(&mut self) -> Result<(), Wrong> {
        // Whatever its first word is, it belongs to the clause.
        let mut first = true;
        loop {
            match &self.next.token {
                Token::End | Token::Sign(';') => return Ok(()),
                Token::Sign('(') => {
                    self.advance()?;
                    self.skip_parentheses()?;
                }
                token if !first && CLAUSES.iter().any(|clause| token.is(clause)) => return Ok(()),
                _ => self.advance()?,
            }
            first = false;
        }
    }

    /// Reads `('key'='value', ...)`.
    fn properties(&mut self, places: &mut Places) -> Result<BTreeMap<String, String>, Wrong> {
        const HINT: &str = "Properties read: ('key'='value', 'key'='value').";
        self.sign('(', HINT)?;
        let mut properties = BTreeMap::new();
        while self.next.token != Token::Sign(')') {
            let place = self.next.place;
            let key = self.text("a property")?.to_lowercase();
            self.sign('=', HINT)?;
            let value = self.text("its value")?;
            places.insert(key.clone(), place);
            if properties.insert(key.clone(), value).is_some() {
                return Err(Wrong {
                    place,
                    reason: format!("property '{key}' is there twice"),
                    hint: "Take one away.".to_owned(),
                });
            }
            if !self.eat_sign(',')? {
                break;
            }
        }
        self.sign(')', HINT)?;
        Ok(properties)
    }
}
