//! Configuration: the file as written ([`mod@file`]) becomes the config as used.
//!
//! Flags win over the environment, the environment over the file, the file over the defaults.
//! Whatever is wrong names the key, and what to write instead.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::digest::Portal;
use crate::exclusion::{self, Exclusion, ExclusionError};
use crate::query::catalogue::Catalogue;
use crate::secret::Reference;
use crate::table::TableName;

mod account;
mod athena;
mod channel;
mod conditions;
pub mod file;
mod links;
mod place;
mod quote;
mod report;

pub use account::{Account, shown};
pub use athena::Athena;
pub use channel::{Channel, SlackBot, SlackWebhook, Teams, Webhook};
pub use conditions::Match;
pub use place::{Place, S3Place, place};
pub use report::{DETECTION, MAX_EVENTS, Mode, Report, UNMATCHED};

use file::File;

/// The config as used: checked, with every default filled in.
#[derive(Debug, Clone)]
pub struct Config {
    /// What runs queries.
    pub engine: EngineName,
    /// How queries run on Athena.
    pub athena: Athena,
    /// Where the logs are; `None` until a flag or the file says so.
    pub logs: Option<Place>,
    /// A file with the `CREATE EXTERNAL TABLE` of the log table.
    pub ddl: Option<PathBuf>,
    /// What queries call the log table, in place of its own name.
    pub table: Option<TableName>,
    /// Rows to answer every query with, in place of an engine.
    pub replay: Option<PathBuf>,
    /// A folder laid out like `sql/`, whose files go over the shipped ones.
    pub sql: Option<PathBuf>,
    /// A folder laid out like `templates/`, whose files go over the shipped ones.
    pub templates: Option<PathBuf>,
    /// How far back before the last run a late log is looked for.
    pub overlap: Back,
    /// How a run knows what is new.
    pub by: By,
    /// How far back the first run looks.
    pub first: Back,
    /// Where journal and ledger live.
    pub store: Place,
    /// Known accounts by id.
    pub accounts: BTreeMap<String, Account>,
    /// Places that messages go to, by name.
    pub channels: BTreeMap<String, Channel>,
    /// The one of them that hears what no report shows, and what is wrong with other channels.
    pub default_channel: String,
    /// What is reported, when, and to whom; last, what none of these shows.
    pub reports: Vec<Report>,
    /// The access portal that links to the console go by.
    pub portal: Option<Portal>,
    /// The shipped exclusions, then the file's own.
    pub exclusions: Vec<Exclusion>,
}

/// What runs queries.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum EngineName {
    /// The embedded engine, on this machine, over the logs of a folder
    #[default]
    Local,
    /// Amazon Athena, over the log table in AWS
    Athena,
}

/// How a run knows what is new.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum By {
    /// It lists the logs, and takes those that no run has collected
    #[default]
    Logs,
    /// It looks at the minutes of delivery since the last run, where nobody may list logs
    Minutes,
}

/// How far back to look.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Back {
    /// Nobody said.
    #[default]
    Unsaid,
    /// As far as there is anything.
    All,
    /// So far.
    For(Duration),
}

impl Back {
    fn of(text: Option<&str>, key: &str) -> Result<Self, ConfigError> {
        let span = span(text, key)?;
        Ok(match (text, span) {
            (None, _) => Self::Unsaid,
            (Some(_), None) => Self::All,
            (Some(_), Some(span)) => Self::For(span),
        })
    }

    /// How far, where `default` is meant if nobody said; `None` is without end.
    pub fn or(self, default: Option<Duration>) -> Option<Duration> {
        match self {
            Self::Unsaid => default,
            Self::All => None,
            Self::For(span) => Some(span),
        }
    }
}

/// What is wrong with a config.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read {path}: {source}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The text is no TOML, or a key is unknown or has the wrong type.
    #[error("{origin}: {reason}")]
    Text {
        /// The file, or the environment.
        origin: String,
        /// What is wrong, with line and key.
        reason: String,
        /// The key that was probably meant.
        nearest: Option<String>,
    },
    /// A value that cannot be used.
    #[error("{key}: {reason}")]
    Value {
        /// The key, `report.hourly.timezone`.
        key: String,
        /// What is wrong.
        reason: String,
        /// What to do about it.
        hint: String,
    },
    /// A broken exclusion.
    #[error(transparent)]
    Exclusion(#[from] ExclusionError),
}

impl ConfigError {
    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Unreadable { .. } => "Check the path and its permissions.".to_owned(),
            Self::Text { nearest: Some(nearest), .. } => format!("Did you mean '{nearest}'?"),
            // What serde says of `[exclusion]`.
            Self::Text { reason, .. } if reason.contains("map, expected a sequence") => {
                "Of these there may be several, so write two brackets: [[exclusion]].".to_owned()
            }
            Self::Text { nearest: None, .. } => {
                "README.md shows a complete config under 'Configuration'.".to_owned()
            }
            Self::Value { hint, .. } => hint.clone(),
            Self::Exclusion(error) => error.hint(),
        })
    }
}

impl Config {
    /// Reads the file, if one is given, and the environment, and fills in the defaults.
    ///
    /// # Errors
    /// [`ConfigError`], naming the key.
    pub fn load(
        path: Option<&Path>,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        let file = match path {
            Some(path) => file::read(path)?,
            None => File::default(),
        };
        Self::of(file.under(file::environment(environment)?))
    }

