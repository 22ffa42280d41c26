//! What `clickops sql apply` puts into Athena, for people and their tools: the log table if there is
//! none, the views, the journal as a table, and the named queries.
//!
//! First it is planned, which changes nothing, and then done, step by step. A second time only what
//! differs is done; views are always replaced, since nobody can see what they hold. A table that is
//! not clickops' own is never changed.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use crate::app::App;
use crate::config::{Athena, Place};
use crate::engine::athena::{AthenaEngine, Connection, Saved};
use crate::engine::{Engine as _, EngineError};
use crate::error::{Error, Exit};
use crate::query::BoundQuery;
use crate::query::assemble::Assembler;
use crate::query::catalogue::Kind;
use crate::table::metadata::Metadata;
use crate::table::{TableName, TableShape, ddl, own};

mod trail;

/// The longest description of a saved query, in characters.
const LONGEST_DESCRIPTION: usize = 1024;

/// One thing to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What it is about: `view events`.
    pub subject: String,
    /// What becomes of it.
    pub action: Action,
}

/// What becomes of something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// It stays, for this reason.
    Keep(String),
    /// A statement makes it, or replaces what is there.
    Run(String),
    /// Athena keeps a query.
    Save(Saved),
}

/// What would be done, as SQL that a person can read and run.
impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { subject, action } = self;
        match action {
            Action::Keep(why) => writeln!(f, "-- {subject}: {why}"),
            Action::Run(sql) => writeln!(f, "-- {subject}\n{sql};"),
            Action::Save(query) => {
                writeln!(f, "-- {subject}, saved as \"{}\"\n{};", query.name, query.text.trim_end())
            }
        }
    }
}

/// What is installed, and where.
struct Installer<'a> {
    app: &'a App,
    connection: Connection,
    days: u16,
    /// The database of views, journal and queries, as a name of a table in it.
    home: TableName,
}

/// Plans what is to be done. Views read what was delivered in the last `days`.
///
/// # Errors
/// [`Error`] when the database is not there, something else has a name that is needed, or the trail's
/// folder cannot be told.
pub async fn plan(app: &App, connection: Connection, days: u16) -> Result<Vec<Step>, Error> {
    let table = app.known_table()?.name.clone();
    let settings = &app.config.athena;
    let home = TableName::cloudtrail().within(
        settings.catalog.as_deref().or(Some(table.catalog())),
        settings.database.as_deref().or(Some(table.database())),
    );
    let installer = Installer { app, connection, days, home };
    let there = installer.there().await?;
    let (step, shape) = installer.log_table(&table).await?;
    let mut steps = vec![step];
    let Some(shape) = shape else { return Ok(steps) };
    let assembler = app.assembler_of(Arc::new(shape))?;
    steps.extend(installer.views(&assembler, &there)?);
    steps.extend(installer.journal(&there)?);
    steps.extend(installer.queries(&assembler).await?);
    Ok(steps)
}

/// Does what was planned, and says of each step what became of it.
///
/// # Errors
/// [`Error`] of the first step that fails; those before it are done.
pub async fn carry_out(
    app: &App,
    connection: Connection,
    steps: Vec<Step>,
    say: &(dyn Fn(&str) -> Result<(), Error> + Sync),
) -> Result<(), Error> {
    // Views resolve the names in them in the database of the request.
    let table = app.known_table()?.name.clone();
    let settings = &app.config.athena;
    let connection = connection.with_settings(Athena {
        database: settings.database.clone().or(Some(table.database().to_owned())),
        ..settings.clone()
    });
    let engine = AthenaEngine::over(connection.clone(), app.known_table()?);
    for Step { subject, action } in steps {
        let failed = |error: EngineError| refused(&subject, &error);
        match action {
            Action::Keep(why) => say(&format!("left {subject} as it is: {why}"))?,
            Action::Run(sql) => {
                let query = BoundQuery::of_sql(&subject, sql, Arc::default());
                let mut rows = engine.rows(&query).await.map_err(failed)?;
                rows.all().await.map_err(failed)?;
                say(&format!("made {subject}"))?;
            }
            Action::Save(query) => {
                connection.save(&query).await.map_err(failed)?;
                say(&format!("saved {subject}"))?;
            }
        }
    }
    engine.close().await;
    Ok(())
}

