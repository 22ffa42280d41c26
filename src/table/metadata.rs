//! A table as the catalogue of Athena describes it: types in Hive's words, and all else among its
//! parameters.

use std::collections::BTreeMap;

use super::ddl::column_type;
use super::{Parts, ShapeError, TableName, TableShape};
use crate::sql::ty::SqlType;

/// Columns that every table of CloudTrail's records has, whenever and by whomever it was made.
const TELLING: [&str; 2] = ["eventname", "eventsource"];

/// What the catalogue says of a table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Metadata {
    /// The table's own name.
    pub name: String,
    /// `EXTERNAL_TABLE`, `VIRTUAL_VIEW` or another kind.
    pub kind: Option<String>,
    /// Names and types of the columns that come from records.
    pub columns: Vec<(String, String)>,
    /// Names and types of the partition columns.
    pub partitions: Vec<(String, String)>,
    /// Its properties, and where and how it is stored.
    pub parameters: BTreeMap<String, String>,
}

impl Metadata {
    /// Whether it holds no rows of its own.
    pub fn is_view(&self) -> bool {
        self.kind.as_deref().is_some_and(|kind| kind.eq_ignore_ascii_case("VIRTUAL_VIEW"))
    }

    /// Whether it looks like a table of CloudTrail's records.
    pub fn is_trail(&self) -> bool {
        let has = |name: &&str| self.columns.iter().any(|(known, _)| known == name);
        !self.is_view() && TELLING.iter().all(has)
    }

    /// The shape of the table. A column of a type that cannot be read is left out, as if the table
    /// had none of that name.
    ///
    /// # Errors
    /// [`ShapeError`] for a view, for a table of other records, and as [`TableShape::new`].
    pub fn shape(self, name: TableName) -> Result<TableShape, ShapeError> {
        let unfit = |reason: &str, hint: &str| ShapeError {
            subject: name.table().to_owned(),
            reason: format!("{name} {reason}"),
            hint: hint.to_owned(),
        };
        if self.is_view() {
            return Err(unfit(
                "is a view, and a view does not tell what its partitions are",
                "Set athena.table to the table that it selects from.",
            ));
        }
        if !self.is_trail() {
            return Err(unfit(
                &format!("is no table of CloudTrail's records: it lacks {}", TELLING.join(" or ")),
                "Set athena.database and athena.table to where the log table is.",
            ));
        }
        let read = |(name, ty): &(String, String)| Some((name.clone(), column_type(ty).ok()?));
        let partition = |(name, ty): &(String, String)| -> Result<(String, SqlType), ShapeError> {
            let read = column_type(ty).map_err(|reason| ShapeError {
                subject: name.clone(),
                reason: format!(
                    "the type of the partition column '{name}' cannot be read: {reason}"
                ),
                hint: "Partition columns of type string are the fastest, and work everywhere."
                    .to_owned(),
            });
            Ok((name.clone(), read?))
        };
        TableShape::new(
            name.clone(),
            Parts {
                columns: self.columns.iter().filter_map(read).collect(),
                partitions: self.partitions.iter().map(partition).collect::<Result<_, _>>()?,
                location: self.parameters.get("location").cloned(),
                serde: self.parameters.get("serde.serialization.lib").cloned(),
                properties: self.parameters,
            },
        )
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    fn metadata(kind: &str, columns: &[(&str, &str)], partitions: &[(&str, &str)]) -> Metadata {
        let owned = |pairs: &[(&str, &str)]| {
            pairs.iter().map(|(name, ty)| ((*name).to_owned(), (*ty).to_owned())).collect()
        };
        Metadata {
            name: "logs".to_owned(),
            kind: Some(kind.to_owned()),
            columns: owned(columns),
            partitions: owned(partitions),
            parameters: BTreeMap::from([("location".to_owned(), "s3://b/AWSLogs/".to_owned())]),
        }
    }

    fn shape(metadata: Metadata) -> Result<TableShape, ShapeError> {
        metadata.shape("audit.logs".parse().unwrap())
    }

    const COLUMNS: [(&str, &str); 4] = [
        ("eventname", "string"),
        ("eventsource", "varchar(100)"),
        ("resources", "array<struct<arn:string,type:string>>"),
        ("odd", "uniontype<int,string>"),
    ];

    #[test]
    fn types_are_hives_and_one_that_cannot_be_read_is_no_column() {
        let table = shape(metadata("EXTERNAL_TABLE", &COLUMNS, &[("dt", "date")])).unwrap();
        let columns: Vec<_> =
            table.columns.iter().map(|column| format!("{} {}", column.name, column.ty)).collect();
        assert_eq!(
            columns,
            [
                "eventname varchar",
                "eventsource varchar(100)",
                "resources array(row(arn varchar, type varchar))"
            ]
        );
        assert_eq!(table.partitions[0].ty, SqlType::Date);
        assert_eq!(table.location.as_deref(), Some("s3://b/AWSLogs/"));
        assert!(table.missing().contains(&"useridentity".to_owned()));
    }

    #[test]
    fn what_is_no_log_table_says_what_to_set() {
        for (metadata, reason, hint) in [
            (metadata("VIRTUAL_VIEW", &COLUMNS, &[]), "is a view", "that it selects from"),
            (metadata("EXTERNAL_TABLE", &COLUMNS[..1], &[]), "it lacks", "athena.database"),
            (
                metadata("EXTERNAL_TABLE", &COLUMNS, &[("dt", "tsring")]),
                "'dt' cannot be read: tsring:1: ",
                "string",
            ),
        ] {
            let refused = shape(metadata).unwrap_err();
            assert!(refused.reason.contains(reason), "{refused}");
            assert!(refused.hint.contains(hint), "{}", refused.hint);
        }
    }
}
