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
mod tests;
