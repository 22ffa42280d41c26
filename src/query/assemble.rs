//! Assembly: one statement out of a query, the views it mentions, and values.
//!
//! Every view that the text mentions, directly or through another view, becomes a CTE in front of
//! it, so a detection needs nothing installed but the table. The first CTE is always `cloudtrail`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::bind::{self, Source};
use super::catalogue::{Catalogue, Kind};
use super::header;
use super::lexer::{self, Lexed};
use super::statement::Statement;
use super::table;
use super::trace::Trace;
use super::{BoundQuery, QueryError};
use crate::logs::Log;
use crate::table::TableShape;

mod installed;

pub use installed::EXCLUSIONS;

/// Everything that a query is assembled from.
#[derive(Debug, Clone)]
pub struct Assembler {
    catalogue: Catalogue,
    table: Arc<TableShape>,
    exclusions: String,
    /// Relations that are installed where the statement runs, and are none of its own.
    apart: BTreeSet<String>,
}

/// What a query mentions, directly or through views.
#[derive(Default)]
struct Mentioned {
    /// Relations, each after those it selects from.
    order: Vec<String>,
    /// Names that texts define with `WITH`, and where.
    defined: BTreeMap<String, String>,
    /// Whether anything asks for `"$path"`.
    wants_path: bool,
}

impl Assembler {
    /// `table` is the base table as the engine knows it; `exclusions` the body of the relation of
    /// that name ([`crate::exclusion::relation`]).
    pub fn new(
        catalogue: Catalogue,
        table: Arc<TableShape>,
        exclusions: impl Into<String>,
    ) -> Self {
        Self { catalogue, table, exclusions: exclusions.into(), apart: BTreeSet::new() }
    }

    /// The same with a view that tells which of its branches were taken, and how to read it.
    /// `None` where that view has no [`Trace`].
    pub fn traced(&self, view: &str) -> Option<(Self, Trace)> {
        let trace = Trace::of(&self.catalogue.view(view)?.text)?;
        let mut traced = self.clone();
        traced.catalogue.replace_view(view, trace.text.clone());
        Some((traced, trace))
    }

    /// The files it assembles from.
    pub fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    /// Binds the view or query called `name`.
    ///
    /// # Errors
    /// [`QueryError`] for an unknown name, unknown or missing values, or a broken file.
    pub fn named(
        &self,
        name: &str,
        values: &BTreeMap<String, String>,
        logs: Arc<[Log]>,
    ) -> Result<BoundQuery, QueryError> {
        let file = self.catalogue.get(name)?;
        let name = &file.header.name;
        match file.kind {
            Kind::Query => self.assemble(name, &Source::of(file), None, Some(values), logs),
            Kind::View => {
                let all = format!("SELECT * FROM {name}");
                let text = Source { name, origin: name, text: &all, params: Some(&[]) };
                self.assemble(name, &text, None, Some(values), logs)
            }
        }
    }

    /// The view or query called `name` as one statement, with everything that it selects from and
    /// with its `:name` holes as they are.
    ///
    /// # Errors
    /// [`QueryError`] for an unknown name or a broken file.
    pub fn whole(&self, name: &str) -> Result<String, QueryError> {
        let file = self.catalogue.get(name)?;
        let name = &file.header.name;
        let bound = match file.kind {
            Kind::Query => self.assemble(name, &Source::of(file), None, None, Arc::default())?,
            Kind::View => self.named(name, &BTreeMap::new(), Arc::default())?,
        };
        Ok(bound.sql)
    }

    /// Binds a statement that is in no catalogue; `origin` names it in messages.
    ///
    /// # Errors
    /// [`QueryError`] for text that is no SQL, or unknown or missing values.
    pub fn text(
        &self,
        origin: &str,
        text: &str,
        values: &BTreeMap<String, String>,
        logs: Arc<[Log]>,
    ) -> Result<BoundQuery, QueryError> {
        // Without a header every value is text; a header that is there has to be right.
        let header = header::is_there(text).then(|| header::parse(text, origin)).transpose()?;
        let params = header.as_ref().map(|header| header.params.as_slice());
        let source = Source { name: origin, origin, text, params };
        self.assemble(origin, &source, self.own_name(), Some(values), logs)
    }

