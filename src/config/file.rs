//! The config file as people write it: all optional, unknown keys refused.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::quote::without_secrets;
use super::{By, ConfigError, EngineName, Mode, athena, links};
use crate::exclusion::{self, Exclusion, Patterns};
use crate::finding::Verdict;

/// Environment variables are the keys of these sections in capitals: `CLICKOPS_SOURCE_LOGS`.
const SECTIONS: [&str; 4] = ["source", "athena", "window", "store"];

/// The whole file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct File {
    /// `[source]`.
    pub source: Source,
    /// `[athena]`.
    pub athena: athena::Written,
    /// `[window]`.
    pub window: Window,
    /// `[store]`.
    pub store: Store,
    /// `[links]`.
    pub links: links::Written,
    /// `[[account]]`.
    pub account: Vec<Account>,
    /// `[[channel]]`.
    pub channel: Vec<Channel>,
    /// `[[report]]`.
    pub report: Vec<Report>,
    /// `[[exclusion]]`.
    pub exclusion: Vec<Exclusion>,
}

/// Where the logs come from, and what reads them.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Source {
    /// What runs queries: `local` or `athena`.
    pub engine: Option<EngineName>,
    /// A folder or a file.
    pub logs: Option<String>,
    /// A file with the `CREATE EXTERNAL TABLE` of the log table.
    pub ddl: Option<PathBuf>,
    /// What queries call the log table.
    pub table: Option<String>,
    /// A file of rows, as `clickops query --format ndjson` prints them, to run on in place of logs.
    pub replay: Option<PathBuf>,
    /// A folder laid out like `sql/`.
    pub sql: Option<PathBuf>,
    /// A folder laid out like `templates/`.
    pub templates: Option<PathBuf>,
}

/// Which logs a run covers.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Window {
    /// How far back before the last run late logs are looked for.
    pub overlap: Option<String>,
    /// How a run knows what is new: `logs` or `minutes`.
    pub by: Option<By>,
    /// How far back the first run looks.
    pub first: Option<String>,
}

/// Where journal and ledger live.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Store {
    /// A folder, or `memory`.
    pub at: Option<String>,
}

/// An account with the name people know.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Account {
    /// Twelve digits.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its group.
    pub group: Option<String>,
    /// What else people tell it from others by, such as a team.
    #[serde(default)]
    pub tags: BTreeMap<String, String>,
}

/// A destination.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Channel {
    /// What reports call it.
    pub name: String,
    /// The kind of service behind it.
    pub sink: String,
    /// Where its address is kept: `ssm:/path`, `env:NAME` or `file:path`.
    pub url: Option<String>,
    /// Where the key is kept that messages are signed with.
    pub secret: Option<String>,
    /// Where the token of a bot is kept.
    pub token: Option<String>,
    /// The channel that a bot writes into.
    pub channel: Option<String>,
    /// Whether it hears what no report shows, and what is wrong with other channels.
    #[serde(default)]
    pub default: bool,
}

/// A report.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Report {
    /// Its name.
    pub name: String,
    /// Cron expression.
    pub schedule: Option<String>,
    /// IANA name.
    pub timezone: Option<String>,
    /// The view it reports.
    pub detection: Option<String>,
    /// What it sends.
    pub mode: Option<Mode>,
    /// Where it goes.
    #[serde(default)]
    pub channels: Vec<String>,
    /// Whether it says that there is nothing to tell.
    pub quiet: Option<bool>,
    /// How many findings get a message of their own.
    pub max_events: Option<usize>,
    /// What it shows.
    #[serde(default, rename = "match")]
    pub matches: Match,
}

/// Which findings a report shows.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Match {
    /// Account ids.
    pub accounts: BTreeSet<String>,
    /// Groups of accounts.
    pub groups: BTreeSet<String>,
    /// Tags of accounts.
    pub tags: BTreeMap<String, Values>,
    /// Services.
    pub services: Patterns,
    /// Actions, each with its service.
    pub actions: Patterns,
    /// What the detection says.
    pub verdicts: Option<BTreeSet<Verdict>>,
    /// People, by name or ARN.
    pub actors: Patterns,
    /// With `actors`: also whoever is known by no e-mail address, such as root.
    pub actors_without_email: bool,
}

