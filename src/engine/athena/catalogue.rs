//! What Athena's data catalogue says of tables.

use aws_sdk_athena::config::http::HttpResponse;
use aws_sdk_athena::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_athena::types::{Column, TableMetadata};

use super::Connection;
use super::fault::{Fault, Kind};
use crate::engine::EngineError;
use crate::table::metadata::Metadata;
use crate::table::{TableName, TableShape};

/// The most tables that Athena lists at once.
const PAGE_TABLES: i32 = 50;

/// So many pages are looked through for a table of a similar name.
const PAGES_FOR_A_HINT: usize = 4;

/// More pages than a database has tables for.
const PAGES: usize = 2000;

/// What to do where the catalogue may not be asked.
const WITHOUT: &str = "Allow athena:GetTableMetadata on the data catalogue, and glue:GetTable and \
    glue:GetDatabase on database and table; or set source.ddl to a file with the table's CREATE \
    EXTERNAL TABLE, and nobody is asked.";

impl Connection {
    /// The shape of a table.
    ///
    /// # Errors
    /// [`EngineError`] when there is none of that name, it is no log table, or nobody may know.
    pub async fn table(&self, name: &TableName) -> Result<TableShape, EngineError> {
        match self.metadata(name).await? {
            Some(metadata) => metadata.shape(name.clone()).map_err(|error| EngineError {
                refused: true,
                code: None,
                message: error.reason,
                at: None,
                hint: Some(error.hint),
            }),
            None => Err(self.missing(name).await),
        }
    }

    /// What the catalogue says of a table; `None` if there is none of that name.
    ///
    /// # Errors
    /// [`EngineError`] when it says nothing.
    pub async fn metadata(&self, name: &TableName) -> Result<Option<Metadata>, EngineError> {
        let request = self
            .client()
            .await?
            .get_table_metadata()
            .catalog_name(name.catalog())
            .database_name(name.database())
            .table_name(name.table());
        match request.send().await {
            Ok(answer) => Ok(answer.table_metadata.map(metadata)),
            Err(error) if is_missing(&error) => Ok(None),
            Err(error) => Err(refused("GetTableMetadata", &error)),
        }
    }

    /// All tables and views of a database; `None` if there is no such database.
    ///
    /// # Errors
    /// [`EngineError`] when the catalogue says nothing.
    pub async fn tables(&self, name: &TableName) -> Result<Option<Vec<Metadata>>, EngineError> {
        self.listed(name, PAGES).await
    }

    /// The tables of the first pages.
    async fn listed(
        &self,
        name: &TableName,
        pages: usize,
    ) -> Result<Option<Vec<Metadata>>, EngineError> {
        let request = self
            .client()
            .await?
            .list_table_metadata()
            .catalog_name(name.catalog())
            .database_name(name.database())
            .max_results(PAGE_TABLES);
        let (mut tables, mut next) = (Vec::new(), None);
        for _ in 0..pages {
            let page = match request.clone().set_next_token(next).send().await {
                Ok(page) => page,
                Err(error) if is_missing(&error) => return Ok(None),
                Err(error) => return Err(refused("ListTableMetadata", &error)),
            };
            tables.extend(page.table_metadata_list.unwrap_or_default().into_iter().map(metadata));
            next = page.next_token;
            if next.is_none() {
                break;
            }
        }
        Ok(Some(tables))
    }

    /// The error for a table that is not there, with the one that was probably meant.
    async fn missing(&self, name: &TableName) -> EngineError {
        const SET: &str = "Set athena.database and athena.table to where the log table is";
        let (message, hint) = match self.listed(name, PAGES_FOR_A_HINT).await {
            Ok(None) => (
                format!("there is no database '{}' in Athena's catalogue", name.database()),
                format!("{SET}, and athena.region to the region that it is in."),
            ),
            Ok(Some(tables)) => (
                format!("there is no table {name} in Athena's catalogue"),
                match similar(name.table(), &tables) {
                    Some(found) => format!("{SET}: did you mean {found}?"),
                    None => format!("{SET}; `clickops sql apply` makes one."),
                },
            ),
            // To know that much is a help, and no more than that.
            Err(_) => {
                (format!("there is no table {name} in Athena's catalogue"), format!("{SET}."))
            }
        };
        EngineError { refused: true, code: None, message, at: None, hint: Some(hint) }
    }
}

/// The table of a similar name, or else the ones that hold CloudTrail's records.
fn similar(name: &str, tables: &[Metadata]) -> Option<String> {
    let trails: Vec<&str> =
        tables.iter().filter(|table| table.is_trail()).map(|table| table.name.as_str()).collect();
    match crate::nearest(name, &trails) {
        Some(nearest) => Some((*nearest).to_owned()),
        None => (!trails.is_empty()).then(|| trails.join(" or ")),
    }
}

fn metadata(table: TableMetadata) -> Metadata {
    let typed = |columns: Option<Vec<Column>>| {
        let columns = columns.unwrap_or_default().into_iter();
        columns.map(|column| (column.name, column.r#type.unwrap_or_default())).collect()
    };
    Metadata {
        name: table.name,
        kind: table.table_type,
        columns: typed(table.columns),
        partitions: typed(table.partition_keys),
        parameters: table.parameters.unwrap_or_default().into_iter().collect(),
    }
}

/// Whether the catalogue has nothing of that name. Athena hands on what Glue says, in its words.
fn is_missing<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> bool {
    let says = |words: &str| error.message().is_some_and(|message| message.contains(words));
    error.code() == Some("EntityNotFoundException")
        || error.code() == Some("MetadataException")
            && (says("EntityNotFoundException") || says("not found"))
}

fn refused<E>(operation: &'static str, error: &SdkError<E, HttpResponse>) -> EngineError
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    let fault = Fault::of(operation, error);
    let glue = error.message().unwrap_or_default();
    let denied = fault.kind == Kind::Denied
        || ["AccessDenied", "not authorized"].iter().any(|words| glue.contains(words));
    let shown = fault.error();
    match denied {
        true => EngineError { refused: false, hint: Some(WITHOUT.to_owned()), ..shown },
        false => shown,
    }
}
