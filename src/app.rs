//! Wiring: from the config to an engine, a store, and the logs to look at.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::config::{self, Config, EngineName, Place, S3Place};
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
use crate::table::TableShape;

use self::athena::Athena;
use self::buckets::Buckets;

#[cfg(feature = "aws")]
mod athena;
#[cfg(not(feature = "aws"))]
#[path = "app/no_athena.rs"]
mod athena;
#[cfg(feature = "aws")]
mod buckets;
#[cfg(not(feature = "aws"))]
#[path = "app/no_buckets.rs"]
mod buckets;
mod channels;
mod table;
pub mod turn;

/// Views that are installed in Athena read what was delivered in so many days, unless somebody says
/// otherwise.
pub const VIEW_DAYS: u16 = 30;

/// Everything a command needs, made from the config.
pub struct App {
    /// The config.
    pub config: Config,
    /// The time of the run.
    pub now: DateTime<Utc>,
    buckets: Buckets,
    secrets: Arc<Secrets>,
    athena: Athena,
    /// The log table, once the catalogue has been asked for it.
    discovered: Mutex<Option<Arc<TableShape>>>,
}

impl App {
    /// Opens the config.
    pub fn new(config: Config, now: DateTime<Utc>) -> Self {
        let secrets = Arc::new(Secrets::new(config.secrets()));
        Self {
            config,
            now,
            buckets: Buckets::default(),
            athena: Athena::default(),
            discovered: Mutex::default(),
            secrets,
        }
    }

    /// The engine.
    ///
    /// # Errors
    /// [`Error`] when this build carries none that could read the logs, and as [`App::table`].
    pub async fn engine(&self) -> Result<Box<dyn Engine>, Error> {
        match self.asks_athena() {
            true => self.athena.engine(&self.config.athena, self.table().await?),
            false => self.embedded(),
        }
    }

    /// The engine for logs of a folder, and for those of no place at all.
    ///
    /// # Errors
    /// [`Error`] when this build carries none.
    pub fn embedded(&self) -> Result<Box<dyn Engine>, Error> {
        match &self.config.replay {
            Some(path) => Ok(Box::new(crate::engine::replay::ReplayEngine::new(path))),
            None => embedded(self.known_table()?, self.access()),
        }
    }

    /// Whether queries run on Athena.
    pub(crate) fn asks_athena(&self) -> bool {
        self.config.engine == EngineName::Athena && self.config.replay.is_none()
    }

    /// What people call the engine.
    pub fn engine_name(&self) -> &'static str {
        match (&self.config.replay, self.config.engine) {
            (Some(_), _) => "replayed rows",
            (None, EngineName::Local) => "embedded engine",
            (None, EngineName::Athena) => "Athena",
        }
    }

    /// Makes statements of the shipped and the user's files, for [`App::engine`].
    ///
    /// # Errors
    /// [`Error`] when a file cannot be used, and as [`App::table`].
    pub async fn assembler(&self) -> Result<Assembler, Error> {
        self.table().await?;
        self.embedded_assembler()
    }

    /// The same for [`App::embedded`].
    ///
    /// # Errors
    /// [`Error`] when a file cannot be used.
    pub fn embedded_assembler(&self) -> Result<Assembler, Error> {
        self.assembler_of(self.known_table()?)
    }

    /// The same for another table.
    ///
    /// # Errors
    /// [`Error`] when a file cannot be used.
    pub fn assembler_of(&self, table: Arc<TableShape>) -> Result<Assembler, Error> {
        let exclusions = exclusion::relation(&self.config.exclusions);
        Ok(Assembler::new(self.config.catalogue()?, table, exclusions))
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

    /// Where logs come to in S3, as the store knows it, or else the bucket.
    ///
    /// # Errors
    /// [`Error`] when nobody said which bucket, or it cannot be listed.
    pub async fn places(&self) -> Result<Places, Error> {
        let Some(Place::S3(root)) = &self.config.logs else {
            return Err(Error::usage(
                "nobody said which bucket the logs are in",
                "Set source.logs in the config to s3://bucket/prefix.",
            ));
        };
        let mut places = Places::load(self.store()?.as_ref(), &root.to_string()).await;
        if places.due(self.now, None) {
            // Folders are wanted, and no logs.
            let span = Span { since: Some(self.now), ..Span::default() };
            self.buckets.logs(root, &span, &mut places, true, self.now).await?;
        }
        Ok(places)
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
