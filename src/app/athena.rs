//! What of the wiring is Athena's.

use std::sync::{Arc, OnceLock};

use super::App;
use crate::config;
use crate::engine::Engine;
use crate::engine::athena::{AthenaEngine, Connection};
use crate::error::{Error, Exit};
use crate::install;
use crate::query::BoundQuery;
use crate::table::{TableName, TableShape};

impl App {
    /// The same, with an Athena that is reached in a way of its own, or shared with others.
    #[must_use]
    pub fn with_athena(self, connection: Connection) -> Self {
        Self { athena: Athena(OnceLock::from(connection)), ..self }
    }

    /// Installs table, views, journal and queries in Athena, or only says how. Views read what was
    /// delivered in the last `days`.
    ///
    /// # Errors
    /// When queries do not run on Athena, and as [`install::plan`] and [`install::carry_out`].
    pub async fn install(
        &self,
        days: u16,
        dry_run: bool,
        say: &(dyn Fn(&str) -> Result<(), Error> + Sync),
    ) -> Result<(), Error> {
        if !self.asks_athena() {
            return Err(Error::usage(
                "views are for Athena, and the config says that queries run here",
                "Set source.engine to \"athena\".",
            ));
        }
        let connection = self.athena.connection(&self.config.athena);
        let steps = install::plan(self, connection.clone(), days).await?;
        match dry_run {
            true => steps.iter().try_for_each(|step| say(&step.to_string())),
            false => install::carry_out(self, connection, steps, say).await,
        }
    }
}

/// Athena, reached with the credentials of the environment when it is first asked.
#[derive(Debug, Clone, Default)]
pub(super) struct Athena(OnceLock<Connection>);

impl Athena {
    pub(super) fn engine(
        &self,
        settings: &config::Athena,
        table: Arc<TableShape>,
    ) -> Result<Box<dyn Engine>, Error> {
        Ok(Box::new(AthenaEngine::over(self.connection(settings), table)))
    }

    /// The log table as the catalogue knows it.
    pub(super) async fn table(
        &self,
        settings: &config::Athena,
        name: &TableName,
    ) -> Result<TableShape, Error> {
        let table = self.connection(settings).table(name).await;
        table.map_err(|error| Error {
            exit: Exit::Engine,
            stage: "table",
            message: error.to_string(),
            hint: error.hint,
        })
    }

    /// Whether the catalogue says that it has no such table.
    pub(super) async fn lacks(&self, settings: &config::Athena, name: &TableName) -> bool {
        matches!(self.connection(settings).metadata(name).await, Ok(None))
    }

    /// Runs a statement that answers nothing; `subject` is what it is about.
    pub(super) async fn run(
        &self,
        settings: &config::Athena,
        subject: &str,
        statement: String,
    ) -> Result<(), Error> {
        let table = Arc::new(TableShape::cloudtrail(None));
        let engine = AthenaEngine::over(self.connection(settings), table);
        let query = BoundQuery::of_sql(subject, statement, Arc::default());
        let ran = engine.rows(&query).await.map(drop);
        engine.close().await;
        ran.map_err(|error| Error::engine(&error, &query))
    }

    fn connection(&self, settings: &config::Athena) -> Connection {
        self.0.get_or_init(|| Connection::new(settings.clone())).clone()
    }
}
