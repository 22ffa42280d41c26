//! Which table the logs are in, and what it is like.

use std::sync::{Arc, PoisonError};

use super::App;
use crate::config::EngineName;
use crate::error::Error;
use crate::table::{TableName, TableShape, ddl, own};
use crate::upkeep::{self, Unlisted};

impl App {
    /// The log table: the shipped one, the user's own, or, on Athena, the one that its catalogue
    /// knows, which is asked once.
    ///
    /// # Errors
    /// [`Error`] when its DDL cannot be used, or there is no such table in the catalogue.
    pub async fn table(&self) -> Result<Arc<TableShape>, Error> {
        match self.discovered() {
            None if self.asks_catalogue() => {
                let name = self.table_name(TableName::cloudtrail());
                let table = Arc::new(self.athena.table(&self.config.athena, &name).await?);
                self.discover(&table);
                Ok(table)
            }
            _ => self.known_table(),
        }
    }

    /// The same in a run that found logs: where there is no such table, and `athena.apply` lets a run
    /// make it, it is made now, with all that comes along. Adds what people should know to `said`.
    ///
    /// # Errors
    /// As [`App::table`] and [`App::install`].
    pub(crate) async fn table_of_logs(
        &self,
        said: &mut Vec<String>,
    ) -> Result<Arc<TableShape>, Error> {
        let known = self.table().await;
        if known.is_ok() || !self.is_table_to_come().await {
            return known;
        }
        let name = self.table_name(TableName::cloudtrail());
        let applied = self.install(super::VIEW_DAYS, false, &|_| Ok(())).await;
        // Views are for people: a table is enough to go on with.
        match (self.table().await, applied) {
            (Err(_), Err(error)) => Err(error),
            (table, Ok(())) => {
                said.push(format!("made the table {name}, with views and queries"));
                table
            }
            (table, Err(error)) => {
                said.push(format!(
                    "made the table {name}, but not all of what is for people, which `clickops sql \
                     apply` makes: {error}"
                ));
                table
            }
        }
    }

    /// Whether Athena has no log table, and a run makes it once there are logs.
    pub(crate) async fn is_table_to_come(&self) -> bool {
        let settings = &self.config.athena;
        let name = self.table_name(TableName::cloudtrail());
        self.asks_catalogue() && settings.apply && self.athena.lacks(settings, &name).await
    }

    /// The log table as far as it is known without asking anybody.
    ///
    /// # Errors
    /// [`Error`] when its DDL cannot be used.
    pub fn known_table(&self) -> Result<Arc<TableShape>, Error> {
        if let Some(table) = self.discovered() {
            return Ok(table);
        }
        let mut table = match &self.config.ddl {
            Some(path) => ddl::read(path)?.table,
            None => TableShape::cloudtrail(None),
        };
        table.name = self.table_name(table.name);
        Ok(Arc::new(table))
    }

    /// Has the log table list these values as well, and gives what it is like then.
    ///
    /// # Errors
    /// [`Error`] when Athena does not do that.
    pub(crate) async fn list_in_table(
        &self,
        unlisted: &Unlisted,
    ) -> Result<Arc<TableShape>, Error> {
        let settings = &self.config.athena;
        // Another run may have been faster.
        let mut table =
            self.athena.table(settings, &self.table_name(TableName::cloudtrail())).await?;
        let properties = upkeep::properties(&table, unlisted);
        let lists = |(key, value): &(String, String)| table.properties.get(key) == Some(value);
        if !properties.iter().all(lists) {
            let statement = own::set_properties(&table.name, &properties);
            self.athena.run(settings, "the table's properties", statement).await?;
            table.properties.extend(properties);
        }
        let table = Arc::new(table);
        self.discover(&table);
        Ok(table)
    }

    /// What the catalogue said of the log table, if it was asked.
    pub fn discovered(&self) -> Option<Arc<TableShape>> {
        self.discovered.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn discover(&self, table: &Arc<TableShape>) {
        let mut known = self.discovered.lock().unwrap_or_else(PoisonError::into_inner);
        *known = Some(Arc::clone(table));
    }

    /// Whether it is Athena's catalogue that says what the log table is like.
    fn asks_catalogue(&self) -> bool {
        self.asks_athena() && self.config.ddl.is_none() && self.config.athena.discover
    }

    /// What the log table is called, whatever its own statement says.
    fn table_name(&self, own: TableName) -> TableName {
        let name = self.config.table_name().unwrap_or(own);
        match self.config.engine {
            EngineName::Athena => self.config.athena.whole(name),
            EngineName::Local => name,
        }
    }
}