    /// `own` is a name that means the table itself in the main text, whatever view has it too.
    /// Without values the holes stay.
    fn assemble(
        &self,
        name: &str,
        main: &Source<'_>,
        own: Option<String>,
        values: Option<&BTreeMap<String, String>>,
        logs: Arc<[Log]>,
    ) -> Result<BoundQuery, QueryError> {
        let mut lexed = lexer::lex(main.text, main.origin)?;
        let own = own.filter(|name| lexed.relations.remove(name));
        let mut mentioned = Mentioned { wants_path: lexed.wants_path, ..Mentioned::default() };
        self.follow(main.origin, &lexed, &mut mentioned, &mut Vec::new())?;
        let Mentioned { mut order, wants_path, defined } = mentioned;
        order.sort_by_key(|name| name != "cloudtrail");
        if let Some(name) = own.filter(|name| order.contains(name)) {
            return Err(QueryError::Ambiguous { whole: self.table.name.to_string(), name });
        }
        if let Some((name, origin)) = defined.iter().find(|(name, _)| order.contains(name)) {
            return Err(QueryError::Shadowed { name: name.clone(), origin: origin.clone() });
        }

        if let (true, Some(name)) = (lexed.recursive, order.first()) {
            let (origin, name) = (main.origin.to_owned(), name.clone());
            return Err(QueryError::Recursive { origin, name });
        }

        let mut known = BTreeSet::new();
        let mut bind =
            |source: &Source<'_>, lexed: &Lexed| bind::bind(source, lexed, values, &mut known);
        let mut statement = Statement::default();
        for relation in &order {
            statement.open_cte(relation);
            match self.catalogue.view(relation) {
                Some(file) => {
                    let lexed = lexer::lex(&file.text, &file.origin)?;
                    statement.add(&file.origin, bind(&Source::of(file), &lexed)?);
                }
                None => {
                    statement.add(relation, self.given(relation, wants_path).into());
                    if relation == "cloudtrail" {
                        statement.mark_scan();
                    }
                }
            }
            statement.push(")");
        }
        statement.finish(main.origin, bind(main, &lexed)?, &lexed);
        let mut given = values.into_iter().flat_map(BTreeMap::keys);
        if let Some(unknown) = given.find(|name| !known.contains(*name)) {
            let all: Vec<_> = known.iter().map(String::as_str).collect();
            return Err(QueryError::Value {
                query: name.to_owned(),
                reason: format!("no parameter is called '{unknown}'"),
                hint: if all.is_empty() {
                    "This query takes no parameters.".to_owned()
                } else {
                    format!("Its parameters are: {}.", all.join(", "))
                },
            });
        }
        Ok(BoundQuery {
            name: name.to_owned(),
            sql: statement.sql,
            logs,
            span: None,
            pieces: statement.pieces,
            parameters: statement.parameters,
            scan: statement.scan,
        })
    }

    /// Notes every relation that `lexed` mentions, and those they mention, each after its own.
    fn follow(
        &self,
        origin: &str,
        lexed: &Lexed,
        mentioned: &mut Mentioned,
        path: &mut Vec<String>,
    ) -> Result<(), QueryError> {
        mentioned.wants_path |= lexed.wants_path;
        for name in &lexed.defined {
            mentioned.defined.insert(name.clone(), origin.to_owned());
        }
        for name in lexed.relations.iter().filter(|name| !lexed.defined.contains(*name)) {
            let file = self.catalogue.view(name);
            if mentioned.order.contains(name)
                || self.apart.contains(name)
                || file.is_none() && !self.is_given(name)
            {
                continue;
            }
            if path.contains(name) {
                path.push(name.clone());
                return Err(QueryError::Circle(path.join(" -> ")));
            }
            if let Some(file) = file {
                path.push(name.clone());
                let lexed = lexer::lex(&file.text, &file.origin)?;
                self.follow(&file.origin, &lexed, mentioned, path)?;
                path.pop();
            }
            mentioned.order.push(name.clone());
        }
        Ok(())
    }

    /// The table that the relation `cloudtrail` is made of.
    pub fn table(&self) -> &TableShape {
        &self.table
    }

    /// The name of the user's own table. A query that was written for that table means the table
    /// by it, and no relation of the catalogue.
    pub fn own_name(&self) -> Option<String> {
        let name = self.table.name.table();
        (name != "cloudtrail" || !self.table.is_shipped()).then(|| name.to_owned())
    }

    fn is_given(&self, name: &str) -> bool {
        matches!(name, "cloudtrail" | "exclusions")
    }

