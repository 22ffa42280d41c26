//! In the place of what is Athena's, for builds without AWS.

use std::sync::Arc;

use super::App;
use crate::config;
use crate::engine::Engine;
use crate::error::Error;
use crate::table::{TableName, TableShape};

impl App {
    /// Installs nothing.
    ///
    /// # Errors
    /// [`Error`]: there is no Athena.
    pub async fn install(
        &self,
        _: u16,
        _: bool,
        _: &(dyn Fn(&str) -> Result<(), Error> + Sync),
    ) -> Result<(), Error> {
        Err(without())
    }
}

/// No Athena.
#[derive(Debug, Clone, Default)]
pub(super) struct Athena;

impl Athena {
    pub(super) fn engine(
        &self,
        _: &config::Athena,
        _: Arc<TableShape>,
    ) -> Result<Box<dyn Engine>, Error> {
        Err(without())
    }

    pub(super) async fn table(
        &self,
        _: &config::Athena,
        _: &TableName,
    ) -> Result<TableShape, Error> {
        Err(without())
    }

    pub(super) async fn lacks(&self, _: &config::Athena, _: &TableName) -> bool {
        false
    }

    pub(super) async fn run(&self, _: &config::Athena, _: &str, _: String) -> Result<(), Error> {
        Err(without())
    }
}

fn without() -> Error {
    Error::usage(
        "this build cannot talk to Athena",
        "Build it with the feature `aws`, which is on by default.",
    )
}
