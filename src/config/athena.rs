//! `[athena]`: where queries run, and what they cost there.

use std::time::Duration;

use serde::Deserialize;

use super::{ConfigError, S3Place, table};
use crate::logs::is_region;
use crate::table::TableName;

/// Dollars for a terabyte that Athena has scanned, in most regions.
const PRICE_PER_TB: f64 = 5.0;

/// Athena ends a query after this long, unless its quota was raised.
const TIMEOUT: Duration = Duration::from_secs(30 * 60);

/// `[athena]` as people write it.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Written {
    /// The work group.
    pub workgroup: Option<String>,
    /// The data catalogue.
    pub catalog: Option<String>,
    /// The database.
    pub database: Option<String>,
    /// The log table.
    pub table: Option<String>,
    /// Where results go, `s3://bucket/prefix/`.
    pub output: Option<String>,
    /// The region.
    pub region: Option<String>,
    /// An address to talk to in place of AWS.
    pub endpoint_url: Option<String>,
    /// Dollars for a terabyte scanned.
    pub price_per_tb: Option<Price>,
    /// The longest that a query may take.
    pub timeout: Option<String>,
    /// Whether the catalogue is asked what the log table is like.
    pub discover: Option<Switch>,
    /// Whether a run that finds logs, and no log table, applies the shipped SQL.
    pub apply: Option<Switch>,
}

/// Yes or no, which the environment gives as text.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum Switch {
    /// As TOML has it.
    Flag(bool),
    /// As text.
    Text(String),
}

/// A price, which the environment gives as text.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum Price {
    /// As a number.
    Number(f64),
    /// As text.
    Text(String),
}

/// `[athena]` as used.
#[derive(Debug, Clone, PartialEq)]
pub struct Athena {
    /// The work group; `None` is Athena's `primary`.
    pub workgroup: Option<String>,
    /// The data catalogue; `None` is `AwsDataCatalog`.
    pub catalog: Option<String>,
    /// The database; `None` is `default`.
    pub database: Option<String>,
    /// The log table, in place of `source.table`.
    pub table: Option<TableName>,
    /// Where results go; `None` leaves it to the work group.
    pub output: Option<String>,
    /// The region; `None` leaves it to the environment, as the AWS CLI does.
    pub region: Option<String>,
    /// An address to talk to in place of AWS.
    pub endpoint_url: Option<String>,
    /// Dollars for a terabyte (10^12 bytes) scanned.
    pub price_per_tb: f64,
    /// The longest that a query may take, its time in the queue included.
    pub timeout: Duration,
    /// Whether the catalogue is asked what the log table is like. If not, it is the shipped one.
    pub discover: bool,
    /// Whether a run that finds logs, and no log table, applies the shipped SQL, as `clickops sql
    /// apply` does.
    pub apply: bool,
}

impl Default for Athena {
    fn default() -> Self {
        Self {
            workgroup: None,
            catalog: None,
            database: None,
            table: None,
            output: None,
            region: None,
            endpoint_url: None,
            price_per_tb: PRICE_PER_TB,
            timeout: TIMEOUT,
            discover: true,
            apply: false,
        }
    }
}

impl Athena {
    /// Checks what was written: all of it goes into statements or requests.
    pub(super) fn of(written: Written) -> Result<Self, ConfigError> {
        let checked = |key: &str, text: Option<String>, good: fn(&str) -> bool, hint: &str| {
            text.map(|text| if good(&text) { Ok(text) } else { Err(wrong(key, &text, hint)) })
                .transpose()
        };
        let timeout = super::span(written.timeout.as_deref(), "athena.timeout")?;
        Ok(Self {
            workgroup: checked(
                "workgroup",
                written.workgroup,
                is_workgroup,
                "Write 1 to 128 letters, digits, dots, underscores and hyphens.",
            )?,
            catalog: checked("catalog", written.catalog, is_name, NAME)?,
            database: checked("database", written.database, is_name, NAME)?,
            table: written.table.map(|name| table(&name, "athena.table")).transpose()?,
            output: checked(
                "output",
                written.output,
                is_s3,
                "Write it as s3://bucket/prefix/, in the region of the queries.",
            )?,
            region: checked("region", written.region, is_region, "Write it as eu-west-1.")?,
            endpoint_url: checked(
                "endpoint_url",
                written.endpoint_url,
                |url| url.starts_with("https://") || url.starts_with("http://"),
                "Write it as http://127.0.0.1:8080; without it AWS is asked.",
            )?,
            price_per_tb: written.price_per_tb.map_or(Ok(PRICE_PER_TB), price)?,
            timeout: timeout.unwrap_or(TIMEOUT),
            discover: written.discover.map_or(Ok(true), |written| switch("discover", written))?,
            apply: written.apply.map_or(Ok(false), |written| switch("apply", written))?,
        })
    }