    /// The same of a text that comes from `origin`, which is no file: relative folders in it are
    /// meant from where the program works.
    ///
    /// # Errors
    /// [`ConfigError`], naming the key.
    pub fn parse(
        text: &str,
        origin: &str,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        let file = file::parse(text, origin, Path::new(""))?;
        Self::of(file.under(file::environment(environment)?))
    }

    fn of(mut file: File) -> Result<Self, ConfigError> {
        let channels = channel::channels(&file)?;
        let accounts = account::accounts(&file)?;
        let default_channel = channel::default(&file.channel)?;
        let mut reports = report::reports(&file, &channels, &accounts)?;
        reports.extend(report::unmatched(&reports, &default_channel));
        for entry in &mut file.exclusion {
            account::join_groups(entry, &accounts)?;
        }
        exclusion::check(&file.exclusion)?;
        let exclusions = exclusion::together(exclusion::shipped()?, file.exclusion);
        Ok(Self {
            engine: file.source.engine.unwrap_or_default(),
            athena: Athena::of(file.athena)?,
            logs: file.source.logs.as_deref().map(|at| place(at, "source.logs")).transpose()?,
            ddl: file.source.ddl,
            table: file.source.table.map(|name| table(&name, "source.table")).transpose()?,
            replay: file.source.replay,
            sql: file.source.sql,
            templates: file.source.templates,
            overlap: Back::of(file.window.overlap.as_deref(), "window.overlap")?,
            by: file.window.by.unwrap_or_default(),
            first: Back::of(file.window.first.as_deref(), "window.first")?,
            store: place(file.store.at.as_deref().unwrap_or(".clickops"), "store.at")?,
            accounts,
            channels,
            default_channel,
            reports,
            portal: links::portal(&file.links)?,
            exclusions,
        })
    }
}

/// What the environment of this process holds and is text.
pub fn environment() -> impl Iterator<Item = (String, String)> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
}

/// Reads a table's name; `key` names the setting in errors.
///
/// # Errors
/// [`ConfigError::Value`] for what is no name.
pub fn table(text: &str, key: &str) -> Result<TableName, ConfigError> {
    text.parse().map_err(|reason| ConfigError::Value {
        key: key.to_owned(),
        reason,
        hint: "Write it as logs, database.logs or \"my-database\".logs.".to_owned(),
    })
}

/// A length of time such as `24h` or `7d`; `all` and nothing mean without end.
fn span(text: Option<&str>, key: &str) -> Result<Option<Duration>, ConfigError> {
    match text {
        None | Some("all") => Ok(None),
        Some(text) => {
            humantime::parse_duration(text).map(Some).map_err(|error| ConfigError::Value {
                key: key.to_owned(),
                reason: format!("'{text}' is no length of time: {error}"),
                hint: "Write it as 90m, 24h or 7d, or \"all\" for no end.".to_owned(),
            })
        }
    }
}

impl Config {
    /// Adds the `[[exclusion]]` entries of another file; one that is called like an entry of the
    /// config takes its place. What else that file sets is not looked at.
    ///
    /// # Errors
    /// [`ConfigError`] when it is no config, or an entry cannot be used.
    pub fn add_exclusions(&mut self, path: &Path) -> Result<(), ConfigError> {
        let mut entries = file::read(path)?.exclusion;
        for entry in &mut entries {
            account::join_groups(entry, &self.accounts)?;
        }
        exclusion::check(&entries)?;
        self.exclusions = exclusion::together(std::mem::take(&mut self.exclusions), entries);
        Ok(())
    }

    /// The views that reports name, each once.
    ///
    /// # Errors
    /// [`ConfigError::Value`] for one that is not in the catalogue.
    pub fn detections(&self, catalogue: &Catalogue) -> Result<BTreeSet<String>, ConfigError> {
        let known = |report: &Report| match catalogue.get(&report.detection) {
            Ok(_) => Ok(report.detection.clone()),
            Err(error) => Err(ConfigError::Value {
                key: format!("report.{}.detection", report.name),
                reason: error.to_string(),
                hint: error.hint().unwrap_or_default(),
            }),
        };
        self.reports.iter().map(known).collect()
    }

    /// The secrets that channels need, each once.
    pub fn secrets(&self) -> BTreeSet<Reference> {
        self.channels.values().flat_map(Channel::secrets).cloned().collect()
    }

    /// What the log table is called where its engine looks for it, in place of the name in its DDL.
    pub fn table_name(&self) -> Option<TableName> {
        match self.engine {
            EngineName::Local => self.table.clone(),
            EngineName::Athena => self.athena.table.clone().or_else(|| self.table.clone()),
        }
    }

    /// The catalogue with the user's folder over the shipped files.
    ///
    /// # Errors
    /// [`crate::query::QueryError`] when a file cannot be used.
    pub fn catalogue(&self) -> Result<Catalogue, crate::query::QueryError> {
        let shipped = Catalogue::shipped()?;
        match &self.sql {
            Some(folder) => shipped.with_folder(folder),
            None => Ok(shipped),
        }
    }
}
