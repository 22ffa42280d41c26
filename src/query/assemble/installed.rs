//! Statements for a place where the relations are installed as views: each selects from the others by
//! name, and only the log table is still put in front.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{Assembler, Mentioned};
use crate::query::bind::Source;
use crate::query::catalogue::{Kind, SqlFile};
use crate::query::table::{self, lately};
use crate::query::{QueryError, check, lexer};

/// The relation that holds the exclusions.
pub const EXCLUSIONS: &str = "exclusions";

impl Assembler {
    /// Every view, and the relation of the exclusions, each after those it selects from.
    ///
    /// # Errors
    /// [`QueryError`] when a view is broken.
    pub fn views(&self) -> Result<Vec<String>, QueryError> {
        let mut mentioned = Mentioned::default();
        for file in self.catalogue.files().into_iter().filter(|file| file.kind == Kind::View) {
            let all = lexer::lex(&format!("SELECT * FROM {}", file.header.name), &file.origin)?;
            self.follow(&file.origin, &all, &mut mentioned, &mut Vec::new())?;
        }
        mentioned.order.retain(|name| name != "cloudtrail");
        if !mentioned.order.iter().any(|name| name == EXCLUSIONS) {
            mentioned.order.insert(0, EXCLUSIONS.to_owned());
        }
        Ok(mentioned.order)
    }

    /// The log table under its documented names, all of it.
    pub fn everything(&self) -> String {
        table::relation(&self.table, false)
    }

    /// What an installed view selects, where the views of these names are installed. Of the log table
    /// it reads what was delivered in the last `days`.
    ///
    /// # Errors
    /// [`QueryError`] when it is broken, or has a value without a default.
    pub fn installed(
        &self,
        name: &str,
        installed: &BTreeSet<String>,
        days: u16,
    ) -> Result<String, QueryError> {
        match self.catalogue.view(name) {
            Some(file) => self.over(file, installed, days, &BTreeMap::new()),
            None => Ok(self.given(name, false)),
        }
    }

    /// A named query over installed views, with its defaults as values, or else those of its example.
    ///
    /// # Errors
    /// As [`Assembler::installed`], and for an unknown name.
    pub fn example(
        &self,
        name: &str,
        installed: &BTreeSet<String>,
        days: u16,
    ) -> Result<String, QueryError> {
        let file = self.catalogue.get(name)?;
        let values = check::samples(file, &lexer::lex(&file.text, &file.origin)?);
        self.over(file, installed, days, &values)
    }

    fn over(
        &self,
        file: &SqlFile,
        installed: &BTreeSet<String>,
        days: u16,
        values: &BTreeMap<String, String>,
    ) -> Result<String, QueryError> {
        let apart = Self { apart: installed.clone(), ..self.clone() };
        let name = &file.header.name;
        let bound = apart.assemble(name, &Source::of(file), None, Some(values), Arc::default())?;
        let mut sql = bound.sql;
        if let Some(at) = bound.scan {
            sql.insert_str(at, &format!("WHERE {}\n", lately::condition(&self.table, days)));
        }
        Ok(sql)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;
    use crate::query::catalogue::Catalogue;
    use crate::table::TableShape;

    fn assembler() -> Assembler {
        let table = TableShape::cloudtrail(Some("audit.trail".parse().unwrap()));
        Assembler::new(Catalogue::shipped().unwrap(), table.into(), "SELECT 'x' AS name")
    }

    #[test]
    fn every_view_comes_after_those_it_selects_from() {
        let views = assembler().views().unwrap();
        let at = |name: &str| views.iter().position(|view| view == name).unwrap();
        for pair in [
            "events verdicts",
            "verdicts all_activity",
            "exclusions all_activity",
            "all_activity console_activity",
            "console_activity console_changes",
        ] {
            let (first, second) = pair.split_once(' ').unwrap();
            assert!(at(first) < at(second), "{pair}: {views:?}");
        }
        assert!(!views.contains(&"cloudtrail".to_owned()));
    }

    #[test]
    fn an_installed_view_names_the_others_and_reads_the_last_days() {
        let assembler = assembler();
        let all: BTreeSet<String> = assembler.views().unwrap().into_iter().collect();
        let verdicts = assembler.installed("verdicts", &all, 30).unwrap();
        assert!(!verdicts.contains("cloudtrail AS (") && !verdicts.contains("events AS ("));
        let events = assembler.installed("events", &all, 30).unwrap();
        let scan = "FROM \"awsdatacatalog\".\"audit\".\"trail\"\nWHERE \"day\" >= \
                    date_format(current_date - INTERVAL '30' DAY, '%Y/%m/%d')\n)\n";
        assert!(events.starts_with("WITH cloudtrail AS (\nSELECT "), "{events}");
        assert!(events.contains(scan), "{events}");
        assert_eq!(assembler.installed(EXCLUSIONS, &all, 30).unwrap(), "SELECT 'x' AS name");
        // One that is not installed stands in front.
        let few = BTreeSet::from(["events".to_owned()]);
        let changes = assembler.installed("console_changes", &few, 30).unwrap();
        assert!(changes.contains("verdicts AS (") && !changes.contains("events AS ("));
    }

    #[test]
    fn a_saved_query_has_values() {
        let assembler = assembler();
        let all: BTreeSet<String> = assembler.views().unwrap().into_iter().collect();
        let query = assembler.example("who-touched", &all, 30).unwrap();
        assert!(query.starts_with("-- name: who-touched\n"), "{query}");
        assert!(!query.contains(":resource") && !query.contains('?'), "{query}");
    }
}