    fn given(&self, name: &str, wants_path: bool) -> String {
        match name {
            "exclusions" => self.exclusions.clone(),
            _ => table::relation(&self.table, wants_path),
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;
    use crate::query::catalogue::Catalogue;

    fn assembler(files: &[(&str, &str)]) -> Assembler {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = folder.path().join(format!("{name}.sql"));
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let catalogue = Catalogue::shipped().unwrap().with_folder(folder.path()).unwrap();
        let table = TableShape::cloudtrail(Some("base".parse().unwrap()));
        Assembler::new(catalogue, table.into(), "SELECT 'x' AS name")
    }

    fn values(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
    }

    fn sql(assembler: &Assembler, text: &str) -> String {
        assembler.text("--sql", text, &values(&[]), Arc::default()).unwrap().sql
    }

    #[test]
    fn follows_views_and_puts_cloudtrail_first() {
        let views = assembler(&[
            ("views/a", "-- name: a\nSELECT eventid AS b FROM cloudtrail"),
            ("views/z", "-- name: z\n-- column: b The id.\nSELECT b FROM a, exclusions;"),
        ]);
        let bound = views.named("z", &values(&[]), Arc::default()).unwrap();
        let at = |text: &str| bound.sql.find(text).unwrap();
        assert!(bound.sql.starts_with("WITH cloudtrail AS (\nSELECT eventversion, "));
        assert!(at("cloudtrail AS (") < at("a AS (") && at("a AS (") < at("\nz AS ("));
        assert!(at("exclusions AS (") < at("\nz AS ("));
        assert!(bound.sql.ends_with("\nSELECT * FROM z\n"), "{}", bound.sql);
        assert!(!bound.sql.contains(';'));
    }

    #[test]
    fn a_querys_own_with_list_goes_on_and_hides_views() {
        let views = assembler(&[("views/a", "-- name: a\nSELECT 1 AS x FROM cloudtrail")]);
        let text = sql(&views, "WITH q AS (SELECT x FROM a) SELECT * FROM q");
        assert!(text.ends_with(")\n,    q AS (SELECT x FROM a) SELECT * FROM q\n"), "{text}");
        let hidden = sql(&views, "WITH a AS (SELECT 1 AS x) SELECT * FROM a");
        assert_eq!(hidden, "WITH a AS (SELECT 1 AS x) SELECT * FROM a\n");
        let recursive = "WITH RECURSIVE t(n) AS (SELECT x FROM a) SELECT n FROM t";
        let refused = views.text("--sql", recursive, &values(&[]), Arc::default()).unwrap_err();
        assert!(refused.to_string().contains("'cloudtrail'"), "{refused}");
        let own = "WITH RECURSIVE t(n) AS (SELECT 1) SELECT n FROM t, x.base";
        assert_eq!(sql(&views, own), format!("{own}\n"));
    }

    #[test]
    fn two_relations_of_one_name_are_refused() {
        let views = assembler(&[
            ("views/a", "-- name: a\nSELECT x FROM b"),
            ("views/b", "-- name: b\nWITH c AS (SELECT 1 AS x) SELECT x FROM c"),
            ("views/c", "-- name: c\nSELECT 2 AS x"),
            ("views/d", "-- name: d\nSELECT 3 AS x FROM cloudtrail"),
        ]);
        let refused = |text: &str| {
            views.text("--sql", text, &values(&[]), Arc::default()).unwrap_err().to_string()
        };
        assert!(
            refused("WITH b AS (SELECT 1 AS x) SELECT * FROM a, b")
                .starts_with("--sql defines 'b'")
        );
        assert!(refused("SELECT * FROM b, c").contains("b.sql defines 'c'"));
        assert!(
            refused("WITH cloudtrail AS (SELECT * FROM cloudtrail) SELECT * FROM cloudtrail, d")
                .contains("'cloudtrail'")
        );
    }

    #[test]
    fn a_column_with_the_name_of_a_view_is_no_view() {
        let views = assembler(&[
            ("views/role", "-- name: role\nSELECT role FROM names"),
            ("views/names", "-- name: names\nSELECT role FROM cloudtrail"),
        ]);
        assert!(views.named("role", &values(&[]), Arc::default()).is_ok());
    }

    #[test]
    fn the_users_own_table_keeps_its_name() {
        let views = |name: &str| Assembler {
            table: {
                let text = format!("CREATE TABLE {name} (eventid string)");
                Arc::new(crate::table::ddl::parse(&text, "t.sql").unwrap().table)
            },
            ..assembler(&[("views/a", "-- name: a\nSELECT eventid FROM cloudtrail")])
        };
        for (name, text) in [
            ("cloudtrail", "SELECT * FROM cloudtrail"),
            ("a", "SELECT * FROM a"),
            ("logs", "SELECT * FROM logs, x.a, awsdatacatalog.x.cloudtrail"),
            ("logs", "WITH cloudtrail AS (SELECT * FROM logs) SELECT * FROM cloudtrail"),
            ("cloudtrail", "WITH cloudtrail AS (SELECT 1 FROM cloudtrail) TABLE cloudtrail"),
        ] {
            assert_eq!(sql(&views(name), text), format!("{text}\n"));
        }
        let both = "SELECT * FROM cloudtrail, a";
        let refused = views("x.cloudtrail").text("--sql", both, &values(&[]), Arc::default());
        assert_eq!(
            refused.unwrap_err().hint().unwrap(),
            "Write \"awsdatacatalog\".\"x\".\"cloudtrail\" for the table."
        );
        assert!(
            sql(&views("logs"), both).contains("FROM \"awsdatacatalog\".\"default\".\"logs\"\n")
        );
        let named = views("cloudtrail").named("a", &values(&[]), Arc::default()).unwrap();
        assert!(named.sql.starts_with("WITH cloudtrail AS ("));
    }

    #[test]
    fn the_hidden_path_is_there_when_asked_for() {
        let plain = assembler(&[("views/p", "-- name: p\nSELECT \"$path\" FROM cloudtrail")]);
        assert!(sql(&plain, "SELECT * FROM p").contains("\"$path\", \"$path\" AS log_file"));
        assert!(!sql(&plain, "SELECT * FROM cloudtrail").contains("\"$path\", "));
        assert!(
            sql(&plain, "SELECT \"$path\" FROM cloudtrail")
                .contains("\"$path\", \"$path\" AS log_file")
        );
    }

    #[test]
    fn values_become_literals_and_mistakes_say_what_to_do() {
        let query = "-- name: q\n-- param: who text The person.\n-- param: n integer default=5 How many.\n\
                     SELECT * FROM cloudtrail WHERE a = :who LIMIT :n";
        let queries = assembler(&[("queries/q", query)]);
        let named = |pairs| queries.named("q", &values(pairs), Arc::default());
        let bound = named(&[("who", "O'Hara")]).unwrap();
        assert!(bound.sql.contains("a = 'O''Hara' LIMIT 5"), "{}", bound.sql);
        let refused = |pairs| {
            let refused = named(pairs).unwrap_err();
            format!("{refused} | {}", refused.hint().unwrap())
        };
        assert!(
            refused(&[]).ends_with(
                "q: parameter 'who' has no value | Give one: --param who=... The person."
            )
        );
        assert!(refused(&[("who", "a"), ("n", "ten")]).contains("Give a whole number"));
        assert_eq!(
            refused(&[("who", "a"), ("whom", "b")]),
            "q: no parameter is called 'whom' | Its parameters are: n, who."
        );
    }

    #[test]
    fn an_error_line_leads_back_to_its_file() {
        let views = assembler(&[("views/a", "-- name: a\nSELECT\n  oops\nFROM cloudtrail")]);
        let bound =
            views.text("--sql", "SELECT 1,\n  wrong FROM a", &values(&[]), Arc::default()).unwrap();
        let line_of = |text: &str| {
            1 + bound.sql[..bound.sql.find(text).unwrap()].matches('\n').count() as u64
        };
        let (file, line, column) = bound.written_at(line_of("oops"), 3).unwrap();
        assert!(file.ends_with("a.sql"));
        assert_eq!((line, column), (3, 3));
        assert_eq!(bound.written_at(line_of("wrong"), 3), Some(("--sql", 2, 3)));
    }

    #[test]
    fn a_place_behind_a_value_leads_back_to_where_it_was_written() {
        let text = "SELECT\n  :a, wrong, :long_name, wrong";
        let given = values(&[("a", "a text"), ("long_name", "")]);
        let bound = assembler(&[]).text("--sql", text, &given, Arc::default()).unwrap();
        let line = bound.sql.lines().nth(1).unwrap();
        assert_eq!(line, "  'a text', wrong, '', wrong");
        let written = |column| bound.written_at(2, column).unwrap().2;
        let wrong = |text: &str| text.find("wrong").unwrap() as u64 + 1;
        let last = |text: &str| text.rfind("wrong").unwrap() as u64 + 1;
        let second = text.lines().nth(1).unwrap();
        assert_eq!(written(1), 1);
        assert_eq!(written(5), 3);
        assert_eq!(written(wrong(line)), wrong(second));
        assert_eq!(written(last(line)), last(second));
    }

    #[test]
    fn circles_are_found() {
        let views = assembler(&[
            ("views/a", "-- name: a\nSELECT * FROM b"),
            ("views/b", "-- name: b\nSELECT * FROM a"),
        ]);
        let circle = views.named("a", &values(&[]), Arc::default()).unwrap_err();
        assert_eq!(circle.to_string(), "views select from each other: a -> b -> a");
    }
}
