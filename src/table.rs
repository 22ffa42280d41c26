//! The log table: what it is called, its columns, and what its partitions say of a log.
//!
//! [`TableShape::cloudtrail`] is the one that clickops comes with. [`ddl`] reads the one that
//! somebody has from its `CREATE EXTERNAL TABLE`, [`metadata`] from what a catalogue says of it.
//! [`content`] tells what a partition column holds,
//! `template` finds it in the address of a log, and [`day_format`] writes its days.

use std::collections::BTreeMap;

use crate::logs::Log;
use crate::sql::ty::SqlType;

mod cloudtrail;
pub mod content;
pub mod day_format;
pub mod ddl;
pub mod metadata;
mod name;
pub mod own;
pub mod shown;
mod template;
#[cfg(test)]
mod tests;

pub use name::TableName;

use content::Content;
use template::Template;

/// A log table, as the catalogue of its engine knows it.
#[derive(Debug, Clone, PartialEq)]
pub struct TableShape {
    /// What queries call it.
    pub name: TableName,
    /// The columns that come from records.
    pub columns: Vec<Column>,
    /// The columns that come from where a log lies.
    pub partitions: Vec<Partition>,
    /// Where its logs lie, `s3://bucket/prefix`.
    pub location: Option<String>,
    /// The class that reads its records.
    pub serde: Option<String>,
    /// Its properties, `projection.enabled` and others, by lower-case key.
    pub properties: BTreeMap<String, String>,
    /// Where a partition lies, if the table computes that.
    template: Option<Template>,
}

/// A column that comes from records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Lower-case; keys of records match it in any letter case.
    pub name: String,
    /// What it holds.
    pub ty: SqlType,
}

/// A column that comes from where a log lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Partition {
    /// Lower-case.
    pub name: String,
    /// What it holds.
    pub ty: SqlType,
    /// What that says of a log.
    pub content: Content,
    /// Whether Athena refuses each query that does not say which of its values are wanted.
    pub injected: bool,
}

/// A table whose parts do not fit together.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct ShapeError {
    /// The column or property that it is about.
    pub subject: String,
    /// What is wrong.
    pub reason: String,
    /// What to do about it.
    pub hint: String,
}

/// What a table is made of, as a statement or a catalogue gives it.
#[derive(Debug, Clone, Default)]
pub struct Parts {
    /// Names and types of the columns that come from records.
    pub columns: Vec<(String, SqlType)>,
    /// Names and types of the partition columns.
    pub partitions: Vec<(String, SqlType)>,
    /// Where its logs lie.
    pub location: Option<String>,
    /// The class that reads its records.
    pub serde: Option<String>,
    /// Its properties.
    pub properties: BTreeMap<String, String>,
}

impl TableShape {
    /// A table of these parts.
    ///
    /// # Errors
    /// [`ShapeError`] when a column is there twice, or partition projection is on and a property is
    /// missing or wrong: Athena refuses every query of such a table.
    pub fn new(name: TableName, parts: Parts) -> Result<Self, ShapeError> {
        let lower = |(name, ty): (String, SqlType)| (name.to_lowercase(), ty);
        let columns: Vec<_> = parts.columns.into_iter().map(lower).collect();
        let partitions: Vec<_> = parts.partitions.into_iter().map(lower).collect();
        let properties: BTreeMap<_, _> =
            parts.properties.into_iter().map(|(key, value)| (key.to_lowercase(), value)).collect();

        let mut names: Vec<&str> =
            columns.iter().chain(&partitions).map(|(name, _)| name.as_str()).collect();
        names.sort_unstable();
        if let Some(twice) = names.windows(2).find(|pair| pair[0] == pair[1]) {
            return Err(ShapeError {
                subject: twice[0].to_owned(),
                reason: format!("column '{}' is there twice", twice[0]),
                hint: "Take one away; a partition column is no column of the records.".to_owned(),
            });
        }
        let (partitions, template) = content::resolve(&partitions, &properties)?;
        Ok(Self {
            name,
            columns: columns.into_iter().map(|(name, ty)| Column { name, ty }).collect(),
            partitions,
            location: parts.location,
            serde: parts.serde,
            properties,
            template,
        })
    }

    /// Whether it is the one that clickops comes with, under whatever name and wherever its logs lie.
    pub fn is_shipped(&self) -> bool {
        let shipped = Self::cloudtrail(None);
        self.columns == shipped.columns && self.partitions == shipped.partitions
    }

    /// CloudTrail's documented columns that it does not have: detection goes without them.
    pub fn missing(&self) -> Vec<String> {
        let known = |name: &String| self.columns.iter().any(|column| column.name == *name);
        let documented = Self::cloudtrail(None).columns.into_iter().map(|column| column.name);
        documented.filter(|name| !known(name)).collect()
    }

    /// What people should know of that; `None` if it has all of them.
    pub fn lacks(&self) -> Option<String> {
        let missing = self.missing();
        let columns = missing.join(", ");
        (!missing.is_empty())
            .then(|| format!("the table has no {columns}; detection goes without what they say"))
    }

    /// What the address of a log says of the partition columns, in their order. `None` where it
    /// does not tell: then the record has to.
    pub fn partition_values(&self, log: &Log) -> Box<[Option<String>]> {
        if self.partitions.is_empty() {
            return Box::default();
        }
        let by_template = self.template.as_ref().and_then(|template| template.values(&log.address));
        if let Some(values) = by_template {
            return values;
        }
        let value = |partition: &Partition| {
            template::named_folder(&log.address, &partition.name)
                .or_else(|| partition.of_place(log))
        };
        self.partitions.iter().map(value).collect()
    }
}
