//! Wiring: from the config to an engine, a store, and the logs to look at.

use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::config::{Athena, Config, EngineName, Place};
use crate::engine::Engine;
use crate::error::Error;
use crate::exclusion;
use crate::logs::Log;
use crate::logs::dir::{self, Listing};
use crate::query::assemble::Assembler;
use crate::render::Renderer;
use crate::store::Store;
use crate::store::dir::{DirStore, Turn};
use crate::store::memory::MemoryStore;
use crate::table::{TableShape, ddl};

/// Everything a command needs, made from the config.
pub struct App {
    /// The config.
    pub config: Config,
    /// The time of the run.
    pub now: DateTime<Utc>,
}

impl App {
    /// Opens the config.
    pub fn new(config: Config, now: DateTime<Utc>) -> Self {
        Self { config, now }
    }

    /// The engine.
    ///
    /// # Errors
    /// [`Error`] when this build carries none that could read the logs.
    pub fn engine(&self) -> Result<Box<dyn Engine>, Error> {
        match self.config.engine {
            EngineName::Athena if self.config.replay.is_none() => {
                athena(self.config.athena.clone(), self.table()?)
            }
            _ => self.embedded(),
        }
    }

    /// The engine for logs of a folder, and for those of no place at all.
    ///
    /// # Errors
    /// [`Error`] when this build carries none.
    pub fn embedded(&self) -> Result<Box<dyn Engine>, Error> {
        match &self.config.replay {
            Some(path) => Ok(Box::new(crate::engine::replay::ReplayEngine::new(path))),
            None => embedded(self.table()?),
        }
    }

    /// The log table: the shipped one, or the user's own.
    ///
    /// # Errors
    /// [`Error`] when its DDL cannot be used.
    pub fn table(&self) -> Result<Arc<TableShape>, Error> {
        // The shape is what the config says of it: Athena's own catalogue is not asked.
        let mut table = match &self.config.ddl {
            Some(path) => ddl::read(path)?.table,
            None => TableShape::cloudtrail(None),
        };
        table.name = self.config.table_name().unwrap_or(table.name);
        if self.config.engine == EngineName::Athena {
            table.name = self.config.athena.whole(table.name);
        }
        Ok(Arc::new(table))
    }

    /// What people call the engine.
    pub fn engine_name(&self) -> &'static str {
        match (&self.config.replay, self.config.engine) {
            (Some(_), _) => "replayed rows",
            (None, EngineName::Local) => "embedded engine",
            (None, EngineName::Athena) => "Athena",
        }
    }

    /// Makes statements of the shipped and the user's files.
    ///
    /// # Errors
    /// [`Error`] when a file cannot be used.
    pub fn assembler(&self) -> Result<Assembler, Error> {
        let exclusions = exclusion::relation(&self.config.exclusions);
        Ok(Assembler::new(self.config.catalogue()?, self.table()?, exclusions))
    }

    /// The store.
    pub fn store(&self) -> Box<dyn Store> {
        match &self.config.store {
            Place::Dir(root) => Box::new(DirStore::new(root)),
            Place::Memory => Box::new(MemoryStore::default()),
        }
    }

    /// Makes messages of the shipped and the user's templates.
    pub fn renderer(&self) -> Renderer {
        match &self.config.templates {
            Some(folder) => Renderer::with_folder(folder),
            None => Renderer::shipped(),
        }
    }

    /// Waits until no other run uses the store; what it gives keeps the others waiting.
    ///
    /// # Errors
    /// [`Error`] when the store cannot be written.
    pub fn turn(&self) -> Result<Option<Turn>, Error> {
        match &self.config.store {
            Place::Dir(root) => Ok(Some(DirStore::new(root).turn()?)),
            Place::Memory => Ok(None),
        }
    }

    /// Lists the logs.
    ///
    /// # Errors
    /// [`Error`] when nobody said where they are, or nothing there can be looked at.
    pub fn logs(&self) -> Result<Listing, Error> {
        let Some(Place::Dir(root)) = &self.config.logs else {
            return Err(Error::usage(
                "nobody said where the logs are",
                "Give a folder with --logs, or set source.logs in the config.",
            ));
        };
        list(root)
    }

    /// Lists the logs, of which there have to be some.
    ///
    /// # Errors
    /// As [`App::logs`], and when there are none.
    pub fn some_logs(&self) -> Result<Vec<Log>, Error> {
        let listing = self.logs()?;
        if let ([], Some((path, error))) = (listing.logs.as_slice(), listing.unreadable.first()) {
            return Err(unreadable(path, error));
        }
        if listing.logs.is_empty() {
            return Err(no_logs(self.config.logs.as_ref()));
        }
        Ok(listing.logs)
    }
}

/// Lists a folder or a file.
///
/// # Errors
/// [`Error`] when it cannot be looked at.
pub fn list(root: &Path) -> Result<Listing, Error> {
    dir::list(root).map_err(|error| unreadable(root, &error))
}

/// The error for a place without a single log.
pub fn no_logs(place: Option<&Place>) -> Error {
    let place = match place {
        Some(Place::Dir(root)) => root.display().to_string(),
        _ => "the source".to_owned(),
    };
    Error::nothing(
        format!("there are no logs in {place}"),
        "Logs are *.json.gz, *.json, *.ndjson and *.jsonl files, in any folders.",
    )
}

fn unreadable(path: &Path, error: &std::io::Error) -> Error {
    Error::nothing(
        format!("cannot read {}: {error}", path.display()),
        "Check the path given with --logs and its permissions.",
    )
}

#[cfg(feature = "local")]
fn embedded(table: Arc<TableShape>) -> Result<Box<dyn Engine>, Error> {
    Ok(Box::new(crate::engine::local::LocalEngine::new().with_table(table)))
}

#[cfg(not(feature = "local"))]
fn embedded(_: Arc<TableShape>) -> Result<Box<dyn Engine>, Error> {
    Err(Error::usage(
        "this build carries no embedded engine",
        "Build it with the feature `local`, which is on by default.",
    ))
}

#[cfg(feature = "aws")]
fn athena(settings: Athena, table: Arc<TableShape>) -> Result<Box<dyn Engine>, Error> {
    Ok(Box::new(crate::engine::athena::AthenaEngine::new(settings, table)))
}

#[cfg(not(feature = "aws"))]
fn athena(_: Athena, _: Arc<TableShape>) -> Result<Box<dyn Engine>, Error> {
    Err(Error::usage(
        "this build cannot talk to Athena",
        "Build it with the feature `aws`, which is on by default.",
    ))
}