fn refused(subject: &str, error: &EngineError) -> Error {
    Error {
        exit: Exit::Engine,
        stage: "apply",
        message: format!("{subject}: {error}"),
        hint: error.hint.clone(),
    }
}

impl Installer<'_> {
    fn named(&self, name: &str) -> TableName {
        let (catalog, database) = (self.home.catalog(), self.home.database());
        TableName::of(&[catalog, database, name]).unwrap_or_else(|| self.home.clone())
    }

    /// What the database holds, by name.
    async fn there(&self) -> Result<BTreeMap<String, Metadata>, Error> {
        let database = self.home.database();
        let tables = self.connection.tables(&self.home).await;
        let tables = tables.map_err(|error| refused(&format!("database {database}"), &error))?;
        let tables = tables.ok_or_else(|| Error {
            exit: Exit::Engine,
            stage: "apply",
            message: format!("there is no database '{database}' in Athena's catalogue"),
            hint: Some(format!(
                "Make it with CREATE DATABASE {database}, or set athena.database to one that is there."
            )),
        })?;
        Ok(tables.into_iter().map(|table| (table.name.clone(), table)).collect())
    }

    /// The log table, made if it is not there, and what it is like; nothing if a run makes it, once
    /// there are logs.
    async fn log_table(&self, name: &TableName) -> Result<(Step, Option<TableShape>), Error> {
        let subject = format!("table {}.{}", name.database(), name.table());
        let kept =
            |why: &str| Step { subject: subject.clone(), action: Action::Keep(why.to_owned()) };
        if self.app.config.ddl.is_some() || !self.app.config.athena.discover {
            let shape = self.app.known_table()?.as_ref().clone();
            return Ok((kept("the config says what it is like"), Some(shape)));
        }
        let metadata = self.connection.metadata(name).await;
        match metadata.map_err(|error| refused(&subject, &error))? {
            Some(metadata) => {
                let shape = metadata.shape(name.clone()).map_err(|error| Error {
                    exit: Exit::Engine,
                    stage: "table",
                    message: error.reason,
                    hint: Some(error.hint),
                })?;
                Ok((kept("it is there"), Some(shape)))
            }
            None => {
                let places = self.app.places().await?;
                if self.app.config.athena.apply && places.trails().is_empty() {
                    let why = "nobody has delivered a log yet, and the first run that finds one \
                               makes it, with views and queries";
                    return Ok((kept(why), None));
                }
                let trail = trail::of(&places, self.app.config.logs.as_ref())?;
                let statement = own::cloudtrail(name, &trail).map_err(odd_address)?;
                let mut shape = ddl::parse(&statement, "sql/tables/cloudtrail.sql")?.table;
                shape.name = name.clone();
                Ok((Step { subject, action: Action::Run(statement) }, Some(shape)))
            }
        }
    }

    /// Whether a view of this name would stand where the log table itself is.
    fn is_beside(&self, name: &str, table: &TableShape) -> bool {
        self.named(name).to_string() == table.name.to_string()
    }

    /// The names of views that can be installed: not the one of the log table itself.
    fn installed(&self, assembler: &Assembler) -> Result<Vec<String>, Error> {
        let mut names = assembler.views()?;
        names.retain(|name| !self.is_beside(name, assembler.table()));
        Ok(names)
    }

    fn views(
        &self,
        assembler: &Assembler,
        there: &BTreeMap<String, Metadata>,
    ) -> Result<Vec<Step>, Error> {
        let names = self.installed(assembler)?;
        let set: BTreeSet<String> = names.iter().cloned().collect();
        let table = assembler.table();
        let mut steps = Vec::new();
        if !self.is_beside("cloudtrail", table) {
            let text = format!(
                "-- Always ask for days, WHERE day >= '2026/11/23', or all logs there are get read.\n{}",
                assembler.everything()
            );
            steps.push(self.view("cloudtrail", &text, there)?);
        }
        if let Some(injected) = table.partitions.iter().find(|partition| partition.injected) {
            steps.push(Step {
                subject: "the other views".to_owned(),
                action: Action::Keep(format!(
                    "each query of the table has to say which {} it wants; `clickops query` does",
                    injected.name
                )),
            });
            return Ok(steps);
        }
        for name in &names {
            let text = assembler.installed(name, &set, self.days)?;
            steps.push(self.view(name, &text, there)?);
        }
        Ok(steps)
    }

    fn view(
        &self,
        name: &str,
        text: &str,
        there: &BTreeMap<String, Metadata>,
    ) -> Result<Step, Error> {
        if there.get(name).is_some_and(|table| !table.is_view()) {
            return Err(Error {
                exit: Exit::Engine,
                stage: "apply",
                message: format!(
                    "there is a table '{name}' in database '{}', where the view of that name belongs",
                    self.home.database()
                ),
                hint: Some("Set athena.database to a database for the views.".to_owned()),
            });
        }
        let sql = format!("CREATE OR REPLACE VIEW {name} AS\n{}", text.trim_end());
        Ok(Step { subject: format!("view {name}"), action: Action::Run(sql) })
    }

    /// The journal as a table, if the store is in S3.
    fn journal(&self, there: &BTreeMap<String, Metadata>) -> Result<Option<Step>, Error> {
        let Place::S3(store) = &self.app.config.store else {
            return Ok(None);
        };
        let subject = "table findings".to_owned();
        let statement = own::findings(&self.named("findings"), store).map_err(odd_address)?;
        let action = match there.get("findings") {
            Some(there) => {
                let known = |name: &str| there.columns.iter().any(|(known, _)| known == name);
                let columns = ddl::parse(&statement, "sql/tables/findings.sql")?.table.columns;
                let names = columns.iter().map(|column| column.name.as_str());
                let lacks: Vec<&str> = names.filter(|name| !known(name)).collect();
                Action::Keep(match lacks.as_slice() {
                    [] => "it is there".to_owned(),
                    _ => format!(
                        "it lacks {}; drop it, which deletes no finding, and apply again",
                        lacks.join(", ")
                    ),
                })
            }
            None => Action::Run(statement),
        };
        Ok(Some(Step { subject, action }))
    }

    /// The named queries that Athena does not keep as they are.
    async fn queries(&self, assembler: &Assembler) -> Result<Vec<Step>, Error> {
        if assembler.table().partitions.iter().any(|partition| partition.injected) {
            return Ok(Vec::new());
        }
        let set: BTreeSet<String> = self.installed(assembler)?.into_iter().collect();
        let kept = self.connection.saved().await;
        let kept = kept.map_err(|error| refused("saved queries", &error))?;
        let mut steps = Vec::new();
        for file in assembler.catalogue().files() {
            if file.kind != Kind::Query {
                continue;
            }
            let name = &file.header.name;
            let mut query = Saved {
                id: None,
                name: format!("clickops: {name}"),
                description: file.header.about.chars().take(LONGEST_DESCRIPTION).collect(),
                database: self.home.database().to_owned(),
                text: assembler.example(name, &set, self.days)?,
            };
            let known = kept
                .iter()
                .find(|known| known.name == query.name && known.database == query.database);
            query.id = known.and_then(|known| known.id.clone());
            let action = match known == Some(&query) {
                true => Action::Keep("it is the same".to_owned()),
                false => Action::Save(query),
            };
            steps.push(Step { subject: format!("query {name}"), action });
        }
        Ok(steps)
    }
}

fn odd_address(reason: String) -> Error {
    Error::usage(reason, "Set source.logs and store.at to plain folders.")
}
