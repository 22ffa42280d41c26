//! How often a statement reads the log table: engines put a relation into every place that selects
//! from it, and read its logs for each.

use std::collections::BTreeMap;

use crate::sql::ast::{Ident, Name, Query, Statement};
use crate::sql::parse;
use crate::sql::walk::{self, Visitor};

/// The relation whose logs are read, a part of the statement or the table itself.
const CLOUDTRAIL: &str = "cloudtrail";

/// How often an assembled statement reads the logs; 0 for one that reads none or makes no sense.
pub fn reads(sql: &str) -> u64 {
    match parse::statement(sql) {
        Ok(Statement::Query(query) | Statement::Explain(query, _)) => of(&query),
        _ => 0,
    }
}

fn of(query: &Query) -> u64 {
    let mut relations = BTreeMap::from([(CLOUDTRAIL.to_owned(), 1)]);
    for cte in query.with.iter().filter(|cte| cte.name.key() != CLOUDTRAIL) {
        relations.insert(cte.name.key(), counted(&cte.query, &relations));
    }
    let mut count = Count { relations: &relations, total: 0 };
    walk::body(&query.body, &mut count);
    count.total
}

fn counted(query: &Query, relations: &BTreeMap<String, u64>) -> u64 {
    let mut count = Count { relations, total: 0 };
    walk::query(query, &mut count);
    count.total
}

struct Count<'a> {
    relations: &'a BTreeMap<String, u64>,
    total: u64,
}

impl Visitor for Count<'_> {
    fn table(&mut self, name: &Name) {
        if let [name] = name.as_slice() {
            self.total += self.relations.get(&Ident::key(name)).copied().unwrap_or_default();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_that_selects_reads_the_logs_again() {
        let with = "WITH cloudtrail AS (SELECT * FROM trail), \
                    events AS (SELECT * FROM cloudtrail), \
                    pairs AS (SELECT * FROM events AS a JOIN events AS b ON true)";
        for (body, times) in [
            ("SELECT 1", 0),
            ("SELECT * FROM elsewhere", 0),
            ("SELECT * FROM events", 1),
            ("SELECT * FROM pairs", 2),
            ("SELECT * FROM pairs UNION ALL SELECT * FROM Events", 3),
            ("SELECT * FROM (SELECT * FROM pairs) WHERE EXISTS (SELECT 1 FROM cloudtrail)", 3),
        ] {
            assert_eq!(reads(&format!("{with} {body}")), times, "{body}");
        }
        assert_eq!(reads("SELECT * FROM cloudtrail, (TABLE cloudtrail)"), 2);
        assert_eq!(reads("SELECT"), 0);
    }
}