    /// The whole name of a table, with this catalogue and database where it names none.
    pub fn whole(&self, name: TableName) -> TableName {
        name.within(self.catalog.as_deref(), self.database.as_deref())
    }
}

impl Written {
    /// What `over` sets wins.
    pub(super) fn under(self, over: Self) -> Self {
        Self {
            workgroup: over.workgroup.or(self.workgroup),
            catalog: over.catalog.or(self.catalog),
            database: over.database.or(self.database),
            table: over.table.or(self.table),
            output: over.output.or(self.output),
            region: over.region.or(self.region),
            endpoint_url: over.endpoint_url.or(self.endpoint_url),
            price_per_tb: over.price_per_tb.or(self.price_per_tb),
            timeout: over.timeout.or(self.timeout),
            discover: over.discover.or(self.discover),
            apply: over.apply.or(self.apply),
        }
    }
}

const NAME: &str =
    "Write letters, digits, underscores and hyphens, as the Glue catalogue shows it.";

fn is_name(text: &str) -> bool {
    let good = |char: char| char.is_alphanumeric() || matches!(char, '_' | '-' | '.' | '@' | '/');
    (1..=255).contains(&text.len()) && text.chars().all(good)
}

fn is_workgroup(text: &str) -> bool {
    let good = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    (1..=128).contains(&text.len()) && text.bytes().all(good)
}

fn is_s3(text: &str) -> bool {
    text.parse::<S3Place>().is_ok()
}

fn price(written: Price) -> Result<f64, ConfigError> {
    let (number, text) = match written {
        Price::Number(number) => (Some(number), number.to_string()),
        Price::Text(text) => (text.trim().parse().ok(), text),
    };
    number.filter(|price: &f64| price.is_finite() && *price >= 0.0).ok_or_else(|| {
        wrong("price_per_tb", &text, "Write dollars, such as 5.0; AWS lists them by region.")
    })
}

fn switch(key: &str, written: Switch) -> Result<bool, ConfigError> {
    match written {
        Switch::Flag(flag) => Ok(flag),
        Switch::Text(text) => {
            text.trim().parse().map_err(|_| wrong(key, &text, "Write true or false."))
        }
    }
}

fn wrong(key: &str, text: &str, hint: &str) -> ConfigError {
    ConfigError::Value {
        key: format!("athena.{key}"),
        reason: format!("cannot be '{}'", text.escape_debug()),
        hint: hint.to_owned(),
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Athena, String> {
        let written: Written = toml::from_str(text).map_err(|error| error.to_string())?;
        Athena::of(written).map_err(|error| error.to_string())
    }

    #[test]
    fn what_is_not_set_has_a_default() {
        assert_eq!(read("").unwrap(), Athena::default());
        let set = read("database = 'audit'\ntable = 'trail'\nprice_per_tb = '6.5'\ntimeout = '5m'");
        let set = set.unwrap();
        assert_eq!((set.price_per_tb, set.timeout.as_secs()), (6.5, 300));
        let whole = set.whole(set.table.clone().unwrap());
        assert_eq!(whole.to_string(), "\"awsdatacatalog\".\"audit\".\"trail\"");
    }

    #[test]
    fn hostile_values_are_refused_with_their_key() {
        for (text, key) in [
            ("workgroup = 'a b'", "athena.workgroup"),
            ("workgroup = ''", "athena.workgroup"),
            ("database = 'a\"; DROP TABLE x'", "athena.database"),
            ("catalog = \"a\\nb\"", "athena.catalog"),
            ("table = 'a; b'", "athena.table"),
            ("output = 'https://bucket/x'", "athena.output"),
            ("output = 's3://B/x'", "athena.output"),
            ("region = 'eu'", "athena.region"),
            ("endpoint_url = '127.0.0.1:1'", "athena.endpoint_url"),
            ("price_per_tb = -1", "athena.price_per_tb"),
            ("price_per_tb = 'nan'", "athena.price_per_tb"),
            ("timeout = 'soon'", "athena.timeout"),
            ("discover = 'maybe'", "athena.discover"),
            ("apply = 'once'", "athena.apply"),
        ] {
            let refused = read(text).unwrap_err();
            assert!(refused.starts_with(key), "{text}: {refused}");
        }
    }
}