/// Values of which one is enough, written as one text or a list.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub struct Values(#[serde(deserialize_with = "exclusion::names")] pub Vec<String>);

impl File {
    /// What `over` sets wins.
    pub(super) fn under(self, over: Self) -> Self {
        Self {
            source: Source {
                engine: over.source.engine.or(self.source.engine),
                logs: over.source.logs.or(self.source.logs),
                ddl: over.source.ddl.or(self.source.ddl),
                table: over.source.table.or(self.source.table),
                replay: over.source.replay.or(self.source.replay),
                sql: over.source.sql.or(self.source.sql),
                templates: over.source.templates.or(self.source.templates),
            },
            athena: self.athena.under(over.athena),
            window: Window {
                overlap: over.window.overlap.or(self.window.overlap),
                by: over.window.by.or(self.window.by),
                first: over.window.first.or(self.window.first),
            },
            store: Store { at: over.store.at.or(self.store.at) },
            ..self
        }
    }
}

/// Reads a file. Relative folders in it are meant from where the file lies.
pub(super) fn read(path: &Path) -> Result<File, ConfigError> {
    let text = std::fs::read_to_string(path)
        .map_err(|source| ConfigError::Unreadable { path: path.to_owned(), source })?;
    parse(&text, &path.display().to_string(), path.parent().unwrap_or(Path::new("")))
}

/// Reads a text; `origin` names it in errors. Relative folders in it are meant from `base`.
pub(super) fn parse(text: &str, origin: &str, base: &Path) -> Result<File, ConfigError> {
    let mut file: File = toml::from_str(text).map_err(|error| text_error(origin, text, &error))?;
    let source = &mut file.source;
    for path in [&mut source.ddl, &mut source.replay, &mut source.sql, &mut source.templates] {
        *path = path.take().map(|path| base.join(path));
    }
    for place in [&mut file.source.logs, &mut file.store.at] {
        if let Some(text) = place.as_mut().filter(|text| *text != "memory" && !text.contains("://"))
        {
            *text = base.join(&*text).display().to_string();
        }
    }
    let channels = file.channel.iter_mut();
    for secret in channels.flat_map(|one| [&mut one.url, &mut one.secret, &mut one.token]) {
        let path = secret.as_deref().and_then(|text| text.strip_prefix("file:"));
        if let Some(path) = path.filter(|path| !path.is_empty()) {
            *secret = Some(format!("file:{}", base.join(path).display()));
        }
    }
    Ok(file)
}

/// What the environment sets.
pub(super) fn environment(
    variables: impl IntoIterator<Item = (String, String)>,
) -> Result<File, ConfigError> {
    let mut sections = toml::Table::new();
    for (name, value) in variables {
        let Some(key) = name.strip_prefix("CLICKOPS_").map(str::to_lowercase) else {
            continue;
        };
        let section = SECTIONS
            .iter()
            .find_map(|section| Some((*section, key.strip_prefix(section)?.strip_prefix('_')?)));
        if let Some((section, key)) = section {
            let table =
                sections.entry(section).or_insert_with(|| toml::Value::Table(toml::Table::new()));
            if let toml::Value::Table(table) = table {
                table.insert(key.to_owned(), toml::Value::String(value));
            }
        }
    }
    from_table(sections)
}

fn from_table<T: DeserializeOwned>(table: toml::Table) -> Result<T, ConfigError> {
    table.try_into().map_err(|error| text_error("the environment", "", &error))
}

/// The reader's own message, and the key that an unknown one was probably meant to be.
fn text_error(origin: &str, text: &str, error: &toml::de::Error) -> ConfigError {
    let message = error.message();
    let mut quoted = message.split('`').skip(1).step_by(2);
    let nearest = ["unknown field", "unknown variant"]
        .iter()
        .any(|start| message.starts_with(start))
        .then(|| quoted.next())
        .flatten()
        .and_then(|unknown| {
            crate::nearest(unknown, &quoted.collect::<Vec<_>>()).map(|key| (*key).to_owned())
        });
    ConfigError::Text {
        origin: origin.to_owned(),
        reason: without_secrets(&error.to_string(), text, error.span().map(|span| span.start)),
        nearest,
    }
}
