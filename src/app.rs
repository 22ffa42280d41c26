//! Wiring: from the config to an engine, a store, and the logs to look at.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::config::{self, Athena, Config, EngineName, Place, S3Place};
use crate::engine::Engine;
use crate::error::Error;
use crate::exclusion;
use crate::logs::places::Places;
use crate::logs::{Access, Listing, Log, Span, dir};
use crate::query::assemble::Assembler;
use crate::render::Renderer;
use crate::secret::Secrets;
use crate::store::Store;
use crate::store::dir::DirStore;
use crate::store::memory::MemoryStore;
use crate::table::{TableShape, ddl};

use self::buckets::Buckets;

#[cfg(feature = "aws")]
mod buckets;
#[cfg(not(feature = "aws"))]
#[path = "app/no_buckets.rs"]
mod buckets;
mod channels;
pub mod turn;

/// Everything a command needs, made from the config.
pub struct App {
    /// The config.
    pub config: Config,
    /// The time of the run.
    pub now: DateTime<Utc>,
    buckets: Buckets,
    secrets: Arc<Secrets>,
}

impl App {
    /// Opens the config.
    pub fn new(config: Config, now: DateTime<Utc>) -> Self {
        let secrets = Arc::new(Secrets::new(config.secrets()));
        Self { config, now, buckets: Buckets::default(), secrets }
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
            None => embedded(self.table()?, self.access()),
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
    ///
    /// # Errors
    /// [`Error`] when this build cannot reach it.
    pub fn store(&self) -> Result<Box<dyn Store>, Error> {
        match &self.config.store {
            Place::Dir(root) => Ok(Box::new(DirStore::new(root))),
            Place::S3(root) => self.buckets.store(root),
            Place::Memory => Ok(Box::new(MemoryStore::default())),
        }
    }

    /// How logs are opened, in folders and in S3. To be called within a runtime.
    pub fn access(&self) -> Access {
        self.buckets.access()
    }

    /// Makes messages of the shipped and the user's templates.
    pub fn renderer(&self) -> Renderer {
        match &self.config.templates {
            Some(folder) => Renderer::with_folder(folder),
            None => Renderer::shipped(),
        }
    }

    /// Lists the logs. Of those in S3, only ones of `span` are looked for.
    ///
    /// # Errors
    /// [`Error`] when nobody said where they are, or nothing there can be looked at.
    pub async fn logs(&self, span: &Span) -> Result<Listing, Error> {
        match &self.config.logs {
            Some(Place::Dir(root)) => list(root),
            Some(Place::S3(root)) => self.list_bucket(root, span).await,
            Some(Place::Memory) | None => Err(Error::usage(
                "nobody said where the logs are",
                "Give a folder or s3://bucket/prefix with --logs, or set source.logs in the config.",
            )),
        }
    }

    async fn list_bucket(&self, root: &S3Place, span: &Span) -> Result<Listing, Error> {
        self.buckets.logs(root, span, &mut Places::default(), true, self.now).await
    }

    /// The log at an address, if it is there and can be looked at.
    pub async fn log(&self, address: &str) -> Option<Log> {
        let listing = match config::place(address, "log").ok()? {
            Place::Dir(path) => list(&path),
            Place::S3(root) => self.list_bucket(&root, &Span::default()).await,
            Place::Memory => return None,
        };
        listing.ok()?.logs.into_iter().next()
    }

    /// Lists the logs for a run that has `overlap`, and notes in the store where in S3 they come to.
    ///
    /// # Errors
    /// As [`App::logs`], and when the store fails.
    pub async fn new_logs(
        &self,
        span: &Span,
        overlap: Option<Duration>,
        store: &dyn Store,
    ) -> Result<(Listing, Places), Error> {
        let Some(Place::S3(root)) = &self.config.logs else {
            return Ok((self.logs(span).await?, Places::default()));
        };
        let mut places = Places::load(store, &root.to_string()).await;
        let (before, discover) = (places.clone(), places.due(self.now, overlap));
        let listing = self.buckets.logs(root, span, &mut places, discover, self.now).await?;
        if places.is_worth_keeping(&before) {
            places.save(store).await?;
        }
        Ok((listing, places))
    }

    /// Lists the logs of `span`, of which there have to be some.
    ///
    /// # Errors
    /// As [`App::logs`], and when there are none.
    pub async fn some_logs(&self, span: &Span) -> Result<Vec<Log>, Error> {
        let listing = self.logs(span).await?;
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
    dir::list(root).map_err(|error| unreadable(&root.display().to_string(), &error))
}

/// The error for a place without a single log.
pub fn no_logs(place: Option<&Place>) -> Error {
    let place = match place {
        Some(Place::Dir(root)) => root.display().to_string(),
        Some(Place::S3(root)) => root.to_string(),
        _ => "the source".to_owned(),
    };
    Error::nothing(
        format!("there are no logs in {place}"),
        "Logs are *.json.gz, *.json, *.ndjson and *.jsonl files, in any folders.",
    )
}

fn unreadable(path: &str, error: &std::io::Error) -> Error {
    Error::nothing(
        format!("cannot read {path}: {error}"),
        "Check the path given with --logs and its permissions.",
    )
}

#[cfg(feature = "local")]
fn embedded(table: Arc<TableShape>, access: Access) -> Result<Box<dyn Engine>, Error> {
    let engine = crate::engine::local::LocalEngine::new();
    Ok(Box::new(engine.with_table(table).with_access(access)))
}

#[cfg(not(feature = "local"))]
fn embedded(_: Arc<TableShape>, _: Access) -> Result<Box<dyn Engine>, Error> {
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
