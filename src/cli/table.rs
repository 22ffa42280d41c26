//! Which table the logs are, for every command that queries them.

use std::fmt;
use std::path::PathBuf;

use clap::Args;

use super::remark;
use crate::app::App;
use crate::config::{self, Config};
use crate::error::Error;
use crate::query::assemble::Assembler;
use crate::table::{TableShape, ddl};

#[derive(Debug, Args)]
pub(super) struct TableArgs {
    /// The CREATE EXTERNAL TABLE of your own log table: queries that were written for it run as they are
    #[arg(long, value_name = "FILE")]
    ddl: Option<PathBuf>,
    /// What queries call the log table
    #[arg(long = "as", value_name = "NAME")]
    called: Option<String>,
}

impl TableArgs {
    /// Lets the flags win over the config, and says what of the table is not as it could be.
    pub(super) fn apply(&self, config: &mut Config) -> Result<(), Error> {
        if let Some(path) = &self.ddl {
            config.ddl = Some(path.clone());
        }
        if let Some(name) = &self.called {
            config.table = Some(config::table(name, "--as")?);
            config.athena.table = None;
        }
        let Some(path) = &config.ddl else {
            return Ok(());
        };
        let read = ddl::read(path)?;
        let origin = path.display();
        for ignored in &read.ignored {
            remark(&format!(
                "warning: {origin}:{}: {} is not read; the first CREATE EXTERNAL TABLE counts",
                ignored.line, ignored.begins
            ));
        }
        tell_lacks(&origin, &read.table);
        Ok(())
    }
}

/// Makes statements for the engine of the config, and says what the log table lacks, if Athena's
/// catalogue had to be asked for it.
pub(super) async fn assembler(app: &App) -> Result<Assembler, Error> {
    let assembler = app.assembler().await?;
    if let Some(table) = app.discovered() {
        tell_lacks(&table.name, &table);
    }
    Ok(assembler)
}

fn tell_lacks(origin: &dyn fmt::Display, table: &TableShape) {
    if let Some(lacks) = table.lacks() {
        remark(&format!("warning: {origin}: {lacks}"));
    }
}
